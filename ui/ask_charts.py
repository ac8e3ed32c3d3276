"""Two charts, each with the same said in words: the evidence by date, and figures that sources give differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from domain.answer import Answer, Citation, StatedFigure
from domain.query import Hit
from ui.markup import plain, story_link
from ui.strings import text

if TYPE_CHECKING:
    import altair as alt

Figures = Sequence[tuple[StatedFigure, Citation]]


def draw_timeline(hits: Sequence[Hit], *, cited: frozenset[tuple[str, int]]) -> None:
    """One mark a story, where it was published; those cited have another shape as well as another colour."""
    if len(hits) < 2:
        return
    words = timeline_words(hits)
    st.altair_chart(timeline(hits, cited=cited), width="stretch", alt=words)
    st.caption(plain(words))


def timeline_words(hits: Sequence[Hit]) -> str:
    days = sorted(hit.published for hit in hits)
    years = Counter(day.year for day in days)
    return text(
        "ask.timeline",
        count=len(hits),
        first=f"{days[0]:%Y-%m-%d}",
        last=f"{days[-1]:%Y-%m-%d}",
        years=", ".join(f"{year}: {count}" for year, count in sorted(years.items())),
    )


def timeline(hits: Sequence[Hit], *, cited: frozenset[tuple[str, int]]) -> alt.Chart:
    import altair as alt

    kinds = [text("ask.cited"), text("ask.found")]
    rows = [
        {
            "published": hit.published.isoformat(),
            "headline": hit.headline or hit.guid,
            "provider": hit.provider,
            "kind": kinds[0] if (hit.guid, hit.version) in cited else kinds[1],
        }
        for hit in sorted(hits, key=lambda hit: (hit.guid, hit.version) in cited)  # those cited on top
    ]
    scale = alt.Scale(domain=kinds, range=["#b3261e", "#5b7083"])
    chart: alt.Chart = (
        alt.Chart(_inline(rows))
        .mark_point(size=140, filled=True, opacity=0.85)
        .encode(
            x=_dates([hit.published for hit in hits]),
            color=alt.Color("kind:N", title=None, scale=scale, legend=alt.Legend(orient="top")),
            shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds, range=["diamond", "circle"])),
            tooltip=[
                alt.Tooltip("published:T", format="%Y-%m-%d", title=text("ask.date")),
                alt.Tooltip("headline:N", title=text("ask.headline")),
                alt.Tooltip("provider:N", title=text("ask.source")),
            ],
        )
        .properties(height=90)
        .configure(
            aria=False, mark=alt.MarkConfig(aria=False)
        )  # its words stand beside it; Vega's own marks name none of themselves
    )
    return chart


def draw_figures(answer: Answer, numbers: dict[Citation, int]) -> None:
    """The figures of a disputed answer in the order of their stories: date, figure, source."""
    figures = stated(answer)
    if not figures:
        return
    st.caption(text("ask.figures"))
    st.markdown("\n".join(_line(figure, citation, numbers[citation]) for figure, citation in figures))
    if len({figure.unit for figure, _ in figures}) == 1:
        words = "; ".join(f"{citation.published:%Y-%m-%d}: {figure.words}" for figure, citation in figures)
        st.altair_chart(figures_chart(figures), width="stretch", alt=words)


def _line(figure: StatedFigure, citation: Citation, number: int) -> str:
    source = plain(f"{citation.provider}, {citation.headline or citation.guid}")
    link = f"[\\[{number}\\]]({story_link(citation)})"
    return f"- {citation.published:%Y-%m-%d}: **{plain(figure.words)}** · {source} {link}"


def _dates(moments: Sequence[datetime]) -> alt.X:
    """The axis of days, its labels in figures alone: names of months would be English."""
    import altair as alt

    days = (max(moments) - min(moments)).days
    form = "%Y" if days > 3 * 365 else "%Y-%m" if days > 90 else "%Y-%m-%d"
    axis = alt.Axis(format=form, tickCount=6, labelOverlap=True)
    return alt.X("published:T", title=None, axis=axis, scale=alt.Scale(type="utc", nice=True))


def stated(answer: Answer) -> list[tuple[StatedFigure, Citation]]:
    found = [
        (sentence.figure, sentence.citations[0])
        for sentence in answer.sentences
        if sentence.figure is not None and sentence.citations
    ]
    return sorted(found, key=lambda one: one[1].published)


def figures_chart(figures: Figures) -> alt.LayerChart:
    import altair as alt

    rows = [
        {
            "published": citation.published.isoformat(),
            "value": figure.value,
            "words": figure.words,
            "provider": citation.provider,
        }
        for figure, citation in figures
    ]
    base = alt.Chart(_inline(rows)).encode(
        x=_dates([citation.published for _, citation in figures]),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(tickMinStep=1), scale=alt.Scale(zero=False, nice=True)),
        tooltip=[
            alt.Tooltip("published:T", format="%Y-%m-%d", title=text("ask.date")),
            alt.Tooltip("words:N", title=text("ask.figure")),
            alt.Tooltip("provider:N", title=text("ask.source")),
        ],
    )
    line = base.mark_line(interpolate="step-after", strokeDash=[4, 3], opacity=0.6)
    drawn = (line + base.mark_point(size=90, filled=True)).properties(height=160)
    chart: alt.LayerChart = drawn.configure(aria=False, mark=alt.MarkConfig(aria=False))
    return chart


def _inline(rows: list[dict[str, Any]]) -> alt.Data:
    """Rows within the chart itself: as values, never as the address of a file."""
    import altair as alt

    return alt.Data(values=rows)  # type: ignore[no-untyped-call]
