"""Whether two stories are one text sent twice, and the numbers by which such pairs are found.

Pure. The bands of a text depend on nothing but its words, in any process and on any machine: they are stored.
`same_text` never takes a short text for another's copy when a figure differs: two companies' results, or two
days' prices, are alike in everything but what they say. Thresholds were set on the pairs named in
tests/ingest/duplicates_labels.tsv; tests/ingest/test_duplicates.py measures them again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import xxhash
from numpy.typing import NDArray

SHINGLE_WORDS = 3
BANDS, ROWS = (
    12,
    4,
)  # texts of Jaccard 0.7 share a band 96 times in 100, unrelated ones (0.01) one in 10 million
MOST_WORDS = (
    4_000  # a text longer than this is compared by its beginning: a book costs what a long story does
)

REPEATED_WITHIN = timedelta(
    hours=96
)  # a re-file follows in hours; the same words two weeks on are news again
ALIKE = 0.55  # Jaccard of shingles; rewordings of one report begin at 0.6
CLOSE = 0.75  # Jaccard beyond which a text of some length is its own evidence
CONTAINED = 0.85  # share of the shorter text's shingles found in the longer: a re-file with additions
SHORT_WORDS = 60  # below this a form ("Qtly div … pay … record …") outweighs what it is filled with
BRIEF_WORDS = 40  # below this the headline alone may say whom it is about
SAME_TITLE = 0.65  # Jaccard of headline words, asked of short texts that share no slugline
TABLE_WORDS_A_FIGURE = 4  # denser in figures than this, the figures are the news
FIGURES_MENDED = 0.2  # of the figures of the text that has fewer; a long text may mend one or leave one out
MENDED_WITHIN = timedelta(hours=26)  # a text that says it is corrected
RESENT_WITHIN = timedelta(hours=12)  # the same headline and slugline: shorter than the day of a daily table
RESENT_FIGURES = 6  # one figure of so many may be what was mended

_WORDS = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
_COUNTED = {
    word: str(number)
    for number, words in {
        2: "two deux zwei dos dois", 3: "three trois drei tres três", 4: "four quatre vier cuatro quatro",
        5: "five cinq fünf cinco", 6: "six sechs seis", 7: "seven sept sieben siete sete",
        8: "eight huit acht ocho oito", 9: "nine neuf neun nueve", 10: "ten dix zehn diez dez",
    }.items()
    for word in words.split()
}  # fmt: skip
_MENDED = re.compile(
    r"\b(correct\w*|rpt|repeat\w*|refil\w*|rectific\w*|korrektur|berichtigt\w*|correcc\w*|correç\w*|corrig\w*)\b"
    r"|تصحيح"
)
_PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)  # no slots: cached_property keeps what is taken apart once
class Text:
    """A story's words as they are compared."""

    body: str
    headline: str | None
    slugline: str | None
    published: datetime

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.body)

    @cached_property
    def shingles(self) -> frozenset[int]:
        return frozenset(_shingles([self.words])[0].tolist())

    @cached_property
    def figures(self) -> Counter[str]:
        return Counter(
            _COUNTED.get(word, word) for word in self.words if word[0].isdigit() or word in _COUNTED
        )

    @cached_property
    def title(self) -> frozenset[str]:
        return frozenset(words_of(self.headline or ""))

    @property
    def is_mended(self) -> bool:
        """Whether it says of itself that it corrects or repeats another."""
        return bool(_MENDED.search((self.headline or "").casefold()))


def words_of(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text[: MOST_WORDS * 12]).casefold()
    return _WORDS.findall(folded)[:MOST_WORDS]


def same_text(ours: Text, theirs: Text) -> bool:
    """Whether one is the other sent again: with small changes, additions, cuts or a correction."""
    apart = abs(ours.published - theirs.published)
    if apart > REPEATED_WITHIN or not ours.words or not theirs.words:
        return False
    shorter = min(len(ours.words), len(theirs.words))
    shared = len(ours.shingles & theirs.shingles)
    jaccard = shared / len(ours.shingles | theirs.shingles)
    contained = shared / min(len(ours.shingles), len(theirs.shingles))
    if jaccard < ALIKE and (contained < CONTAINED or shorter < BRIEF_WORDS):
        return False
    is_close = jaccard >= CLOSE
    is_brief = shorter < BRIEF_WORDS or (shorter < SHORT_WORDS and not is_close)
    if is_brief and not _same_subject(ours, theirs):
        return False
    return _figures_agree(ours, theirs, apart=apart, shorter=shorter, is_close=is_close)


def _same_subject(ours: Text, theirs: Text) -> bool:
    if ours.slugline and ours.slugline == theirs.slugline:
        return True
    if not ours.title or not theirs.title:
        return False
    mended = ours.is_mended or theirs.is_mended  # "CORRECTED-…" pushes words out of a headline
    whole = min(len(ours.title), len(theirs.title)) if mended else len(ours.title | theirs.title)
    return len(ours.title & theirs.title) / whole >= SAME_TITLE


def _figures_agree(ours: Text, theirs: Text, *, apart: timedelta, shorter: int, is_close: bool) -> bool:
    fewest = min(ours.figures.total(), theirs.figures.total())
    is_table = fewest > shorter / TABLE_WORDS_A_FIGURE
    mended = ours.is_mended or theirs.is_mended
    if is_table and not mended and _figures_of(ours.title) != _figures_of(theirs.title):
        return False  # "NY COMEX COPPER 10:30" and "12:30": the hour is in the headline alone
    missing = fewest - (ours.figures & theirs.figures).total()
    if not missing:
        return True
    same_slugline = ours.slugline is not None and ours.slugline == theirs.slugline
    resent = same_slugline and ours.title == theirs.title and apart <= RESENT_WITHIN
    if (mended and apart <= MENDED_WITHIN) or (resent and fewest >= RESENT_FIGURES):
        return missing <= max(1, int(fewest * FIGURES_MENDED))
    if is_table or shorter < SHORT_WORDS:
        return False
    return (is_close or same_slugline) and missing <= int(fewest * FIGURES_MENDED)


def _figures_of(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word[0].isdigit())


def bands(texts: Sequence[Sequence[str]], keys: Sequence[str]) -> list[list[int]]:
    """The band hashes of each text, signed 64 bits; `keys` part what must never meet (languages)."""
    shingles = _shingles(texts)
    sizes = np.array([len(one) for one in shingles])
    found: list[list[int]] = [[] for _ in texts]
    filled = np.flatnonzero(sizes)
    if not filled.size:
        return found
    joined = np.concatenate([shingles[place] for place in filled])
    starts = np.concatenate([[0], np.cumsum(sizes[filled])[:-1]])
    salts = np.array([_hash(keys[place]) for place in filled], dtype=np.uint64)
    for band in range(BANDS):
        value = salts + np.uint64(band)
        for row in range(ROWS):
            lowest = np.minimum.reduceat(_mixed(joined ^ _SEEDS[band * ROWS + row]), starts)
            value = _mixed(value * _PRIME ^ lowest)
        for place, one in zip(filled, value.view(np.int64).tolist(), strict=True):
            found[place].append(one)
    return found


def key_band(*parts: str) -> int:
    """A band of another kind: stories under one key (a slugline and a day) are candidates too."""
    return _hash("\x1f".join(parts)) - (1 << 63)


def _shingles(texts: Sequence[Sequence[str]]) -> list[NDArray[np.uint64]]:
    """Hashes of the runs of words of each text; a text shorter than a run is one run."""
    hashes = _word_hashes(texts)
    found = []
    for text in texts:
        numbers = np.array([hashes[word] for word in text], dtype=np.uint64)
        runs = max(1, len(text) - SHINGLE_WORDS + 1) if text else 0
        value = np.zeros(runs, dtype=np.uint64)
        for offset in range(min(SHINGLE_WORDS, len(text))):
            value = _mixed(value * _PRIME ^ numbers[offset : offset + runs])
        found.append(value)
    return found


def _word_hashes(texts: Sequence[Sequence[str]]) -> dict[str, int]:
    return {word: _hash(word) for word in {word for text in texts for word in text}}


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """MurmurHash3's finaliser: each bit of the input moves half the bits of the output."""
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return value ^ (value >> np.uint64(29))


_SEEDS = np.array([_hash(f"minhash {row}") for row in range(BANDS * ROWS)], dtype=np.uint64)
