"""One run: its measures with their intervals, by slice, risk and coverage, what is counted, and its files."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from evaluation.figures import Count, RunFigures, SliceFigure
from runtime.desk.evaluating import RunFile
from runtime.runs import RunCard
from ui import evaluate_charts, evaluate_jobs, evaluate_questions
from ui.evaluate_choice import answered_by, called, choose, gloss, latest_runs
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_MIME = {
    RunFile.ANSWERS: "application/x-ndjson",
    RunFile.RANKING: "text/plain",
    RunFile.MANIFEST: "application/json",
    RunFile.REPORT: "text/html",
}


def draw() -> None:
    cards = latest_runs("run")
    if not cards:
        st.info(text("evaluate.no_runs"))
        return
    card = cards[choose("run", text("evaluate.which_run"), list(cards), lambda key: called(cards[key]))]
    about = text(
        "evaluate.about_run",
        set=card.set_name,
        questions=card.questions,
        model=answered_by(card),
        started=card.started[:16].replace("T", " "),
    )
    st.caption(plain(about))
    if card.name in evaluate_jobs.names_under_way():
        evaluate_jobs.draw()
    elif card.is_finished:
        _draw_figures(card)
    else:
        _draw_unfinished(card)


def _draw_unfinished(card: RunCard) -> None:
    st.warning(text("evaluate.unfinished", questions=card.questions), icon=":material/pause_circle:")
    if st.button(text("evaluate.resume"), icon=":material/play_arrow:", key="evaluate_resume"):
        try:
            desk().evaluating.resume(card.key)
        except ArchiveError as error:
            show_error(error)
            return
        st.rerun()


def _draw_figures(card: RunCard) -> None:
    if card.synthetic:
        st.info(text("evaluate.synthetic"), icon=":material/precision_manufacturing:")
    found = desk().evaluating.figures(card.key)
    _draw_measures(found)
    _draw_slices(found)
    _draw_risk(found)
    _draw_counts(found)
    _draw_files(card)
    st.header(text("evaluate.questions"))
    evaluate_questions.draw(card)


def _draw_measures(found: RunFigures) -> None:
    st.header(text("evaluate.measures"))
    lower = ", ".join(one.measure for one in found.measures if one.lower_is_better)
    note = f"{lower}: {text('evaluate.better_low')}." if lower else ""
    st.caption(plain(text("evaluate.measures_about", measure=note)))
    st.altair_chart(
        evaluate_charts.measures(found.measures), alt=text("evaluate.measures_alt"), key="evaluate_measures"
    )
    rows = [
        {
            text("evaluate.column.measure"): one.measure,
            text("evaluate.column.value"): one.value,
            text("evaluate.column.low"): one.low,
            text("evaluate.column.high"): one.high,
            text("evaluate.column.questions"): one.questions,
            text("evaluate.column.about"): gloss(one.measure),
        }
        for one in found.measures
    ]
    with st.expander(text("evaluate.table"), expanded=True):
        st.dataframe(rows, hide_index=True, key="evaluate_measures_table", alt=text("evaluate.measures"))


def _draw_slices(found: RunFigures) -> None:
    st.header(text("evaluate.slices"))
    dimensions = list(dict.fromkeys(one.dimension for one in found.slices))
    if not dimensions:
        st.caption(text("evaluate.no_slices"))
        return
    left, right = st.columns(2)
    dimension = left.selectbox(
        text("evaluate.dimension"),
        dimensions,
        format_func=lambda one: text(f"evaluate.dimension.{one}"),
        key="evaluate_dimension",
    )
    within = [one for one in found.slices if one.dimension == dimension]
    named = list(dict.fromkeys(one.measure for one in within))
    measure = right.selectbox(
        text("evaluate.measure"),
        named,
        index=named.index("answer_accuracy") if "answer_accuracy" in named else 0,
        key="evaluate_slice_measure",
    )
    shown = [one for one in within if one.measure == measure]
    names = [_slice_name(one) for one in shown]
    st.altair_chart(
        evaluate_charts.slices(shown, names), alt=text("evaluate.slices_alt"), key="evaluate_slices"
    )
    rows = [
        {
            text("evaluate.column.slice"): name,
            text("evaluate.column.value"): one.value,
            text("evaluate.column.low"): one.low,
            text("evaluate.column.high"): one.high,
            text("evaluate.column.questions"): one.questions,
        }
        for one, name in zip(shown, names, strict=True)
    ]
    with st.expander(text("evaluate.table")):
        st.dataframe(rows, hide_index=True, key="evaluate_slices_table", alt=text("evaluate.slices"))


def _slice_name(one: SliceFigure) -> str:
    if one.dimension == "answerability":
        return text(f"evaluate.slice.{one.slice}")
    return one.slice


def _draw_risk(found: RunFigures) -> None:
    if not found.risk:
        return
    st.header(text("evaluate.risk"))
    st.caption(plain(text("evaluate.risk_about", aurc=found.aurc or 0.0)))
    st.altair_chart(evaluate_charts.risk(found.risk), alt=text("evaluate.risk_alt"), key="evaluate_risk")
    rows = [
        {text("evaluate.column.coverage"): coverage, text("evaluate.column.risk"): wrong}
        for coverage, wrong in found.risk
    ]
    with st.expander(text("evaluate.table")):
        st.dataframe(rows, hide_index=True, key="evaluate_risk_table", alt=text("evaluate.risk"))


def _draw_counts(found: RunFigures) -> None:
    left, right = st.columns(2)
    with left:
        st.header(text("evaluate.counts"))
        rows = [
            {
                text("evaluate.column.group"): text(f"evaluate.group.{one.group}"),
                text("evaluate.column.count"): _count_name(one),
                text("evaluate.column.value"): "–" if one.value is None else str(one.value),
            }
            for one in found.counts
        ]
        st.dataframe(rows, hide_index=True, key="evaluate_counts", alt=text("evaluate.counts"))
    with right:
        st.header(text("evaluate.latency"))
        seconds = [
            {text("evaluate.column.measure"): name, text("evaluate.column.seconds"): value}
            for name, value in found.latency
        ]
        st.dataframe(seconds, hide_index=True, key="evaluate_latency", alt=text("evaluate.latency"))


def _count_name(one: Count) -> str:
    name = one.name.replace("_", " ")
    return f"{name} ({text('evaluate.fault')})" if one.must_not_be else name


def _draw_files(card: RunCard) -> None:
    st.header(text("evaluate.downloads"))
    st.caption(text("evaluate.downloads_about"))
    with st.container(horizontal=True):
        for kind in RunFile:
            opened = desk().evaluating.file(card.key, kind)
            if opened is not None:
                st.download_button(
                    text(f"evaluate.file.{kind}"),
                    opened,
                    file_name=f"{card.name}-{kind}",
                    mime=_MIME[kind],
                    on_click="ignore",
                    key=f"evaluate_file_{kind}",
                )
    with st.expander(text("evaluate.manifest")):
        st.json(desk().evaluating.manifest(card.key))
