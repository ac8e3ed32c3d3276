"""How well absent answers are declined.

Recall: the share of unanswerable questions declined. Precision: the share of declined
questions that were unanswerable. `answerable_declined`: the share of answerable questions
declined, which a reader feels most. A share of nothing is None, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    precision: float | None
    recall: float | None
    answerable_declined: float | None


def abstention(outcomes: Sequence[tuple[bool, bool]]) -> Abstention:
    """`outcomes`: (answerable, declined) of each question."""
    declined = [answerable for answerable, was_declined in outcomes if was_declined]
    absent = [was_declined for answerable, was_declined in outcomes if not answerable]
    present = [was_declined for answerable, was_declined in outcomes if answerable]
    return Abstention(
        precision=_share([not answerable for answerable in declined]),
        recall=_share(absent),
        answerable_declined=_share(present),
    )


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
