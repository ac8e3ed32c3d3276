"""Evaluations under way: a process each, looked at every two seconds, without the rest of the page."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from runtime.evaluation_jobs import run_order
from runtime.jobs import Job, JobState
from ui.evaluate_choice import open_run
from ui.job_looks import LOOK_EVERY, draw_error
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_ENDED_SHOWN = 3  # of the latest
_BADGES = {
    JobState.DONE: ("green", ":material/check_circle:"),
    JobState.FAILED: ("red", ":material/error:"),
    JobState.LOST: ("red", ":material/error:"),
    JobState.CANCELLED: ("gray", ":material/stop_circle:"),
}


def draw() -> None:
    """Polls only while something is under way; when it ends, the whole page is drawn anew."""
    under_way = [job.job_id for job in desk().evaluating.jobs() if not job.is_finished]
    if under_way:
        st.fragment(_draw_following, run_every=LOOK_EVERY)(under_way)
    else:
        _draw_jobs(desk().evaluating.jobs())


def what(job: Job) -> str:
    """What it does, in words; a name in them is data."""
    order = run_order(job.arguments)
    if order is not None:
        return text("evaluate.job_run", name=order.name)
    titled = next((one for one in job.arguments if one.startswith("--title=")), "--title=")
    return text("evaluate.job_make", title=titled.removeprefix("--title="))


def names_under_way() -> set[str]:
    """Of the runs whose job has not ended."""
    orders = [run_order(job.arguments) for job in desk().evaluating.jobs() if not job.is_finished]
    return {order.name for order in orders if order}


def _draw_following(under_way: list[str]) -> None:
    try:
        jobs = desk().evaluating.jobs()
    except ArchiveError as error:
        show_error(error)
        return
    if any(job.is_finished for job in jobs if job.job_id in under_way):
        st.rerun()
    _draw_jobs(jobs)


def _draw_jobs(jobs: list[Job]) -> None:
    ended = [job for job in jobs if job.is_finished][:_ENDED_SHOWN]
    shown = [*(job for job in jobs if not job.is_finished), *ended]
    if not shown:
        st.caption(text("evaluate.no_jobs"))
    for job in shown:
        with st.container(border=True):
            _draw_job(job)


def _draw_job(job: Job) -> None:
    words, button = st.columns([4, 1], vertical_alignment="center")
    name = what(job)
    state = text(f"evaluate.state.{job.state}")
    with words:
        colour, icon = _BADGES.get(job.state, ("blue", ":material/hourglass_top:"))
        st.markdown(
            f"{plain(text('evaluate.job_line', what=name, state=''))} :{colour}-badge[{icon} {state}]"
        )
        if not job.is_finished:
            st.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=plain(_progress(job)))
        if job.note:
            st.caption(plain(job.note))
        if job.error:
            draw_error(job)
    order = run_order(job.arguments)
    with button:
        if not job.is_finished:
            label = text("evaluate.cancel_which", name=name)
            if st.button(text("evaluate.cancel"), help=plain(label), key=f"evaluate_cancel_{job.job_id}"):
                desk().evaluating.cancel(job.job_id)
        elif order and (card := desk().evaluating.run_named(order.name)):
            label = text("evaluate.open_which", name=name)
            st.button(
                text("evaluate.open"),
                help=plain(label),
                key=f"evaluate_open_{job.job_id}",
                on_click=open_run,
                args=(card.key,),
            )


def _progress(job: Job) -> str:
    stage = text(f"evaluate.stage.{job.stage or 'starting'}")
    if job.total is None:
        line = text("evaluate.progress_open", stage=stage, done=job.done)
    else:
        line = text("evaluate.progress", stage=stage, done=job.done, total=job.total)
    if job.seconds_left is None:
        return line
    if job.seconds_left < 90:
        return f"{line}, {text('evaluate.left_seconds', seconds=job.seconds_left)}"
    return f"{line}, {text('evaluate.left', minutes=job.seconds_left / 60)}"
