"""Taking stories and names off, and putting them back: looked at first, confirmed, done with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from domain.errors import ArchiveError
from domain.story import Action
from runtime.desk.withdrawing import BY_HAND, Withdrawing
from runtime.taking_off import Address, TouchedName, TouchedStory
from ui.counted import instant, number
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_ACTS = (*(str(one) for one in BY_HAND), "suppress", "unsuppress")
_ORDER = "withdraw_order"  # what was asked to be looked at
_DONE = "withdraw_done"  # what was done, to be said once
_FAILED = "withdraw_failed"  # or why it was not


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    act: str
    what: str  # a guid or a name
    provider: str | None
    reason: str


def draw() -> None:
    withdrawing = desk().withdrawing
    if (done := st.session_state.pop(_DONE, None)) is not None:
        st.success(done, icon=":material/check:")
    if (failed := st.session_state.pop(_FAILED, None)) is not None:
        show_error(failed)
    act = st.radio(
        text("ingest.act"),
        _ACTS,
        format_func=lambda one: text(f"ingest.act_{one}"),
        horizontal=True,
        key="withdraw_act",
    )
    st.caption(text(f"ingest.act_{act}_explained"))
    _form(withdrawing, act)
    order: _Order | None = st.session_state.get(_ORDER)
    if order is not None and order.act == act:
        _look(withdrawing, order)
    if act in ("suppress", "unsuppress"):
        _hidden_names(withdrawing)


def _form(withdrawing: Withdrawing, act: str) -> None:
    with st.form(f"withdraw-{act}"):
        if act == "unsuppress":
            names = [one.name for one in withdrawing.suppressions()]
            what = st.selectbox(text("ingest.name"), names, index=None, placeholder=text("ingest.choose"))
        elif act == "suppress":
            what = st.text_input(text("ingest.name"), help=text("ingest.name_help"), key="withdraw_name")
        else:
            what = st.text_input(
                text("ingest.guid"),
                value=st.query_params.get("guid", ""),
                help=text("ingest.guid_help"),
                key="withdraw_guid",
            )
        reason = st.text_input(text("ingest.why"), help=text("ingest.why_help"), key=f"withdraw_reason_{act}")
        sent = st.form_submit_button(text("ingest.look"), icon=":material/visibility:")
    if not sent:
        return
    st.session_state.pop(_ORDER, None)
    if not (what or "").strip() or not reason.strip():
        st.warning(text("ingest.both_needed"), icon=":material/edit:")
        return
    st.session_state[_ORDER] = _Order(act=act, what=(what or "").strip(), provider=None, reason=reason)


def _look(withdrawing: Withdrawing, order: _Order) -> None:
    try:
        if order.act in ("suppress", "unsuppress"):
            _name(withdrawing.name(order.what), order)
        else:
            _story(withdrawing, order)
    except ArchiveError as error:
        show_error(error)


# -- a story -------------------------------------------------------------------------------------


def _story(withdrawing: Withdrawing, order: _Order) -> None:
    providers = withdrawing.providers_of(order.what)
    provider = providers[0] if len(providers) == 1 else None
    if len(providers) > 1:
        provider = st.selectbox(text("ingest.which_provider"), providers, key="withdraw_provider")
    touched = withdrawing.story(order.what, provider=provider)
    st.header(text("ingest.touches"))
    with st.container(border=True):
        st.markdown(f"**{plain(touched.headline) or text('ingest.no_headline')}**")
        st.text(f"{touched.address.provider} · {touched.address.guid}")
        st.markdown(text("ingest.status_now", status=text(f"ingest.status_{touched.status}")))
        st.markdown(text("ingest.versions", n=len(touched.versions)))
        st.caption(", ".join(f"{one} ({instant(at)})" for one, at in touched.versions))
        st.markdown(text("ingest.answers_citing", n=number(touched.answers)))
        if touched.embargo_until:
            st.markdown(text("ingest.embargo", until=instant(touched.embargo_until)))
        chosen = [touched.address, *_copies(touched)]
        _history(touched)
    label = text(f"ingest.do_{order.act}", n=len(chosen))
    if st.button(label, type="primary", icon=":material/gavel:", key="withdraw_go"):
        _confirm_stories(order, chosen, touched)


def _copies(touched: TouchedStory) -> list[Address]:
    if not touched.copies:
        st.markdown(text("ingest.copies_none"))
        return []
    st.markdown(text("ingest.copies", n=len(touched.copies) + touched.more_copies))
    chosen = []
    for at, copy in enumerate(touched.copies):
        label = f"{plain(copy.headline) or text('ingest.no_headline')}, {instant(copy.published)}"
        status = text(f"ingest.status_{copy.status}")
        if st.checkbox(f"{label} ({status})", key=f"withdraw-copy-{at}-{copy.address.guid}"):
            chosen.append(copy.address)
        st.text(f"{copy.address.provider} · {copy.address.guid}")
    if touched.more_copies:
        st.caption(text("ingest.copies_more", n=touched.more_copies))
    return chosen


def _history(touched: TouchedStory) -> None:
    if touched.history:
        with st.expander(text("ingest.history", n=len(touched.history))):
            for one in touched.history:
                act = text(f"ingest.act_{one.action}")
                st.text(f"{instant(one.at)}  {act}  {one.actor}: {one.reason or '-'}")


def _confirm_stories(order: _Order, stories: list[Address], touched: TouchedStory) -> None:
    def body() -> None:
        st.text(touched.headline or touched.address.guid)
        st.markdown(text(f"ingest.confirm_{order.act}", n=len(stories)))
        _ask(order, text(f"ingest.do_{order.act}", n=len(stories)), partial(_act, order, stories))

    st.dialog(text(f"ingest.act_{order.act}"), width="medium")(body)()


def _act(order: _Order, stories: list[Address]) -> str:
    changed = desk().withdrawing.act(Action(order.act), stories, reason=order.reason)
    return text("ingest.done_stories", n=len(changed), of=len(stories))


# -- a name --------------------------------------------------------------------------------------


def _name(touched: TouchedName, order: _Order) -> None:
    st.header(text("ingest.touches"))
    with st.container(border=True):
        st.text(touched.name)
        if touched.hidden_since and touched.hidden_by:
            st.markdown(
                text("ingest.hidden_since", when=instant(touched.hidden_since), who=plain(touched.hidden_by))
            )
            st.text(touched.reason or "")
        else:
            st.markdown(text("ingest.name_stories", n=number(touched.stories)))
            for hit in touched.examples:
                st.text(f"{instant(hit.published)}  {hit.headline or hit.guid}")
            st.caption(text("ingest.name_spellings"))
    if st.button(text(f"ingest.do_{order.act}"), type="primary", icon=":material/gavel:", key="withdraw_go"):
        _confirm_name(order, touched)


def _confirm_name(order: _Order, touched: TouchedName) -> None:
    def body() -> None:
        st.text(touched.name)
        st.markdown(text(f"ingest.confirm_{order.act}"))
        _ask(order, text(f"ingest.do_{order.act}"), partial(_hide_or_show, order, touched.name))

    st.dialog(text(f"ingest.act_{order.act}"), width="medium")(body)()


def _hide_or_show(order: _Order, name: str) -> str:
    withdrawing = desk().withdrawing
    act = withdrawing.suppress if order.act == "suppress" else withdrawing.unsuppress
    act(name, reason=order.reason)
    return text(f"ingest.done_{order.act}")


def _hidden_names(withdrawing: Withdrawing) -> None:
    hidden = withdrawing.suppressions()
    st.header(text("ingest.hidden_names"))
    if not hidden:
        st.caption(text("ingest.hidden_none"))
        return
    st.dataframe(
        {
            text("ingest.name"): [one.name for one in hidden],
            text("ingest.column_when"): [instant(one.since) for one in hidden],
            text("ingest.column_who"): [one.actor for one in hidden],
            text("ingest.why"): [one.reason for one in hidden],
        },
        hide_index=True,
        alt=text("ingest.hidden_names"),
    )


# -- both ----------------------------------------------------------------------------------------


def _ask(order: _Order, label: str, act: Callable[[], str]) -> None:
    """The dialog's end: the reason, and the two ways out of it."""
    st.text(f"{text('ingest.why')}: {order.reason}")
    with st.container(horizontal=True):
        st.button(label, type="primary", key="withdraw_yes", on_click=_carry_out, args=(act,))
        left = st.button(text("ingest.not_now"), key="withdraw_no")
    if left or _DONE in st.session_state or _FAILED in st.session_state:
        st.rerun()  # closes the dialog


def _carry_out(act: Callable[[], str]) -> None:
    try:
        st.session_state[_DONE] = act()
    except ArchiveError as error:
        st.session_state[_FAILED] = error
    st.session_state.pop(_ORDER, None)
    st.query_params.pop("guid", None)
