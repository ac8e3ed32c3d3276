"""What the pages share: one open Archive for the whole server, however many sessions there are."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from runtime import Archive, load_settings


@st.cache_resource(show_spinner=False)
def archive() -> Archive:
    """The server's archive, opened once; models are loaded when a question first needs them."""
    return Archive.open(load_settings())


def show_error(error: ArchiveError) -> None:
    """What went wrong and what mends it, as text (never as Markdown or HTML)."""
    st.error(icon=":material/error:", body="")
    st.text(error.message if not error.hint else f"{error.message}\n{error.hint}")
