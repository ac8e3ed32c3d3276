"""A version as it is compared with others: the hashes of its words, what kind each is, and its names.

Pure. A word's hash is the same in any process and on any machine; its lowest bits say whether it is a figure and
how many letters it has, its upper half is the hash of its stem, so that arrays of hashes can be asked.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
import xxhash
from numpy.typing import NDArray

from domain.story import Kind, SentText

SHINGLE_WORDS = 3
MOST_WORDS = 2_000  # a longer text is compared by its beginning: a book costs what a long story does
MOST_CHARACTERS = MOST_WORDS * 12

NAMES = 2  # words that a headline begins with: whom it is about, mostly
NAME_LETTERS = 3  # "Fed", "GTE"
FEWEST_NAME_LETTERS = 2  # "BP", "U.K."
NAMING_LETTERS = 4  # shorter words are articles and prepositions, mostly, in all six languages
INITIALS = range(2, 5)  # letters: "N.Y.", "TWA"
STEM_LETTERS = 5  # "withdraws" and "withdrawn", "acquisition" and "acquire"
LONG_LETTERS, LIGHT_LETTERS = 8, 2  # a word of the headline weighs its letters, 8 at most, less 2
LEAD_WORDS = 25  # a sentence
OPENING_WORDS = 60  # an alert has no more, and a lead says in them what happened

_COUNTED = {
    word: str(number)
    for number, words in {
        2: "two deux zwei dos dois", 3: "three trois drei tres três", 4: "four quatre vier cuatro quatro",
        5: "five cinq fünf cinco", 6: "six sechs seis", 7: "seven sept sieben siete sete",
        8: "eight huit acht ocho oito", 9: "nine neuf neun nueve", 10: "ten dix zehn diez dez",
        "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth",
    }.items()
    for word in words.split()
}  # fmt: skip
# What headlines shorten with an apostrophe and the text writes out.
_WRITTEN_OUT = {
    "nat'l": "national", "natl": "national", "int'l": "international", "intl": "international",
    "gov't": "government", "govt": "government", "ass'n": "association", "assn": "association",
    "dep't": "department", "dept": "department", "comm'n": "commission",
}  # fmt: skip
# "9-1/4 pct" where another has 9.25
_MIXED_NUMBER = re.compile(r"\b(\d{1,4})[- ](\d{1,2})/(2|4|8|16|32|64)\b")
_MENDED = re.compile(
    r"\b(correct\w*|rpt|repeat\w*|refil\w*|rectific\w*|korrektur|berichtigt\w*|correcc\w*|correç\w*|corrig\w*)\b"
    r"|تصحيح"
)
# What a desk puts before a headline says nothing of the event.
_MARKER_WORDS = (
    "alert alerte alerta urgent urgente flash bulletin snap eilmeldung blitz newsalert lead ld wrap wrapup update "
    "corrected correction corrects rpt repeat refile refiled rectificatif korrektur corrección correção عاجل تصحيح"
)
# What headlines begin with and is no name: articles, prepositions, months, and the verbs of saying.
_NAMELESS_WORDS = (
    "a an the in on no of to at by as is it if or up so we he be do for and not but new its "
    "le la les un une en au aux du de des et ou il se sa son ne "
    "el los las lo al su y o e es por con del "
    "os um uma da do dos das em na nas nos ao com "
    "der die das den dem ein eine im am zu in an um von und bei mit auf "
    "jan feb mar apr jun jul aug sep sept oct nov dec janv févr ene abr ago dic "
    "say says said sees dit disent dice dicen dijo diz dizem disse sagt sagen sagte قال قالت يقول في من على إلى عن"
)
PRIME = np.uint64(0x9E3779B97F4A7C15)
_MOST_TOKENS = 500_000  # whose hashes are kept: some 60 MB at most
_DIGIT = re.compile(r"\d")
_NO_DIGIT = re.compile(r"\D")
_WORD_BEGINNING = re.compile(r"[^\W\d_][\w.'’]*")
_EDGE_MARKS = string.punctuation
_EDGES = re.compile(r"^[\W_]+|(?:['’]s)?[\W_]*$")

# The lowest bits of a token's hash say what it is.
IS_FIGURE = 1
LENGTH = 0b11110  # letters, 15 at most
LENGTH_SHIFT = 1
STEM_SHIFT = 32  # above: the hash of its stem
_WORD = 0xFFFFFFE0
NAMING = NAMING_LETTERS << LENGTH_SHIFT  # a length from which on, no figure, a word names something

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)  # no slots: cached_property keeps what is worked out once
class Text:
    """A version as it is compared: hashes of its words. Small enough that some thousands are kept at hand."""

    sent: SentText  # its body is empty here
    words: Hashes  # MOST_WORDS at most
    runs: Hashes  # of SHINGLE_WORDS words, in their order
    title: frozenset[int]
    is_alert: bool
    names: tuple[int, ...]  # the first words of the headline that name something, NAMES at most

    @property
    def length(self) -> int:
        return self.words.size

    @cached_property
    def shingles(self) -> frozenset[int]:
        return frozenset(self.runs.tolist())

    @cached_property
    def figures(self) -> Counter[int]:
        return Counter(self.words[(self.words & np.uint64(IS_FIGURE)) != 0].tolist())

    @cached_property
    def opening(self) -> frozenset[int]:
        """Words of the headline and of the beginning."""
        return self.title.union(self.words[:OPENING_WORDS].tolist())

    @cached_property
    def opening_stems(self) -> frozenset[int]:
        return stems(self.opening)

    @cached_property
    def lead_stems(self) -> frozenset[int]:
        return self.title_stems | stems(self.words[:LEAD_WORDS].tolist())

    @cached_property
    def title_stems(self) -> frozenset[int]:
        return stems(self.title)

    @cached_property
    def initials(self) -> frozenset[int]:
        """Stems of what two to four words of the headline that follow one another may be shortened to."""
        letters = "".join(word[0] for word in _WORD_BEGINNING.findall(self.sent.headline or ""))
        runs = (
            letters[start : start + size] for size in INITIALS for start in range(len(letters) - size + 1)
        )
        return stems(map(token_hash, runs))

    @cached_property
    def rounder(self) -> dict[int, int]:
        """Stems of the figures of the text and of the headline, with the length of the longest."""
        longest: dict[int, int] = {}
        for word in (*self.figures, *self.title):
            if word & IS_FIGURE:
                longest[word >> STEM_SHIFT] = max(word & LENGTH, longest.get(word >> STEM_SHIFT, 0))
        return longest

    @cached_property
    def saying(self) -> dict[int, int]:
        """Stems of the headline's words with what each weighs: the more letters, the rarer the word, mostly."""
        weighed: dict[int, int] = {}
        for word in self.title:
            letters = (word & LENGTH) >> LENGTH_SHIFT
            if letters >= NAME_LETTERS and not word & IS_FIGURE:
                stem = word >> STEM_SHIFT
                weighed[stem] = weighed.get(stem, 0) + min(letters, LONG_LETTERS) - LIGHT_LETTERS
        return weighed

    @cached_property
    def is_mended(self) -> bool:
        """Whether it says of itself that it corrects or repeats another."""
        return bool(_MENDED.search((self.sent.headline or "").casefold()))


class TokenHashes(dict[str, int]):
    """Hash of what stands between two spaces, case and outer marks aside; 0 where nothing is left.

    Each token is folded and hashed once: going through a text is then splitting it and looking up.
    """

    def __missing__(self, token: str) -> int:
        if len(self) >= _MOST_TOKENS:
            self.clear()
        value = self[token] = token_hash(token)
        return value


def token_hash(token: str) -> int:
    if token.isascii():
        word = token.lower().strip(_EDGE_MARKS).removesuffix("'s")
    else:
        word = _EDGES.sub("", unicodedata.normalize("NFKC", token).casefold())
    if not word:
        return 0
    word = _COUNTED.get(word) or _WRITTEN_OUT.get(word, word)
    is_figure = not word.isalpha() and _DIGIT.search(word) is not None
    if not is_figure:
        word = word.replace(".", "")  # "U.S." and "US"
    told = hashed(_stem(word, is_figure=is_figure)) >> STEM_SHIFT << STEM_SHIFT
    return told | hashed(word) & _WORD | min(len(word), 15) << LENGTH_SHIFT | is_figure


def _stem(word: str, *, is_figure: bool) -> str:
    """What remains of a word in another form, or of a figure when it is rounded: "2.3" of "2,270,000"."""
    if is_figure:
        digits = _NO_DIGIT.sub("", word).lstrip("0").ljust(3, "0")
        return f"{(int(digits[:3]) + 5) // 10:02}"[:2]
    if len(word) > STEM_LETTERS:
        return word[:STEM_LETTERS]
    return word[:-1] if len(word) > NAME_LETTERS and word[-1] == "s" else word


def is_naming(word: int, letters: int = NAMING_LETTERS) -> bool:
    return not word & IS_FIGURE and (word & LENGTH) >= letters << LENGTH_SHIFT


def stems(words: Iterable[int]) -> frozenset[int]:
    return frozenset(word >> STEM_SHIFT for word in words)


def read_texts(versions: Sequence[SentText], hashes: TokenHashes) -> list[Text]:
    words = _looked_up([one.body for one in versions], hashes)
    titles = _looked_up([one.headline or "" for one in versions], hashes)
    runs = _runs(words)
    return [_text(*parts) for parts in zip(versions, words, runs, titles, strict=True)]


def _text(sent: SentText, words: Hashes, runs: Hashes, headline: Hashes) -> Text:
    title = [word for word in headline.tolist() if word not in _MARKERS]
    names = [word for word in title if word not in _NAMELESS and is_naming(word, FEWEST_NAME_LETTERS)][:NAMES]
    return Text(
        sent=_without_body(sent),
        words=words,
        runs=runs,
        title=frozenset(title),
        is_alert=sent.kind is Kind.ALERT,
        names=tuple(names),
    )


def _looked_up(texts: Sequence[str], hashes: TokenHashes) -> list[Hashes]:
    tokens = [
        _as_decimals(text[:MOST_CHARACTERS]).replace("-", " ").split(None, MOST_WORDS)[:MOST_WORDS]
        for text in texts
    ]
    sizes = np.array([len(some) for some in tokens], np.int64)
    values = np.fromiter(map(hashes.__getitem__, chain.from_iterable(tokens)), np.uint64, int(sizes.sum()))
    is_word = values != 0
    kept = np.concatenate([[0], np.cumsum(is_word)])[np.concatenate([[0], np.cumsum(sizes)])].tolist()
    values = values[is_word]
    # Copies: a slice would keep the whole batch's array alive for as long as one of its texts is.
    return [values[start:end].copy() for start, end in pairwise(kept)]


def _as_decimals(text: str) -> str:
    return _MIXED_NUMBER.sub(_decimal, text) if "/" in text else text


def _decimal(number: re.Match[str]) -> str:
    whole, part, parts = map(int, number.groups())
    return f"{whole + part / parts:g}" if part < parts else number[0]


def _without_body(sent: SentText) -> SentText:
    return SentText(
        version_id=sent.version_id, story_id=sent.story_id, provider=sent.provider, published=sent.published,
        kind=sent.kind, language=sent.language, headline=sent.headline, slugline=sent.slugline, body="",
    )  # fmt: skip


def _runs(texts: Sequence[Hashes]) -> list[Hashes]:
    """Hashes of the runs of words of each text; a text shorter than a run is filled up to one."""
    filled = [_filled(words) for words in texts]
    joined = np.concatenate([*filled, np.empty(0, np.uint64)])
    values = np.zeros(max(0, joined.size - SHINGLE_WORDS + 1), np.uint64)
    for offset in range(SHINGLE_WORDS):
        values = mixed(values * PRIME ^ joined[offset : offset + values.size])
    starts = np.concatenate([[0], np.cumsum([words.size for words in filled], dtype=np.int64)]).tolist()
    return [values[start : max(start, end - SHINGLE_WORDS + 1)].copy() for start, end in pairwise(starts)]


def _filled(words: Hashes) -> Hashes:
    return words if words.size >= SHINGLE_WORDS or not words.size else np.resize(words, SHINGLE_WORDS)


def hashed(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def mixed(value: Hashes) -> Hashes:
    """MurmurHash3's finaliser: each bit of the input moves half the bits of the output."""
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return value ^ (value >> np.uint64(29))


_MARKERS = frozenset(map(token_hash, _MARKER_WORDS.split()))
_NAMELESS = frozenset(map(token_hash, _NAMELESS_WORDS.split()))
