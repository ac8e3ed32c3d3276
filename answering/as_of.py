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

# Share of the best sentence's score from which a later story comes first, or another sentence where the best
# does not answer; and how many are looked at. Set by hand on data/evaluation.
_NEAR_BEST, _LOOKED_AT = 0.75, 24


def latest_first(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> list[Ranked]:
    """The sentences that answer, of the latest story that has any; all sentences where none answers."""
    answering = that_answer(asked, ranked, limits)
    if not answering:
        return list(ranked)
    latest = max(answering, key=lambda r: _recency(asked, r)).story
    return [r for r in answering if r.story is latest]


def not_superseded(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> list[Ranked]:
    """All sentences but those of stories older than the latest that answers: who was chancellor before then
    is not who is chancellor."""
    answering = that_answer(asked, ranked, limits)
    latest = max((r.story.hit.published.date() for r in answering), default=None)
    return [r for r in ranked if latest is None or r.story.hit.published.date() >= latest]


def that_answer(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> list[Ranked]:
    """The sentences that answer, of those about as good as the best, best first."""
    if not ranked:
        return []
    near = [r for r in ranked[:_LOOKED_AT] if r.score >= ranked[0].score * _NEAR_BEST]
    return [
        r
        for r in near
        if asked.is_met_by(r.text, r.story.hit.language) and bears_on(asked, r).answers(limits)
    ]


def _recency(asked: Asked, item: Ranked) -> tuple[date, bool, float]:
    """Of stories of one day, the one in the question's language."""
    hit = item.story.hit
    return hit.published.date(), same_language(asked.language, hit.language), item.score
