"""Taking stories in: upload files, or name what lies on the server."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from runtime.desk.keeping import Keeping
from runtime.incoming import MOST_MEGABYTES
from ui import ingest_page_jobs
from ui.counted import number
from ui.session import desk, show_error
from ui.strings import text

_ROUND = "ingest_round"  # a number in the keys of the form's fields: raised, they are empty again


def draw() -> None:
    keeping = desk().keeping
    if (done := st.session_state.pop("ingest_started", None)) is not None:
        st.success(text("ingest.started", files=done), icon=":material/check:")
    ingest_page_jobs.draw()
    st.header(text("ingest.take_in"))
    _form(keeping)
    _providers(keeping)


def _form(keeping: Keeping) -> None:
    turn = st.session_state.setdefault(_ROUND, 0)
    where = st.radio(
        text("ingest.from"),
        ("upload", "server"),
        format_func=lambda one: text(f"ingest.from_{one}"),
        horizontal=True,
        key="ingest_from",
    )
    roots = keeping.roots()
    if where == "server" and roots == ():
        st.info(text("ingest.no_roots"), icon=":material/lock:")
        return
    with st.form(f"ingest-{turn}", border=True):
        files, paths = [], ""
        if where == "upload":
            files = st.file_uploader(
                text("ingest.files", megabytes=MOST_MEGABYTES),
                accept_multiple_files=True,
                max_upload_size=MOST_MEGABYTES,
                help=text("ingest.files_help"),
                key=f"ingest-files-{turn}",
            )
        else:
            paths = st.text_area(
                text("ingest.paths"), help=text("ingest.paths_help"), key=f"ingest-paths-{turn}", height=100
            )
            if roots:
                st.caption(text("ingest.roots"))
                st.text("\n".join(map(str, roots)))
        left, right = st.columns(2)
        format_ = left.selectbox(
            text("ingest.format"),
            keeping.formats(),
            format_func=lambda one: text("ingest.format_auto") if one == "auto" else one,
            help=text("ingest.format_help"),
            key=f"ingest-format-{turn}",
        )
        provider = right.selectbox(
            text("ingest.provider"),
            list(keeping.providers()),
            index=None,
            accept_new_options=True,
            placeholder=text("ingest.provider_own"),
            help=text("ingest.provider_help"),
            key=f"ingest-provider-{turn}",
        )
        sent = st.form_submit_button(text("ingest.go"), type="primary", icon=":material/input:")
    if sent:
        try:
            uploads = [keeping.upload(one.name, one) for one in files]
            keeping.ingest(uploads, paths=paths.splitlines(), format=format_, provider=provider)
        except ArchiveError as error:
            show_error(error)
            return
        st.session_state["ingest_started"] = len(uploads) + len([p for p in paths.splitlines() if p.strip()])
        st.session_state[_ROUND] = turn + 1
        st.rerun()


def _providers(keeping: Keeping) -> None:
    by_provider = keeping.providers()
    st.header(text("ingest.providers"))
    if not by_provider:
        st.caption(text("ingest.providers_none"))
        return
    st.caption(
        text("ingest.providers_sum", stories=number(sum(by_provider.values())), providers=len(by_provider))
    )
    names = {"provider": text("ingest.column_provider"), "stories": text("ingest.column_stories")}
    st.dataframe(
        {names["provider"]: list(by_provider), names["stories"]: list(by_provider.values())},
        hide_index=True,
        alt=text("ingest.providers"),
        width=480,
    )
