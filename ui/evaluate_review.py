"""Review of a made set: each question with the stories it was made of, accepted, edited or rejected by hand or key."""

from __future__ import annotations

import re

import streamlit as st

from domain.errors import ArchiveError
from evaluation.sets import EvalQuery
from evaluation.sets.review import Decision, Reviewed
from runtime.reviewing import Review, StoryBehind
from runtime.sets import Origin
from ui.evaluate_choice import choose
from ui.markup import plain, story_html
from ui.session import desk, show_error
from ui.strings import text

_AT = "evaluate_review_at"  # the id of the question shown
_FAULT = "evaluate_review_fault"


def draw() -> None:
    st.caption(text("evaluate.review_about"))
    cards = {card.key: card for card in desk().evaluating.sets() if _may_be_made(card.origin)}
    made = {key: card for key, card in cards.items() if desk().evaluating.is_made(key)}
    if not made:
        st.info(text("evaluate.no_made"))
        return
    key = choose("reviewed", text("evaluate.made_sets"), list(made), lambda one: made[one].title)
    review = desk().evaluating.review(key)
    counts = review.counts()
    st.progress(
        counts.reviewed / counts.questions,
        text=text(
            "evaluate.review_progress",
            reviewed=counts.reviewed,
            questions=counts.questions,
            accepted=counts.accepted,
            edited=counts.edited,
            rejected=counts.rejected,
        ),
    )
    only_open = st.toggle(text("evaluate.only_open"), value=True, key="evaluate_only_open")
    queries = review.open() if only_open else review.made.queries
    if not queries:
        st.success(text("evaluate.review_done"), icon=":material/check_circle:")
        return
    _draw_question(review, queries)


def _may_be_made(origin: Origin) -> bool:
    return origin in (Origin.MADE, Origin.NAMED, Origin.UPLOADED)


def _draw_question(review: Review, queries: tuple[EvalQuery, ...]) -> None:
    ids = [query.query_id for query in queries]
    at = ids.index(st.session_state[_AT]) if st.session_state.get(_AT) in ids else 0
    query = queries[at]
    number = [one.query_id for one in review.made.queries].index(query.query_id) + 1
    st.header(text("evaluate.review_question", number=number, total=len(review.made.queries)))
    decided = review.decisions().get(query.query_id)
    if decided:
        st.caption(
            plain(
                text(
                    "evaluate.decided",
                    decision=text(f"evaluate.decision.{decided.decision}"),
                    by=decided.by,
                    at=f"{decided.at:%Y-%m-%d %H:%M}",
                )
            )
        )
    left, right = st.columns(2)
    with left:
        _draw_fields(query, decided)
        _draw_buttons(review, query, before=ids[at - 1] if at else None, after=[*ids, None][at + 1])
        if error := st.session_state.pop(_FAULT, None):
            show_error(error)
    with right:
        st.markdown(f"**{text('evaluate.stories_behind')}**")
        for story in review.stories(query):
            _draw_story(story, query)


def _draw_fields(query: EvalQuery, decided: Reviewed | None) -> None:
    edited = decided if decided and decided.decision is Decision.EDITED else None
    st.caption(plain(f"{query.query_id} · {query.kind or ''} · {query.language or ''}"))
    asked = edited.text if edited and edited.text else query.text
    st.text_area(text("evaluate.edit_text"), asked, key=f"evaluate_text_{query.query_id}")
    if query.answers:
        accepted = edited.answers if edited and edited.answers else query.answers
        st.text_area(
            text("evaluate.edit_answers"), "\n".join(accepted), key=f"evaluate_answers_{query.query_id}"
        )
    else:
        absent = query.answerable is False
        st.caption(text("evaluate.answers_absent" if absent else "evaluate.answers_none"))


def _draw_buttons(review: Review, query: EvalQuery, *, before: str | None, after: str | None) -> None:
    buttons = (
        (Decision.ACCEPTED, "accept", ":material/check:", "A", "primary"),
        (Decision.EDITED, "edit", ":material/edit:", "E", "secondary"),
        (Decision.REJECTED, "reject", ":material/close:", "X", "secondary"),
    )
    # A row that breaks into several on a phone.
    with st.container(horizontal=True):
        for decision, name, icon, key, kind in buttons:
            st.button(
                text(f"evaluate.{name}"),
                icon=icon,
                shortcut=key,
                type="primary" if kind == "primary" else "secondary",
                key=f"evaluate_{name}",
                on_click=_decide,
                args=(review, query, decision, after),
            )
        for to, name, step in ((before, "previous", None), (after, "next", "N")):
            st.button(
                text(f"evaluate.{name}"),
                shortcut=step,
                type="tertiary",
                disabled=to is None,
                key=f"evaluate_{name}",
                on_click=_show,
                args=(to,),
            )


def _decide(review: Review, query: EvalQuery, decision: Decision, after: str | None) -> None:
    written = st.session_state.get(f"evaluate_text_{query.query_id}")
    answers = str(st.session_state.get(f"evaluate_answers_{query.query_id}", "")).splitlines()
    try:
        review.decide(query.query_id, decision, text=written, answers=answers)
    except ArchiveError as error:
        st.session_state[_FAULT] = error
        return
    if after is not None:
        _show(after)


def _show(query_id: str | None) -> None:
    st.session_state[_AT] = query_id


def _draw_story(story: StoryBehind, query: EvalQuery) -> None:
    with st.container(border=True):
        if story.hidden:
            st.caption(plain(f"{story.guid}: {text('evaluate.hidden_story')}"))
            return
        st.markdown(f"**{plain(story.headline or story.guid)}**")
        notes = [story.guid, (story.published or "")[:10], story.language or ""]
        if story.removed:
            notes.append(text("evaluate.removed"))
        st.caption(plain(" · ".join(filter(None, notes))))
        st.html(story_html(story.body, spans=_spans(story.body, query.answers), language=story.language))


def _spans(body: str, answers: tuple[str, ...]) -> list[tuple[int, int]]:
    """Wherever an accepted answer's letters stand in the story, to be marked."""
    return [found.span() for answer in answers if answer for found in re.finditer(re.escape(answer), body)]
