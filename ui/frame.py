"""The frame around every page: who is signed in, the way out, the language."""

from __future__ import annotations

import streamlit as st

from domain.access import User
from runtime.access import LOCAL_ADMIN
from ui import own_password
from ui.markup import plain
from ui.session import desk, sign_out
from ui.strings import language, languages, text, words


def begin_for(person: User) -> None:
    """Nothing that one person left in this window is there for the next who signs in."""
    if st.session_state.setdefault("person", person.name) != person.name:
        st.session_state.clear()
        st.session_state["person"] = person.name


def sidebar(person: User) -> None:
    """Drawn on every page, below the list of pages."""
    with st.sidebar:
        _languages()
        if person != LOCAL_ADMIN:
            st.caption(
                plain(text("common.signed_in", name=person.name, role=text(f"common.role.{person.role}")))
            )
            if desk().signing.has_password:
                own_password.draw()
            st.button(text("common.sign_out"), icon=":material/logout:", key="sign-out", on_click=sign_out)


def _languages() -> None:
    known = languages()
    if "language-choice" not in st.session_state:
        st.session_state["language-choice"] = language()
    st.selectbox(
        text("common.language"),
        known,
        key="language-choice",
        format_func=lambda code: words(code)["common.language_name"],
        on_change=_choose,
    )


def _choose() -> None:
    """In the session for this visit, in the address for a reload and for whoever gets the link."""
    st.session_state["language"] = st.query_params["lang"] = st.session_state["language-choice"]
