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


def question_citations(result: Result, grades: Mapping[str, int]) -> tuple[float | None, float | None]:
    """Precision and recall of one question; None of a question without a relevant story, or declined,
    and None for the precision of an answer that cites nothing."""
    relevant = {doc for doc, grade in grades.items() if grade > 0}
    if not relevant or result.outcome is None or result.declined:
        return None, None
    cited = {span.guid for span in result.shown}
    precision = len(cited & relevant) / len(cited) if cited else None
    return precision, float(bool(cited & relevant))


def citation_scores(results: Sequence[Result], qrels: Mapping[str, Mapping[str, int]]) -> CitationScores:
    """Shares over the results that were answered; None where there is nothing to share."""
    found = [question_citations(result, qrels.get(result.query_id, {})) for result in results]
    shares = [precision for precision, _ in found if precision is not None]
    reached = [recall for _, recall in found if recall is not None]
    exact = [span.exact for result in results for span in (*result.shown, *result.withheld)]
    return CitationScores(
        precision=fmean(shares) if shares else None,
        recall=fmean(reached) if reached else None,
        exact=fmean(exact) if exact else None,
        count=len(exact),
    )
