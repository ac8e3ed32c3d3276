"""Which stories count as one: near-duplicates, chains of one event, and the keys under which stories meet.

`archive.linked_version_id` moves in the transaction that writes the links it speaks of: a version above it
has left nothing here, one up to it has left everything. What a version costs depends on the stories that
share a key with it, never on how many the archive holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from db.database import Database, insert_or, upsert, values_table
from db.rows import chunks
from db.tables import archive, duplicate_group, event_chain, minhash_band, story, version
from domain.story import Kind, SentText, Status

# A key shared by more stories than this is boilerplate (an empty page, a standing notice): it tells nothing
# and would make the cost of a story grow with the archive.
CROWDED_KEY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """The versions after `since`, up to `until`, none of them linked. `until == since`: there are none."""

    since: int
    until: int
    sent: Sequence[SentText] = ()


class Groups:
    """Stories in groups: near-duplicates, or chains of an event."""

    def __init__(self, database: Database, table: sa.Table) -> None:
        self._database = database
        self._table = table.c

    def of(self, story_ids: Collection[int]) -> dict[int, int]:
        """story_id → group_id, for those that are in a group."""
        groups: dict[int, int] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(set(story_ids))):
                query = sa.select(self._table.story_id, self._table.group_id)
                rows = connection.execute(query.where(self._table.story_id.in_(some)))
                groups.update((row.story_id, row.group_id) for row in rows)
        return groups

    def members(self, group_ids: Collection[int]) -> dict[int, list[int]]:
        """group_id → its story ids, rising."""
        members: dict[int, list[int]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(set(group_ids))):
                query = sa.select(self._table.group_id, self._table.story_id)
                rows = connection.execute(query.where(self._table.group_id.in_(some)))
                for row in sorted(rows, key=lambda one: one.story_id):
                    members.setdefault(row.group_id, []).append(row.story_id)
        return members


class Links:
    """What linking reads and writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.duplicates = Groups(database, duplicate_group)
        self.chains = Groups(database, event_chain)

    def backlog(self) -> int:
        """How many versions are not linked yet."""
        with self._database.read() as connection:
            return _last_version(connection) - _linked(connection)

    def unlinked(self, *, limit: int, characters: int) -> Unlinked:
        """The next versions to link, each with the beginning of its text."""
        with self._database.read() as connection:
            since = _linked(connection)
            until = min(since + limit, _last_version(connection))
            sent = _sent_between(connection, since, until, characters) if until > since else []
        return Unlinked(since=since, until=until, sent=sent)

    def sent(self, story_ids: Collection[int], *, until: int, characters: int) -> list[SentText]:
        """All versions of these stories up to the version `until`, but for withdrawals."""
        with self._database.read() as connection:
            return _sent_of(connection, story_ids, until=until, characters=characters)

    def stories_under(self, keys: Collection[int]) -> dict[int, list[int]]:
        """key → the stories filed under it, rising; keys that none is under are absent."""
        with self._database.read() as connection:
            return _read_keys(connection, keys)

    def story_ids(self, guids: Collection[str]) -> dict[str, int]:
        """By guid, of whichever provider: groups speak of stories by number."""
        found: dict[str, int] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(guids)):
                query = sa.select(story.c.guid, story.c.story_id).where(story.c.guid.in_(some))
                found.update((row.guid, row.story_id) for row in connection.execute(query))
        return found

    def guids(self, story_ids: Collection[int]) -> dict[int, str]:
        """By number, for stories that exist."""
        found: dict[int, str] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(set(story_ids))):
                query = sa.select(story.c.story_id, story.c.guid).where(story.c.story_id.in_(some))
                found.update((row.story_id, row.guid) for row in connection.execute(query))
        return found

    def add(
        self,
        of: Unlinked,
        *,
        keys: Iterable[tuple[int, int]],
        duplicates: Mapping[int, int],
        chains: Mapping[int, int],
    ) -> bool:
        """Writes all that linking found of these versions, or nothing where another process has been first.

        `keys`: (key, story_id); `duplicates`, `chains`: story_id → group_id, the group given last holds.
        """
        with self._database.write() as connection:
            if not _advance(connection, since=of.since, until=of.until):
                return False
            _write_keys(connection, keys)
            _write_groups(connection, duplicate_group, duplicates)
            _write_groups(connection, event_chain, chains)
        return True


def _write_groups(connection: sa.Connection, table: sa.Table, groups: Mapping[int, int]) -> None:
    upsert(
        connection,
        table,
        [{"story_id": story_id, "group_id": group_id} for story_id, group_id in groups.items()],
        key=["story_id"],
    )


def _linked(connection: sa.Connection) -> int:
    """The version up to which all are linked."""
    return int(connection.execute(sa.select(archive.c.linked_version_id)).scalar_one())


def _last_version(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(archive.c.next_version_id)).scalar_one()) - 1


def _advance(connection: sa.Connection, *, since: int, until: int) -> bool:
    """False when another process has linked from `since` already: then nothing more is to be written."""
    moved = sa.update(archive).where(archive.c.linked_version_id == since).values(linked_version_id=until)
    return connection.execute(moved).rowcount == 1


def _write_keys(connection: sa.Connection, keys: Iterable[tuple[int, int]]) -> None:
    """(key, story_id) pairs, signed 64 bits. Those known already are left alone."""
    rows = sorted(set(keys))  # in the order of the tree they go into
    if not rows:
        return
    statement = insert_or(connection, minhash_band).on_conflict_do_nothing()
    compiled = statement.compile(dialect=connection.dialect, column_keys=["band", "story_id"])
    # Straight to the driver: a dozen rows a story, each three times dearer by way of dicts.
    parameters: Any = (
        rows if compiled.positional else [{"band": key, "story_id": story_id} for key, story_id in rows]
    )
    connection.exec_driver_sql(str(compiled), parameters)


def _read_keys(connection: sa.Connection, keys: Collection[int]) -> dict[int, list[int]]:
    """key → the stories under it, rising. Of a crowded key one more than CROWDED_KEY are named, at least."""
    found: dict[int, list[int]] = {}
    for some in chunks(sorted(keys)):
        wanted = values_table(connection, some)
        query = sa.select(minhash_band.c.band, minhash_band.c.story_id).where(
            minhash_band.c.band == wanted.c.value
        )
        for key, story_id in connection.execute(query):
            found.setdefault(key, []).append(story_id)
    return {key: sorted(stories) for key, stories in found.items()}


_SENT: Sequence[sa.ColumnElement[Any]] = (
    version.c.version_id, version.c.story_id, story.c.provider, version.c.published, version.c.kind,
    version.c.language, version.c.headline, version.c.slugline,
)  # fmt: skip


def _sent_between(connection: sa.Connection, since: int, until: int, characters: int) -> list[SentText]:
    """Versions by id. Withdrawals say nothing: their text is ""."""
    text = sa.case((version.c.status == Status.CANCELED.value, ""), else_=_beginning(characters))
    query: sa.Select[Any] = sa.select(*_SENT, text.label("body")).join(
        story, story.c.story_id == version.c.story_id
    )
    within = sa.and_(version.c.version_id > since, version.c.version_id <= until)
    return [_sent(row) for row in connection.execute(query.where(within).order_by(version.c.version_id))]


def _sent_of(
    connection: sa.Connection, story_ids: Collection[int], *, until: int, characters: int
) -> list[SentText]:
    query: sa.Select[Any] = sa.select(*_SENT, _beginning(characters).label("body")).join(
        story, story.c.story_id == version.c.story_id
    )
    query = query.where(version.c.version_id <= until, version.c.status != Status.CANCELED.value)
    found: list[SentText] = []
    for some in chunks(sorted(set(story_ids))):
        rows = connection.execute(query.where(version.c.story_id.in_(some)).order_by(version.c.version_id))
        found.extend(_sent(row) for row in rows)
    return found


def _beginning(characters: int) -> sa.ColumnElement[str]:
    return sa.func.substr(version.c.body, 1, characters)


def _sent(row: sa.Row[Any]) -> SentText:
    return SentText(
        version_id=row.version_id,
        story_id=row.story_id,
        provider=row.provider,
        published=row.published,
        kind=Kind(row.kind),
        language=row.language,
        headline=row.headline,
        slugline=row.slugline,
        body=row.body,
    )
