"""Joining two ranked lists into one. Pure functions of scores.

A passage that one half did not return gets that half's floor, not a guess. A score does not depend on
how many candidates were asked for beyond the first hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

SCALED_BY = 100  # the best so many fix the scale; the weights below were swept at this depth
RRF_K = 60  # Cormack, Clarke & Büttcher, SIGIR 2009: flat between 40 and 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Shares of the dense half in a fused score; the lexical half has the rest.

    Swept together on XQuAD-R within, across and together, Reuters, RealtimeQA and the sample's set
    (docs/retrieval-evaluation.md). Words of another language are mostly numbers and names that happen
    to be spelt alike: a passage is not to be punished for the words it cannot share.
    """

    own_language: float = 0.65
    other_language: float = 0.9


WEIGHTS = Weights()


def reciprocal_rank(
    rankings: Sequence[Sequence[int]], *, weights: Sequence[float] | None = None, k: int = RRF_K
) -> dict[int, float]:
    """Σ w / (k + rank), rank from 1 (Cormack, Clarke & Büttcher, "Reciprocal rank fusion", SIGIR 2009)."""
    shares = weights if weights is not None else [1.0] * len(rankings)
    fused: dict[int, float] = {}
    for ranking, weight in zip(rankings, shares, strict=True):
        for rank, item in enumerate(ranking, start=1):
            fused[item] = fused.get(item, 0.0) + weight / (k + rank)
    return fused


def min_max(scores: Mapping[int, float], *, among: int = SCALED_BY) -> dict[int, float]:
    """(s − min)/(max − min) over the best `among` (Lee, "Analyses of multiple evidence combination",
    SIGIR 1997); what is ranked below them falls below 0.

    Where all scores are equal each item gets 1: it was found, and nothing sets it apart.
    """
    if not scores:
        return {}
    best = sorted(scores.values(), reverse=True)[:among]
    low, high = best[-1], best[0]
    return {item: (score - low) / (high - low) if high > low else 1.0 for item, score in scores.items()}


def share_of_best(scores: Mapping[int, float]) -> dict[int, float]:
    """s / max, for scores whose floor is known to be 0 (Bruch, Gai & Ingber, "An analysis of fusion
    functions for hybrid retrieval", TOIS 2023): the weakest match of many is still a match."""
    best = max(scores.values(), default=0.0)
    return {item: score / best if best > 0 else 1.0 for item, score in scores.items()}


def fuse(
    dense: Mapping[int, float],
    lexical: Mapping[int, float],
    *,
    foreign: Collection[int] = frozenset(),
    weights: Weights = WEIGHTS,
) -> dict[int, float]:
    """One score for each item of either half. `foreign`: those in another language than the question."""
    near, shared = min_max(dense), share_of_best(lexical)
    floor = min(near.values(), default=0.0)
    fused: dict[int, float] = {}
    for item in near.keys() | shared.keys():
        weight = weights.other_language if item in foreign else weights.own_language
        fused[item] = weight * near.get(item, floor) + (1.0 - weight) * shared.get(item, 0.0)
    return fused
