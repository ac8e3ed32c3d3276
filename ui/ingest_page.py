"""The ingest page: what comes in, what failed, what waits, what is taken off, and who did so.

Only the part that is open asks the archive for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from domain.errors import ArchiveError
from ui import (
    ingest_page_failures,
    ingest_page_feed,
    ingest_page_trail,
    ingest_page_waiting,
    ingest_page_withdraw,
)
from ui.session import show_error
from ui.strings import text

_PARTS: Mapping[str, Callable[[], None]] = {
    "feed": ingest_page_feed.draw,
    "failures": ingest_page_failures.draw,
    "waiting": ingest_page_waiting.draw,
    "withdraw": ingest_page_withdraw.draw,
    "trail": ingest_page_trail.draw,
}
_KEY = "ingest_part"


def page() -> None:
    st.title(text("ingest.title"))
    part = _part()
    try:
        _PARTS[part]()
    except ArchiveError as error:
        show_error(error)


def _part() -> str:
    """The part that is open, named in the address (`?part=`) so that a reload finds it."""
    named = st.query_params.get("part")
    if _KEY not in st.session_state and named in _PARTS:
        st.session_state[_KEY] = named
    # Not a segmented control: on the dark ground its chosen part has too little contrast to be read by all.
    part = st.radio(
        text("ingest.part"),
        list(_PARTS),
        format_func=lambda one: text(f"ingest.part_{one}"),
        horizontal=True,
        key=_KEY,
        label_visibility="collapsed",
    )
    if st.query_params.get("part") != part:
        st.query_params["part"] = part
    return part
