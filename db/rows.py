"""Between domain values and rows. A version read back equals the one stored, but for its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from db.database import PARAMETERS
from db.tables import duplicate_group, event_chain, passage, story, version
from domain.story import Kind, Passage, SourceRef, Status, StoredPassage, Subject, Version

T = TypeVar("T")


def version_row(value: Version) -> dict[str, Any]:
    """The columns a version fills; ids, number, hash and standing are the batch's to give."""
    return {
        "published": value.published,
        "first_published": value.first_published,
        "status": value.status.value,
        "kind": value.kind.value,
        "language": value.language,
        "headline": value.headline,
        "slugline": value.slugline,
        "byline": value.byline,
        "dateline_place": value.dateline_place,
        "dateline_date": value.dateline_date,
        "embargo_until": value.embargo_until,
        "subjects": [[one.code, one.name] for one in value.subjects] or None,
        "places": list(value.places) or None,
        "people": list(value.people) or None,
        "organisations": list(value.organisations) or None,
        "urgency": value.urgency,
        "genre": value.genre,
        "ed_note": value.ed_note,
        "url": value.url,
        "source_path": value.source.path if value.source else None,
        "source_position": value.source.position if value.source else None,
        "body": value.body,
    }


def version_of(row: sa.Row[Any]) -> Version:
    """From a row of `version` joined with the story's guid and provider."""
    return Version(
        guid=row.guid,
        provider=row.provider,
        version=row.number,
        published=row.published,
        body=row.body,
        headline=row.headline,
        first_published=row.first_published,
        status=Status(row.status),
        kind=Kind(row.kind),
        language=row.language,
        slugline=row.slugline,
        byline=row.byline,
        dateline_place=row.dateline_place,
        dateline_date=row.dateline_date,
        embargo_until=row.embargo_until,
        subjects=_subjects(row.subjects),
        places=tuple(row.places or ()),
        people=tuple(row.people or ()),
        organisations=tuple(row.organisations or ()),
        urgency=row.urgency,
        genre=row.genre,
        ed_note=row.ed_note,
        url=row.url,
        source=None
        if row.source_path is None
        else SourceRef(path=row.source_path, position=row.source_position),
    )


def _subjects(stored: list[list[str | None]] | None) -> tuple[Subject, ...]:
    return tuple(Subject(code=code, name=name) for code, name in stored or () if code is not None)


def version_columns() -> list[sa.ColumnElement[Any]]:
    return [story.c.guid, story.c.provider, *version.c]


# What a StoredPassage shows of its version; the body is fetched once a version, not once a passage.
_SHOWN = (
    version.c.version_id, version.c.story_id, version.c.number, version.c.published, version.c.language,
    version.c.headline, version.c.dateline_place, version.c.kind, version.c.people, version.c.subjects,
    version.c.body, story.c.guid, story.c.provider,
)  # fmt: skip


def stored_passages(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[StoredPassage]:
    """Rows of `passage` completed from their versions, in the same order."""
    wanted = sorted({row.version_id for row in rows})
    shown: dict[int, tuple[Any, tuple[Subject, ...], tuple[str, ...]]] = {}
    joined = sa.select(*_SHOWN).join(story, story.c.story_id == version.c.story_id)
    for ids in chunks(wanted):
        for found in connection.execute(joined.where(version.c.version_id.in_(ids))):
            shown[found.version_id] = (found, _subjects(found.subjects), tuple(found.people or ()))
    return [_stored_passage(row, *shown[row.version_id]) for row in rows]


def _stored_passage(
    row: sa.Row[Any], sent: sa.Row[Any], subjects: tuple[Subject, ...], people: tuple[str, ...]
) -> StoredPassage:
    return StoredPassage(
        passage_id=row.passage_id,
        version_id=row.version_id,
        story_id=sent.story_id,
        guid=sent.guid,
        provider=sent.provider,
        version=sent.number,
        published=sent.published,
        language=sent.language,
        headline=sent.headline,
        place=sent.dateline_place,
        kind=Kind(sent.kind),
        start=row.begins,
        end=row.ends,
        text=sent.body[row.begins : row.ends],
        people=people,
        subjects=subjects,
    )


def place_columns() -> dict[str, sa.ColumnElement[Any]]:
    """What a PassagePlace has, by its names, of `passage` joined with version, story and the groups."""
    return {
        "passage_id": passage.c.passage_id, "version_id": version.c.version_id,
        "story_id": version.c.story_id, "guid": story.c.guid, "provider": story.c.provider,
        "version": version.c.number, "published": version.c.published, "language": version.c.language,
        "headline": version.c.headline, "place": version.c.dateline_place, "kind": version.c.kind,
        "start": passage.c.begins, "end": passage.c.ends, "copies": duplicate_group.c.group_id,
        "chain": event_chain.c.group_id,
    }  # fmt: skip


def passage_rows(version_id: int, first_id: int, passages: Sequence[Passage]) -> list[dict[str, int]]:
    return [
        {
            "passage_id": first_id + place,
            "version_id": version_id,
            "ordinal": one.ordinal,
            "begins": one.start,
            "ends": one.end,
        }
        for place, one in enumerate(passages)
    ]


def passage_columns() -> sa.Select[Any]:
    return sa.select(passage.c.passage_id, passage.c.version_id, passage.c.begins, passage.c.ends)


def chunks(values: Sequence[T], size: int = PARAMETERS) -> Iterator[list[T]]:
    """Pieces small enough for one IN list."""
    iterator = iter(values)
    while piece := list(islice(iterator, size)):
        yield piece
