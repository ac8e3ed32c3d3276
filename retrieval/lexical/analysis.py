"""Text to index terms, the same way for a story and for a question.

A story's words are stemmed by its own language's Snowball stemmer and lose their accents
after it, so that "ÉLECTIONS", "élections" and "élection" meet. Arabic loses vowel marks and
the variants of alef, ya and ta marbuta; Chinese, Japanese, Korean and Thai become
overlapping pairs of characters; "U.S." is one word and "1,200,000" one number. `RECIPE` is
part of the index's manifest. The terms of the latest words are kept: a word is stemmed once,
not at each of its occurrences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from tantivy import Filter, PreTokenizedString, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

RECIPE = "snowball-fold-bigram/1"

STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip

LONGEST_TERM = 60  # bytes; longer "words" are encoded attachments and rules of dashes

KEPT_TERMS = 32_768  # a language; about 150 bytes each with its word: 5 MB

# Marks belong to words: without them Hindi and vocalised Arabic fall apart at each vowel sign.
_WORD = r"[\p{L}\p{M}\p{N}]+"
_MARKED = (range(0x300, 0x20000), range(0xE0100, 0xE01F0))  # every mark is in one of these

_ASCII_WORD = re.compile("[A-Za-z0-9]+")
_SPACED_WORD = re.compile(r"\w+")
# What texts in Latin, with their dashes, quotes and signs, have none of: marks, Arabic, unspaced scripts.
_FAR = re.compile("[\u0300-\u1fff\u20d0-\u20ff\u2cef-\U0010ffff]")
_DOTTED = re.compile(r"\.(?<=\b[^\W\d_]\.)[^\W\d_]")  # how every acronym begins: found at once, or not at all
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}(?!\w)|\b(?:[^\W\d_]\.)+[^\W\d_]\b(?!\.)")
# The sign before the digit in front of it: a pattern that begins with what is rare is found fast.
_THOUSANDS = re.compile(r"[,.\u00a0\u202f'](?<=\d.)(?=\d{3}(?!\d))")
_UNSPACED = re.compile(
    "["
    "\u0e00-\u0e7f"  # Thai
    "\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\uac00-\ud7af"  # Hangul
    "]+"
)
_ARABIC_MARKS = dict.fromkeys([*range(0x064B, 0x0660), 0x0670, 0x0640])
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "اااايهوي")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_AND_THE = re.compile(r"\b[وف](?=ال\w{3})")  # "and the", "so the": the stemmer leaves them on


def terms(text: str, language: str | None) -> list[str]:
    """The index terms of a text, in order."""
    kept = _terms_of(STEMMERS.get(language or ""))
    return [term for word in _split(normalise(text)) if (term := kept[word]) is not None]


def indexed(text: str, language: str | None) -> str | PreTokenizedString:
    """The same terms for a field that is split at spaces; Tantivy takes a text ten times as fast as tokens.

    A word too long for a term leaves a gap, which only tokens can say.
    """
    stemmer = STEMMERS.get(language or "")
    kept, plain = _terms_of(stemmer), normalise(text)
    found = list(map(kept.__getitem__, _split(plain)))
    if None in found:
        return _analyzer(stemmer).pre_tokenize(plain)
    return " ".join(found)  # type: ignore[arg-type]


def placed_terms(text: str, language: str | None) -> Iterator[tuple[int, int, str]]:
    """Each term with the place in `text` of the word it comes from, in order; pairs of unspaced scripts overlap."""
    for found in _any_token().finditer(text):
        start, end = found.span()
        if found.lastgroup == "unspaced" and end - start > 2:
            pairs = ((place, place + 2) for place in range(start, end - 1))
        else:
            pairs = ((place, last) for place, last in ((start, end),))
        for first, last in pairs:
            for term in terms(text[first:last], language):
                yield first, last, term


def words(text: str) -> list[str]:
    """A question's words as written (unspaced scripts as pairs), before stemming."""
    return [word for word in _split(normalise(text)) if not _is_long(word)]


def normalise(text: str) -> str:
    """Compatibility forms, joined acronyms and numbers, bare Arabic letters, pairs for unspaced scripts."""
    text = unicodedata.normalize("NFKC", text)
    if _DOTTED.search(text):
        text = _ACRONYM.sub(lambda match: match[0].replace(".", ""), text)
    text = _THOUSANDS.sub("", text)
    if text.isascii() or not _FAR.search(text):
        return text
    if _ARABIC.search(text):
        text = _ARABIC_AND_THE.sub("", text.translate(_ARABIC_MARKS).translate(_ARABIC_LETTERS))
    return _UNSPACED.sub(_pairs, text)


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    pairs = [run[place : place + 2] for place in range(len(run) - 1)] or [run]
    return f" {' '.join(pairs)} "


def _split(plain: str) -> list[str]:
    """Runs of letters, marks and digits: what Tantivy finds by `_WORD`, in a tenth of the time."""
    if plain.isascii():
        return _ASCII_WORD.findall(plain)
    plain = plain.replace("_", " ")
    return (_any_word() if _FAR.search(plain) else _SPACED_WORD).findall(plain)


@cache
def _any_word() -> re.Pattern[str]:
    r"""`_WORD` for a module that knows \w (letters, digits and _) and no \p{M}."""
    codes = [code for part in _MARKED for code in part if unicodedata.category(chr(code)).startswith("M")]
    firsts = [code for before, code in zip([-1, *codes], codes, strict=False) if code != before + 1]
    lasts = [code for code, after in zip(codes, [*codes[1:], -1], strict=True) if after != code + 1]
    marks = "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(firsts, lasts, strict=True))
    return re.compile(rf"[\w{marks}]+")


@cache
def _any_token() -> re.Pattern[str]:
    """What `normalise` takes for one word, in a text as it stands."""
    parts = (
        rf"(?P<unspaced>{_UNSPACED.pattern})",
        rf"(?P<acronym>{_ACRONYM.pattern})",
        r"(?P<number>\d{1,3}(?:[,.\u00a0\u202f']\d{3})+(?!\d))",
        rf"(?P<word>(?:(?!{_UNSPACED.pattern})(?!_){_any_word().pattern.removesuffix('+')})+)",
    )
    return re.compile("|".join(parts))


class _Terms(dict[str, str | None]):
    """Words and their terms, None for one that is too long. Threads may share it."""

    def __init__(self, stemmer: str | None) -> None:
        self._analyzer = _analyzer(stemmer, of_one_word=True)

    def __missing__(self, word: str) -> str | None:
        if _is_long(word):
            return None
        if len(self) >= KEPT_TERMS:
            self.clear()  # the frequent ones are back at once
        (term,) = self._analyzer.analyze(word)
        self[word] = term
        return term


def _is_long(word: str) -> bool:
    return len(word) * 4 >= LONGEST_TERM and len(word.encode()) >= LONGEST_TERM


@cache
def _terms_of(stemmer: str | None) -> _Terms:
    return _Terms(stemmer)


@cache
def _analyzer(stemmer: str | None, *, of_one_word: bool = False) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.raw() if of_one_word else Tokenizer.regex(_WORD))
    builder = builder.filter(Filter.remove_long(LONGEST_TERM)).filter(Filter.lowercase())
    if stemmer:
        builder = builder.filter(Filter.stemmer(stemmer))
    return builder.filter(Filter.ascii_fold()).build()
