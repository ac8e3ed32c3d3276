"""What the question was taken to mean, as chips: each can be changed, set aside or added, and the question put again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import streamlit as st

from domain.query import Filters, Query, TimeClue
from ui import ask_state
from ui.ask_days import day_field, last_day, midnight, span_shown
from ui.ask_state import Asked, Turn
from ui.markup import plain
from ui.strings import text


def draw_chips(query: Query, turn: Turn, *, languages: Sequence[str], providers: Sequence[str]) -> None:
    """`query`: as it was understood. What the reader changes is put in the place of this answer."""
    asked = turn.asked or reconstructed(query)
    st.caption(text("ask.taken_as"))
    with st.container(horizontal=True, gap="small"):
        for number, clue in enumerate(query.clues):
            _clue_chip(clue, asked, key=f"clue-{number}")
        _dates_chip(asked)
        if asked.query.filters.as_of is not None:
            _removal(
                text("ask.chip.as_of", date=day_shown(asked.query.filters.as_of)),
                asked.within(replace(asked.query.filters, as_of=None)),
                key="chip-as-of",
            )
        _several("languages", languages, asked)
        _several("providers", providers, asked)
    for number, words in enumerate(asked.ignored):
        line, button = st.columns([4, 1], vertical_alignment="center")
        line.caption(plain(f"“{words}”: {text('ask.clue.ignored')}"))
        button.button(
            text("ask.clue.redo"), key=f"clue-redo-{number}", type="tertiary",
            on_click=ask_state.send, args=(asked.counting(words),),
        )  # fmt: skip


def clue_line(clue: TimeClue) -> str:
    how = text("ask.clue.hard" if clue.hard else "ask.clue.soft")
    return plain(f"“{clue.words}”: {how} {span_shown(clue.start, clue.end)}")


def reconstructed(query: Query) -> Asked:
    """The question behind an answer opened by its link: dates that its words gave are no limits of its own."""
    filters = query.filters
    hard = [clue for clue in query.clues if clue.hard and not clue.as_known]
    if any(clue.start == filters.start for clue in hard):
        filters = replace(filters, start=None)
    if any(clue.end == filters.end for clue in hard):
        filters = replace(filters, end=None)
    if any(clue.as_known for clue in query.clues):
        filters = replace(filters, as_of=None)
    own = replace(query, filters=filters, clues=())
    return Asked(query=own, typed=query.text, extractive=False, again=True)


def day_shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The widgets of a span of days, by their keys."""

    start: str
    end: str
    only: str | None = None

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        first, last = st.session_state.get(self.start), st.session_state.get(self.end)
        return midnight(first), midnight(last, days=1)


def _clue_chip(clue: TimeClue, asked: Asked, *, key: str) -> None:
    label = f"“{clue.words}”: {span_shown(clue.start, clue.end)}"
    with st.popover(plain(label), icon=":material/calendar_month:", key=f"{key}-chip"):
        st.caption(clue_line(clue))
        keys = _Span(start=f"{key}-from", end=f"{key}-to", only=f"{key}-only")
        with st.form(f"{key}-form", border=False):
            if not clue.as_known:  # "as of 3 May" has an end alone
                day_field(text("ask.from"), value=clue.start.date() if clue.start else None, key=keys.start)
            day_field(text("ask.to"), value=last_day(clue.end), key=keys.end)
            if not clue.as_known:
                st.checkbox(text("ask.chip.only"), value=clue.hard, key=keys.only)
            st.form_submit_button(
                text("ask.chip.apply"), key=f"{key}-apply", on_click=ask_state.send_changed,
                args=(partial(_changed_clue, clue, asked, keys),),
            )  # fmt: skip
        st.button(
            text("ask.clue.undo"), key=f"clue-undo-{key.removeprefix('clue-')}", type="tertiary",
            icon=":material/close:", on_click=ask_state.send, args=(asked.without(clue),),
        )  # fmt: skip


def _changed_clue(clue: TimeClue, asked: Asked, keys: _Span) -> Asked | None:
    start, end = keys.bounds()
    if start and end and start >= end:
        return None
    if clue.as_known:
        return asked.reading(replace(clue, end=end)) if end else None
    if start is None and end is None:
        return asked.without(clue)
    only = bool(st.session_state.get(keys.only)) if keys.only else clue.hard
    return asked.reading(replace(clue, start=start, end=end, hard=only))


def _dates_chip(asked: Asked) -> None:
    """The dates that the reader set, or the means to set them."""
    filters = asked.query.filters
    is_set = filters.start is not None or filters.end is not None
    label = (
        text("ask.chip.dates", span=span_shown(filters.start, filters.end))
        if is_set
        else text("ask.chip.add_dates")
    )
    icon = ":material/calendar_month:" if is_set else ":material/add:"
    with st.popover(plain(label), icon=icon, key="chip-dates"):
        keys = _Span(start="chip-dates-from", end="chip-dates-to")
        with st.form("chip-dates-form", border=False):
            day_field(text("ask.from"), value=filters.start.date() if filters.start else None, key=keys.start)
            day_field(text("ask.to"), value=last_day(filters.end), key=keys.end)
            st.form_submit_button(
                text("ask.chip.apply"), key="chip-dates-apply", on_click=ask_state.send_changed,
                args=(partial(_changed_dates, asked, keys),),
            )  # fmt: skip
        if is_set:
            without = asked.within(replace(filters, start=None, end=None))
            _removal(text("ask.clue.undo"), without, key="chip-dates-remove")


def _changed_dates(asked: Asked, keys: _Span) -> Asked | None:
    start, end = keys.bounds()
    if start and end and start >= end:
        return None
    filters = replace(asked.query.filters, start=start, end=end)
    return asked.within(filters) if filters != asked.query.filters else None


def _several(name: str, available: Sequence[str], asked: Asked) -> None:
    """Languages or providers: one chip each to remove it, and one to choose others."""
    filters = asked.query.filters
    chosen: frozenset[str] = getattr(filters, name)
    for one in sorted(chosen):
        _removal(one, asked.within(_with(filters, name, chosen - {one})), key=f"chip-{name}-{one}")
    with st.popover(text(f"ask.chip.add_{name}"), icon=":material/add:", key=f"chip-{name}"):
        key = f"chip-{name}-chosen"
        with st.form(f"chip-{name}-form", border=False):
            st.multiselect(
                text(f"ask.{name}"), sorted({*available, *chosen}), default=sorted(chosen), key=key
            )
            st.form_submit_button(
                text("ask.chip.apply"), key=f"chip-{name}-apply", on_click=ask_state.send_changed,
                args=(_choosing(name, asked, key),),
            )  # fmt: skip


def _choosing(name: str, asked: Asked, key: str) -> Callable[[], Asked | None]:
    def chosen() -> Asked | None:
        filters = _with(asked.query.filters, name, frozenset(st.session_state.get(key) or ()))
        return asked.within(filters) if filters != asked.query.filters else None

    return chosen


def _with(filters: Filters, name: str, values: frozenset[str]) -> Filters:
    if name == "languages":
        return replace(filters, languages=values)
    return replace(filters, providers=values)


def _removal(label: str, then: Asked, *, key: str) -> None:
    st.button(
        plain(label), key=key, icon=":material/close:", help=text("ask.chip.remove"),
        on_click=ask_state.send, args=(then,),
    )  # fmt: skip
