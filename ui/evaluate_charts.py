"""Charts of a run's figures: shares from 0 to 1 with their intervals. Each has its figures in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from evaluation.comparison import Comparison
from evaluation.figures import Figure, SliceFigure
from ui.strings import text

_ROW, _AXIS = 26, 40  # pixels
_COLOUR = "#2f6f9f"  # 5.2 : 1 on white, 3.6 : 1 on Streamlit's dark ground
_BEFORE = "#b3541e"


Chart = alt.Chart | alt.LayerChart
Rows = list[dict[str, object]]


def measures(figures: Sequence[Figure]) -> Chart:
    """A point for each mean, a line for its interval."""
    rows: Rows = [
        {"name": one.measure, "value": one.value, "low": one.low, "high": one.high, "n": one.questions}
        for one in figures
    ]
    return _intervals(rows, [one.measure for one in figures])


def slices(figures: Sequence[SliceFigure], called: Sequence[str]) -> Chart:
    """One measure for each value; `called` names the values."""
    rows: Rows = [
        {"name": name, "value": one.value, "low": one.low, "high": one.high, "n": one.questions}
        for one, name in zip(figures, called, strict=True)
    ]
    return _intervals(rows, list(called))


def risk(curve: Sequence[tuple[float, float]]) -> Chart:
    rows: Rows = [{"coverage": coverage, "risk": wrong} for coverage, wrong in curve]
    chart: Chart = (
        alt.Chart(_inline(rows), height=260)
        .mark_line(color=_COLOUR, point=len(rows) < 2, interpolate="step-after")
        .encode(
            x=alt.X("coverage:Q", title=text("evaluate.column.coverage"), scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("risk:Q", title=text("evaluate.column.risk"), scale=alt.Scale(domain=[0, 1])),
            tooltip=[
                alt.Tooltip("coverage:Q", format=".3f", title=text("evaluate.column.coverage")),
                alt.Tooltip("risk:Q", format=".3f", title=text("evaluate.column.risk")),
            ],
        )
    )
    return _silent(chart)


def compared(found: Comparison) -> Chart:
    """Before and after on one line a measure: told apart by shape as well as by colour."""
    before, after = text("evaluate.before"), text("evaluate.after")
    rows: Rows = [
        {"name": name, "value": value, "run": run}
        for name, moved in found.measures.items()
        for run, value in ((before, moved.before), (after, moved.after))
    ]
    data = _inline(rows)
    y = _names(list(found.measures))
    base = alt.Chart(data, height=_tall(len(found.measures)))
    lines = base.mark_line(color="gray").encode(x="value:Q", y=y, detail="name:N")
    points = base.mark_point(size=90, filled=True, opacity=1).encode(
        x=_share("value"),
        y=y,
        color=alt.Color(
            "run:N",
            title=None,
            scale=alt.Scale(domain=[before, after], range=[_BEFORE, _COLOUR]),
            legend=alt.Legend(orient="top"),
        ),
        shape=alt.Shape(
            "run:N", title=None, scale=alt.Scale(domain=[before, after], range=["diamond", "circle"])
        ),
        tooltip=["name:N", "run:N", alt.Tooltip("value:Q", format=".3f")],
    )
    return _silent(lines + points)


def _intervals(rows: Rows, order: list[str]) -> Chart:
    y = _names(order)
    base = alt.Chart(_inline(rows), height=_tall(len(order)))
    tooltip = [
        alt.Tooltip("name:N", title=text("evaluate.column.measure")),
        alt.Tooltip("value:Q", format=".3f", title=text("evaluate.column.value")),
        alt.Tooltip("low:Q", format=".3f", title=text("evaluate.column.low")),
        alt.Tooltip("high:Q", format=".3f", title=text("evaluate.column.high")),
        alt.Tooltip("n:Q", title=text("evaluate.column.questions")),
    ]
    lines = base.mark_rule(color=_COLOUR, strokeWidth=2).encode(x="low:Q", x2="high:Q", y=y)
    points = base.mark_point(color=_COLOUR, filled=True, size=80, opacity=1).encode(
        x=_share("value"), y=y, tooltip=tooltip
    )
    return _silent(lines + points)


def _silent(chart: Chart) -> Chart:
    """Nothing of it is read aloud mark by mark: the table below has its figures."""
    quiet: Chart = chart.configure(aria=False, mark=alt.MarkConfig(aria=False))
    return quiet


def _inline(rows: Rows) -> alt.Data:
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]  # Altair's own classes say no types


def _tall(rows: int) -> int:
    return _AXIS + rows * _ROW


def _names(order: list[str]) -> alt.Y:
    return alt.Y("name:N", title=None, sort=order, axis=alt.Axis(labelLimit=240, labelOverlap=False))


def _share(field: str) -> alt.X:
    axis = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f")
    return alt.X(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=axis)
