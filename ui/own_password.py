"""One's own password, changed: a window above the page, from the sidebar."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from ui.session import desk, show_error, sign_out
from ui.strings import text

_FAILED = "own_password_failed"  # why it was not changed, to be said once
_FIELDS = ("old", "new", "again")


def draw() -> None:
    """The sidebar's button; the window when it has been pressed."""
    if st.button(text("accounts.own"), icon=":material/key:", key="own-password") or (
        _FAILED in st.session_state
    ):
        st.dialog(text("accounts.own"))(_form)()


def _form() -> None:
    failed: ArchiveError | str | None = st.session_state.pop(_FAILED, None)
    if isinstance(failed, ArchiveError):
        show_error(failed)
    elif failed is not None:
        st.warning(failed, icon=":material/edit:")
    with st.form("own-password-form", border=False):
        for name in _FIELDS:
            st.text_input(
                text(f"accounts.own_{name}"),
                type="password",
                key=f"own-password-{name}",
                autocomplete="current-password" if name == "old" else "new-password",
            )
        st.caption(text("accounts.own_about"))
        st.form_submit_button(
            text("accounts.own_go"), type="primary", key="own-password-go", on_click=_change
        )


def _change() -> None:
    old, new, again = (st.session_state[f"own-password-{name}"] for name in _FIELDS)
    if new != again:
        st.session_state[_FAILED] = text("accounts.own_differ")
        return
    try:
        desk().signing.change_password(old, new)
    except ArchiveError as error:
        st.session_state[_FAILED] = error
    else:
        sign_out()
