"""The accounts page, for admins: who may come in, as what, and since when; adding, changing, ending.

The desk decides what may be done; here it is drawn, asked once more where it takes something from somebody, and
said. A password is shown in the one run of the page that follows its drawing, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from domain.access import Role
from domain.errors import ArchiveError
from runtime.desk.admitting import Admitting, NewPassword, Person
from ui.counted import instant, number
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_CHOSEN = "accounts_person"
_DONE = "accounts_done"  # what was done, to be said once
_FAILED = "accounts_failed"  # or why it was not
_DRAWN = "accounts_drawn"  # a password, to be shown once

_ACTS: Mapping[str, Callable[[Admitting, str], object]] = {
    "password": Admitting.give_password,
    "disable": Admitting.disable,
    "enable": Admitting.enable,
    "sign_out": Admitting.sign_out,
    "remove": Admitting.remove,
}
_ICONS = {
    "password": ":material/key:",
    "disable": ":material/block:",
    "sign_out": ":material/logout:",
    "remove": ":material/person_remove:",
}


def page() -> None:
    st.title(text("accounts.title"))
    try:
        admitting = desk().admitting
        _say()
        is_local = admitting.login == "local"
        st.caption(text("accounts.about_local" if is_local else "accounts.about_oidc"))
        people = admitting.people()
        if is_local:
            _add()
        st.header(text("accounts.people"))
        if not people:
            st.info(text("accounts.nobody"))
            return
        _table(people, is_local=is_local)
        _person(people, is_local=is_local)
    except ArchiveError as error:
        show_error(error)


def _say() -> None:
    """What the last click did, once."""
    if (done := st.session_state.pop(_DONE, None)) is not None:
        st.success(plain(done), icon=":material/check:")
    if (failed := st.session_state.pop(_FAILED, None)) is not None:
        show_error(failed)
    drawn: NewPassword | None = st.session_state.pop(_DRAWN, None)
    if drawn is not None:
        with st.container(border=True):
            st.markdown(plain(text("accounts.password_of", name=drawn.name)))
            st.code(drawn.password, language=None)
            st.caption(text("accounts.password_once"))


def _add() -> None:
    with st.form("accounts_add"):
        left, right = st.columns(2)
        left.text_input(text("accounts.name"), help=text("accounts.name_help"), key="accounts_name")
        right.selectbox(text("accounts.role"), list(Role), format_func=_role, key="accounts_new_role")
        st.form_submit_button(
            text("accounts.add"), type="primary", icon=":material/person_add:", on_click=_added
        )


def _added() -> None:
    name, role = st.session_state["accounts_name"], Role(st.session_state["accounts_new_role"])
    with _told():
        st.session_state[_DRAWN] = made = desk().admitting.add(name, role)
        st.session_state[_DONE] = text("accounts.added", name=made.name, role=_role(role))
        st.session_state[_CHOSEN] = made.name
        st.session_state["accounts_name"] = ""


def _table(people: list[Person], *, is_local: bool) -> None:
    columns: dict[str, list[str]] = {
        text("accounts.name"): [one.name for one in people],
        text("accounts.role"): [_role(one.role) for one in people],
        text("accounts.last"): [_when(one) for one in people],
        text("accounts.sessions"): [number(one.sessions) for one in people],
    }
    if is_local:
        columns[text("accounts.state")] = [
            text("accounts.enabled")
            if one.disabled_at is None
            else text("accounts.disabled", when=instant(one.disabled_at))
            for one in people
        ]
        columns[text("accounts.password_at")] = [
            instant(one.password_at) if one.password_at else "" for one in people
        ]
    st.dataframe(
        columns,
        hide_index=True,
        height="content" if len(people) <= 10 else 400,
        key="accounts_table",
        alt=text("accounts.people"),
    )


def _person(people: list[Person], *, is_local: bool) -> None:
    """One of them, and what may be done."""
    named = {one.name: one for one in people}
    if st.session_state.get(_CHOSEN) not in named:
        st.session_state[_CHOSEN] = people[0].name
    name = st.selectbox(text("accounts.which"), list(named), key=_CHOSEN)
    one = named[name]
    if is_local:
        _roles(one)
    acts = ["sign_out"]
    if is_local:
        acts = ["password", "enable" if one.disabled_at else "disable", "sign_out", "remove"]
    with st.container(horizontal=True):
        for act in acts:
            if act == "enable":
                st.button(
                    text("accounts.do_enable"),
                    icon=":material/check_circle:",
                    key="accounts_enable",
                    on_click=_carry_out,
                    args=("enable", name),
                )
            elif st.button(text(f"accounts.do_{act}"), icon=_ICONS[act], key=f"accounts_{act}"):
                _confirm(act, name)


def _roles(one: Person) -> None:
    """A form of its own for each person and role: what was chosen for another is not there for this one."""
    key = f"accounts_role_{one.name}_{one.role}"
    with st.form(f"form_{key}", border=False):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        with left:
            st.selectbox(
                text("accounts.role_of", name=plain(one.name)),
                list(Role),
                index=list(Role).index(one.role) if one.role else 0,
                format_func=_role,
                key=key,
            )
        with right:
            st.form_submit_button(
                text("accounts.change_role"), on_click=_role_changed, args=(one.name, key), width="stretch"
            )


def _role_changed(name: str, key: str) -> None:
    role = Role(st.session_state[key])
    with _told():
        desk().admitting.set_role(name, role)
        st.session_state[_DONE] = text("accounts.done_role", name=name, role=_role(role))


def _confirm(act: str, name: str) -> None:
    """Asked once more, in a window above the page."""

    def body() -> None:
        st.markdown(f"**{plain(name)}**")
        st.markdown(text(f"accounts.confirm_{act}"))
        with st.container(horizontal=True):
            st.button(
                text(f"accounts.do_{act}"),
                type="primary",
                key="accounts_yes",
                on_click=_carry_out,
                args=(act, name),
            )
            left = st.button(text("accounts.not_now"), key="accounts_no")
        if left or _DONE in st.session_state or _FAILED in st.session_state:
            st.rerun()  # closes the window

    st.dialog(text(f"accounts.do_{act}"))(body)()


def _carry_out(act: str, name: str) -> None:
    with _told():
        told = _ACTS[act](desk().admitting, name)
        if isinstance(told, NewPassword):
            st.session_state[_DRAWN] = told
        st.session_state[_DONE] = text(f"accounts.done_{act}", name=name)


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong in a button's callback is said by the page that is drawn after it."""
    try:
        yield
    except ArchiveError as error:
        st.session_state[_FAILED] = error


def _role(role: Role | None) -> str:
    return text(f"common.role.{role}") if role else text("accounts.no_role")


def _when(one: Person) -> str:
    return instant(one.signed_in_at) if one.signed_in_at else text("accounts.never")
