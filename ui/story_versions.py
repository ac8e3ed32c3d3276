"""A story's versions: when each was sent, what it changed, and the difference between any two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from domain.story import StoryRecord, Version
from runtime.desk.finding import Finding
from runtime.differences import Piece, changed, differences, words_changed
from ui.markup import ListedStory, difference_html, stories_html
from ui.strings import text

KEPT_SECONDS = 600


def draw(finding: Finding, record: StoryRecord, *, shown: Version, current: Version) -> None:
    versions = record.versions
    st.header(text("story.versions"), anchor=False)
    counted = _counted(versions, record.guid, finding.stamp())
    st.html(
        stories_html(
            [
                ListedStory(
                    guid=one.guid,
                    version=one.version,
                    headline=one.headline,
                    language=one.language,
                    note=_line(one, words),
                    tag=_tag(one, shown=shown, current=current),
                )
                for one, words in zip(versions, counted, strict=True)
            ]
        )
    )
    if len(versions) > 1:
        _draw_difference(versions, shown)


@st.cache_data(ttl=KEPT_SECONDS, max_entries=256, show_spinner=False)
def _counted(_versions: Sequence[Version], guid: str, stamp: str) -> list[tuple[int, int] | None]:
    """For each version the words added to the one before it and those taken out; None for the first."""
    pairs = pairwise(_versions)
    return [None, *(words_changed(differences(old.body, new.body)) for old, new in pairs)]


def _line(version: Version, words: tuple[int, int] | None) -> str:
    if words is None:
        what = text("story.version_first")
    elif words == (0, 0):
        what = text("story.version_same")
    else:
        what = text("story.version_changed", added=words[0], removed=words[1])
    return text(
        "story.version_line", n=version.version, date=f"{version.published:%Y-%m-%d %H:%M} UTC", what=what
    )


def _tag(version: Version, *, shown: Version, current: Version) -> str:
    tags = [
        text(f"story.{name}")
        for name, other in (("version_current", current), ("version_shown", shown))
        if other.version == version.version
    ]
    return ", ".join(tags)


def _draw_difference(versions: Sequence[Version], shown: Version) -> None:
    """Of what is shown and the version before it, until two others are chosen."""
    numbers = [one.version for one in versions]
    at = max(1, numbers.index(shown.version))
    with st.expander(text("story.compare"), icon=":material/difference:"):
        left, right = st.columns(2)
        key = f"story-{shown.guid}-{shown.version}"
        first = left.selectbox(
            text("story.compare_from"), numbers, index=at - 1, format_func=str, key=f"{key}-from"
        )
        last = right.selectbox(text("story.compare_to"), numbers, index=at, format_func=str, key=f"{key}-to")
        by_number = {one.version: one for one in versions}
        _draw_pair(by_number[first], by_number[last])


def _draw_pair(before: Version, after: Version) -> None:
    headline = differences(before.headline or "", after.headline or "")
    body = differences(before.body, after.body)
    if not changed(headline) and not changed(body):
        st.info(text("story.compare_same"))
        return
    counted = [words_changed(pieces) for pieces in (headline, body)]
    added, removed = (sum(some) for some in zip(*counted, strict=True))
    st.caption(text("story.compare_said", added=added, removed=removed))
    if changed(headline):
        st.markdown(f"**{text('story.headline')}**")
        st.html(_shown(headline, after))
    st.markdown(f"**{text('story.text')}**")
    st.html(_shown(body, after))


def _shown(pieces: Sequence[Piece], after: Version) -> str:
    said = {"added": text("story.compare_added"), "removed": text("story.compare_removed")}
    return difference_html(pieces, language=after.language, **said)
