"""Two runs of the same questions: which measures moved and whether that may be luck, then question by question."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from evaluation.comparison import Comparison
from runtime.run_choice import ChangeOrder, ChangeRow
from ui import evaluate_charts, evaluate_question
from ui.evaluate_choice import called, choose, gloss, latest_runs
from ui.evaluate_questions import place, turn
from ui.session import desk, show_error
from ui.strings import text

LUCK = 0.05  # a p below it, corrected, is called more than luck
_AT = "evaluate_changes_at"


def draw() -> None:
    st.caption(text("evaluate.two_runs"))
    cards = {key: card for key, card in latest_runs("after", "before").items() if card.is_finished}
    if len(cards) < 2:
        st.info(text("evaluate.no_runs"))
        return
    latest = list(cards)
    left, right = st.columns(2)
    with right:
        after = choose("after", text("evaluate.after"), latest, lambda key: called(cards[key]))
    others = [key for key in latest if key != after]
    # Those of the same set first: others have no question in common.
    others.sort(key=lambda key: cards[key].set_path != cards[after].set_path)
    with left:
        before = choose("before", text("evaluate.before"), others, lambda key: called(cards[key]))
    found = desk().evaluating.compare(before, after)
    if not found.measures:
        st.info(text("evaluate.nothing_in_common"))
        return
    _draw_measures(found)
    _draw_changes(found, before, after)


def _draw_measures(found: Comparison) -> None:
    st.header(text("evaluate.measures"))
    st.caption(text("evaluate.compare_about", questions=len(found.changes)))
    st.altair_chart(
        evaluate_charts.compared(found), alt=text("evaluate.compare_alt"), key="evaluate_compared"
    )
    rows = [
        {
            text("evaluate.column.measure"): name,
            text("evaluate.column.before"): moved.before,
            text("evaluate.column.after"): moved.after,
            text("evaluate.column.better"): moved.better,
            text("evaluate.column.worse"): moved.worse,
            text("evaluate.column.p"): moved.p,
            text("evaluate.column.holm"): moved.holm,
            text("evaluate.column.verdict"): text("evaluate.yes" if moved.holm < LUCK else "evaluate.no"),
            text("evaluate.column.questions"): moved.questions,
            text("evaluate.column.about"): gloss(name),
        }
        for name, moved in found.measures.items()
    ]
    st.dataframe(rows, hide_index=True, key="evaluate_compared_table", alt=text("evaluate.measures"))


def _draw_changes(found: Comparison, before: str, after: str) -> None:
    st.header(text("evaluate.changes"))
    left, right = st.columns(2)
    named = list(found.measures)
    measure = left.selectbox(
        text("evaluate.measure"),
        named,
        index=named.index("answer_accuracy") if "answer_accuracy" in named else 0,
        key="evaluate_change_measure",
    )
    order = right.selectbox(
        text("evaluate.change_order"),
        [order.value for order in ChangeOrder],
        index=list(ChangeOrder).index(ChangeOrder.MOST),
        format_func=lambda one: text(f"evaluate.change.{one}"),
        key="evaluate_change_order",
    )
    at = place(_AT, f"{before} {after} {measure} {order}")
    page = desk().evaluating.changes(before, after, measure=measure, order=ChangeOrder(order), at=at)
    if not page.rows:
        st.info(text("evaluate.no_changes"))
        return
    rows = [_cells(row) for row in page.rows]
    st.dataframe(rows, hide_index=True, key="evaluate_changes_table", alt=text("evaluate.changes"))
    turn(page.at, len(page.rows), page.total, key=_AT)
    names = {row.query_id: f"{row.query_id} · {row.text}" for row in page.rows}
    query_id = st.selectbox(
        text("evaluate.question"), list(names), format_func=names.__getitem__, key="evaluate_changed"
    )
    for column, key, label in zip(st.columns(2), (before, after), ("before", "after"), strict=True):
        with column:
            st.markdown(f"**{text(f'evaluate.{label}')}**")
            try:
                evaluate_question.draw(desk().evaluating.question(key, query_id), key=label)
            except ArchiveError as error:
                show_error(error)


def _cells(row: ChangeRow) -> dict[str, object]:
    return {
        text("evaluate.column.id"): row.query_id,
        text("evaluate.column.question"): row.text,
        text("evaluate.column.outcome_before"): _outcome(row.before),
        text("evaluate.column.outcome_after"): _outcome(row.after),
        text("evaluate.column.words"): text("evaluate.yes" if row.words_changed else "evaluate.no"),
        text("evaluate.column.before"): row.value_before,
        text("evaluate.column.after"): row.value_after,
        text("evaluate.column.moved"): row.moved,
    }


def _outcome(value: str | None) -> str:
    return text("evaluate.retrieval_only") if value is None else text(f"outcome.{value}")
