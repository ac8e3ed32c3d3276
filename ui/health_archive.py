"""The archive and its index: counts, what waits, and for admins a check and a rebuild."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from domain.access import Role
from domain.errors import ArchiveError
from runtime.jobs import JobKind
from ui.counted import number
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_COUNTS = ("stories", "versions", "passages", "pending", "quarantined", "killed", "withheld")


def draw() -> None:
    st.header(text("health.archive"))
    counts, index = desk().health.counts(), desk().health.index()
    with st.container(horizontal=True):
        for name in _COUNTS:
            st.metric(text(f"health.count_{name}"), number(getattr(counts, name)), width="content")
    left, right = st.columns(2)
    with left:
        _shares(text("health.by_language"), counts.by_language)
    with right:
        _shares(text("health.by_provider"), counts.by_provider)
    if index.embedder is None:
        st.info(text("health.no_index"))
    else:
        st.markdown(
            text("health.index_line", embedder=plain(index.embedder), generation=plain(index.generation))
        )
    if index.pending:
        st.warning(text("health.pending", n=number(index.pending)), icon=":material/hourglass_top:")
    if desk().user.may(Role.ADMIN):
        _acts()


def _shares(title: str, counted: Mapping[str, int]) -> None:
    with st.expander(title):
        rows = [{title: name, text("health.count_stories"): stories} for name, stories in counted.items()]
        st.dataframe(rows, hide_index=True)


def _acts() -> None:
    with st.container(horizontal=True):
        if st.button(
            text("health.check"), icon=":material/fact_check:", help=text("health.check_help"), key="check"
        ):
            _start(JobKind.CHECK)
        with st.popover(text("health.rebuild"), icon=":material/build:"):
            st.markdown(text("health.rebuild_help"))
            if st.button(text("health.rebuild_yes"), type="primary", key="rebuild"):
                _start(JobKind.REBUILD)


def _start(kind: JobKind) -> None:
    try:
        managing = desk().managing
        managing.check() if kind is JobKind.CHECK else managing.rebuild()
    except ArchiveError as error:
        show_error(error)
    else:
        st.rerun()
