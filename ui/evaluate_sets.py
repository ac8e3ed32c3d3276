"""Sets and runs: what can be run, what is under way, what has been run."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError, SetError
from runtime.evaluation_jobs import Answering
from runtime.sets import SetCard
from ui import evaluate_jobs
from ui.evaluate_choice import answered_by, choose, latest_runs, open_run
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_MOST_ASKED = 1_000_000
_ANSWERING: tuple[Answering, ...] = ("extractive", "model", "retrieval")


def draw() -> None:
    st.header(text("evaluate.sets"))
    cards = {card.key: card for card in desk().evaluating.sets()}
    if cards:
        key = choose("set", text("evaluate.set"), list(cards), lambda one: _called(cards[one]))
        _draw_set(cards[key])
    else:
        st.info(text("evaluate.no_sets"))
    _draw_upload()
    _draw_make()
    _draw_feedback()
    st.header(text("evaluate.jobs"))
    evaluate_jobs.draw()
    st.header(text("evaluate.runs"))
    _draw_runs()


def _called(card: SetCard) -> str:
    return f"{card.title} · {text(f'evaluate.origin.{card.origin}')}"


def _draw_set(card: SetCard) -> None:
    if card.by and card.at:
        origin = text(f"evaluate.origin.{card.origin}")
        st.caption(plain(text("evaluate.brought", origin=origin, by=card.by, at=f"{card.at:%Y-%m-%d %H:%M}")))
    try:
        inside = desk().evaluating.contents(card.key)
    except SetError as error:
        st.warning(text("evaluate.invalid"), icon=":material/error:")
        show_error(error)
        return
    told = {name: getattr(inside, name) for name in
            ("questions", "format", "with_answers", "unanswerable", "not_scored", "judged")}  # fmt: skip
    lines = [text("evaluate.contents", **told)]
    lines.append(text("evaluate.asked_of_own" if inside.has_corpus else "evaluate.asked_of_archive"))
    if inside.languages:
        lines.append(text("evaluate.in_languages", languages=", ".join(inside.languages)))
    if inside.kinds:
        lines.append(text("evaluate.of_kinds", kinds=", ".join(inside.kinds)))
    st.markdown(plain(" ".join(lines)))
    if inside.synthetic:
        reviewed = text("evaluate.reviewed", reviewed=inside.reviewed, rejected=inside.rejected)
        st.info(f"{text('evaluate.synthetic')} {reviewed}", icon=":material/precision_manufacturing:")
    _draw_form(card, questions=inside.questions)


def _draw_form(card: SetCard, *, questions: int) -> None:
    models = desk().evaluating.models()
    with st.form("evaluate_run_form"):
        answering = st.radio(
            text("evaluate.answering"),
            _ANSWERING,
            format_func=lambda one: text(f"evaluate.answering.{one}"),
            key="evaluate_answering",
        )
        left, middle, right = st.columns(3)
        if models:
            model = left.selectbox(text("evaluate.model"), models, key="evaluate_model")
        else:
            model = None
            left.caption(text("evaluate.no_model"))
        limit = middle.number_input(
            text("evaluate.limit"),
            min_value=0,
            max_value=_MOST_ASKED,
            value=0,
            step=10,
            key="evaluate_limit",
        )
        name = right.text_input(text("evaluate.name"), help=text("evaluate.name_help"), key="evaluate_name")
        asked = st.form_submit_button(text("evaluate.go"), type="primary", icon=":material/play_arrow:")
    if not asked:
        return
    try:
        job = desk().evaluating.start(
            card.key,
            answering=answering,
            model=model,
            limit=int(limit) if limit and limit < questions else None,
            name=name,
        )
    except ArchiveError as error:
        show_error(error)
        return
    st.success(plain(text("evaluate.started", name=evaluate_jobs.what(job))), icon=":material/check_circle:")


def _draw_upload() -> None:
    with st.expander(text("evaluate.upload"), icon=":material/upload_file:"):
        st.caption(text("evaluate.upload_about"))
        # Its name does not matter to the browser: what is taken is decided by reading it.
        file = st.file_uploader(text("evaluate.upload_file"), key="evaluate_upload")
        if not st.button(text("evaluate.upload_go"), disabled=file is None, key="evaluate_upload_go"):
            return
        if file is None:
            return
        try:
            card = desk().evaluating.upload(file.getvalue(), called=file.name)
        except ArchiveError as error:
            show_error(error)
            return
        _said_after(text("evaluate.uploaded", title=card.title), chosen=card.key)


def _draw_make() -> None:
    with (
        st.expander(text("evaluate.make"), icon=":material/precision_manufacturing:"),
        st.form("evaluate_make_form", border=False),
    ):
        st.caption(text("evaluate.make_about"))
        title = st.text_input(text("evaluate.make_title"), key="evaluate_make_title", max_chars=80)
        left, middle, right = st.columns(3)
        questions = left.number_input(text("evaluate.make_questions"), 1, 10_000, 100, key="evaluate_make_n")
        stories = middle.number_input(
            text("evaluate.make_stories"), 1, 100_000, 500, key="evaluate_make_stories"
        )
        seed = right.number_input(text("evaluate.make_seed"), 0, 2**31, 7, key="evaluate_make_seed")
        if st.form_submit_button(text("evaluate.make_go")):
            desk().evaluating.make(
                title=title, questions=int(questions), stories=int(stories), seed=int(seed)
            )


def _draw_feedback() -> None:
    with st.expander(text("evaluate.feedback"), icon=":material/thumbs_up_down:"):
        st.caption(text("evaluate.feedback_about"))
        if not st.button(text("evaluate.feedback_go"), key="evaluate_feedback_go"):
            return
        try:
            card = desk().evaluating.from_feedback()
            questions = desk().evaluating.contents(card.key).questions
        except ArchiveError as error:
            show_error(error)
            return
        _said_after(text("evaluate.feedback_done", title=card.title, questions=questions), chosen=card.key)


def _said_after(words: str, *, chosen: str) -> None:
    """Draws the page anew with the new set chosen, and says so there."""
    st.toast(plain(words), icon=":material/check_circle:")
    st.query_params["set"] = chosen
    st.session_state.pop("evaluate_set", None)
    st.rerun()


def _draw_runs() -> None:
    cards = list(latest_runs("run").values())
    if not cards:
        st.caption(text("evaluate.no_runs"))
        return
    busy = evaluate_jobs.names_under_way()
    rows = [
        {
            text("evaluate.column.run"): card.name,
            text("evaluate.column.set"): card.set_name,
            text("evaluate.column.model"): answered_by(card),
            text("evaluate.column.started"): card.started[:16].replace("T", " "),
            text("evaluate.column.questions"): card.questions,
            text("evaluate.column.state"): text(
                "evaluate.running"
                if card.name in busy
                else "evaluate.finished"
                if card.is_finished
                else "evaluate.interrupted"
            ),
        }
        for card in cards
    ]
    st.dataframe(rows, hide_index=True, key="evaluate_runs_table", alt=text("evaluate.runs"))
    names = {card.key: card.name for card in cards}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        key = st.selectbox(
            text("evaluate.which_run"), list(names), format_func=names.__getitem__, key="evaluate_runs_choice"
        )
    right.button(text("evaluate.open"), key="evaluate_open", on_click=open_run, args=(key,), width="stretch")
