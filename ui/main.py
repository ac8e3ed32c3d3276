"""Entry of the pages: `streamlit run ui/main.py`, or `depeche serve`."""

from __future__ import annotations

import streamlit as st

from ui.ask import page as ask_page
from ui.story import page as story_page
from ui.strings import text

st.set_page_config(page_title="Dépêche", page_icon="🗞️", layout="wide")
navigation = st.navigation(
    [
        st.Page(
            ask_page, title=text("ask.title"), icon=":material/question_answer:", url_path="ask", default=True
        ),
        st.Page(story_page, title=text("story.title"), icon=":material/article:", url_path="story"),
    ]
)
navigation.run()
