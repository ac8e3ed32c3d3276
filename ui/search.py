"""The search page."""

from __future__ import annotations

import streamlit as st

from ui.strings import text


def page() -> None:
    st.title(text("search.title"))
