"""Entry of the pages: `depeche serve`, or `streamlit run ui/main.py`."""

from __future__ import annotations

import streamlit as st

from domain.access import Role, User
from domain.errors import ArchiveError, NotSignedIn
from ui import accounts, ask, evaluate, frame, health, ingest_page, search, story
from ui.session import desk, show_error, user
from ui.strings import text
from ui.telling import signed_out


def _pages(person: User) -> list[st.Page]:
    """The pages this person's role opens. What a page shows is refused again by the desk."""
    pages = [
        st.Page(
            ask.page, title=text("ask.title"), icon=":material/question_answer:", url_path="ask", default=True
        ),
        st.Page(search.page, title=text("search.title"), icon=":material/search:", url_path="search"),
        st.Page(story.page, title=text("story.title"), icon=":material/article:", url_path="story"),
    ]
    if person.may(Role.ARCHIVIST):
        pages += [
            st.Page(ingest_page.page, title=text("ingest.title"), icon=":material/inbox:", url_path="ingest"),
            st.Page(
                evaluate.page, title=text("evaluate.title"), icon=":material/analytics:", url_path="evaluate"
            ),
            st.Page(
                health.page, title=text("health.title"), icon=":material/monitor_heart:", url_path="health"
            ),
        ]
    if person.may(Role.ADMIN) and desk().admitting.login != "none":
        pages.append(
            st.Page(accounts.page, title=text("accounts.title"), icon=":material/group:", url_path="accounts")
        )
    return pages


def main() -> None:
    """One run of the script: who is it, which pages, then the page."""
    st.set_page_config(page_title="Dépêche", page_icon="🗞️", layout="wide")
    try:
        person = user()
        frame.begin_for(person)
        page = st.navigation(_pages(person))
        frame.sidebar(person)
        page.run()
    except NotSignedIn:
        signed_out()
    except ArchiveError as error:
        show_error(error)


main()
