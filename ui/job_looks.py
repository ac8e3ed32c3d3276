"""How jobs look on every page that shows some, and how often they are looked at."""

from __future__ import annotations

import streamlit as st

from runtime.jobs import Job, JobState

LOOK_EVERY = 2.0  # seconds; a job has something new to tell about as often
ICONS = {
    JobState.WAITING: ":material/hourglass_top:",
    JobState.RUNNING: ":material/sync:",
    JobState.DONE: ":material/check_circle:",
    JobState.FAILED: ":material/error:",
    JobState.CANCELLED: ":material/cancel:",
    JobState.LOST: ":material/help:",
}


def draw_error(job: Job) -> None:
    """Why it failed and what would mend it, as text."""
    st.text("\n".join(filter(None, (job.error, job.hint))))


def draw_bar(job: Job, line: str) -> None:
    """How far it is: a bar where that is known; `line`, in Markdown, says it in words."""
    if job.total:
        st.progress(min(1.0, job.done / job.total), text=line)
    else:
        st.markdown(line)
