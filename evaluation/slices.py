"""Questions by language, decade, kind and whether there is an answer: the same measures, over fewer questions.

The decade is of the day the question is about where the set says, else of its dates asked for, else of the
stories that hold the answer, where the run noted when they were published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TypedDict

from evaluation.bootstrap import interval
from evaluation.results import Result
from evaluation.scores import Scores
from evaluation.sets.model import EvalQuery

MEASURES = ("ndcg@10", "recall@10", "answer_accuracy", "f1", "citation_precision", "citation_recall",
            "absent_declined", "answerable_declined")  # fmt: skip


class Slice(TypedDict):
    questions: int
    measures: dict[str, float]  # those that say something of at least one of its questions
    intervals: dict[str, tuple[float, float]]  # of those with two questions or more


def slices(
    asked: Sequence[EvalQuery], results: Mapping[str, Result], scores: Scores
) -> dict[str, dict[str, Slice]]:
    """dimension → value → figures. A dimension with fewer than two values says nothing and is left out."""
    dimensions: dict[str, Callable[[EvalQuery], str | None]] = {
        "language": lambda q: q.language,
        "decade": lambda q: _decade(q, results[q.query_id]),
        "type": lambda q: q.kind,
        "answerability": lambda q: None if q.answerable is None else "present" if q.answerable else "absent",
    }
    found: dict[str, dict[str, Slice]] = {}
    for dimension, value_of in dimensions.items():
        members: dict[str, set[str]] = {}
        for query in asked:
            if value := value_of(query):
                members.setdefault(value, set()).add(query.query_id)
        if len(members) > 1:
            found[dimension] = {value: _figures(members[value], scores) for value in sorted(members)}
    return found


def _figures(members: set[str], scores: Scores) -> Slice:
    measures: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for name in MEASURES:
        values = [value for q, value in scores.get(name, {}).items() if q in members]
        if values:
            measures[name] = round(fmean(values), 4)
            if bounds := interval(values):
                intervals[name] = bounds
    return Slice(questions=len(members), measures=measures, intervals=intervals)


def _decade(query: EvalQuery, result: Result) -> str | None:
    filters = query.filters
    day = query.day or filters.start or filters.as_of
    year = day.year if day else result.year
    return f"{year // 10 * 10}s" if year else None
