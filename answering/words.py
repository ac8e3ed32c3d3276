"""The words of a text, comparable across spellings: folded, stemmed, without the little words.

The same for a sentence of an answer, a span of a story and a question. Pure functions; a language
without a stemmer is compared by its folded words.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import simplemma
import Stemmer

from answering.folding import fold
from answering.lexicon import lexicon

# Initials with full stops are one word: "U.S." is "us", not "u" and "s".
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?|[^\W_]+(?:[.,]\d+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SNOWBALL = {
    "en": "english", "fr": "french", "es": "spanish", "de": "german", "pt": "portuguese", "ar": "arabic",
    "it": "italian", "nl": "dutch", "sv": "swedish", "da": "danish", "fi": "finnish", "ru": "russian",
    "tr": "turkish", "hu": "hungarian", "no": "norwegian", "ro": "romanian", "el": "greek",
}  # fmt: skip
_LEMMATISED = frozenset({"en", "fr", "es", "de", "pt", "it", "nl"})
_local = threading.local()


def words(text: str) -> list[str]:
    """Folded words in order; in scripts without spaces, each character is one."""
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        if _CJK.search(word):
            found += list(word)
        else:
            found.append(word.replace(".", "") if not word[-1].isdigit() else word)
    return found


@lru_cache(maxsize=65_536)
def stem(word: str, language: str | None) -> str:
    """What the forms of a word share: its dictionary form cut by Snowball ("bought" → "buy")."""
    if word.isdigit() or language is None:
        return word
    form = word
    if language in _LEMMATISED and len(word) > 2:
        form = fold(simplemma.lemmatize(word, lang=language))
    stemmer = _stemmer(language)
    return stemmer.stemWord(form) if stemmer else form


@lru_cache(maxsize=16_384)
def is_no_noun(word: str) -> bool:
    """Whether German, which writes nouns with a capital, has the word without one: "Rote", not "Angela"."""
    return bool(simplemma.lemmatize(word.lower(), lang="de").islower())


@lru_cache(maxsize=16_384)
def is_dictionary_word(word: str, language: str | None) -> bool:
    """Whether a dictionary of the language has the word; False where there is no dictionary."""
    if language not in _LEMMATISED:
        return False
    low = word.lower()
    return bool(simplemma.is_known(word, lang=language)) or simplemma.lemmatize(low, lang=language) != low


@lru_cache(maxsize=16_384)
def is_plain_word(word: str, language: str | None) -> bool:
    """Whether a dictionary has the word and it names nothing: "Estados", not "Osaka", which dictionaries have too."""
    if not is_dictionary_word(word, language):
        return False
    lemma: str = simplemma.lemmatize(word.lower(), lang=language or "")
    return lemma.islower()


@lru_cache(maxsize=16_384)
def content_stems(text: str, language: str | None) -> tuple[str, ...]:
    """The stems of the words that carry the meaning, in order."""
    stopwords = lexicon(language).stopwords
    return tuple(stem(w, language) for w in words(text) if w not in stopwords and (len(w) > 1 or w.isdigit()))


@lru_cache(maxsize=16_384)
def stem_set(text: str, language: str | None) -> frozenset[str]:
    return frozenset(content_stems(text, language))


def coverage(text: str, other: str, *, language: str | None, other_language: str | None) -> float:
    """The share of `text`'s stems found in `other`, 0 to 1; 1 when `text` has none."""
    wanted = stem_set(text, language)
    if not wanted:
        return 1.0
    return len(wanted & stem_set(other, other_language)) / len(wanted)


def same_language(one: str | None, other: str | None) -> bool:
    """Whether words of the two can be compared; an unknown language is taken to be the same."""
    return one is None or other is None or one == other


def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _SNOWBALL.get(language)
    if name is None:
        return None
    stemmers: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = Stemmer.Stemmer(name)  # not thread-safe: one a thread
    return stemmers[name]
