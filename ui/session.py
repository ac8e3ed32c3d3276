"""What the pages share: one open Archive for the whole server, and each person's desk on it.

Who a person is comes from the cookie of their own connection, and is asked of the database each time:
nothing of a person is kept in a module or in a cache.
"""

from __future__ import annotations

import ipaddress

import streamlit as st

from domain.access import User
from domain.errors import NotPermitted
from runtime import Archive, load_settings
from runtime.access import LOCAL_ADMIN, Access
from runtime.desk import Desk
from ui.strings import text
from ui.telling import show_error

_SEEN = "session_seen"  # in the session's state

__all__ = ["archive", "cookie_name", "desk", "show_error", "sign_out", "user"]


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
    """Who sits before this page, with the role that person has now. NotSignedIn when nobody does.

    Without a login, whoever reaches this machine's loopback is its admin, and nobody else is anyone.
    """
    chosen = archive().settings.access
    if chosen.login != "none":
        return _access().user(_token())
    if not chosen.open_to_all and not _is_here(st.context.ip_address):
        raise NotPermitted(text("common.strangers"), hint=text("common.strangers_remedy"))
    return LOCAL_ADMIN


def sign_out() -> None:
    """Ends this person's session, in all windows of this browser, and sends this one to the sign-in page."""
    _access().sign_out(_token())
    st.session_state.clear()
    st.logout()


def cookie_name(port: int | None = None) -> str:
    """Cookies are shared by all ports of a machine; two servers on one would take each other's."""
    return f"depeche_session_{port if port is not None else st.get_option('server.port')}"


def _token() -> str | None:
    """What this connection's cookie says. While the browser is away for a moment (a tunnel, a sleeping lid) there
    is no connection to ask, and what it said last counts; whether that session is in force is asked every time.
    """
    if st.context.headers:
        st.session_state[_SEEN] = st.context.cookies.get(cookie_name())
    token: str | None = st.session_state.get(_SEEN)
    return token


def _access() -> Access:
    opened = archive()
    return Access(opened.store.accounts, opened.settings.access)


def _is_here(address: str | None) -> bool:
    """Streamlit's word for loopback is None."""
    try:
        return address is None or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
