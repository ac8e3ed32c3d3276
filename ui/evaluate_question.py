"""One question of a run in full: what was asked and accepted, what was answered and found, and what it cost."""

from __future__ import annotations

import streamlit as st

from domain.answer import Verdict
from evaluation.judged import FAILURES
from runtime.run_questions import QuestionShown, SentenceShown, StoryFound
from ui.markup import plain, story_html
from ui.strings import text

_BADGES = {Verdict.SUPPORTED: "green", Verdict.PARTLY: "orange", Verdict.UNSUPPORTED: "red"}


def draw(shown: QuestionShown, *, key: str = "evaluate") -> None:
    """`key` tells apart two that are drawn beside each other."""
    with st.container(border=True):
        st.html(story_html(shown.query.text, language=shown.query.language))
        colour, icon = (
            ("red", ":material/close:") if shown.judged in FAILURES else ("green", ":material/check:")
        )
        st.markdown(f":{colour}-badge[{icon} {text(f'evaluate.judged.{shown.judged}')}]")
        _draw_gold(shown)
        _draw_answer(shown)
        _draw_found(shown, key=key)
        _draw_costs(shown)


def _draw_gold(shown: QuestionShown) -> None:
    query = shown.query
    if query.answers:
        st.markdown(f"**{text('evaluate.accepted')}**: {plain(' / '.join(query.answers))}")
    elif query.answerable is False:
        st.markdown(text("evaluate.to_decline"))
    else:
        st.markdown(text("evaluate.no_accepted"))
    if query.wrong:
        st.caption(plain(text("evaluate.wrong_known", wrong=" / ".join(query.wrong))))


def _draw_answer(shown: QuestionShown) -> None:
    st.markdown(f"**{text('evaluate.answer')}**")
    if shown.outcome is None:
        st.caption(text("evaluate.ranked_only"))
    elif not any(not one.withheld for one in shown.sentences):
        st.caption(text("evaluate.nothing_said"))
    relevant = {one.guid for one in shown.found if one.relevant}
    for sentence in shown.sentences:
        _draw_sentence(sentence, relevant)


def _draw_sentence(sentence: SentenceShown, relevant: set[str]) -> None:
    badge = (
        f" :{_BADGES[sentence.verdict]}-badge[{text(f'verdict.{sentence.verdict}')}]"
        if sentence.verdict
        else ""
    )
    if sentence.hidden:
        st.caption(text("evaluate.hidden_sentence"))
        return
    if sentence.withheld:
        badge += f" :gray-badge[{text('evaluate.withheld')}]"
    st.markdown(plain(sentence.text) + badge)
    for reason in sentence.reasons:
        st.caption(plain(reason))
    for span in sentence.citations:
        judged = text("evaluate.cited_relevant" if span.guid in relevant else "evaluate.cited_not")
        exact = text("evaluate.exact" if span.exact else "evaluate.inexact")
        st.caption(plain(f"“{span.quote}” — {span.guid}, {span.start}–{span.end}: {exact}; {judged}"))


def _draw_found(shown: QuestionShown, *, key: str) -> None:
    ranked = [one for one in shown.found if one.rank is not None]
    heading = text("evaluate.found_alt", relevant=sum(one.relevant for one in ranked), shown=len(ranked))
    st.markdown(f"**{text('evaluate.found')}**")
    st.caption(heading)
    st.dataframe([_cells(one) for one in shown.found], hide_index=True, key=f"{key}_found", alt=heading)


def _cells(one: StoryFound) -> dict[str, object]:
    headline = text("evaluate.hidden_story") if one.hidden else one.headline or one.guid
    return {
        text("evaluate.column.rank"): text("evaluate.not_ranked") if one.rank is None else str(one.rank),
        text("evaluate.column.relevant"): text("evaluate.yes" if one.relevant else "evaluate.no"),
        text("evaluate.column.story"): headline,
        text("evaluate.column.published"): f"{one.published:%Y-%m-%d}" if one.published else None,
        text("evaluate.column.language"): one.language,
        text("evaluate.column.passage"): one.passage,
        text("evaluate.column.id"): one.guid,
    }


def _draw_costs(shown: QuestionShown) -> None:
    if shown.violations:
        st.error(
            plain(text("evaluate.violated", kinds=", ".join(shown.violations))), icon=":material/gpp_bad:"
        )
    seconds = dict(shown.seconds)
    if seconds["total"] is None:
        line = text("evaluate.spent_ranking", retrieve=seconds["retrieve"])
    else:
        prompt, generated = shown.tokens
        line = text(
            "evaluate.spent",
            retrieve=seconds["retrieve"],
            total=seconds["total"],
            prompt=prompt,
            generated=generated,
        )
    if shown.joules is not None:
        name = "evaluate.joules" if shown.joules_measured else "evaluate.joules_estimated"
        line += f", {text(name, joules=shown.joules)}"
    st.caption(plain(line))
    if shown.scores:
        scores = ", ".join(f"{name} {value:.2f}" for name, value in shown.scores)
        st.caption(plain(f"{text('evaluate.scores')}: {scores}"))
