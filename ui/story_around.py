"""What stands around a story: who else sent its text, the chain of its event, stories like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from domain.errors import ArchiveError
from domain.query import Hit
from domain.related import StoryCard
from domain.story import Version
from runtime.desk.finding import Finding
from ui.markup import ListedStory, stories_html
from ui.strings import text

KEPT_SECONDS = 600
LIKE_IT = 5


def draw(finding: Finding, version: Version) -> None:
    copies, chain = finding.copies(version.guid), finding.chain(version.guid)
    if len(copies) > 1:
        st.header(text("story.copies"), anchor=False)
        st.caption(text("story.copies_said", count=len(copies)))
        _draw_cards(copies, lambda card: text("story.copy_first") if card is copies[0] else "", version)
    if len(chain) > 1:
        st.header(text("story.chain"), anchor=False)
        st.caption(text("story.chain_said", count=len(chain)))
        _draw_cards(chain, lambda card: text(f"story.link.{card.link}"), version)
    _draw_similar(finding, version)


def _draw_cards(cards: Sequence[StoryCard], tag: Callable[[StoryCard], str], version: Version) -> None:
    st.html(
        stories_html(
            [
                ListedStory(
                    guid=card.guid,
                    version=card.version,
                    headline=card.headline,
                    language=card.language,
                    note=f"{card.first_sent:%Y-%m-%d %H:%M} UTC · {card.provider}",
                    tag=_joined(tag(card), text("story.copy_here") if card.guid == version.guid else ""),
                )
                for card in cards
            ]
        )
    )


def _joined(*tags: str) -> str:
    return ", ".join(one for one in tags if one)


def _draw_similar(finding: Finding, version: Version) -> None:
    st.header(text("story.similar"), anchor=False)
    try:
        with st.spinner(text("story.similar_wait")):
            hits = _similar(finding, version.guid, finding.stamp())
    except ArchiveError as error:
        st.text(error.message)
        return
    if not hits:
        st.caption(text("story.similar_none"))
        return
    st.html(
        stories_html(
            [
                ListedStory(
                    guid=hit.guid,
                    version=hit.version,
                    headline=hit.headline,
                    language=hit.language,
                    note=f"{hit.published:%Y-%m-%d} · {hit.provider}",
                )
                for hit in hits
            ]
        )
    )


@st.cache_data(ttl=KEPT_SECONDS, max_entries=256, show_spinner=False)
def _similar(_finding: Finding, guid: str, stamp: str) -> tuple[Hit, ...]:
    return _finding.similar(guid, limit=LIKE_IT).hits
