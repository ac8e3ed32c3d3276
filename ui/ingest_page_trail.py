"""Who did what to stories and names, when and why."""

from __future__ import annotations

import streamlit as st

from db.ledger import LedgerEntry
from runtime.desk.withdrawing import ACTS
from runtime.tables import csv_bytes
from ui.counted import instant, number
from ui.session import desk
from ui.strings import text

A_PAGE = 50
_COLUMNS = ("at", "act", "who", "why", "guid", "provider", "name")


def draw() -> None:
    withdrawing = desk().withdrawing
    left, right = st.columns(2)
    words = left.text_input(
        text("ingest.filter"), key="trail_filter", placeholder=text("ingest.filter_trail")
    )
    actions = right.multiselect(
        text("ingest.acts"),
        ACTS,
        format_func=lambda one: text(f"ingest.act_{one}"),
        placeholder=text("ingest.acts_all"),
        key="trail_acts",
    )
    count = withdrawing.count_acts(containing=words, actions=actions)
    if not count:
        st.info(text("ingest.trail_none" if not words and not actions else "ingest.nothing_found"))
        return
    pages = -(-count // A_PAGE)
    page = min(st.session_state.get("trail_page", 1), pages)
    first = (page - 1) * A_PAGE
    found = withdrawing.acts(containing=words, actions=actions, limit=A_PAGE, offset=first)
    shown = text(
        "ingest.trail_shown", first=number(first + 1), last=number(first + len(found)), n=number(count)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(shown)
        st.download_button(
            text("ingest.csv"),
            lambda: csv_bytes(_COLUMNS, withdrawing.act_rows(containing=words, actions=actions)),
            file_name="acts.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
    _table(found)
    if pages > 1:
        st.pagination(pages, key="trail_page")


def _table(found: list[LedgerEntry]) -> None:
    st.dataframe(
        {
            text("ingest.column_when"): [instant(one.at) for one in found],
            text("ingest.column_act"): [text(f"ingest.act_{one.action}") for one in found],
            text("ingest.column_what"): [one.name or one.guid or "" for one in found],
            text("ingest.column_who"): [one.actor for one in found],
            text("ingest.why"): [one.reason or "" for one in found],
            text("ingest.column_provider"): [one.provider or "" for one in found],
        },
        hide_index=True,
        height="content" if len(found) <= 10 else 400,
        alt=text("ingest.part_trail"),
    )
