"""What went wrong, said plainly on the page: never a traceback, never story text as Markdown or HTML."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from domain.errors import ArchiveError, NotSignedIn
from ui.strings import text

_LOG = logging.getLogger("depeche.pages")


def show_error(error: ArchiveError) -> None:
    """What went wrong and what mends it, as text (never as Markdown or HTML)."""
    with st.container(border=True):
        st.error(text("common.failed"), icon=":material/error:")
        st.text(error.message)
        if error.hint:
            st.text(error.hint)


def tell(error: Exception) -> bool:
    """Streamlit's hook for whatever a page's script lets through. True: said, nothing more to show."""
    if isinstance(error, NotSignedIn):
        signed_out()
    elif isinstance(error, ArchiveError):
        show_error(error)
    else:
        number = secrets.token_hex(4)
        _LOG.error("page failed, %s", number, exc_info=error)
        st.error(text("common.failed"), icon=":material/error:")
        st.text(text("common.failed_remedy", number=number))
    return True


def signed_out() -> None:
    """Says so, and sends the browser to the sign-in page."""
    st.info(text("common.signed_out"), icon=":material/lock:")
    st.logout()
