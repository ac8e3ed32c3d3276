"""Saved searches: kept under a name, opened again, asked what is new since the last time, removed."""

from __future__ import annotations

import streamlit as st

from db.saved import SavedQuery
from domain.access import Role
from domain.errors import ArchiveError
from domain.excerpts import excerpt
from runtime.desk.finding import Finding
from runtime.saved import SavedReport
from ui import search_form
from ui.markup import ListedHit, hits_html, plain
from ui.search_state import SearchState
from ui.session import show_error, user
from ui.strings import text


def draw(finding: Finding, state: SearchState) -> None:
    with st.expander(text("search.saved"), icon=":material/bookmark:"):
        try:
            _draw(finding, state)
        except ArchiveError as error:
            show_error(error)


def _draw(finding: Finding, state: SearchState) -> None:
    if state.text:
        _draw_keeping(finding, state)
    saved = finding.saved()
    if not saved:
        st.caption(text("search.saved_none"))
    for number, one in enumerate(saved):
        _draw_saved(finding, one, number)
    report: SavedReport | None = st.session_state.get("search-report")
    if report is not None:
        _draw_report(report)


def _draw_keeping(finding: Finding, state: SearchState) -> None:
    with st.form("search-save", border=False, clear_on_submit=True):
        field, button = st.columns([4, 1], vertical_alignment="bottom")
        name = field.text_input(text("search.save_as"), key="search-save-name", max_chars=80)
        if button.form_submit_button(text("search.save"), icon=":material/bookmark_add:") and name.strip():
            finding.save(name.strip(), state.text, filters=state.filters)
            st.success(plain(text("search.saved_now", name=name.strip())))


def _draw_saved(finding: Finding, one: SavedQuery, number: int) -> None:
    last = f"{one.last_run_at:%Y-%m-%d %H:%M} UTC" if one.last_run_at else text("search.saved_never")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(one.name)}** {plain(one.text)}", width="stretch")
        st.caption(plain(text("search.saved_last", when=last)))
        st.button(
            text("search.saved_open"),
            key=f"search-saved-open-{number}",
            on_click=search_form.show,
            args=(SearchState.of(one.text, one.filters),),
        )
        if st.button(
            text("search.saved_run"), key=f"search-saved-run-{number}", help=text("search.saved_run_help")
        ):
            st.session_state["search-report"] = finding.run_saved(one.name)
        if user().may(Role.ARCHIVIST):
            with st.popover(text("search.saved_remove"), key=f"search-saved-removing-{number}"):
                st.markdown(plain(text("search.saved_sure", name=one.name)))
                if st.button(
                    text("search.saved_remove"), key=f"search-saved-remove-{number}", type="primary"
                ):
                    finding.remove_saved(one.name)
                    st.rerun()


def _draw_report(report: SavedReport) -> None:
    st.markdown(f"**{plain(text('search.report', name=report.name, count=len(report.matches)))}**")
    if not report.matches:
        return
    listed = [
        ListedHit(
            hit=one.hit,
            headline_spans=(),
            excerpt=excerpt(one.hit.passage, ()),
            note=f"{one.hit.published:%Y-%m-%d} · {one.hit.provider}"
            + (f" · {text('search.report_changed')}" if one.is_change else ""),
            also=text("search.also"),
        )
        for one in report.matches
    ]
    st.html(hits_html(listed, first=1))
    if report.is_cut:
        st.caption(text("search.report_more"))
