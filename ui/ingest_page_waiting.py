"""Kills, holds and corrections whose story has not arrived, or that fit several."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import streamlit as st

from domain.errors import ArchiveError
from runtime.desk.keeping import Keeping
from ui.counted import instant, number
from ui.session import desk, show_error
from ui.strings import text

SHOWN = 50  # kills come first; corrections of stories that were never here may be many


def draw() -> None:
    keeping = desk().keeping
    rows = keeping.waiting()
    st.caption(text("ingest.waiting_explained"))
    if not rows:
        st.info(text("ingest.waiting_none"))
        return
    st.markdown(text("ingest.waiting_count", n=number(len(rows))))
    for row in rows[:SHOWN]:
        _card(keeping, row)
    if len(rows) > SHOWN:
        st.caption(text("ingest.waiting_more", n=number(len(rows) - SHOWN)))


def _line() -> AbstractContextManager[object]:
    return st.container(horizontal=True, vertical_alignment="bottom")


def _card(keeping: Keeping, row: dict[str, Any]) -> None:
    with st.container(border=True):
        st.markdown(f"**{text('ingest.act_' + row['action'])}**")
        named = row["target"] if row["reference"] is None else row["reference"]
        st.text(f"{row['provider']}: {named or '?'}")
        st.caption(text("ingest.issued", when=instant(row["issued"])))
        for said in (row["reason"], row["note"]):
            if said:
                st.text(said)
        with st.form(f"dismiss-{row['id']}", border=False), _line():
            reason = st.text_input(text("ingest.dismiss_reason"), key=f"dismiss-reason-{row['id']}")
            sent = st.form_submit_button(text("ingest.dismiss"), icon=":material/close:")
    if sent:
        try:
            keeping.dismiss(row["id"], reason=reason)
        except ArchiveError as error:
            show_error(error)
            return
        st.rerun()
