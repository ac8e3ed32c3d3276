"""Every measure that has a value for each question: what means, intervals, slices and comparisons are made of.

A question that a measure says nothing of is absent from it, never 0: one without judgements has no nDCG, one
that was declined has no citations. A declined answerable question has an answer accuracy, and it is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from evaluation.measures.answers import contains, token_f1
from evaluation.measures.choice import chosen
from evaluation.measures.citations import question_citations
from evaluation.measures.exact_match import exact_match
from evaluation.measures.hits import multihop_map
from evaluation.measures.parts import parts_said
from evaluation.measures.ranking import ranking_measures
from evaluation.measures.statements import statement_precision, statement_recall
from evaluation.results import Result
from evaluation.sets.model import EvalQuery, EvalSet

Scores = dict[str, dict[str, float]]  # measure → query id → value

# Which way is better; all others are better when higher.
LOWER_IS_BETTER = frozenset({"answerable_declined", "wrong_said"})
TIME_SENSITIVE = frozenset({"as_of", "before_after", "temporal", "date"})


def right(query: EvalQuery, result: Result) -> bool:
    """Whether what was said is accepted. A declined question says nothing."""
    if result.declined:
        return False
    if query.parts:
        return parts_said(result.text, query.parts) == 1.0
    return contains(result.text, query.answers)


def is_time_sensitive(query: EvalQuery) -> bool:
    """Its answer depends on when it is asked or what period it is about."""
    filters = query.filters
    return query.kind in TIME_SENSITIVE or any((filters.as_of, filters.start, filters.end))


def score(of: EvalSet, results: Mapping[str, Result]) -> Scores:
    """Over the questions that have a result, in the set's order."""
    asked = [query for query in of.queries if query.query_id in results]
    scores = _ranking(of, [results[q.query_id] for q in asked])
    if any(result.outcome is not None for result in results.values()):
        scores |= {name: dict(_values(measure, asked, results)) for name, measure in _ANSWERS.items()}
        scores |= _citations(of, asked, results)
    return {name: values for name, values in scores.items() if values}


def _ranking(of: EvalSet, done: Sequence[Result]) -> Scores:
    qrels = {r.query_id: of.qrels[r.query_id] for r in done if r.query_id in of.qrels}
    ranked = {r.query_id: r.ranked for r in done}
    scores = ranking_measures(ranked, qrels)
    scores["multihop_map@10"] = {q: multihop_map(ranked[q], qrels[q]) for q in scores["ndcg@10"]}
    return scores


Measure = Callable[[EvalQuery, Result], float | None]


def _values(
    measure: Measure, asked: Sequence[EvalQuery], results: Mapping[str, Result]
) -> Iterator[tuple[str, float]]:
    for query in asked:
        value = measure(query, results[query.query_id])
        if value is not None:
            yield query.query_id, value


def _of_answerable(value: Callable[[EvalQuery, str], float]) -> Measure:
    """Over questions with accepted answers; a declined one is scored as an empty text."""

    def measure(query: EvalQuery, result: Result) -> float | None:
        if not (query.answerable and query.answers):
            return None
        return value(query, "" if result.declined else result.text)

    return measure


def _accuracy(query: EvalQuery, result: Result) -> float | None:
    return float(right(query, result)) if query.answerable and query.answers else None


def _time_sensitive(query: EvalQuery, result: Result) -> float | None:
    return _accuracy(query, result) if is_time_sensitive(query) else None


def _choice(query: EvalQuery, result: Result) -> float | None:
    if not query.choices or not query.answers:
        return None
    return float(not result.declined and chosen(result.text, query.choices) in query.answers)


def _parts(query: EvalQuery, result: Result) -> float | None:
    if not query.parts:
        return None
    return 0.0 if result.declined else parts_said(result.text, query.parts)


def _wrong(query: EvalQuery, result: Result) -> float | None:
    """Says what is known to be wrong, and nothing that is right."""
    if not query.wrong:
        return None
    return float(not result.declined and contains(result.text, query.wrong) and not right(query, result))


_ANSWERS: dict[str, Measure] = {
    "answer_accuracy": _accuracy,
    "f1": _of_answerable(lambda query, text: token_f1(text, query.answers)),
    "exact_match": _of_answerable(lambda query, text: float(exact_match(text, query.answers))),
    "parts_said": _parts,
    "choice_accuracy": _choice,
    "time_sensitive_accuracy": _time_sensitive,
    "wrong_said": _wrong,
    "absent_declined": lambda q, r: float(r.declined) if q.answerable is False else None,
    "answerable_declined": lambda q, r: float(r.declined) if q.answerable else None,
    "statement_recall": lambda q, r: None if r.declined else statement_recall(r.statements),
    "statement_precision": lambda q, r: None if r.declined else statement_precision(r.statements),
    "nli_statement_recall": lambda q, r: None if r.declined else statement_recall(r.entailed),
    "nli_statement_precision": lambda q, r: None if r.declined else statement_precision(r.entailed),
}


def _citations(of: EvalSet, asked: Sequence[EvalQuery], results: Mapping[str, Result]) -> Scores:
    """By the set's own judgements."""
    scores: Scores = {"citation_precision": {}, "citation_recall": {}}
    for query in asked:
        found = question_citations(results[query.query_id], of.qrels.get(query.query_id, {}))
        for name, value in zip(scores, found, strict=True):
            if value is not None:
                scores[name][query.query_id] = value
    return scores
