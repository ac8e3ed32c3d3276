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
from evaluation.figures import RunFigures, figures
from evaluation.judged import FAILURES, Judged, judge
from evaluation.results import CitedSpan, Result
from evaluation.scores import Scores
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
    found = figures(summary)
    page = _template().render(
        set=of,
        summary=summary,
        manifest=dict.fromkeys(("model", "started")) | dict(manifest),
        measures=list(_measures(found)),
        counted=list(_counted(found)),
        slice_measures={d: _named_in(values) for d, values in summary["slices"].items()},
        questions=listed[:SHOWN],
        manifest_rows=list(_flat(manifest)),
        charts={
            "measures": charts.bars({one.measure: one.value for one in found.measures}, summary["intervals"]),
            "risk": charts.curve(found.risk, across="questions answered", up="wrong") if found.risk else Markup(""),
            "latency": charts.histogram(seconds, unit="s"),
        },
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")


@cache
def _template() -> Template:
    source = (resources.files("evaluation") / "report.html.jinja").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)


def _measures(found: RunFigures) -> Iterator[dict[str, object]]:
    for one in found.measures:
        yield {
            "name": f"{one.measure} (lower is better)" if one.lower_is_better else one.measure,
            "value": one.value,
            "interval": "" if one.low is None else f"{one.low:.3f} – {one.high:.3f}",
            "questions": one.questions,
        }


def _counted(found: RunFigures) -> Iterator[tuple[str, object, bool]]:
    """name, value, and whether it must not be so."""
    for one in found.counts:
        called = {
            ("citations", "citations"): "citations",
            ("citations", "exact"): "citations whose words stand where they say (must be 1)",
        }.get((one.group, one.name), f"{one.group}: {one.name.replace('_', ' ')}")
        yield called, one.value, one.must_not_be


def _named_in(values: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name for figures in values.values() for name in figures["measures"]))


def _listed(query: EvalQuery, result: Result, of: EvalSet, scores: Scores) -> _Listed:
    grades = of.qrels.get(query.query_id, {})
    relevant = [guid for guid, grade in grades.items() if grade > 0]
    ranks = {guid: rank for rank, guid in enumerate(result.ranked, start=1)}
    judged = judge(query, result, grades)
    return _Listed(
        id=query.query_id,
        text=query.text,
        kind=query.kind,
        verdict=result.outcome.value if result.outcome and judged is Judged.NOT_SCORED else judged.value,
        wrong=judged in FAILURES,
        answer=result.text,
        accepted=query.answers,
        cited=result.shown,
        relevant=tuple((guid, ranks.get(guid)) for guid in relevant[:RELEVANT_SHOWN]),
        scores=tuple((n, values[query.query_id]) for n, values in scores.items() if query.query_id in values),
    )


def _flat(manifest: Mapping[str, Any], before: Sequence[str] = ()) -> Iterator[tuple[str, object]]:
    for name, value in manifest.items():
        if isinstance(value, dict):
            yield from _flat(value, (*before, name))
        else:
            yield " · ".join((*before, name)), value
