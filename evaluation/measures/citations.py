"""Whether the stories cited are the ones that hold the answer, by the set's own judgements.

Precision: of the stories an answer cites, the share judged relevant to its question, averaged
over answers that cite something. Recall: of answered answerable questions, the share that cite
a relevant story. Neither asks our verifier, so neither marks its own work. `exact`: the share
of all citations, withheld sentences' included, whose quote equals the stored text at their
offsets (must be 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from evaluation.results import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationScores:
    precision: float | None
    recall: float | None
    exact: float | None
    count: int


def citation_scores(results: Sequence[Result], qrels: Mapping[str, Mapping[str, int]]) -> CitationScores:
    """Shares over the results that were answered; None where there is nothing to share."""
    shares: list[float] = []
    reached: list[bool] = []
    exact = [span.exact for result in results for span in (*result.shown, *result.withheld)]
    for result in results:
        relevant = {doc for doc, grade in qrels.get(result.query_id, {}).items() if grade > 0}
        if not relevant or result.outcome is None or result.declined:
            continue
        cited = {span.guid for span in result.shown}
        reached.append(bool(cited & relevant))
        if cited:
            shares.append(len(cited & relevant) / len(cited))
    return CitationScores(
        precision=fmean(shares) if shares else None,
        recall=fmean(reached) if reached else None,
        exact=fmean(exact) if exact else None,
        count=len(exact),
    )
