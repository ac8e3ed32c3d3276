"""What trusting only the surest answers would give: the risk–coverage curve and its area (AURC).

Answers stand in the order of their confidence. At each coverage k of n questions, the risk is the share of
wrong ones among the k surest. The area is the mean risk over k = 1 … answered (Geifman & El-Yaniv 2017,
whose classifiers answer everything); where questions are declined the curve ends there, because no answer
is to be had beyond. Answers of one confidence have no order: each takes their mean error, so that the
curve does not depend on the order of the file. An answer to a question that has none is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCoverage:
    """`curve`: (coverage, risk), surest first. `aurc` None: nothing was answered."""

    aurc: float | None
    curve: tuple[tuple[float, float], ...]


def risk_coverage(answered: Sequence[tuple[float, bool]], *, questions: int) -> RiskCoverage:
    """`answered`: (confidence, right) of each answer given; `questions`: declined ones counted too."""
    errors: list[float] = []
    surest = sorted(answered, key=lambda pair: -pair[0])
    for _, group in groupby(surest, key=lambda pair: pair[0]):
        flags = [not right for _, right in group]
        errors += [sum(flags) / len(flags)] * len(flags)
    total = 0.0
    curve: list[tuple[float, float]] = []
    for place, error in enumerate(errors, start=1):
        total += error
        curve.append((place / questions, total / place))
    return RiskCoverage(aurc=fmean(risk for _, risk in curve) if curve else None, curve=tuple(curve))
