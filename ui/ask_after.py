"""What can be done with an answer: copy it with its citations, send its link, say whether it is right."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from domain.access import Role
from domain.errors import SetError
from domain.feedback import Judgement
from runtime.answers import Format, GivenAnswer, exports_of
from runtime.feedback import zipped
from ui.markup import plain
from ui.session import desk, show_error, user
from ui.strings import text

_LANGUAGES = {Format.MARKDOWN: "markdown", Format.HTML: "html", Format.BIBTEX: "latex"}
_MIMES = {Format.HTML: "text/html", Format.MARKDOWN: "text/markdown", Format.BIBTEX: "application/x-bibtex",
          Format.RIS: "application/x-research-info-systems"}  # fmt: skip


def draw_after(given: GivenAnswer) -> None:
    answer_id = given.answer.answer_id
    if answer_id is None:
        return
    with st.container(horizontal=True, gap="small"):
        if not given.withdrawn:
            with st.popover(text("ask.copy"), icon=":material/content_copy:", key="copy"):
                _draw_exports(given, answer_id)
        with st.popover(text("ask.link"), icon=":material/link:", key="link"):
            _draw_link(given, answer_id)
        if not given.withdrawn:
            with st.popover(text("ask.feedback"), icon=":material/rate_review:", key="feedback"):
                _draw_feedback(answer_id)
    st.caption(plain(text("ask.asked_at", date=f"{given.asked_at:%Y-%m-%d %H:%M} UTC", number=answer_id)))


def _draw_exports(given: GivenAnswer, answer_id: int) -> None:
    """Of the answer as this page has just read it."""
    exports = exports_of(given)
    tabs = st.tabs([text(f"ask.format.{one}") for one in exports])
    for tab, (kind, written) in zip(tabs, exports.items(), strict=True):
        with tab:
            st.code(written, language=_LANGUAGES.get(kind), wrap_lines=True)
            st.download_button(
                text("ask.download", format=text(f"ask.format.{kind}")),
                written,
                file_name=f"depeche-{answer_id}.{kind.ending}",
                mime=_MIMES.get(kind, "text/plain"),
                key=f"export-{kind}",
                on_click="ignore",
                disabled=not written,
            )


def _draw_link(given: GivenAnswer, answer_id: int) -> None:
    st.code(permalink(answer_id, at=st.context.url), language=None, wrap_lines=True)
    person = user()
    if person.name == given.asked_by or person.may(Role.ADMIN):
        st.toggle(
            text("ask.share"),
            value=given.shared,
            key=f"share-{answer_id}",
            help=text("ask.share_help"),
            on_change=_share,
            args=(answer_id,),
        )
    elif given.shared:
        st.caption(text("ask.shared"))


def _share(answer_id: int) -> None:
    desk().reading.share(answer_id, shared=bool(st.session_state[f"share-{answer_id}"]))


def permalink(answer_id: int, *, at: str | None) -> str:
    """The address that opens this answer; `at`: where the page stands, whatever page of it is open."""
    parts = urlsplit(at or "")
    path = parts.path.removesuffix("/").removesuffix("/ask") + "/"
    return urlunsplit((parts.scheme, parts.netloc, path, f"answer={answer_id}", ""))


def _draw_feedback(answer_id: int) -> None:
    reading = desk().reading
    said = reading.judgement(answer_id)
    if said is not None:
        told = text(
            "ask.judged", judgement=text(f"ask.judgement.{said.judgement}"), date=f"{said.at:%Y-%m-%d}"
        )
        st.success(plain(told), icon=":material/check:")
    with st.form(f"feedback-{answer_id}", border=False):
        judgement = st.radio(
            text("ask.feedback"),
            list(Judgement),
            format_func=lambda one: text(f"ask.judgement.{one}"),
            index=None,
            key="judgement",
        )
        answer = st.text_input(
            text("ask.right_answer"), help=text("ask.right_answer_help"), key="right-answer"
        )
        comment = st.text_area(text("ask.comment"), key="comment", height=80)
        sent = st.form_submit_button(text("ask.judge"), key="judge")
    if sent and judgement is not None:
        reading.judge(answer_id, judgement, answer=answer, comment=comment)
        st.rerun()
    if user().may(Role.ARCHIVIST):
        _draw_feedback_set()


def _draw_feedback_set() -> None:
    """Everybody's judgements as an evaluation set; made when it is asked for."""
    if not st.button(text("ask.make_set"), key="make-set", icon=":material/folder_zip:", type="tertiary"):
        return
    made = desk().reading.feedback_set()
    try:
        packed = zipped(made, name="feedback")
    except SetError as error:
        show_error(error)
        return
    left_out = sum(made.left_out.values())
    st.caption(text("ask.set_made", questions=len(made.questions), left_out=left_out))
    st.download_button(
        text("ask.download_set"), packed, file_name="feedback.zip", mime="application/zip",
        key="download-set", on_click="ignore",
    )  # fmt: skip
