"""How far two judges of the same sentences agree, beyond what they would by chance: Cohen's kappa (1960).

Kappa is (agreed − expected) / (1 − expected), where expected is the share of agreement of two judges who say
yes as often as these do, without looking. 1 is full agreement, 0 no more than chance, below 0 less. Where
both always say the same one thing it is undefined, and None: they agree, and it shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of `sentences` judged by both. `first_only` and `second_only`: found supported by one of them."""

    kappa: float | None
    agreed: float
    first_only: int
    second_only: int
    sentences: int


def agreement(judged: Sequence[tuple[bool, bool]]) -> Agreement | None:
    """`judged`: what the two said of each sentence. None of no sentence."""
    if not judged:
        return None
    count = len(judged)
    agreed = sum(first is second for first, second in judged) / count
    yes = [sum(pair[judge] for pair in judged) / count for judge in (0, 1)]
    expected = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return Agreement(
        kappa=None if expected == 1 else (agreed - expected) / (1 - expected),
        agreed=agreed,
        first_only=sum(first and not second for first, second in judged),
        second_only=sum(second and not first for first, second in judged),
        sentences=count,
    )
