"""A run's questions, filtered and ordered a page at a time, and one of them in full."""

from __future__ import annotations

import streamlit as st

from domain.errors import SetError
from evaluation.judged import Judged
from runtime.desk.evaluating import ROWS
from runtime.run_choice import Choice, Order, Row
from runtime.runs import RunCard
from runtime.sets import SetContents
from ui import evaluate_question
from ui.evaluate_choice import choose
from ui.session import desk
from ui.strings import text

_AT = "evaluate_questions_at"


def draw(card: RunCard) -> None:
    try:
        inside = desk().evaluating.contents_of_run(card.key)
    except SetError:
        st.warning(text("evaluate.set_gone"))
        return
    choice = _choice(card, inside)
    at = _place(f"{card.key} {choice}")
    page = desk().evaluating.questions(card.key, choice, at=at)
    if not page.rows:
        st.info(text("evaluate.none_chosen"))
        return
    st.dataframe(
        [_cells(row, choice.measure) for row in page.rows],
        hide_index=True,
        key="evaluate_questions_table",
        alt=text("evaluate.questions"),
    )
    turn(page.at, len(page.rows), page.total, key=_AT)
    named = {row.query_id: f"{row.query_id} · {row.text}" for row in page.rows}
    query_id = choose("question", text("evaluate.question"), list(named), named.__getitem__)
    evaluate_question.draw(desk().evaluating.question(card.key, query_id))


def turn(at: int, count: int, total: int, *, key: str) -> None:
    """Which rows these are, and buttons to those before and after."""
    words, earlier, later = st.columns([3, 1, 1], vertical_alignment="center")
    words.caption(text("evaluate.shown", first=at + 1, last=at + count, total=total))
    if total > count:
        earlier.button(
            text("evaluate.earlier"),
            disabled=at == 0,
            key=f"{key}_earlier",
            on_click=_to,
            args=(key, at - ROWS),
        )
        later.button(
            text("evaluate.later"),
            disabled=at + count >= total,
            key=f"{key}_later",
            on_click=_to,
            args=(key, at + ROWS),
        )


def place(key: str, chosen: str) -> int:
    """Where a list stands; at its beginning whenever something else is chosen."""
    if st.session_state.get(f"{key}_of") != chosen:
        st.session_state[f"{key}_of"], st.session_state[key] = chosen, 0
    return int(st.session_state[key])


def _place(chosen: str) -> int:
    return place(_AT, chosen)


def _to(key: str, at: int) -> None:
    st.session_state[key] = max(0, at)


def _choice(card: RunCard, inside: SetContents) -> Choice:
    first, second, third, fourth = st.columns(4)
    judged = first.selectbox(
        text("evaluate.judged_is"), [None, *Judged], format_func=_judged, key="evaluate_judged"
    )
    kind = second.selectbox(
        text("evaluate.kind_is"), [None, *inside.kinds], format_func=_any, key="evaluate_kind"
    )
    language = third.selectbox(
        text("evaluate.language_is"), [None, *inside.languages], format_func=_any, key="evaluate_language"
    )
    words = fourth.text_input(text("evaluate.search"), key="evaluate_words")
    first, second, third = st.columns([2, 1, 1], vertical_alignment="bottom")
    failed = first.toggle(text("evaluate.failures_only"), key="evaluate_failed")
    order = second.selectbox(
        text("evaluate.order"),
        [order.value for order in Order],
        index=1,
        format_func=lambda one: text(f"evaluate.order.{one}"),
        key="evaluate_order",
    )
    measures = desk().evaluating.measures(card.key)
    measure = third.selectbox(
        text("evaluate.measure"),
        measures,
        index=measures.index("answer_accuracy") if "answer_accuracy" in measures else 0,
        key="evaluate_measure",
    )
    return Choice(
        failed_only=failed,
        judged=judged,
        language=language,
        kind=kind,
        words=words.strip(),
        order=Order(order),
        measure=measure,
    )


def _any(value: str | None) -> str:
    return value or text("evaluate.any")


def _judged(value: Judged | None) -> str:
    return text("evaluate.any") if value is None else text(f"evaluate.judged.{value}")


def _cells(row: Row, measure: str | None) -> dict[str, object]:
    faults = row.violations + row.inexact
    return {
        text("evaluate.column.id"): row.query_id,
        text("evaluate.column.judged"): ("✗ " if row.failed else "✓ ")
        + text(f"evaluate.judged.{row.judged}"),
        text("evaluate.column.question"): row.text,
        text("evaluate.column.kind"): row.kind,
        text("evaluate.column.language"): row.language,
        measure or text("evaluate.measure"): row.value,
        text("evaluate.column.seconds"): round(row.seconds, 2),
        text("evaluate.column.faults"): faults,
    }
