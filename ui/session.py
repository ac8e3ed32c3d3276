"""What the pages share: one open Archive for the whole server, and each person's desk on it."""

from __future__ import annotations

import streamlit as st

from domain.access import Role, User
from domain.errors import ArchiveError
from runtime import Archive, load_settings
from runtime.desk import Desk


@st.cache_resource(show_spinner=False)
def archive() -> Archive:
    """The server's archive, opened once; models are loaded when a question first needs them.

    Only for `desk`, and for tests that close it: a page asks the desk.
    """
    return Archive.open(load_settings())


def desk() -> Desk:
    """What the person before this page may do."""
    return Desk(archive(), user())


def user() -> User:
    """Who sits before this page. Without a login, whoever reaches this machine's loopback is its admin."""
    return User(name="local", role=Role.ADMIN)


def show_error(error: ArchiveError) -> None:
    """What went wrong and what mends it, as text (never as Markdown or HTML)."""
    st.error(icon=":material/error:", body="")
    st.text(error.message if not error.hint else f"{error.message}\n{error.hint}")
