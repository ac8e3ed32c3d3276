"""Cross-lingual questions: of a story and its translation, the one is asked about and only the other can be found.

A pair is two stories in different languages that are each other's nearest within a few days and share what
translation leaves alone: figures, and names in Latin letters. The asked story and its copies are left out
of the corpus, so that the translation is the only way to an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.story import Version
from evaluation.measures.answers import contains
from evaluation.synthetic.cloze import DAYS, cloze
from evaluation.synthetic.items import Drawn, MadeQuery

HEADLINE, FIGURE = "cross_lingual_headline", "cross_lingual_figure"
_FIGURES, _KEPT = 2, 4  # shared at least: figures of two digits and more; figures and names together
_DIGITS = re.compile(r"\d[\d.,\u00a0\u202f ]*\d")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'’-]{3,}")


def is_translation(one: Version, other: Version) -> bool:
    """By what both hold; that they are near in meaning is the caller's to know."""
    if one.language is None or other.language is None or one.language == other.language:
        return False
    if abs((one.published - other.published).days) > DAYS:
        return False
    figures = _figures(one) & _figures(other)
    names = set(_NAME.findall(one.body)) & set(_NAME.findall(other.body))
    return len(figures) >= _FIGURES and len(figures) + len(names) >= _KEPT


def across(asked: Version, found: Version, drawn: Drawn) -> Iterator[MadeQuery]:
    """Questions in the language of `asked` that `found` answers: a figure that both state, then the headline."""
    taken = tuple(sorted(drawn.family(asked.guid)))
    relevant = tuple(sorted(drawn.family(found.guid) - set(taken)))
    if not relevant:
        return
    for query in cloze(asked, drawn):
        if contains(found.body, query.answers):  # an answer is quoted from the body, never from a headline
            yield MadeQuery(
                text=query.text, kind=FIGURE, language=asked.language, relevant=relevant, answers=query.answers,
                answerable=True, removed=taken,
            )  # fmt: skip
            return
    if asked.headline:
        yield MadeQuery(
            text=asked.headline, kind=HEADLINE, language=asked.language, relevant=relevant, removed=taken
        )


def _figures(story: Version) -> set[str]:
    return {re.sub(r"\D", "", found) for found in _DIGITS.findall(story.body)}
