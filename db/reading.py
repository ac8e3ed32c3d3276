"""Reads stories, versions and passages. Each function is one snapshot; nothing here changes a row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.acts import sent_of
from db.lifecycle import current
from db.records import ArchiveCounts, Holdings
from db.rows import (
    chunks,
    passage_columns,
    place_columns,
    stored_passages,
    version_columns,
    version_of,
)
from db.tables import (
    archive,
    audit,
    duplicate_group,
    event_chain,
    passage,
    pending_passage,
    quarantine,
    story,
    tally,
    version,
)
from db.visibility import only_visible
from domain.errors import StoreError, StoryNotFound
from domain.story import AuditEntry, Kind, PassagePlace, Status, StoredPassage, StoryRecord, Version


def find_story(connection: sa.Connection, guid: str, provider: str | None) -> sa.Row[Any]:
    query = sa.select(story).where(story.c.guid == guid)
    if provider is not None:
        query = query.where(story.c.provider == provider)
    found = connection.execute(query).all()
    if not found:
        shown = guid if provider is None else f"{guid} of {provider}"
        raise StoryNotFound(f"no story {shown}", hint="look for it with `depeche search`")
    if len(found) > 1:
        providers = ", ".join(sorted(row.provider for row in found))
        raise StoreError(f"{len(found)} stories are called {guid}", hint=f"name the provider: {providers}")
    return found[0]


def require_readable(row: sa.Row[Any], now: datetime) -> None:
    if row.status == Status.CANCELED.value:
        raise StoryNotFound(
            f"story {row.guid} was killed", hint="`depeche story GUID --history` says when and why"
        )
    if row.status == Status.WITHHELD.value:
        raise StoryNotFound(f"story {row.guid} is on hold", hint="`depeche release` lifts a hold")
    if row.embargo_until is not None and row.embargo_until > now:
        raise StoryNotFound(
            f"story {row.guid} is under embargo until {row.embargo_until.isoformat()}",
            hint="ask again after that instant",
        )


def read_version(
    connection: sa.Connection,
    guid: str,
    *,
    number: int | None,
    provider: str | None,
    include_hidden: bool,
    now: datetime,
) -> Version:
    address = find_story(connection, guid, provider)
    if not include_hidden:
        require_readable(address, now)
    sent = sent_of(connection, address.story_id)
    chosen = [one for one in sent if number is None or one.number == number]
    if not chosen:
        numbers = ", ".join(str(one.number) for one in sorted(sent, key=lambda one: one.number))
        raise StoryNotFound(f"story {guid} has no version {number}", hint=f"it has {numbers}")
    query = sa.select(*version_columns()).join(story, story.c.story_id == version.c.story_id)
    row = connection.execute(query.where(version.c.version_id == current(chosen).version_id)).one()
    return version_of(row)


def read_current_passages(
    connection: sa.Connection, guid: str, *, provider: str | None, now: datetime
) -> list[StoredPassage]:
    """Those of the story's current version, in order. StoryNotFound when it may not be read."""
    address = find_story(connection, guid, provider)
    require_readable(address, now)
    return read_passages_of(connection, current(sent_of(connection, address.story_id)).version_id)


def read_story(
    connection: sa.Connection, guid: str, *, provider: str | None, include_hidden: bool, now: datetime
) -> StoryRecord:
    address = find_story(connection, guid, provider)
    if not include_hidden:
        require_readable(address, now)
    query = sa.select(*version_columns()).join(story, story.c.story_id == version.c.story_id)
    rows = connection.execute(query.where(version.c.story_id == address.story_id))
    acts = connection.execute(
        sa.select(audit).where(audit.c.story_id == address.story_id).order_by(audit.c.audit_id)
    )
    return StoryRecord(
        guid=address.guid,
        provider=address.provider,
        status=Status(address.status),
        embargo_until=address.embargo_until,
        versions=tuple(
            sorted((version_of(row) for row in rows), key=lambda one: (one.published, one.version))
        ),
        history=tuple(
            AuditEntry(at=row.at, action=row.action, actor=row.actor, reason=row.reason) for row in acts
        ),
    )


def read_versions(connection: sa.Connection, version_ids: Collection[int]) -> dict[int, Version]:
    """By id, hidden or not."""
    joined = sa.select(*version_columns()).join(story, story.c.story_id == version.c.story_id)
    found: dict[int, Version] = {}
    for some in chunks(sorted(set(version_ids))):
        rows = connection.execute(joined.where(version.c.version_id.in_(some)))
        found.update((row.version_id, version_of(row)) for row in rows)
    return found


def read_bodies(connection: sa.Connection, version_ids: Collection[int]) -> dict[int, str]:
    bodies: dict[int, str] = {}
    for some in chunks(sorted(set(version_ids))):
        query = sa.select(version.c.version_id, version.c.body).where(version.c.version_id.in_(some))
        bodies.update((row.version_id, row.body) for row in connection.execute(query))
    return bodies


def read_passages(connection: sa.Connection, ids: Collection[int]) -> dict[int, StoredPassage]:
    found: dict[int, StoredPassage] = {}
    for some in chunks(sorted(set(ids))):
        rows = connection.execute(passage_columns().where(passage.c.passage_id.in_(some))).all()
        found.update((one.passage_id, one) for one in stored_passages(connection, rows))
    return found


def read_visible_places(
    connection: sa.Connection, ids: Collection[int], *, now: datetime, as_of: datetime | None
) -> dict[int, PassagePlace]:
    columns = place_columns()
    joined = (
        sa.select(*columns.values())
        .select_from(passage)
        .join(version, version.c.version_id == passage.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .outerjoin(duplicate_group, duplicate_group.c.story_id == story.c.story_id)
        .outerjoin(event_chain, event_chain.c.story_id == story.c.story_id)
    )
    allowed = only_visible(joined, now=now, as_of=as_of)
    found: dict[int, PassagePlace] = {}
    for some in chunks(sorted(set(ids))):
        for row in connection.execute(allowed.where(passage.c.passage_id.in_(some))):
            values = dict(zip(columns, row, strict=True))  # by name a row of a hundred takes twice as long
            found[values["passage_id"]] = PassagePlace(**values | {"kind": Kind(values["kind"])})
    return found


def read_passages_of(connection: sa.Connection, version_id: int) -> list[StoredPassage]:
    query = passage_columns().where(passage.c.version_id == version_id).order_by(passage.c.ordinal)
    return stored_passages(connection, connection.execute(query).all())


def read_passages_after(connection: sa.Connection, passage_id: int, limit: int) -> list[StoredPassage]:
    """The next `limit` passages by id: keyset pages, so the last costs as little as the first."""
    query = passage_columns().where(passage.c.passage_id > passage_id)
    rows = connection.execute(query.order_by(passage.c.passage_id).limit(limit)).all()
    return stored_passages(connection, rows)


def read_pending(connection: sa.Connection, limit: int) -> list[StoredPassage]:
    queued = (
        passage_columns()
        .join(pending_passage, pending_passage.c.passage_id == passage.c.passage_id)
        .order_by(pending_passage.c.passage_id)
        .limit(limit)
    )
    return stored_passages(connection, connection.execute(queued).all())


def count_pending(connection: sa.Connection) -> int:
    return _count(connection, pending_passage)


def read_counts(connection: sa.Connection) -> ArchiveCounts:
    """Totals come from the id counters and the tally; only what is pending or restricted is counted."""
    state = connection.execute(sa.select(archive)).one()
    holdings = read_holdings(connection)
    restricted = sa.select(story.c.status, sa.func.count()).where(
        story.c.status != sa.literal_column(f"'{Status.USABLE}'")
    )
    off = {row.status: int(row[1]) for row in connection.execute(restricted.group_by(story.c.status))}
    return ArchiveCounts(
        stories=state.next_story_id - 1,
        versions=state.next_version_id - 1,
        passages=state.next_passage_id - 1,
        pending=_count(connection, pending_passage),
        quarantined=_count(connection, quarantine),
        killed=off.get(Status.CANCELED.value, 0),
        withheld=off.get(Status.WITHHELD.value, 0),
        by_language=holdings.by_language,
        by_provider=holdings.by_provider,
    )


def read_holdings(connection: sa.Connection) -> Holdings:
    """From the id counter and the tally alone: milliseconds at any size."""
    by: dict[str, dict[str, int]] = {"language": {}, "provider": {}}
    tallied = sa.select(tally).where(tally.c.stories > 0).order_by(tally.c.stories.desc(), tally.c.code)
    for row in connection.execute(tallied):
        by[row.of][row.code] = row.stories
    return Holdings(
        stories=connection.execute(sa.select(archive.c.next_story_id)).scalar_one() - 1,
        by_language=by["language"],
        by_provider=by["provider"],
    )


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
