"""What the answers cost: seconds by the clock, tokens, joules.

Seconds run from the question to the complete answer (to the hits, for a run of retrieval alone);
percentiles are interpolated between neighbours. Energy is only ever called measured when every
question's was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from evaluation.results import Result


class Energy(TypedDict):
    joules_per_question: float
    measured: bool  # False: an estimate from processor time (evaluation/energy.py)


def latency(results: Sequence[Result]) -> dict[str, float | None]:
    totals = [r.retrieve_seconds if r.total_seconds is None else r.total_seconds for r in results]
    firsts = [r.first_token_seconds for r in results if r.first_token_seconds is not None]
    found = {f"p{rank}": percentile(totals, rank) for rank in (50, 90, 95, 99)}
    retrieved = [r.retrieve_seconds for r in results]
    found |= {f"retrieve_p{rank}": percentile(retrieved, rank) for rank in (50, 95)}
    return found | ({"first_token_p50": percentile(firsts, 50)} if firsts else {})


def tokens(results: Sequence[Result]) -> dict[str, int]:
    return {
        "prompt": sum(r.prompt_tokens for r in results),
        "generated": sum(r.generated_tokens for r in results),
    }


def energy(results: Sequence[Result]) -> Energy | None:
    """None where no question's was noted."""
    noted = [(r.joules, r.joules_measured) for r in results if r.joules is not None]
    if not noted:
        return None
    return Energy(
        joules_per_question=round(sum(joules for joules, _ in noted) / len(noted), 2),
        measured=all(measured for _, measured in noted),
    )


def percentile(values: Sequence[float], rank: float) -> float | None:
    return round(float(np.percentile(values, rank)), 3) if values else None
