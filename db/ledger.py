"""Lists for the desk: what was done to stories and names, and what could not be taken in.

Each list is read a page at a time, the latest first, and may be narrowed to rows that hold some words,
whatever their case. The words are compared as they are: % and _ are letters like others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.answer_tables import citation
from db.database import Database
from db.desk import failures_of
from db.records import Failure
from db.rows import chunks
from db.tables import audit, quarantine, story, version
from domain.errors import StoreError

IN_ONE_READ = 1000  # rows of a list that is read whole


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One act: upon the story `guid` of `provider`, or upon `name`."""

    entry_id: int
    at: datetime
    action: str
    actor: str
    reason: str | None
    guid: str | None
    provider: str | None
    name: str | None


class Ledger:
    """The lists of one archive. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # What was done

    def acts(
        self, *, containing: str = "", actions: Collection[str] = (), limit: int = 100, offset: int = 0
    ) -> list[LedgerEntry]:
        """Acts of these kinds (all, where none is named)."""
        query = _acts(containing, actions).order_by(audit.c.audit_id.desc()).limit(limit).offset(offset)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def count_acts(self, *, containing: str = "", actions: Collection[str] = ()) -> int:
        with self._database.read() as connection:
            return _count(connection, _acts(containing, actions))

    def all_acts(self, *, containing: str = "", actions: Collection[str] = ()) -> Iterator[LedgerEntry]:
        """Every one, the latest first; acts done meanwhile are not in it."""
        below: int | None = None
        while True:
            query = _acts(containing, actions).order_by(audit.c.audit_id.desc()).limit(IN_ONE_READ)
            if below is not None:
                query = query.where(audit.c.audit_id < below)
            with self._database.read() as connection:
                found = [_entry(row) for row in connection.execute(query)]
            yield from found
            if len(found) < IN_ONE_READ:
                return
            below = found[-1].entry_id

    # What could not be taken in

    def failures(self, *, containing: str = "", limit: int = 100, offset: int = 0) -> list[Failure]:
        query = _failures(containing).order_by(quarantine.c.last_seen.desc(), quarantine.c.failure_id.desc())
        with self._database.read() as connection:
            return failures_of(connection.execute(query.limit(limit).offset(offset)))

    def count_failures(self, *, containing: str = "") -> int:
        with self._database.read() as connection:
            return _count(connection, _failures(containing))

    def failure(self, failure_id: int) -> Failure:
        query = sa.select(quarantine).where(quarantine.c.failure_id == failure_id)
        with self._database.read() as connection:
            found = failures_of(connection.execute(query))
        if not found:
            raise StoreError(f"no failure {failure_id} in quarantine", hint="list the failures again")
        return found[0]

    def failing_paths(self, under: str, *, before: datetime | None = None) -> list[str]:
        """Paths in quarantine that are `under` or within it, last seen before then."""
        query = sa.select(quarantine.c.source_path).where(_within(under)).distinct()
        if before is not None:
            query = query.where(quarantine.c.last_seen < before)
        with self._database.read() as connection:
            return sorted(connection.scalars(query))

    def clear_failures(self, paths: Collection[str], *, before: datetime) -> int:
        """Takes the failures of these paths, last seen before then, out of quarantine; says how many."""
        gone = 0
        with self._database.write() as connection:
            for some in chunks(sorted(paths)):
                named = quarantine.c.source_path.in_(some)
                gone += connection.execute(
                    sa.delete(quarantine).where(named, quarantine.c.last_seen < before)
                ).rowcount
        return gone

    # What an act would touch

    def stories_called(self, guid: str) -> dict[str, int]:
        """provider → story id, of every provider that uses this guid."""
        with self._database.read() as connection:
            query = sa.select(story.c.provider, story.c.story_id).where(story.c.guid == guid)
            return {row.provider: row.story_id for row in connection.execute(query)}

    def addresses(self, story_ids: Collection[int]) -> dict[int, tuple[str, str]]:
        """story id → provider and guid, for those that exist."""
        found: dict[int, tuple[str, str]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(set(story_ids))):
                query = sa.select(story.c.story_id, story.c.provider, story.c.guid)
                rows = connection.execute(query.where(story.c.story_id.in_(some)))
                found.update((row.story_id, (row.provider, row.guid)) for row in rows)
        return found

    def answers_citing(self, story_id: int) -> int:
        """How many stored answers cite any version of the story."""
        query = (
            sa.select(sa.func.count(citation.c.answer_id.distinct()))
            .join(version, version.c.version_id == citation.c.version_id)
            .where(version.c.story_id == story_id)
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _acts(containing: str, actions: Collection[str]) -> sa.Select[Any]:
    joined = audit.outerjoin(story, story.c.story_id == audit.c.story_id)
    query = sa.select(audit, story.c.guid, story.c.provider).select_from(joined)
    if actions:
        query = query.where(audit.c.action.in_(sorted(actions)))
    return _holding(
        query, containing, (audit.c.actor, audit.c.reason, audit.c.name, story.c.guid, story.c.provider)
    )


def _failures(containing: str) -> sa.Select[Any]:
    columns = (quarantine.c.source_path, quarantine.c.reason, quarantine.c.remedy)
    return _holding(sa.select(quarantine), containing, columns)


def _holding(query: sa.Select[Any], words: str, columns: Collection[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    for word in words.split():
        query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return query


def _within(path: str) -> sa.ColumnElement[bool]:
    """The file itself, a member of the archive it is, or what is in the folder it is."""
    column = quarantine.c.source_path
    inner = (column.startswith(f"{path}{mark}", autoescape=True) for mark in "/!")
    return sa.or_(column == path, *inner)


def _count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one())


def _entry(row: sa.Row[Any]) -> LedgerEntry:
    return LedgerEntry(
        entry_id=row.audit_id,
        at=row.at,
        action=row.action,
        actor=row.actor,
        reason=row.reason,
        guid=row.guid,
        provider=row.provider,
        name=row.name,
    )
