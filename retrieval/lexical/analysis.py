"""Text to index terms, the same way for a story and for a question.

A story's words are stemmed by its own language's Snowball stemmer and lose their accents
after it, so that "ÉLECTIONS", "élections" and "élection" meet. Arabic loses vowel marks and
the variants of alef, ya and ta marbuta; Chinese, Japanese, Korean and Thai become
overlapping pairs of characters; "U.S." is one word and "1,200,000" one number. `RECIPE` is
part of the index's manifest.
"""

from __future__ import annotations

import re
import unicodedata
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

# Marks belong to words: without \p{M} Hindi and vocalised Arabic fall apart at each vowel sign.
WORD = r"[\p{L}\p{M}\p{N}]+"

_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}(?!\w)|\b(?:[^\W\d_]\.)+[^\W\d_]\b(?!\.)")
_THOUSANDS = re.compile(r"(?<=\d)[,.\u00a0\u202f'](?=\d{3}(?!\d))")
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
    return _analyzer(STEMMERS.get(language or "")).analyze(normalise(text))


def pre_tokenised(text: str, language: str | None) -> PreTokenizedString:
    """The same terms with their positions, as Tantivy takes them."""
    return _analyzer(STEMMERS.get(language or "")).pre_tokenize(normalise(text))


def words(text: str) -> list[str]:
    """A question's words as written (unspaced scripts as pairs), before stemming."""
    return _splitter().analyze(normalise(text))


def normalise(text: str) -> str:
    """Compatibility forms, joined acronyms and numbers, bare Arabic letters, pairs for unspaced scripts."""
    text = unicodedata.normalize("NFKC", text)
    text = _ACRONYM.sub(lambda match: match[0].replace(".", ""), text)
    text = _THOUSANDS.sub("", text)
    if _ARABIC.search(text):
        text = _ARABIC_AND_THE.sub("", text.translate(_ARABIC_MARKS).translate(_ARABIC_LETTERS))
    return _UNSPACED.sub(_pairs, text)


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    pairs = [run[place : place + 2] for place in range(len(run) - 1)] or [run]
    return f" {' '.join(pairs)} "


@cache
def _analyzer(stemmer: str | None) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(WORD))
    builder = builder.filter(Filter.remove_long(LONGEST_TERM)).filter(Filter.lowercase())
    if stemmer:
        builder = builder.filter(Filter.stemmer(stemmer))
    return builder.filter(Filter.ascii_fold()).build()


@cache
def _splitter() -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.regex(WORD)).filter(Filter.remove_long(LONGEST_TERM)).build()
