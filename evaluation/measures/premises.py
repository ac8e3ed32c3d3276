"""Questions with a false premise ("How did Argentina win the 2014 final?"): what is done about it.

Corrected: what is so stands in the answer (the set's accepted answers say it). Declined: nothing was said,
which misleads nobody. Gone along with: the rest. Shares of all questions whose kind is "false_premise".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KIND = "false_premise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    corrected: float
    declined: float
    gone_along: float
    questions: int


def premises(outcomes: Sequence[tuple[bool, bool]]) -> Premises | None:
    """`outcomes`: (corrected, declined) of each such question; a declined one corrects nothing."""
    if not outcomes:
        return None
    count = len(outcomes)
    declined = sum(was_declined for _, was_declined in outcomes)
    corrected = sum(is_right and not was_declined for is_right, was_declined in outcomes)
    return Premises(
        corrected=corrected / count,
        declined=declined / count,
        gone_along=(count - corrected - declined) / count,
        questions=count,
    )
