"""The query and its limits as fields, and as chips that take a limit off again. The address is their master."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from domain.errors import SettingsError
from domain.query import Mode, Order
from runtime.desk.finding import Offered
from ui.markup import plain
from ui.search_state import LISTS, SearchState, first_day, last_day
from ui.strings import text

MOST_OFFERED = 500  # providers in a list to choose from; others can be named in the query


def draw(offered: Offered) -> SearchState:
    """The fields, filled in as the address says. What is sent is in the address when this returns."""
    state = SearchState.from_params({name: st.query_params.get_all(name) for name in st.query_params})
    _fill(state)
    with st.form("search-form", border=False):
        field, button = st.columns([6, 1], vertical_alignment="bottom")
        field.text_input(text("search.query"), key="search-text", placeholder=text("search.hint"))
        asked = button.form_submit_button(text("search.go"), type="primary", icon=":material/search:")
        with st.expander(text("search.limits"), icon=":material/tune:"):
            _draw_limits(state, offered)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_order(state)
        _draw_mode(state)
        with st.popover(text("search.help"), icon=":material/help:"):
            st.markdown(text("search.syntax"))
    if asked:
        try:
            state = _sent()
        except SettingsError as error:
            st.warning(plain(text("search.no_date", said=error.message)))
        else:
            show(state)
    return state


def show(state: SearchState) -> None:
    """Makes this the page's address: in a button's callback, or before the rest is drawn."""
    kept = {name: st.query_params.get_all(name) for name in ("lang",) if name in st.query_params}
    st.query_params.from_dict({**kept, **state.to_params()})


def draw_chips(state: SearchState) -> None:
    """The limits in force, each a button that takes it off."""
    chips = [
        (f"{text(f'search.{name}')}: {value}", state.widened(field, value))
        for field, name in LISTS.items()
        for value in getattr(state, field)
    ]
    if state.start or state.end:
        days = (day.isoformat() if day else "…" for day in (state.start, state.end))
        chips.append((f"{text('search.date')}: {' – '.join(days)}", state.within(None, None)))
    if state.as_of:
        chips.append(
            (f"{text('search.as_of')}: {state.as_of.isoformat()}", replace(state, as_of=None, page=1))
        )
    if state.has_advisories:
        chips.append((text("search.advisories"), replace(state, has_advisories=False, page=1)))
    if not chips:
        return
    with st.container(horizontal=True):
        for number, (label, without) in enumerate(chips):
            st.button(
                plain(label),
                icon=":material/close:",
                key=f"search-chip-{number}",
                help=text("search.take_off"),
                on_click=show,
                args=(without,),
            )


def _fill(state: SearchState) -> None:
    """Sets the fields where the address says something else than when they were last drawn."""
    if st.session_state.get("search-shown") == state and "search-text" in st.session_state:
        return
    st.session_state["search-shown"] = state
    filled = {
        "text": state.text,
        "from": _day(state.start),
        "to": _day(state.end),
        "as-of": _day(state.as_of),
        "languages": list(state.languages),
        "providers": list(state.providers),
        "subjects": "; ".join(state.subjects),
        "places": "; ".join(state.places),
        "advisories": state.has_advisories,
        "order": state.order,
        "mode": state.mode,
    }
    for name, value in filled.items():
        st.session_state[f"search-{name}"] = value


def _draw_limits(state: SearchState, offered: Offered) -> None:
    left, middle, right = st.columns(3)
    left.text_input(text("search.from"), key="search-from", placeholder="1987-03-26")
    middle.text_input(text("search.to"), key="search-to", placeholder="1987-03")
    right.text_input(
        text("search.as_of"), key="search-as-of", placeholder="1987", help=text("search.as_of_help")
    )
    left.multiselect(
        text("search.languages"), _with(offered.languages, state.languages), key="search-languages"
    )
    middle.multiselect(
        text("search.providers"), _with(offered.providers, state.providers), key="search-providers"
    )
    right.checkbox(text("search.with_advisories"), key="search-advisories")
    left.text_input(text("search.subjects"), key="search-subjects", help=text("search.several"))
    middle.text_input(text("search.places"), key="search-places", help=text("search.several"))


def _with(offered: tuple[str, ...], chosen: tuple[str, ...]) -> list[str]:
    """What is chosen can be taken off, too, where no story has it any more."""
    return list(dict.fromkeys((*chosen, *offered[:MOST_OFFERED])))


def _draw_order(state: SearchState) -> None:
    st.selectbox(
        text("search.order"),
        list(Order),
        key="search-order",
        format_func=lambda order: text(f"search.order_{order}"),
        on_change=_changed,
        args=("search-order", state.sorted_by),
        width=180,
    )


def _draw_mode(state: SearchState) -> None:
    st.selectbox(
        text("search.mode"),
        list(Mode),
        key="search-mode",
        format_func=lambda mode: text(f"search.mode_{mode}"),
        on_change=_changed,
        args=("search-mode", state.searched_by),
        help=text("search.mode_help"),
        width=260,
    )


def _changed(key: str, changed: Callable[[Any], SearchState]) -> None:
    show(changed(st.session_state[key]))


def _sent() -> SearchState:
    """What the fields say, at the first page. SettingsError where one is no date."""
    held = {name: st.session_state[f"search-{name}"] for name in _SENT}
    return SearchState(
        text=held["text"].strip(),
        start=first_day(held["from"]),
        end=last_day(held["to"]),
        as_of=last_day(held["as-of"]),
        languages=tuple(held["languages"]),
        providers=tuple(held["providers"]),
        subjects=_several(held["subjects"]),
        places=_several(held["places"]),
        has_advisories=held["advisories"],
        mode=held["mode"],
        order=held["order"],
    )


_SENT = (
    "text", "from", "to", "as-of", "languages", "providers", "subjects", "places", "advisories", "mode", "order",
)  # fmt: skip


def _several(said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in said.split(";") if part.strip()))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
