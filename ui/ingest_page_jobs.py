"""Ingestions as they go: read from their files every two seconds, so that a reload or another browser sees the same."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from runtime.jobs import Job, JobState
from ui.counted import instant, number, span
from ui.job_looks import ICONS, LOOK_EVERY, draw_bar, draw_error
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

SHOWN = 3  # ended ones; the others are under "earlier"
LISTED = 20
_AGAIN = (JobState.FAILED, JobState.CANCELLED, JobState.LOST)
_STAGES = ("starting", "reading", "indexing")
_COUNTS = ("read", "new", "updated", "unchanged", "killed", "quarantined", "set_aside", "passages")


def draw() -> None:
    """The latest ingestions; looked at again and again while one of them goes on."""
    jobs = desk().keeping.ingestions(LISTED)
    if not jobs:
        return
    goes_on = any(not job.is_finished for job in jobs)
    st.header(text("ingest.jobs"))
    st.fragment(_draw, run_every=LOOK_EVERY if goes_on else None)(goes_on)


def _draw(went_on: bool) -> None:
    jobs = desk().keeping.ingestions(LISTED)
    going = [job for job in jobs if not job.is_finished]
    if went_on and not going:
        st.rerun()  # the whole page: its counts have changed, and there is nothing to look at any more
    ended = [job for job in jobs if job.is_finished]
    for job in (*going, *ended[:SHOWN]):
        _card(job)
    if ended[SHOWN:]:
        with st.expander(text("ingest.jobs_earlier", jobs=len(ended) - SHOWN)):
            for job in ended[SHOWN:]:
                _card(job)


def _card(job: Job) -> None:
    keeping = desk().keeping
    with st.container(border=True, key=f"job-{job.job_id}"):
        state = text("ingest.stopping") if job.stopping else text(f"ingest.state_{job.state}")
        st.markdown(f"{ICONS[job.state]} **{state}** · {_sources(keeping.sources(job))}")
        st.caption(text("ingest.job_by", who=plain(job.actor), when=instant(job.started)))
        _body(job)
        _buttons(job)


def _sources(sources: list[str]) -> str:
    named = ", ".join(plain(one) for one in sources[:3])
    return named if len(sources) <= 3 else f"{named} {text('ingest.sources_more', more=len(sources) - 3)}"


def _body(job: Job) -> None:
    if job.state is JobState.RUNNING:
        _progress(job)
    elif job.state is JobState.WAITING:
        st.caption(text("ingest.waits" if job.note else "ingest.stage_starting"))
        if job.note:
            st.text(job.note)
    elif job.state is JobState.DONE and job.result:
        st.markdown(" · ".join(_count(job, name) for name in _COUNTS if _of(job, name) or name == "new"))
        st.caption(text("ingest.took", span=span(_of(job, "seconds"))))
    elif job.state is JobState.FAILED:
        draw_error(job)
    else:
        st.caption(text(f"ingest.explained_{job.state}"))


def _progress(job: Job) -> None:
    stage = text(f"ingest.stage_{job.stage}") if job.stage in _STAGES else plain(job.stage)
    said = [stage]
    if job.done:
        unit = "passages" if job.stage == "indexing" else "items"
        total = number(job.total) if job.total else "?"
        about = "about" if job.stage == "reading" else "of"
        said.append(text(f"ingest.{about}_{unit}", done=number(job.done), total=total))
    if job.rate:
        said.append(text("ingest.rate", rate=number(job.rate, places=0 if job.rate >= 10 else 1)))
    if job.seconds_left is not None:
        said.append(text("ingest.left", span=span(job.seconds_left)))
    line = " · ".join(said)
    draw_bar(job, line)


def _count(job: Job, name: str) -> str:
    return text(f"ingest.count_{name}", n=number(_of(job, name)))


def _of(job: Job, name: str) -> float:
    value = (job.result or {}).get(name)
    return value if isinstance(value, int | float) else 0


def _buttons(job: Job) -> None:
    keeping = desk().keeping
    with st.container(horizontal=True):
        if not job.is_finished:
            st.button(
                text("ingest.cancel"),
                key=f"cancel-{job.job_id}",
                disabled=job.stopping,
                icon=":material/stop:",
                help=text("ingest.cancel_help"),
                on_click=keeping.cancel,
                args=(job.job_id,),
            )
        if job.state in _AGAIN and st.button(
            text("ingest.again"), key=f"again-{job.job_id}", icon=":material/replay:"
        ):
            try:
                keeping.again(job.job_id)
            except ArchiveError as error:
                show_error(error)
            else:
                st.rerun()
        if _of(job, "quarantined") and st.button(
            text("ingest.see_failures"), key=f"failures-{job.job_id}", icon=":material/rule:"
        ):
            st.session_state.pop("ingest_part", None)
            st.query_params["part"] = "failures"
            st.rerun()
        if job.state in (JobState.FAILED, JobState.LOST) and st.toggle(
            text("ingest.log"), key=f"log-{job.job_id}"
        ):
            st.code(keeping.log(job.job_id), language=None, wrap_lines=True)
