"""The search page: the query and its limits, the stories found, what they are spread over.

All that it shows is in its address. Stories come first, counts after them; a page is a page, never the archive.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from domain.errors import ArchiveError
from domain.excerpts import excerpt
from domain.query import Hit, TimeClue
from runtime.desk.finding import Finding, HitPage
from ui import search_facets, search_form, search_saved
from ui.markup import ListedHit, hits_html, marked_html, plain
from ui.search_state import PAGE_SIZE, SearchState
from ui.session import desk, show_error
from ui.strings import text


def page() -> None:
    st.title(text("search.title"))
    try:
        _draw(desk().finding)
    except ArchiveError as error:
        show_error(error)


def _draw(finding: Finding) -> None:
    offered = finding.offered()
    if not offered.stories:
        st.info(text("search.empty"))
        return
    state = search_form.draw(offered)
    search_saved.draw(finding, state)
    if not state.text:
        st.caption(text("search.begin"))
        return
    search_form.draw_chips(state)
    with st.spinner(text("search.searching")):  # the first search of a server loads the embedder
        found = finding.page(state.query, number=state.page, size=PAGE_SIZE, without=state.ignored)
    _draw_remarks(finding, state)
    _draw_clues(found.query.clues, state)
    stories, around = st.columns([3, 2], gap="large")
    with stories:
        _draw_found(finding, found, state)
    with around:
        search_facets.draw(finding, state, is_expression=found.is_expression)


def _draw_remarks(finding: Finding, state: SearchState) -> None:
    """The query with each place that was not understood marked, and what it was taken for."""
    remarks = finding.remarks(state.text)
    if not remarks:
        return
    with st.container(border=True):
        for remark in remarks:
            words = state.text[remark.start : remark.end]
            st.markdown(
                f":material/info: {plain(text(f'search.remark.{remark.trouble}', words=words, place=remark.start + 1))}"
            )
        st.html(marked_html(state.text, spans=[(one.start, one.end) for one in remarks]))


def _draw_clues(clues: Sequence[TimeClue], state: SearchState) -> None:
    """What the words say of time, each with a button that sets it aside, or takes it in again."""
    for number, clue in enumerate(clues):
        start, end = (f"{day:%Y-%m-%d}" if day else "…" for day in (clue.start, clue.end))
        how = text(
            "search.clue_hard" if clue.hard else "search.clue_soft", words=clue.words, start=start, end=end
        )
        others = state.ignoring((*state.ignored, clue.words))
        _draw_choice(how, text("search.clue_undo"), others, key=f"search-clue-{number}")
    for number, words in enumerate(state.ignored):
        others = state.ignoring([one for one in state.ignored if one != words])
        said = text("search.clue_ignored", words=words)
        _draw_choice(said, text("search.clue_redo"), others, key=f"search-clue-again-{number}")


def _draw_choice(said: str, label: str, then: SearchState, *, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(said))
        st.button(label, key=key, type="tertiary", on_click=search_form.show, args=(then,))


def _draw_found(finding: Finding, found: HitPage, state: SearchState) -> None:
    if not found.hits:
        st.info(text("search.nothing_further" if state.page > 1 else "search.nothing"))
        _draw_paging(found, state)
        return
    marker = finding.marker(state.text)
    listed = [
        ListedHit(
            hit=hit,
            headline_spans=marker.spans(hit.headline or "", language=hit.language, field="headline"),
            excerpt=excerpt(hit.passage, marker.spans(hit.passage, language=hit.language)),
            note=_note(hit),
            also=text("search.also"),
        )
        for hit in found.hits
    ]
    last = found.first + len(found.hits) - 1
    st.caption(plain(text("search.range", first=found.first, last=last, seconds=f"{found.seconds:.2f}")))
    st.html(hits_html(listed, first=found.first))
    _draw_paging(found, state)


def _note(hit: Hit) -> str:
    parts = (f"{hit.published:%Y-%m-%d %H:%M} UTC", hit.place, hit.provider, hit.language)
    return " · ".join(part for part in parts if part)


def _draw_paging(found: HitPage, state: SearchState) -> None:
    if found.is_cut:
        st.caption(text("search.cut", count=found.first + len(found.hits) - 1))
    if state.page == 1 and found.is_last:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("search.previous"),
            icon=":material/chevron_left:",
            key="search-previous",
            disabled=state.page == 1,
            on_click=search_form.show,
            args=(state.at(state.page - 1),),
        )
        st.caption(text("search.page", number=state.page))
        st.button(
            text("search.next"),
            icon=":material/chevron_right:",
            key="search-next",
            disabled=found.is_last,
            on_click=search_form.show,
            args=(state.at(state.page + 1),),
        )
