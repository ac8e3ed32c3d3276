"""Every word of the pages, in one place: a file a language, a table a page.

A language is added by adding its file. What a file lacks is said in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

import streamlit as st

FALLBACK = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a file, by their codes."""
    files = resources.files("ui.strings").iterdir()
    return tuple(sorted(one.name.removesuffix(".toml") for one in files if one.name.endswith(".toml")))


@cache
def words(language: str) -> dict[str, str]:
    """A language's words by their names, `table.key`."""
    file = resources.files("ui.strings") / f"{language}.toml"
    tables: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {f"{table}.{key}": value for table, pairs in tables.items() for key, value in pairs.items()}


def preferred(wanted: Iterable[str | None]) -> str | None:
    """The first of these ("fr-CA", "en;q=0.8") that has a file; None where none has."""
    for one in wanted:
        code = (one or "").split(";")[0].split("-")[0].strip().lower()
        if code in languages():
            return code
    return None


def language() -> str:
    """The reader's: chosen here (the session, `?lang=`) or before (a cookie), the browser's, otherwise English."""
    chosen = (
        st.session_state.get("language"),
        st.query_params.get("lang"),
        st.context.cookies.get("depeche_lang"),
    )
    return preferred((*chosen, st.context.locale)) or FALLBACK


def text(name: str, /, **values: object) -> str:
    """The words for `name` in the reader's language (English where it has none)."""
    return said(language(), name, **values)


def said(language: str, name: str, /, **values: object) -> str:
    """The words for `name` in that language (English where it has none)."""
    found = words(language).get(name) or words(FALLBACK)[name]
    return found.format(**values)
