"""The ask page: evidence first, then the draft, then the checked answer with its exact words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from domain.answer import Answer, AnswerReady, Citation, EvidenceFound, Outcome, Sentence, TextDelta, Verdict
from domain.errors import ArchiveError
from domain.query import Filters, Hit, Query, TimeClue
from ui.markup import plain, story_html, story_link
from ui.session import desk, show_error
from ui.strings import text

_BADGES = {Verdict.SUPPORTED: "green", Verdict.PARTLY: "orange", Verdict.UNSUPPORTED: "red"}
_OUTCOMES = {
    Outcome.ANSWERED: ":material/check_circle:",
    Outcome.PARTIAL: ":material/rule:",
    Outcome.DISPUTED: ":material/compare_arrows:",
    Outcome.NOT_IN_ARCHIVE: ":material/block:",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question as it was sent, and which of its words on time the reader has set aside."""

    query: Query
    extractive: bool
    ignored: tuple[str, ...] = ()


def page() -> None:
    """Draws the page; a question asked is kept in the session, so that reruns ask nothing again."""
    st.title(text("ask.title"))
    try:
        _draw()
    except ArchiveError as error:
        show_error(error)


def _draw() -> None:
    opened = desk().reading
    counts = opened.counts()
    st.caption(text("ask.count", stories=counts.stories))
    if not counts.stories:
        st.info(text("ask.empty"))
        return
    if not opened.model_installed:
        st.warning(text("ask.no_model", name=opened.settings.model.name))
    question, filters, extractive = _form(sorted(counts.by_language))
    if question:
        query = Query(text=question, filters=filters, limit=opened.settings.answer.evidence)
        _send(_Asked(query=query, extractive=extractive or not opened.model_installed))
    if st.session_state.pop("sent", False):
        asked: _Asked = st.session_state["asked"]
        _ask(opened.understand(asked.query, without=asked.ignored), extractive=asked.extractive)
    elif "answer" in st.session_state:
        draw_answer(st.session_state["answer"])


def _send(asked: _Asked) -> None:
    """Asked in this run, or in the one that a button's callback comes before."""
    st.session_state["asked"], st.session_state["sent"] = asked, True
    st.session_state.pop("answer", None)


def _form(languages: list[str]) -> tuple[str, Filters, bool]:
    with st.form("ask", border=False):
        question = st.text_input(text("ask.question"), placeholder=text("ask.hint"), key="question")
        with st.expander(text("ask.limits")):
            left, middle, right = st.columns(3)
            oldest, newest = date(1900, 1, 1), date(2100, 12, 31)
            start = left.date_input(text("ask.from"), value=None, min_value=oldest, max_value=newest)
            end = middle.date_input(text("ask.to"), value=None, min_value=oldest, max_value=newest)
            chosen = right.multiselect(text("ask.languages"), languages)
            extractive = st.checkbox(text("ask.extractive"))
        asked = st.form_submit_button(text("ask.go"), type="primary")
    filters = Filters(start=_midnight(start), end=_midnight(end, days=1), languages=frozenset(chosen))
    return (question.strip() if asked else ""), filters, extractive


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time(), tzinfo=UTC) if day else None


def _ask(query: Query, *, extractive: bool) -> None:
    # Leaving this function by a rerun (Cancel, a new question, a closed page) closes the
    # generator, and with it the model's work.
    cancel, draft, evidence = st.empty(), st.empty(), st.empty()
    cancel.button(text("ask.cancel"), icon=":material/stop_circle:")
    written = ""
    for event in desk().reading.stream(query, extractive=extractive):
        if isinstance(event, EvidenceFound):
            with evidence.container():
                st.subheader(text("ask.evidence"))
                for clue in event.query.clues:
                    st.caption(_clue_line(clue))
                _draw_hits(event.hits)
        elif isinstance(event, TextDelta):
            written += event.text
            with draft.container(border=True):
                st.caption(text("ask.draft"))
                st.markdown(plain(written))
        elif isinstance(event, AnswerReady):
            st.session_state["answer"] = event.answer
    for place in (cancel, evidence, draft):
        place.empty()
    draw_answer(st.session_state["answer"])


def draw_answer(answer: Answer) -> None:
    """The outcome, each sentence with its verdict and citations, the words cited, and the evidence."""
    numbers = _numbered(answer)
    st.subheader(f"{_OUTCOMES[answer.outcome]} {text(f'outcome.{answer.outcome}')}")
    if not answer.sentences:
        st.markdown(plain(answer.text))
    for sentence in answer.sentences:
        st.markdown(_sentence_markdown(sentence, numbers))
    if answer.withheld:
        with st.container(border=True):
            st.caption(text("ask.withheld"))
            for sentence in answer.withheld:
                st.markdown(f"~~{plain(sentence.text)}~~")
                for reason in sentence.reasons:
                    st.caption(plain(reason))
    if numbers:
        st.subheader(text("ask.sources"))
    for citation, number in numbers.items():
        _draw_citation(number, citation)
    st.subheader(text("ask.nearest" if answer.outcome is Outcome.NOT_IN_ARCHIVE else "ask.evidence"))
    _draw_clues(answer.query.clues)
    _draw_hits(answer.evidence)
    st.caption(
        plain(
            text(
                "ask.seconds",
                retrieve=answer.seconds.retrieve,
                total=answer.seconds.total,
                prompt=answer.tokens.prompt,
                generated=answer.tokens.generated,
                model=answer.model or text("model.none"),
            )
        )
    )


def _numbered(answer: Answer) -> dict[Citation, int]:
    numbers: dict[Citation, int] = {}
    for sentence in answer.sentences:
        for citation in sentence.citations:
            numbers.setdefault(citation, len(numbers) + 1)
    return numbers


def _sentence_markdown(sentence: Sentence, numbers: dict[Citation, int]) -> str:
    links = " ".join(f"[\\[{numbers[c]}\\]]({story_link(c)})" for c in sentence.citations)
    verdict = f":{_BADGES[sentence.verdict]}-badge[{text(f'verdict.{sentence.verdict}')}]"
    return f"{plain(sentence.text)} {links} {verdict}"


def _draw_citation(number: int, citation: Citation) -> None:
    label = f"[{number}] {citation.published:%Y-%m-%d} {citation.headline or citation.guid}"
    with st.expander(plain(label), expanded=number == 1):
        version = desk().reading.version(citation.guid, number=citation.version)
        st.html(story_html(version.body, spans=[(citation.start, citation.end)], language=version.language))
        st.markdown(f"[{text('story.open')}]({story_link(citation)})")


def _draw_clues(clues: tuple[TimeClue, ...]) -> None:
    """What the question's words were taken to say of time, and a button to ask again without each of them."""
    asked: _Asked | None = st.session_state.get("asked")
    if asked is None:
        return
    for number, clue in enumerate(clues):
        aside = replace(asked, ignored=(*asked.ignored, clue.words))
        _draw_choice(_clue_line(clue), text("ask.clue.undo"), aside, key=f"clue-undo-{number}")
    for number, words in enumerate(asked.ignored):
        counted = replace(asked, ignored=tuple(other for other in asked.ignored if other != words))
        line = plain(f"“{words}”: {text('ask.clue.ignored')}")
        _draw_choice(line, text("ask.clue.redo"), counted, key=f"clue-redo-{number}")


def _draw_choice(line: str, label: str, then: _Asked, *, key: str) -> None:
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.caption(line)
    button.button(label, key=key, type="tertiary", on_click=_send, args=(then,))


def _draw_hits(hits: tuple[Hit, ...]) -> None:
    for hit in hits:
        place = f", {hit.place}" if hit.place else ""
        head = f"**{plain(hit.headline or hit.guid)}**  \n{hit.published:%Y-%m-%d}{plain(place)} · {plain(hit.provider)}"
        st.markdown(f"{head} · [{text('story.open')}]({story_link(hit)})")
        st.caption(plain(hit.passage))


def _clue_line(clue: TimeClue) -> str:
    how = text("ask.clue.hard" if clue.hard else "ask.clue.soft")
    start, end = (f"{day:%Y-%m-%d}" if day else "…" for day in (clue.start, clue.end))
    return plain(f"“{clue.words}”: {how} {start} – {end}")
