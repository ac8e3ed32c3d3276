"""nDCG, recall, MRR, MAP and Hits through ir-measures (which calls trec_eval's code).

Conventions: questions without any relevant story are left out (a rank measure says nothing
of them); a question with qrels and no hit counts 0; ties are broken by rank, because the
score handed over is made from the rank itself. Hits@k, as MultiHop-RAG counts them: 1 where
any relevant story stands among the first k (trec_eval's success). MAP is over all that was
ranked (100 stories).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import AP, RR, R, ScoredDoc, Success, nDCG

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "mrr@10": RR @ 10,
    "map": AP,
    "hits@4": Success @ 4,
    "hits@10": Success @ 10,
}


def ranking_measures(
    ranked: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """measure → query id → value, for every query with a relevant story. `ranked`: ids best first."""
    judged = {q: dict(grades) for q, grades in qrels.items() if any(g > 0 for g in grades.values())}
    run = [
        ScoredDoc(query, doc, float(-rank))
        for query in judged
        for rank, doc in enumerate(dict.fromkeys(ranked.get(query, ())))
    ]
    values = {name: dict.fromkeys(judged, 0.0) for name in MEASURES}
    names = {str(measure): name for name, measure in MEASURES.items()}
    if judged:
        for metric in ir_measures.iter_calc(list(MEASURES.values()), judged, run):
            values[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    return values
