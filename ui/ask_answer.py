"""An answer: what it says with a verdict a sentence, the words it rests on, what was found, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from domain.answer import Answer, Citation, Outcome, Sentence, Verdict, numbered
from domain.query import Hit
from runtime.answers import GivenAnswer
from ui.ask_after import draw_after
from ui.ask_charts import draw_figures, draw_timeline
from ui.ask_state import Turn
from ui.markup import direction, plain, story_html, story_link
from ui.session import desk
from ui.strings import text

_BADGES = {Verdict.SUPPORTED: "green", Verdict.PARTLY: "orange", Verdict.UNSUPPORTED: "red"}
_OUTCOMES = {
    Outcome.ANSWERED: ":material/check_circle:",
    Outcome.PARTIAL: ":material/rule:",
    Outcome.DISPUTED: ":material/compare_arrows:",
    Outcome.NOT_IN_ARCHIVE: ":material/block:",
}
_BY_RANK, _BY_DATE = "rank", "date"


def draw_earlier(given: GivenAnswer, turn: Turn) -> None:
    """An answer further up the thread: what it says, and its sources as links."""
    answer = given.answer
    _draw_question(answer, turn)
    with st.chat_message(text("ask.archive"), avatar=":material/newspaper:"):
        _draw_stale(given)
        if given.withdrawn:
            return
        st.markdown(f"{_OUTCOMES[answer.outcome]} {text(f'outcome.{answer.outcome}')}")
        numbers = numbered(answer)
        _draw_sentences(answer, numbers)
        if numbers:
            with st.expander(text("ask.sources")):
                for citation, number in numbers.items():
                    st.markdown(f"[{plain(_label(number, citation))}]({story_link(citation)})")


def draw_said(given: GivenAnswer, turn: Turn) -> None:
    """The thread's last answer: what it says, and what can be done with it."""
    _draw_question(given.answer, turn)
    with st.chat_message(text("ask.archive"), avatar=":material/newspaper:"):
        _draw_stale(given)
        if not given.withdrawn:
            _draw_words(given.answer, turn)
    draw_after(given)


def draw_sources(given: GivenAnswer) -> None:
    """The words it cites, then all that was found; in the order that the reader chose."""
    if given.withdrawn:
        return
    answer = given.answer
    order = _order()
    numbers = numbered(answer)
    if numbers:
        st.header(text("ask.sources"))
    for place, (citation, number) in enumerate(_ordered_citations(numbers, order)):
        _draw_citation(number, citation, expanded=place == 0)
    st.header(text("ask.nearest" if answer.outcome is Outcome.NOT_IN_ARCHIVE else "ask.evidence"))
    cited = frozenset((citation.guid, citation.version) for citation in numbers)
    draw_timeline(answer.evidence, cited=cited)
    draw_hits(sorted(answer.evidence, key=_published) if order == _BY_DATE else answer.evidence)
    _draw_costs(answer)


def draw_hits(hits: Sequence[Hit]) -> None:
    for hit in hits:
        place = f", {hit.place}" if hit.place else ""
        head = f"**[{plain(hit.headline or hit.guid)}]({story_link(hit)})**"
        st.markdown(f"{head}  \n{hit.published:%Y-%m-%d}{plain(place)} · {plain(hit.provider)}")
        st.caption(_isolated(hit.passage), text_alignment=_side(hit.language))


def _draw_question(answer: Answer, turn: Turn) -> None:
    typed = turn.asked.typed if turn.asked else answer.question
    with st.chat_message(text("ask.you"), avatar=":material/person:"):
        st.markdown(plain(typed))
        if typed != answer.question:
            st.caption(plain(text("ask.understood", question=answer.question)))


def _draw_stale(given: GivenAnswer) -> None:
    """What happened to the stories it cites, in words and with each story's guid."""
    for reason in given.stale:
        since = f"{reason.since:%Y-%m-%d}" if reason.since else text("ask.now")
        told = text(f"ask.stale.{reason.cause}", guid=reason.guid, since=since)
        st.warning(plain(told), icon=":material/history:")
    if given.withdrawn:
        st.error(text("ask.withdrawn"), icon=":material/block:")


def _draw_words(answer: Answer, turn: Turn) -> None:
    st.header(f"{_OUTCOMES[answer.outcome]} {text(f'outcome.{answer.outcome}')}")
    if turn.model_error is not None:
        st.warning(text("ask.model_failed"), icon=":material/warning:")
        st.text(turn.model_error)
    numbers = numbered(answer)
    _draw_sentences(answer, numbers)
    draw_figures(answer, numbers)
    if answer.withheld:
        with st.container(border=True):
            st.caption(text("ask.withheld"))
            for sentence in answer.withheld:
                st.markdown(f"~~{_isolated(sentence.text)}~~", text_alignment=_side(answer.language))
                for reason in sentence.reasons:
                    st.caption(f":material/info: {plain(reason)}")


def _draw_sentences(answer: Answer, numbers: dict[Citation, int]) -> None:
    if not answer.sentences:
        st.markdown(_isolated(answer.text), text_alignment=_side(answer.language))
    for sentence in answer.sentences:
        st.markdown(_sentence_markdown(sentence, numbers), text_alignment=_side(answer.language))


def _sentence_markdown(sentence: Sentence, numbers: dict[Citation, int]) -> str:
    links = " ".join(f"[\\[{numbers[c]}\\]]({story_link(c)})" for c in sentence.citations)
    verdict = f":{_BADGES[sentence.verdict]}-badge[{text(f'verdict.{sentence.verdict}')}]"
    return f"{_isolated(sentence.text)} {links} {verdict}"


def _order() -> str:
    """By rank or by date, as the reader chose in this session."""
    chosen = st.segmented_control(
        text("ask.order"),
        [_BY_RANK, _BY_DATE],
        format_func=lambda one: text(f"ask.order_{one}"),
        default=_BY_RANK,
        required=True,
        key="order",
    )
    return chosen or _BY_RANK


def _ordered_citations(numbers: dict[Citation, int], order: str) -> list[tuple[Citation, int]]:
    cited = list(numbers.items())
    return sorted(cited, key=lambda one: one[0].published) if order == _BY_DATE else cited


def _published(hit: Hit) -> tuple[float, str]:
    return hit.published.timestamp(), hit.guid


def _draw_citation(number: int, citation: Citation, *, expanded: bool) -> None:
    with st.expander(plain(_label(number, citation)), expanded=expanded):
        version = desk().reading.version(citation.guid, number=citation.version)
        start, end = around(version.body, citation.start, citation.end)
        st.html(
            story_html(
                version.body[start:end],
                spans=[(citation.start - start, citation.end - start)],
                language=version.language,
            )
        )
        opening = text("ask.open", headline=citation.headline or citation.guid)
        st.markdown(f"[{plain(opening)}]({story_link(citation)})")


def around(body: str, start: int, end: int) -> tuple[int, int]:
    """The paragraphs that body[start:end] touches, and one more on either side."""
    first = body.rfind("\n\n", 0, max(0, body.rfind("\n\n", 0, start + 1)))
    last = body.find("\n\n", end)
    last = body.find("\n\n", last + 2) if last >= 0 else last
    return (0 if first < 0 else first + 2), (len(body) if last < 0 else last)


def _label(number: int, citation: Citation) -> str:
    return f"[{number}] {citation.published:%Y-%m-%d} {citation.headline or citation.guid}"


def _isolated(words: str) -> str:
    """Text in the direction of its own letters, whatever stands around it."""
    return f"\N{FIRST STRONG ISOLATE}{plain(words)}\N{POP DIRECTIONAL ISOLATE}"


def _side(language: str | None) -> Literal["left", "right"]:
    return "right" if direction(language) == "rtl" else "left"


def _draw_costs(answer: Answer) -> None:
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
