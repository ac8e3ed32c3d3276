"""Every word of the pages, in one place: a file a language, a table a page.

A language is added by adding its file. What a file lacks is said in English.
"""

from __future__ import annotations

import tomllib
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


def language() -> str:
    """The reader's: chosen in the sidebar (`?lang=`), otherwise the browser's, otherwise English."""
    wanted = st.session_state.get("language") or (st.context.locale or FALLBACK).split("-")[0].lower()
    return wanted if wanted in languages() else FALLBACK


def text(name: str, /, **values: object) -> str:
    """The words for `name` in the reader's language (English where it has none)."""
    said = words(language()).get(name) or words(FALLBACK)[name]
    return said.format(**values)
