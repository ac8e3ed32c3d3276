"""A run as one HTML file that opens from a folder: nothing is fetched, no script runs, every text is escaped.

Stories, questions and answers are data here: the template escapes whatever it is given, and the page's own
policy forbids scripts, images and connections besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from evaluation import charts
from evaluation.results import CitedSpan, Result
from evaluation.scores import LOWER_IS_BETTER, Scores, right
from evaluation.sets.model import EvalQuery, EvalSet

SHOWN = 2_000  # questions listed; a browser opens that many at once
RELEVANT_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A question as the page lists it."""

    id: str
    text: str
    kind: str | None
    verdict: str
    wrong: bool
    answer: str
    accepted: tuple[str, ...]
    cited: tuple[CitedSpan, ...]
    relevant: tuple[tuple[str, int | None], ...]  # guid, rank
    scores: tuple[tuple[str, float], ...]


def write_report(
    path: Path,
    *,
    of: EvalSet,
    results: Mapping[str, Result],
    scores: Scores,
    summary: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> None:
    listed = [_listed(q, results[q.query_id], of, scores) for q in of.queries if q.query_id in results]
    listed.sort(key=lambda one: not one.wrong)
    seconds = [r.total_seconds or r.retrieve_seconds for r in results.values()]
    curve = summary.get("risk_coverage")
    page = _template().render(
        set=of,
        summary=summary,
        manifest=dict.fromkeys(("model", "started")) | dict(manifest),
        measures=list(_measures(scores, summary)),
        counted=list(_counted(summary)),
        slice_measures={d: _named_in(values) for d, values in summary["slices"].items()},
        questions=listed[:SHOWN],
        manifest_rows=list(_flat(manifest)),
        charts={
            "measures": charts.bars({n: summary[n] for n in scores if summary.get(n) is not None}, summary["intervals"]),
            "risk": charts.curve(curve["curve"], across="questions answered", up="wrong") if curve else Markup(""),
            "latency": charts.histogram(seconds, unit="s"),
        },
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")


@cache
def _template() -> Template:
    source = (resources.files("evaluation") / "report.html.jinja").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)


def _measures(scores: Scores, summary: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    for name, values in scores.items():
        bounds = summary["intervals"].get(name)
        yield {
            "name": f"{name} (lower is better)" if name in LOWER_IS_BETTER else name,
            "value": summary.get(name),
            "interval": f"{bounds[0]:.3f} – {bounds[1]:.3f}" if bounds else "",
            "questions": len(values),
        }


def _counted(summary: Mapping[str, Any]) -> Iterator[tuple[str, object, bool]]:
    """name, value, and whether it must not be so."""
    if "citations" in summary:
        exact = summary["citations_exact"]
        yield "citations", summary["citations"], False
        yield "citations whose words stand where they say (must be 1)", exact, exact not in (None, 1.0)
    for group, must_be_nought in (("violations", True), ("abstention", False), ("false_premises", False),
                                  ("tokens", False), ("energy", False)):  # fmt: skip
        for name, value in (summary.get(group) or {}).items():
            yield f"{group}: {name.replace('_', ' ')}", value, must_be_nought and bool(value)


def _named_in(values: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name for figures in values.values() for name in figures["measures"]))


def _listed(query: EvalQuery, result: Result, of: EvalSet, scores: Scores) -> _Listed:
    relevant = [guid for guid, grade in of.qrels.get(query.query_id, {}).items() if grade > 0]
    ranks = {guid: rank for rank, guid in enumerate(result.ranked, start=1)}
    verdict, wrong = _verdict(query, result, found=any(guid in ranks for guid in relevant) or not relevant)
    return _Listed(
        id=query.query_id,
        text=query.text,
        kind=query.kind,
        verdict=verdict,
        wrong=wrong,
        answer=result.text,
        accepted=query.answers,
        cited=result.shown,
        relevant=tuple((guid, ranks.get(guid)) for guid in relevant[:RELEVANT_SHOWN]),
        scores=tuple((n, values[query.query_id]) for n, values in scores.items() if query.query_id in values),
    )


def _verdict(query: EvalQuery, result: Result, *, found: bool) -> tuple[str, bool]:
    if result.outcome is None:
        return ("found" if found else "not found"), not found
    if query.answerable is None:
        return result.outcome.value, False
    if not query.answerable:
        return ("rightly declined", False) if result.declined else ("answered, though absent", True)
    if result.declined:
        return "wrongly declined", True
    if not query.answers:
        return result.outcome.value, False
    return ("right", False) if right(query, result) else ("wrong", True)


def _flat(manifest: Mapping[str, Any], before: Sequence[str] = ()) -> Iterator[tuple[str, object]]:
    for name, value in manifest.items():
        if isinstance(value, dict):
            yield from _flat(value, (*before, name))
        else:
            yield " · ".join((*before, name)), value
