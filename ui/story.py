"""The story page: one version in full, opened at the exact words a citation names."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError, StoryNotFound
from ui.markup import plain, story_html
from ui.session import desk, show_error
from ui.strings import text


def page() -> None:
    """`?guid=…&version=…&start=…&end=…` names the story, its version and the words to mark."""
    params = st.query_params
    guid = params.get("guid") or st.text_input(text("story.guid"))
    if not guid:
        return
    try:
        _draw(
            guid,
            number=_number(params.get("version")),
            span=(_number(params.get("start")), _number(params.get("end"))),
        )
    except StoryNotFound:
        st.info(text("story.missing"))
    except ArchiveError as error:
        show_error(error)


def _draw(guid: str, *, number: int | None, span: tuple[int | None, int | None]) -> None:
    version = desk().reading.version(guid, number=number)
    st.title(plain(version.headline or guid))
    place = f" · {version.dateline_place}" if version.dateline_place else ""
    st.caption(
        plain(
            text("story.version", n=version.version, date=f"{version.published:%Y-%m-%d %H:%M} UTC") + place
        )
    )
    if version.ed_note:
        st.warning(plain(version.ed_note))
    start, end = span
    spans = [(start, end)] if start is not None and end is not None else []
    st.html(story_html(version.body, spans=spans, language=version.language))
    st.caption(plain(f"{version.guid} · {version.provider} · {version.language or '?'}"))


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None
