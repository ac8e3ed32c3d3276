"""What archivists see of a story: what was done to it, the item it came from, the answers that rest on it."""

from __future__ import annotations

import streamlit as st

from domain.errors import ArchiveError
from domain.story import AuditEntry, Version
from runtime.desk.tracing import Tracing
from ui.markup import Fact, facts_html, plain, story_html
from ui.strings import text


def draw(tracing: Tracing, version: Version) -> None:
    _draw_history(tracing.record(version.guid).history)
    _draw_original(tracing, version)
    _draw_answers(tracing, version.guid)


def draw_withdrawn(tracing: Tracing, guid: str) -> None:
    """All that is kept of a story that nobody else may read."""
    record = tracing.record(guid)
    _draw_history(record.history)
    _draw_answers(tracing, guid)
    st.header(text("story.withdrawn_versions"), anchor=False)
    for version in record.versions:
        date = f"{version.published:%Y-%m-%d %H:%M} UTC"
        said = f"{text('story.version', n=version.version, date=date)}: {version.headline or guid}"
        with st.expander(plain(said)):
            st.html(story_html(version.body, language=version.language))
            _draw_original(tracing, version, heading=False)


def _draw_history(history: tuple[AuditEntry, ...]) -> None:
    st.header(text("story.history"), anchor=False)
    if not history:
        st.caption(text("story.history_none"))
        return
    columns = {
        "when": [f"{one.at:%Y-%m-%d %H:%M} UTC" for one in history],
        "what": [text(f"story.act.{one.action}") for one in history],
        "who": [one.actor for one in history],
        "why": [one.reason or "" for one in history],
    }
    st.table(
        {text(f"story.history_{name}"): [plain(one) for one in said] for name, said in columns.items()},
        border="horizontal",
    )


def _draw_original(tracing: Tracing, version: Version, *, heading: bool = True) -> None:
    """Read from its file only when it is asked for."""
    if heading:
        st.header(text("story.original"), anchor=False)
    if version.source is None:
        st.caption(text("story.original_none"))
        return
    place = text("story.original_place", path=version.source.path, position=version.source.position)
    st.html(facts_html([Fact(text("story.original"), place)]))
    if not st.toggle(text("story.original_show"), key=f"story-original-{version.guid}-{version.version}"):
        return
    try:
        found = tracing.original(version.guid, number=version.version)
    except ArchiveError as error:
        st.warning(plain(text("story.original_failed", reason=error.message)))
        return
    if found.is_whole_file:
        st.caption(text("story.original_whole"))
    if found.is_cut:
        st.caption(text("story.original_cut"))
    st.code(found.text, language=None, wrap_lines=True, height=400)


def _draw_answers(tracing: Tracing, guid: str) -> None:
    st.header(text("story.answers"), anchor=False)
    answers = tracing.answers(guid)
    if not answers:
        st.caption(text("story.answers_none"))
    for one in answers:
        date = f"{one.asked_at:%Y-%m-%d %H:%M} UTC"
        st.markdown(plain(text("story.answer_line", number=one.answer_id, date=date, question=one.question)))
        for cause in dict.fromkeys(reason.cause for reason in one.stale):
            st.markdown(f":material/warning: {plain(text(f'story.stale.{cause}'))}")
