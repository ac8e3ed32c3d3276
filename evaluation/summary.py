"""The figures of a run: measures over its results, in the shape that `depeche eval --json` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from evaluation.measures.abstention import abstention
from evaluation.measures.answers import contains, token_f1
from evaluation.measures.citations import citation_scores
from evaluation.measures.ranking import ranking_measures
from evaluation.results import Result
from evaluation.sets import EvalQuery, EvalSet


def summarise(of: EvalSet, results: Mapping[str, Result]) -> dict[str, Any]:
    """Every measure over the questions that have a result. A measure of nothing is None.

    Seconds are wall-clock, from the question to the complete answer (to the hits, for a run
    of retrieval alone).
    """
    asked = [query for query in of.queries if query.query_id in results]
    done = [results[query.query_id] for query in asked]
    qrels = {q.query_id: of.qrels[q.query_id] for q in asked if q.query_id in of.qrels}
    ranks = ranking_measures({r.query_id: r.ranked for r in done}, qrels)
    summary: dict[str, Any] = {name: _mean(list(values.values())) for name, values in ranks.items()}
    if any(result.outcome is not None for result in done):
        summary |= answer_measures(asked, results)
        cited = citation_scores(done, qrels)
        summary |= {
            "citation_precision": _round(cited.precision),
            "citation_recall": _round(cited.recall),
            "citations": cited.count,
            "citations_exact": _round(cited.exact),
        }
    summary["latency"] = _latency(done)
    summary["queries"] = len(asked)
    kinds = sorted({q.kind for q in asked if q.kind})
    if kinds and "answer_accuracy" in summary:
        summary["by_type"] = {k: answer_measures([q for q in asked if q.kind == k], results) for k in kinds}
    return summary


def answer_measures(queries: Sequence[EvalQuery], results: Mapping[str, Result]) -> dict[str, Any]:
    """Accuracy and F1 over answerable questions (a declined one scores 0), and abstention."""
    answerable = [q for q in queries if q.answerable and q.answers]
    texts = {q.query_id: "" if results[q.query_id].declined else results[q.query_id].text for q in answerable}
    said = [(bool(q.answerable), results[q.query_id].declined) for q in queries if q.answerable is not None]
    refused = abstention(said)
    return {
        "answer_accuracy": _mean([float(contains(texts[q.query_id], q.answers)) for q in answerable]),
        "f1": _mean([token_f1(texts[q.query_id], q.answers) for q in answerable]),
        "abstention": {
            "precision": _round(refused.precision),
            "recall": _round(refused.recall),
            "answerable_declined": _round(refused.answerable_declined),
        },
        "questions": len(queries),
    }


def _latency(results: Sequence[Result]) -> dict[str, float | None]:
    totals = [r.retrieve_seconds if r.total_seconds is None else r.total_seconds for r in results]
    firsts = [r.first_token_seconds for r in results if r.first_token_seconds is not None]
    latency = {
        "p50": _percentile(totals, 50),
        "p95": _percentile(totals, 95),
        "retrieve_p50": _percentile([r.retrieve_seconds for r in results], 50),
        "retrieve_p95": _percentile([r.retrieve_seconds for r in results], 95),
    }
    return latency | ({"first_token_p50": _percentile(firsts, 50)} if firsts else {})


def _percentile(values: Sequence[float], rank: float) -> float | None:
    return round(float(np.percentile(values, rank)), 3) if values else None


def _mean(values: Sequence[float]) -> float | None:
    return _round(fmean(values)) if values else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
