"""A run's figures as values, read from its summary alone: what the report and the pages both draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.scores import LOWER_IS_BETTER

_COUNTED = ("abstention", "agreement", "violations", "false_premises", "tokens", "energy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean over questions, with its 95 % interval where there are two or more."""

    measure: str
    value: float
    low: float | None
    high: float | None
    questions: int

    @property
    def lower_is_better(self) -> bool:
        return self.measure in LOWER_IS_BETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceFigure:
    """One measure over the questions of one language, decade, type or answerability."""

    dimension: str
    slice: str
    measure: str
    value: float
    low: float | None
    high: float | None
    questions: int  # of the slice; the measure may say something of fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What is counted over a whole run. `must_not_be`: the figure is a fault of the program."""

    group: str
    name: str
    value: float | int | bool | None
    must_not_be: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """`risk`: (share of questions answered, share of those wrong), surest first; empty where nothing was sure."""

    measures: tuple[Figure, ...]
    slices: tuple[SliceFigure, ...]
    counts: tuple[Count, ...]
    risk: tuple[tuple[float, float], ...]
    aurc: float | None
    latency: tuple[tuple[str, float | None], ...]  # name, seconds
    questions: int


def figures(summary: Mapping[str, Any], scored: Mapping[str, int] | None = None) -> RunFigures:
    """`summary` as evaluation.runner.settle writes it. `scored`: how many questions each measure says something
    of; needed for a summary of an earlier program, which lacks it."""
    curve = summary.get("risk_coverage")
    scored = summary["scored"] if scored is None else scored
    return RunFigures(
        measures=tuple(_measure(n, q, summary) for n, q in scored.items() if summary.get(n) is not None),
        slices=tuple(_slices(summary)),
        counts=tuple(_counts(summary)),
        risk=tuple((coverage, risk) for coverage, risk in curve["curve"]) if curve else (),
        aurc=curve["aurc"] if curve else None,
        latency=tuple(summary["latency"].items()),
        questions=summary["queries"],
    )


def _measure(name: str, questions: int, summary: Mapping[str, Any]) -> Figure:
    low, high = summary["intervals"].get(name, (None, None))
    return Figure(measure=name, value=summary[name], low=low, high=high, questions=questions)


def _slices(summary: Mapping[str, Any]) -> list[SliceFigure]:
    found: list[SliceFigure] = []
    for dimension, values in summary["slices"].items():
        for value, told in values.items():
            for measure, mean in told["measures"].items():
                low, high = told.get("intervals", {}).get(measure, (None, None))
                found.append(
                    SliceFigure(
                        dimension=dimension,
                        slice=value,
                        measure=measure,
                        value=mean,
                        low=low,
                        high=high,
                        questions=told["questions"],
                    )
                )
    return found


def _counts(summary: Mapping[str, Any]) -> list[Count]:
    found: list[Count] = []
    if "citations" in summary:
        exact = summary["citations_exact"]
        found.append(Count(group="citations", name="citations", value=summary["citations"]))
        found.append(
            Count(group="citations", name="exact", value=exact, must_not_be=exact not in (None, 1.0))
        )
    for group in _COUNTED:
        for name, value in (summary.get(group) or {}).items():
            faulty = group == "violations" and bool(value)
            found.append(Count(group=group, name=name, value=value, must_not_be=faulty))
    return found
