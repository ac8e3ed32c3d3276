"""The story page: one version in full, opened at the exact words a citation names, and all that is known of it.

A story that is killed, held or under embargo gives its standing and not a word of its text; archivists see
what was done to it, and why.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from domain.access import Role
from domain.errors import ArchiveError, StoryNotFound
from domain.related import Standing, StoryStanding
from domain.story import Status, StoryRecord, Version
from runtime.clock import utc_now
from runtime.desk.finding import Finding
from ui import story_around, story_traces, story_versions
from ui.markup import Fact, facts_html, plain, story_html, version_link, web_address
from ui.session import desk, show_error, user
from ui.strings import text


def page() -> None:
    """`?guid=…&version=…&start=…&end=…` names the story, its version and the words to mark."""
    guid = st.query_params.get("guid")
    try:
        if guid:
            _draw(desk().finding, guid)
        else:
            _draw_asking()
    except ArchiveError as error:
        show_error(error)


def _draw_asking() -> None:
    st.title(text("story.title"))
    with st.form("story-form", border=False):
        guid = st.text_input(text("story.guid"), key="story-guid")
        if st.form_submit_button(text("story.show")) and guid.strip():
            st.query_params["guid"] = guid.strip()
            st.rerun()


def _draw(finding: Finding, guid: str) -> None:
    try:
        standing = finding.standing(guid)
    except StoryNotFound:
        st.title(text("story.title"))
        st.info(text("story.missing"))
        return
    why = standing.at(utc_now())
    if why is Standing.SHOWN:
        _draw_story(finding, standing)
    else:
        st.title(text("story.title"))
        _draw_withdrawn(standing, why)


def _draw_withdrawn(standing: StoryStanding, why: Standing) -> None:
    said = text(f"story.standing.{why}", since=_moment(standing.since), until=_moment(standing.embargo_until))
    st.error(plain(said), icon=":material/block:")
    st.html(
        facts_html(
            [
                Fact(text("story.detail.guid"), standing.guid),
                Fact(text("story.detail.provider"), standing.provider),
            ]
        )
    )
    _draw_correction(standing)
    if user().may(Role.ARCHIVIST):
        story_traces.draw_withdrawn(desk().tracing, standing.guid)


def _draw_story(finding: Finding, standing: StoryStanding) -> None:
    guid = standing.guid
    record, current = finding.story(guid), finding.version(guid)
    number = _number(st.query_params.get("version"))
    version = next((one for one in record.versions if one.version == number), current)
    st.title(plain(version.headline or guid), anchor=False)
    place = f" · {version.dateline_place}" if version.dateline_place else ""
    st.caption(plain(text("story.version", n=version.version, date=_moment(version.published)) + place))
    if number is not None and version.version != number:
        st.warning(text("story.no_version", number=number))
    _draw_banners(standing, record, version, current)
    words, around = st.columns([3, 2], gap="large")
    with words:
        _draw_text(version)
    with around:
        st.header(text("story.details"), anchor=False)
        st.html(facts_html(_facts(finding, version)))
    story_versions.draw(finding, record, shown=version, current=current)
    story_around.draw(finding, version)
    if user().may(Role.ARCHIVIST):
        story_traces.draw(desk().tracing, version)


def _draw_banners(standing: StoryStanding, record: StoryRecord, version: Version, current: Version) -> None:
    _draw_correction(standing)
    if version.version != current.version:
        later = [one.published for one in record.versions if one.published > version.published]
        since = min(later, default=current.published)
        st.warning(plain(text("story.superseded", date=_moment(since))), icon=":material/history:")
        st.markdown(f"[{text('story.current_open')}]({version_link(version.guid)})")
    if version.status is Status.CANCELED:
        st.warning(text("story.canceled_version"), icon=":material/block:")
    if version.ed_note:
        st.warning(plain(text("story.ed_note", note=version.ed_note)), icon=":material/edit_note:")


def _draw_correction(standing: StoryStanding) -> None:
    if standing.replaced_by is None:
        return
    said = text("story.replaced", guid=standing.replaced_by, date=_moment(standing.replaced_at))
    st.warning(plain(said), icon=":material/published_with_changes:")
    st.markdown(f"[{text('story.replaced_open')}]({version_link(standing.replaced_by)})")


def _draw_text(version: Version) -> None:
    start, end = (_number(st.query_params.get(name)) for name in ("start", "end"))
    is_marked = start is not None and end is not None and start < end <= len(version.body)
    if is_marked:
        st.caption(text("story.cited"))
    spans = [(start, end)] if start is not None and end is not None and is_marked else []
    st.html(story_html(version.body, spans=spans, language=version.language, opens_at_mark=True))


def _facts(finding: Finding, version: Version) -> list[Fact]:
    called = finding.subject_names([one.code for one in version.subjects])
    subjects = (f"{one.name or called.get(one.code) or ''} ({one.code})".strip() for one in version.subjects)
    dateline = (version.dateline_place, version.dateline_date)
    known: dict[str, str | None] = {
        "published": _moment(version.published),
        "first_published": _moment(version.first_published) if version.first_published else None,
        "dateline": ", ".join(part for part in dateline if part),
        "byline": version.byline,
        "provider": version.provider,
        "language": version.language,
        "kind": text(f"story.kind.{version.kind}"),
        "urgency": str(version.urgency) if version.urgency is not None else None,
        "genre": version.genre,
        "slugline": version.slugline,
        "subjects": "; ".join(subjects),
        "people": "; ".join(version.people),
        "organisations": "; ".join(version.organisations),
        "places": "; ".join(version.places),
        "embargo": _moment(version.embargo_until) if version.embargo_until else None,
        "guid": version.guid,
    }
    facts = [Fact(text(f"story.detail.{name}"), value) for name, value in known.items() if value]
    if version.url:
        facts.append(Fact(text("story.detail.url"), version.url, web_address(version.url)))
    return facts


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else text("story.unknown_date")


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 12 else None
