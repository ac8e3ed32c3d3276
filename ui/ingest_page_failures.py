"""What could not be taken in: where, why, and what would mend it."""

from __future__ import annotations

import streamlit as st

from db.records import Failure
from domain.errors import ArchiveError
from domain.story import place_in
from runtime.desk.keeping import Keeping
from runtime.tables import csv_bytes
from ui.counted import instant, number
from ui.session import desk, show_error
from ui.strings import text

A_PAGE = 20
_COLUMNS = ("file", "position", "reason", "remedy", "first_seen", "last_seen", "times")


def draw() -> None:
    keeping = desk().keeping
    if st.session_state.pop("failure_tried", False):
        st.success(text("ingest.tried"), icon=":material/check:")
    words = st.text_input(
        text("ingest.filter"), key="failures_filter", placeholder=text("ingest.filter_failures")
    )
    count = keeping.count_failures(containing=words)
    if not count:
        st.info(text("ingest.failures_none" if not words else "ingest.nothing_found"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text("ingest.failures_count", n=number(count)))
        st.download_button(
            text("ingest.csv"),
            lambda: csv_bytes(_COLUMNS, keeping.failure_rows(containing=words)),
            file_name="failures.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
    pages = -(-count // A_PAGE)
    number_ = min(st.session_state.get("failures_page", 1), pages)
    for failure in keeping.failures(containing=words, limit=A_PAGE, offset=(number_ - 1) * A_PAGE):
        _card(keeping, failure)
    if pages > 1:
        st.pagination(pages, key="failures_page")


def _card(keeping: Keeping, failure: Failure) -> None:
    counted_in, place = place_in(failure.path, failure.position)
    with st.container(border=True):
        st.text(failure.path)
        st.caption(
            text(
                "ingest.failure_seen",
                place=text(f"ingest.place_{counted_in}", n=number(place)),
                when=instant(failure.last_seen),
                times=number(failure.times),
            )
        )
        st.text(f"{text('ingest.reason')}: {failure.reason}")
        st.text(f"{text('ingest.remedy')}: {failure.remedy}")
        if failure.excerpt:
            with st.expander(text("ingest.excerpt")):
                st.code(failure.excerpt.decode("utf-8", "replace"), language=None, wrap_lines=True)
        there = keeping.can_be_tried(failure.failure_id)
        with st.container(horizontal=True):
            again = st.button(
                text("ingest.try_again"),
                key=f"try-{failure.failure_id}",
                disabled=not there,
                icon=":material/replay:",
                help=text("ingest.try_again_help" if there else "ingest.try_again_gone"),
            )
            forgotten = st.button(
                text("ingest.forget"),
                key=f"forget-{failure.failure_id}",
                icon=":material/delete:",
                help=text("ingest.forget_help"),
            )
        try:
            if again:
                keeping.try_again(failure.failure_id)
                st.session_state["failure_tried"] = True
            elif forgotten:
                keeping.forget(failure.failure_id)
        except ArchiveError as error:
            show_error(error)
            return
        if again or forgotten:
            st.rerun()
