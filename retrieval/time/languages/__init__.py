"""The grammars, one file a language, and which of them a text is to be read by."""

from __future__ import annotations

import re
from functools import cache

from retrieval.time.folding import fold_key
from retrieval.time.grammar import Grammar
from retrieval.time.languages.arabic import ARABIC
from retrieval.time.languages.english import ENGLISH
from retrieval.time.languages.french import FRENCH
from retrieval.time.languages.german import GERMAN
from retrieval.time.languages.japanese import JAPANESE
from retrieval.time.languages.portuguese import PORTUGUESE
from retrieval.time.languages.spanish import SPANISH

GRAMMARS = {
    grammar.code: grammar for grammar in (ENGLISH, FRENCH, SPANISH, GERMAN, PORTUGUESE, ARABIC, JAPANESE)
}
_LATIN = (ENGLISH, FRENCH, SPANISH, GERMAN, PORTUGUESE)

_JAPANESE_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_ARABIC_SCRIPT = re.compile(r"[\u0600-\u06ff]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 600  # characters that tell a text's language


def grammars_for(folded: str, language: str | None) -> tuple[Grammar, ...]:
    """The language named, if it is known here; otherwise those most likely by script and function words."""
    named = GRAMMARS.get((language or "").lower().replace("_", "-").split("-")[0])
    if named:
        return (named,)
    sample = folded[:_SAMPLE]
    if _JAPANESE_SCRIPT.search(sample):
        return (JAPANESE,)
    if _ARABIC_SCRIPT.search(sample):
        return (ARABIC,)
    words = _WORD.findall(sample)
    scores = {grammar: sum(word in _function_words(grammar) for word in words) for grammar in _LATIN}
    best = max(scores.values())
    return tuple(grammar for grammar, score in scores.items() if score == best)


@cache
def _function_words(grammar: Grammar) -> frozenset[str]:
    return frozenset(fold_key(word) for word in grammar.function_words.split())
