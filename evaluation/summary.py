"""The figures of a run: measures over its results, in the shape that `depeche eval --json` prints.

A measure of nothing is None (the contract's own keys) or absent (all others), never 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from evaluation.bootstrap import interval
from evaluation.measures import resources
from evaluation.measures.abstention import abstention
from evaluation.measures.agreement import agreement
from evaluation.measures.citations import citation_scores
from evaluation.measures.premises import KIND, premises
from evaluation.measures.risk_coverage import risk_coverage
from evaluation.measures.violations import count_violations
from evaluation.results import Result
from evaluation.scores import Scores, right, score
from evaluation.sets.model import EvalQuery, EvalSet
from evaluation.slices import slices

_RANKING = ("ndcg@10", "recall@10", "recall@100", "mrr@10", "map", "hits@4", "hits@10", "multihop_map@10")
_ANSWERING = ("answer_accuracy", "f1", "citation_precision", "citation_recall")  # None rather than absent
CURVE_POINTS = 50  # of the risk–coverage curve, kept in the summary


def summarise(of: EvalSet, results: Mapping[str, Result], scores: Scores | None = None) -> dict[str, Any]:
    """Every measure over the questions that have a result. `scores`: of these results, where they are known."""
    asked = [query for query in of.queries if query.query_id in results]
    done = [results[query.query_id] for query in asked]
    scores = score(of, results) if scores is None else scores
    answered = any(result.outcome is not None for result in done)
    summary: dict[str, Any] = {name: _mean(scores, name) for name in _RANKING}
    if answered:
        summary |= {name: _mean(scores, name) for name in _ANSWERING}
        summary |= {name: _mean(scores, name) for name in scores if name not in summary}
        summary |= _of_answers(asked, results, done)
    summary["latency"] = resources.latency(done)
    if used := resources.energy(done):
        summary["energy"] = used
    summary["queries"] = len(asked)
    summary["scored"] = {name: len(values) for name, values in scores.items()}
    summary["intervals"] = {n: bounds for n, v in scores.items() if (bounds := interval(list(v.values())))}
    summary["slices"] = slices(asked, results, scores)
    kinds = sorted({q.kind for q in asked if q.kind})
    if kinds and answered:
        summary["by_type"] = {k: _by_type([q for q in asked if q.kind == k], results, scores) for k in kinds}
    return summary


def _of_answers(
    asked: Sequence[EvalQuery], results: Mapping[str, Result], done: Sequence[Result]
) -> dict[str, Any]:
    """What is counted over the whole run and has no value for a question."""
    cited = citation_scores(done, {})
    found: dict[str, Any] = {
        "citations": cited.count,
        "citations_exact": _round(cited.exact),
        "abstention": _abstention(asked, results),
        "violations": count_violations([kind for result in done for kind in result.violations]),
        "tokens": resources.tokens(done),
    }
    both = [
        (ours.supported, theirs.supported)
        for result in done
        if result.entailed
        for ours, theirs in zip(result.statements, result.entailed, strict=True)
    ]
    if judges := agreement(both):
        found["agreement"] = {name: _rounded(value) for name, value in asdict(judges).items()}
    curve = _risk(asked, results)
    if curve:
        found["risk_coverage"] = curve
    premise = premises(
        [(right(q, results[q.query_id]), results[q.query_id].declined) for q in asked if q.kind == KIND]
    )
    return found | ({"false_premises": asdict(premise)} if premise else {})


def _abstention(asked: Sequence[EvalQuery], results: Mapping[str, Result]) -> dict[str, float | None]:
    said = [(bool(q.answerable), results[q.query_id].declined) for q in asked if q.answerable is not None]
    return {name: _round(value) for name, value in asdict(abstention(said)).items()}


def _risk(asked: Sequence[EvalQuery], results: Mapping[str, Result]) -> dict[str, Any] | None:
    """Over the questions whose answer is known, or known to be absent; None where no confidence was noted."""
    known = [q for q in asked if q.answerable is False or (q.answerable and q.answers)]
    given = [
        (confidence, bool(q.answerable) and right(q, results[q.query_id]))
        for q in known
        if not results[q.query_id].declined and (confidence := results[q.query_id].confidence) is not None
    ]
    if not given:
        return None
    found = risk_coverage(given, questions=len(known))
    every = max(1, len(found.curve) // CURVE_POINTS)
    kept = (*found.curve[:-1:every], found.curve[-1])
    return {"aurc": _round(found.aurc), "curve": [[round(c, 4), round(r, 4)] for c, r in kept]}


def _by_type(queries: Sequence[EvalQuery], results: Mapping[str, Result], scores: Scores) -> dict[str, Any]:
    members = {q.query_id for q in queries}
    within = {
        n: {q: v for q, v in scores.get(n, {}).items() if q in members} for n in ("answer_accuracy", "f1")
    }
    return {
        "answer_accuracy": _mean(within, "answer_accuracy"),
        "f1": _mean(within, "f1"),
        "abstention": _abstention(queries, results),
        "questions": len(queries),
    }


def _mean(scores: Scores, name: str) -> float | None:
    values = scores.get(name)
    return _round(fmean(values.values())) if values else None


def _rounded(value: float | None) -> float | None:
    """Counts stay whole."""
    return value if isinstance(value, int) else _round(value)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
