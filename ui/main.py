"""Entry of the pages: `streamlit run ui/main.py`, or `depeche serve`."""

from __future__ import annotations

import streamlit as st

from domain.access import Role
from ui import ask, evaluate, health, ingest_page, search, story
from ui.session import user
from ui.strings import text

st.set_page_config(page_title="Dépêche", page_icon="🗞️", layout="wide")


def _pages() -> list[st.Page]:
    """The pages this person's role opens. What a page shows is refused again by the desk."""
    pages = [
        st.Page(
            ask.page, title=text("ask.title"), icon=":material/question_answer:", url_path="ask", default=True
        ),
        st.Page(search.page, title=text("search.title"), icon=":material/search:", url_path="search"),
        st.Page(story.page, title=text("story.title"), icon=":material/article:", url_path="story"),
    ]
    person = user()
    if person.may(Role.ARCHIVIST):
        pages += [
            st.Page(ingest_page.page, title=text("ingest.title"), icon=":material/inbox:", url_path="ingest"),
            st.Page(
                evaluate.page, title=text("evaluate.title"), icon=":material/analytics:", url_path="evaluate"
            ),
        ]
    if person.may(Role.ADMIN):
        pages.append(
            st.Page(
                health.page, title=text("health.title"), icon=":material/monitor_heart:", url_path="health"
            )
        )
    return pages


st.navigation(_pages()).run()
