"""The evaluate page: sets, their runs, two runs beside each other, and the review of made sets."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from ui import evaluate_compare, evaluate_review, evaluate_run, evaluate_sets
from ui.evaluate_choice import VIEW, kept
from ui.session import show_error
from ui.strings import text

_VIEWS = {
    "sets": evaluate_sets.draw,
    "run": evaluate_run.draw,
    "compare": evaluate_compare.draw,
    "review": evaluate_review.draw,
}


def page() -> None:
    """`?view=…&run=…` is where the reader was: a page loaded again opens there."""
    st.title(text("evaluate.title"))
    st.session_state.setdefault(VIEW, kept("view", list(_VIEWS)) or "sets")
    view = st.segmented_control(
        text("evaluate.view"),
        list(_VIEWS),
        format_func=lambda name: text(f"evaluate.view.{name}"),
        key=VIEW,
        required=True,
        label_visibility="collapsed",
    )
    chosen = view or "sets"
    st.query_params["view"] = chosen
    try:
        _VIEWS[chosen]()
    except ArchiveError as error:
        show_error(error)
