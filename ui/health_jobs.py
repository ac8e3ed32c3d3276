"""Models being fetched, checks and rebuilds as they go, and how the latest of them ended."""

from __future__ import annotations

import streamlit as st

from domain.access import Role
from runtime.jobs import Job, JobKind, JobState
from ui.counted import instant, number, size, span
from ui.job_looks import ICONS, LOOK_EVERY, draw_bar, draw_error
from ui.markup import plain
from ui.session import desk
from ui.strings import text

KINDS = (JobKind.PULL, JobKind.CHECK, JobKind.REBUILD)


def draw() -> None:
    """Nothing where nothing was ever started; looked at again while one goes on."""
    jobs = desk().health.jobs(*KINDS)
    if not jobs:
        return
    goes_on = any(not job.is_finished for job in jobs)
    st.header(text("health.jobs"))
    st.fragment(_draw, run_every=LOOK_EVERY if goes_on else None)(goes_on)


def _draw(went_on: bool) -> None:
    jobs = desk().health.jobs(*KINDS)
    if went_on and all(job.is_finished for job in jobs):
        st.rerun()  # the whole page: what is installed or indexed has changed
    for job in jobs:
        _card(job)


def _card(job: Job) -> None:
    with st.container(border=True, key=f"health-job-{job.job_id}"):
        what = text(f"health.job_{job.kind}", name=plain(" ".join(job.arguments)))
        state = text("health.stopping" if job.stopping else f"health.state_{job.state}")
        st.markdown(f"{ICONS[job.state]} **{state}** · {what}")
        st.caption(text("health.job_by", who=plain(job.actor), when=instant(job.started)))
        if job.state is JobState.RUNNING:
            _progress(job)
        elif job.state is JobState.WAITING and job.note:
            st.text(job.note)
        elif job.state is JobState.DONE:
            _result(job)
        elif job.state is JobState.FAILED:
            draw_error(job)
        if not job.is_finished and desk().user.may(Role.ADMIN):
            st.button(
                text("health.cancel"),
                key=f"cancel-{job.job_id}",
                disabled=job.stopping,
                icon=":material/stop:",
                on_click=lambda: desk().managing.cancel(job.job_id),
            )


def _progress(job: Job) -> None:
    if job.kind is JobKind.CHECK:
        st.markdown(text("health.checking"))
        return
    counted = size if job.kind is JobKind.PULL else number
    said = [counted(job.done) + (f" / {counted(job.total)}" if job.total else "")]
    if job.rate:
        said.append(text("health.a_second", n=counted(job.rate)))
    if job.seconds_left is not None:
        said.append(text("health.left", span=span(job.seconds_left)))
    line = plain(" · ".join(said))
    draw_bar(job, line)


def _result(job: Job) -> None:
    found = job.result or {}
    if job.kind is JobKind.CHECK:
        problems = found.get("problems")
        if isinstance(problems, list) and problems:
            st.warning(text("health.check_problems", n=number(len(problems))), icon=":material/warning:")
            st.text("\n".join(map(str, problems[:20])))
        else:
            passages = found.get("passages")
            st.markdown(text("health.check_whole", n=number(passages if isinstance(passages, int) else 0)))
    elif job.kind is JobKind.REBUILD:
        indexed = found.get("indexed")
        st.markdown(text("health.rebuilt", n=number(indexed if isinstance(indexed, int) else 0)))
