"""MAP@10 as MultiHop-RAG's own script counts it (Tang & Yang 2024, retrieval_evaluate.py).

Not average precision: each rank among the first 10 that brings relevant stories not brought before adds
their number divided by the rank, and the sum is divided by the smaller of 10 and the number of relevant
stories. (The script looks at an eleventh rank for this one measure; here it ends at 10, as its name says.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

DEPTH = 10


def multihop_map(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    relevant = {doc for doc, grade in grades.items() if grade > 0}
    if not relevant:
        return 0.0
    first = dict.fromkeys(ranked)
    found = sum(1 / rank for rank, doc in enumerate(first, start=1) if rank <= DEPTH and doc in relevant)
    return found / min(len(relevant), DEPTH)
