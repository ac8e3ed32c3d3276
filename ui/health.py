"""The page of models and health: what answers, what is installed and fits, how the archive and its machine are.

Archivists see it; what acts is drawn for admins, and refused to others by the desk.
"""

from __future__ import annotations

import streamlit as st

from ui import health_answers, health_archive, health_jobs, health_machine, health_models
from ui.strings import text


def page() -> None:
    st.title(text("health.title"))
    health_machine.draw()
    health_jobs.draw()
    health_models.draw()
    health_archive.draw()
    health_answers.draw()
