"""Opposites are not exchanged: rose and fell, more and less, won and lost, before and after, …

The sentence's word must not have its opposite, and its opposite alone, in the span. Works across
languages: the pairs are the same in all six.
"""

from __future__ import annotations

from functools import lru_cache

from answering.folding import fold
from answering.lexicon import lexicon
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto

_PAIRS = (
    ("up", "down"), ("win", "lose"), ("buy", "sell"), ("import", "export"), ("before", "after"),
    ("begin", "end"), ("accept", "reject"), ("profit", "loss"), ("most", "least"), ("alive", "dead"),
    ("dead", "injured"), ("arrest", "free"), ("north", "south"), ("east", "west"), ("join", "leave"),
    ("men", "women"), ("more", "less"),
)  # fmt: skip
# Pairs whose words also say much else: refused only where sentence and span are otherwise close.
_WEAK = frozenset({"before", "after", "more", "less", "begin", "end", "accept", "reject", "men", "women"})
_OPPOSITES: dict[str, set[str]] = {}
for _one, _other in _PAIRS:
    _OPPOSITES.setdefault(_one, set()).add(_other)
    _OPPOSITES.setdefault(_other, set()).add(_one)


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claim, story = _directions(sentence, context.claim_language), _directions(span, context.language)
    objections: list[Objection] = []
    for name, word in claim.items():
        if name in story:
            continue
        for opposite in sorted(_OPPOSITES[name] & set(story)):
            if opposite in claim or {name, opposite} == {"alive", "dead"} & set(story):
                continue
            weak = name in _WEAK or context.crosses_languages
            make = doubt if weak else veto
            objections.append(make(ErrorKind.DIRECTION, f"the story says “{story[opposite]}”, not “{word}”"))
    return objections


@lru_cache(maxsize=8192)
def _directions(text: str, language: str | None) -> dict[str, str]:
    """Name of a direction → the word that says it."""
    folded = fold(text)
    found: dict[str, str] = {}
    for name, pattern in lexicon(language).direction.items():
        match = pattern.search(folded)
        if match:
            found[name] = match.group()
    return found
