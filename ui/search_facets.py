"""What the stories found are spread over: years as a chart that can be brushed, and counts that narrow.

Counted when a search is made and kept for it, since a broad one takes its time: never at every rerun.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

import altair as alt
import streamlit as st

from domain.facets import Facet, Facets
from domain.query import Query
from runtime.desk.finding import Finding
from ui import search_form
from ui.markup import plain
from ui.search_state import SearchState
from ui.strings import language, text

KEPT_SECONDS = 600  # counts follow kills and holds at once, stories that arrive only after this time
SHOWN = 8  # values of one facet
MOST_NAMED = 40  # characters of a value on its button


def draw(finding: Finding, state: SearchState, *, is_expression: bool) -> None:
    """An expression matches as it says, a question by its words (`retrieval.matching`)."""
    with st.spinner(text("search.counting")):
        found = _counted(finding, state.query, state.ignored, language(), finding.stamp())
    kind = "matching" if is_expression else "matching_words"
    st.header(text(f"search.{kind}", count=found.stories), anchor=False)
    if not is_expression:
        st.caption(text("search.matching_said"))
    if not found.stories:
        return
    _draw_years(found.years, state)
    _draw_values(text("search.languages"), found.languages, lambda one: state.narrowed("languages", one))
    _draw_values(text("search.providers"), found.providers, lambda one: state.narrowed("providers", one))
    _draw_values(text("search.subjects_counted"), found.subjects, lambda one: state.narrowed("subjects", one))


@st.cache_data(ttl=KEPT_SECONDS, max_entries=256, show_spinner=False)
def _counted(_finding: Finding, query: Query, ignored: tuple[str, ...], language: str, stamp: str) -> Facets:
    """`stamp` changes with the archive and with what may be shown of it."""
    return _finding.facets(query, language=language, values=SHOWN, without=ignored)


def _draw_years(years: Sequence[Facet], state: SearchState) -> None:
    counts = {int(one.value): one.stories for one in years}
    first, last = min(counts), max(counts)
    st.markdown(f"**{text('search.years')}**")
    if first < last:
        event = st.altair_chart(
            _chart(counts),
            on_select="rerun",
            selection_mode="years",
            key=f"search-years-{hash(state)}",
            alt=_said(counts),
        )
        brushed = (event.get("selection") or {}).get("years") or {}
        if len(edges := brushed.get("year") or ()) == 2:
            _narrow(state, *_whole_years(*edges, first=first, last=last))
        chosen = st.select_slider(
            text("search.years_slider"),
            range(first, last + 1),
            value=(first, last),
            key=f"search-slider-{hash(state)}",
        )
        if chosen != (first, last):
            _narrow(state, *chosen)
    st.caption(_said(counts))
    with st.expander(text("search.years_table")):
        st.table(
            {
                text("search.year"): [str(year) for year in counts],
                text("search.stories"): list(counts.values()),
            }
        )


def _chart(counts: dict[int, int]) -> alt.Chart:
    rows = [{"year": year, "next": year + 1, "stories": stories} for year, stories in counts.items()]
    brush = alt.selection_interval(name="years", encodings=["x"])
    span = [min(counts), max(counts) + 1]
    data: alt.Data = alt.Data(values=rows)  # type: ignore[no-untyped-call]  # Altair's own classes say no types
    chart: alt.Chart = (
        alt.Chart(data, height=140)
        .mark_bar(stroke="transparent")
        .encode(
            x=alt.X("year:Q", title=None, scale=alt.Scale(domain=span, nice=False)).axis(
                format="d", tickMinStep=1, grid=False
            ),
            x2="next:Q",
            y=alt.Y("stories:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=3, format="d")),
            y2=alt.datum(0),
            opacity=alt.condition(brush, alt.value(1.0), alt.value(0.4)),
            tooltip=[
                alt.Tooltip("year:Q", format="d", title=text("search.year")),
                alt.Tooltip("stories:Q", title=text("search.stories")),
            ],
        )
        .add_params(brush)
        .configure(
            aria=False, mark=alt.MarkConfig(aria=False)
        )  # the table below has its figures; Vega's own marks name none of themselves
    )
    return chart


def _whole_years(low: float, high: float, *, first: int, last: int) -> tuple[int, int]:
    """The years that a brush touches; a bar begins at its year and ends at the next."""
    begin = min(last, max(first, math.floor(low)))
    return begin, max(begin, min(last, math.ceil(high) - 1))


def _narrow(state: SearchState, first: int, last: int) -> None:
    """Within what the dates were already: a year cut by a day stays cut."""
    start, end = date(first, 1, 1), date(last, 12, 31)
    within = state.within(
        max(start, state.start) if state.start else start, min(end, state.end) if state.end else end
    )
    if within != state:
        search_form.show(within)
        st.rerun()


def _said(counts: dict[int, int]) -> str:
    most = max(counts, key=lambda year: counts[year])
    return text("search.years_said", first=min(counts), last=max(counts), most=most, stories=counts[most])


def _draw_values(label: str, values: Sequence[Facet], narrowed: Callable[[str], SearchState]) -> None:
    """Each value a button with its count; pressed, it limits the search to itself."""
    if not values:
        return
    st.markdown(f"**{label}**")
    with st.container(horizontal=True, gap="small"):
        names = [one.name or one.value for one in values]
        for one, called in zip(values, names, strict=True):
            name = f"{called} ({one.value})" if names.count(called) > 1 else called
            cut = name if len(name) <= MOST_NAMED else f"{name[: MOST_NAMED - 1]}…"
            st.button(
                plain(f"{cut} {one.stories}"),
                key=f"search-facet-{label}-{one.value}",
                help=plain(text("search.narrow", name=_whole(one), count=one.stories)),
                on_click=search_form.show,
                args=(narrowed(one.value),),
            )


def _whole(value: Facet) -> str:
    return f"{value.name} ({value.value})" if value.name else value.value
