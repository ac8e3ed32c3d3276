"""The ask page: evidence first, then the draft, then the checked answer with its exact words."""

from __future__ import annotations

import streamlit as st

from domain.errors import AnswerNotFound, ArchiveError
from domain.query import Filters, Query
from ui import ask_state
from ui.ask_answer import draw_earlier, draw_said, draw_sources
from ui.ask_chips import draw_chips
from ui.ask_days import day_field, midnight
from ui.ask_state import Asked, Turn
from ui.ask_stream import ask
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text


def page() -> None:
    """The thread so far, then what is being asked now, else a field for the next question."""
    st.title(text("ask.title"))
    try:
        _draw()
    except ArchiveError as error:
        ask_state.failed()
        show_error(error)


def _draw() -> None:
    reading = desk().reading
    holdings = reading.holdings()
    st.caption(text("ask.count", stories=holdings.stories))
    if not holdings.stories:
        st.info(text("ask.empty"))
        return
    if not reading.model_installed:
        st.warning(text("ask.no_model", name=plain(reading.settings.model.name)))
    ask_state.follow_link()
    asked = ask_state.pending()
    turns = ask_state.thread()
    if turns or asked:
        st.button(text("ask.new"), key="new", icon=":material/add_comment:", on_click=ask_state.begin_anew)
    if asked is None and not turns:
        asked = _first_question(list(holdings.by_language), list(holdings.by_provider))
    if asked is not None:
        _draw_thread(turns[:-1] if asked.again else turns)
        ask(asked)
        return
    _draw_cancelled()
    if turns:
        _draw_thread(turns[:-1])
        _draw_turn(turns[-1], list(holdings.by_language), list(holdings.by_provider))


def _first_question(languages: list[str], providers: list[str]) -> Asked | None:
    with st.form("ask", border=False):
        question = st.text_input(text("ask.question"), placeholder=text("ask.hint"), key="question")
        with st.expander(text("ask.limits")):
            left, right = st.columns(2)
            start = day_field(text("ask.from"), at=left)
            end = day_field(text("ask.to"), at=right)
            spoken = left.multiselect(text("ask.languages"), languages)
            sent_by = right.multiselect(text("ask.providers"), providers)
            extractive = st.checkbox(text("ask.extractive"))
        sent = st.form_submit_button(text("ask.go"), type="primary")
    if not sent or not question.strip():
        return None
    reading = desk().reading
    filters = Filters(
        start=midnight(start),
        end=midnight(end, days=1),
        languages=frozenset(spoken),
        providers=frozenset(sent_by),
    )
    query = Query(text=question.strip(), filters=filters, limit=reading.settings.answer.evidence)
    asked = Asked(query=query, typed=query.text, extractive=extractive or not reading.model_installed)
    ask_state.send(asked)
    st.rerun()


def _draw_thread(turns: list[Turn]) -> None:
    for turn in turns:
        try:
            draw_earlier(desk().reading.answer(turn.answer_id), turn)
        except AnswerNotFound:
            st.info(text("ask.no_answer"))


def _draw_turn(turn: Turn, languages: list[str], providers: list[str]) -> None:
    try:
        given = desk().reading.answer(turn.answer_id)
    except AnswerNotFound:
        st.info(text("ask.no_answer"))
        return
    draw_said(given, turn)
    with st.container():  # within one, the field stays here: at the foot, the page would jump to its end
        _next_question(turn)
    draw_chips(given.answer.query, turn, languages=languages, providers=providers)
    draw_sources(given)


def _next_question(before: Turn) -> None:
    """Goes on from the answer above, within the limits that held for it."""
    typed = st.chat_input(text("ask.follow"), key="follow")
    if not typed or not typed.strip():
        return
    reading = desk().reading
    filters = before.asked.query.filters if before.asked else Filters()
    query = Query(
        text=reading.written_out(typed.strip(), after=before.answer_id),
        filters=filters,
        limit=reading.settings.answer.evidence,
    )
    extractive = before.asked.extractive if before.asked else not reading.model_installed
    ask_state.send(Asked(query=query, typed=typed.strip(), extractive=extractive))
    st.rerun()


def _draw_cancelled() -> None:
    asked = ask_state.cancelled()
    if asked is not None:
        st.info(plain(text("ask.cancelled", question=asked.typed)), icon=":material/stop_circle:")
        st.button(text("ask.again"), key="again", on_click=ask_state.send, args=(asked,))
