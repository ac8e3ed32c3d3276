"""What stood on the day a question is asked as of: the latest story that answers, before the others.

This is the reader's choice of a day, never a preference of the program for the recent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from answering.outcome import Limits, bears_on
from answering.questions import Asked
from answering.ranking import Ranked
from answering.words import same_language

# Share of the best sentence's score from which a later story comes first.
_NEAR_BEST = 0.75


def latest_first(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> list[Ranked]:
    """The sentences that answer, of the latest story that has any; all sentences where none answers."""
    if not ranked:
        return []
    near = [r for r in ranked if r.score >= ranked[0].score * _NEAR_BEST]
    answering = [
        r
        for r in near
        if asked.is_met_by(r.text, r.story.hit.language) and bears_on(asked, r).answers(limits)
    ]
    if not answering:
        return list(ranked)
    latest = max(answering, key=lambda r: _recency(asked, r)).story
    return [r for r in answering if r.story is latest]


def _recency(asked: Asked, item: Ranked) -> tuple[date, bool, float]:
    """Of stories of one day, the one in the question's language."""
    hit = item.story.hit
    return hit.published.date(), same_language(asked.language, hit.language), item.score
