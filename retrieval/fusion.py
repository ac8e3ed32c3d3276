"""Joining two ranked lists into one. Pure functions of scores.

A passage that one half did not return gets that half's floor, not a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RRF_K = 60  # Cormack, Clarke & Büttcher, SIGIR 2009: flat between 40 and 100


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


def min_max(score_lists: Sequence[Mapping[int, float]], *, weights: Sequence[float]) -> dict[int, float]:
    """Σ w·(s − min)/(max − min) over each list (Lee, "Analyses of multiple evidence", SIGIR 1997).

    In a list whose scores are all equal each item gets 1: it was found, and nothing sets it apart.
    """
    fused: dict[int, float] = {}
    for scores, weight in zip(score_lists, weights, strict=True):
        if not scores:
            continue
        low, high = min(scores.values()), max(scores.values())
        for item, score in scores.items():
            share = (score - low) / (high - low) if high > low else 1.0
            fused[item] = fused.get(item, 0.0) + weight * share
    return fused
