"""Saved questions and their reports: each matching version is reported once, and none is passed over.

Version ids rise in the order of commits, so "looked at up to this id" is a whole statement as soon as
all versions up to it are in the indexes (`indexed_upto`). A match that may not be shown at that moment
waits by name. What a report holds is decided in the transaction that records it, together with what
may be shown: a kill that was committed before it is obeyed, and two reports made at once share nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.columns import from_micros, to_micros
from db.database import Database, lock_archive
from db.rows import chunks
from db.search_tables import saved_query, saved_report, saved_waiting
from db.tables import archive, passage, pending_passage, story, superseded, version
from db.visibility import visible
from domain.errors import StoreError
from domain.query import Filters
from domain.story import Kind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """A question to be asked again. `reached`: versions up to this id have been looked at."""

    name: str
    text: str
    filters: Filters
    created_at: datetime
    reached: int
    runs: int
    last_run_at: datetime | None
    waiting: tuple[int, ...] = ()  # versions that matched while they might not be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A version in a report. `is_change`: the question had reported an earlier version of the story."""

    version_id: int
    is_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, in order of arrival. `run`: counted from 1."""

    run: int
    reported: tuple[Reported, ...]


class SavedQueries:
    """The saved questions of one archive. Threads and processes may share it."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def indexed_upto(self) -> int:
        """Every version with an id up to this one is in the indexes, and no other ever will get such an id."""
        with self._database.read() as connection:
            return _indexed_upto(connection)

    def add(self, name: str, text: str, *, filters: Filters, existing: bool) -> SavedQuery:
        """Saves a question. `existing`: the first report has what the archive holds already, too."""
        if not name.strip() or not text.strip():
            raise StoreError("a saved question needs a name and words", hint="depeche saved add NAME QUERY")
        with self._database.write() as connection:
            lock_archive(connection)
            if connection.scalar(sa.select(saved_query.c.name).where(saved_query.c.name == name)):
                raise StoreError(
                    f"a question is saved as {name!r} already", hint=f"depeche saved remove {name}"
                )
            row = {
                "name": name, "text": text, "filters": _row_of(filters), "created_at": self._clock(),
                "reached": 0 if existing else _indexed_upto(connection), "runs": 0,
            }  # fmt: skip
            connection.execute(sa.insert(saved_query), row)
        return self.get(name)

    def get(self, name: str) -> SavedQuery:
        with self._database.read() as connection:
            return _get(connection, name)

    def all(self) -> Sequence[SavedQuery]:
        with self._database.read() as connection:
            names = connection.scalars(sa.select(saved_query.c.name).order_by(saved_query.c.name)).all()
            return [_get(connection, name) for name in names]

    def remove(self, name: str) -> None:
        with self._database.write() as connection:
            lock_archive(connection)
            _get(connection, name)
            for table in (saved_report, saved_waiting, saved_query):
                connection.execute(sa.delete(table).where(table.c.name == name))

    def restricted(self, *, upto: int) -> list[int]:
        """Current versions, up to this id, of stories on hold or under embargo: not killed, not shown."""
        now = self._clock()
        kept = sa.or_(story.c.status == Status.WITHHELD.value, story.c.embargo_until > now)
        query = (
            sa.select(version.c.version_id)
            .join(story, story.c.story_id == version.c.story_id)
            .outerjoin(superseded, superseded.c.version_id == version.c.version_id)
            .where(kept, story.c.status != Status.CANCELED.value, superseded.c.since.is_(None))
            .where(version.c.version_id <= upto)
            .order_by(version.c.version_id)
        )
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def wait_for(self, name: str, version_ids: Iterable[int]) -> None:
        """Matches that may not be shown yet: reported when they may."""
        with self._database.write() as connection:
            lock_archive(connection)
            _get(connection, name)
            _wait(connection, name, version_ids)

    def report(
        self, seen: SavedQuery, *, matches: Collection[int], withheld: Collection[int], reached: int
    ) -> Report | None:
        """Records and returns the next report: of `matches` and of those that waited, what may be shown.

        `withheld`: matches that wait in any case. What another report of the question has told since `seen`
        was read is not told again. None, and nothing recorded, when the question was saved anew since.
        """
        now = self._clock()
        with self._database.write() as connection:
            lock_archive(connection)
            held = _get(connection, seen.name)
            if held.created_at != seen.created_at:
                return None
            # Of what waits, only what the caller has looked at: it may be withholding some of it.
            waited = set(held.waiting).intersection(seen.waiting)
            looked_at = _unreported(connection, seen.name, {*matches, *withheld, *waited})
            shown = visible(connection, looked_at - set(withheld), now=now, as_of=None)
            reported = _record(connection, seen.name, sorted(shown), run=held.runs + 1)
            _wait_no_more(connection, seen.name, looked_at)
            _wait(connection, seen.name, _still_current(connection, looked_at - shown))
            connection.execute(
                sa.update(saved_query)
                .where(saved_query.c.name == seen.name)
                .values(reached=max(reached, held.reached), runs=held.runs + 1, last_run_at=now)
            )
        return Report(run=held.runs + 1, reported=tuple(reported))

    def last_report(self, name: str) -> Report:
        """The last report that held anything, less what may not be shown any more."""
        with self._database.read() as connection:
            _get(connection, name)
            run = connection.scalar(
                sa.select(sa.func.max(saved_report.c.run)).where(saved_report.c.name == name)
            )
            query = sa.select(saved_report).where(saved_report.c.name == name, saved_report.c.run == run)
            rows = connection.execute(query.order_by(saved_report.c.version_id)).all()
            shown = visible(connection, [row.version_id for row in rows], now=self._clock(), as_of=None)
        reported = (Reported(version_id=row.version_id, is_change=row.is_change) for row in rows)
        return Report(run=run or 0, reported=tuple(one for one in reported if one.version_id in shown))


def _indexed_upto(connection: sa.Connection) -> int:
    # In this order: what is stored between the two reads is then above both, never passed over.
    last = int(connection.execute(sa.select(archive.c.next_version_id)).scalar_one()) - 1
    first = connection.scalar(sa.select(sa.func.min(pending_passage.c.passage_id)))
    if first is None:
        return last
    waiting = sa.select(passage.c.version_id).where(passage.c.passage_id == first)
    return min(last, int(connection.execute(waiting).scalar_one()) - 1)


def _get(connection: sa.Connection, name: str) -> SavedQuery:
    row = connection.execute(sa.select(saved_query).where(saved_query.c.name == name)).one_or_none()
    if row is None:
        raise StoreError(f"no question is saved as {name!r}", hint="list them: depeche saved list")
    waiting = sa.select(saved_waiting.c.version_id).where(saved_waiting.c.name == name)
    return SavedQuery(
        name=row.name,
        text=row.text,
        filters=_filters_of(row.filters),
        created_at=row.created_at,
        reached=row.reached,
        runs=row.runs,
        last_run_at=row.last_run_at,
        waiting=tuple(connection.scalars(waiting.order_by(saved_waiting.c.version_id))),
    )


def _unreported(connection: sa.Connection, name: str, version_ids: set[int]) -> set[int]:
    known: set[int] = set()
    for some in chunks(sorted(version_ids)):
        query = sa.select(saved_report.c.version_id).where(
            saved_report.c.name == name, saved_report.c.version_id.in_(some)
        )
        known.update(connection.scalars(query))
    return version_ids - known


def _record(connection: sa.Connection, name: str, version_ids: Sequence[int], *, run: int) -> list[Reported]:
    """Writes the rows of a report; the versions' stories tell which of them are changes."""
    earlier = version.alias("earlier")
    changed: set[int] = set()
    for some in chunks(version_ids):
        query = (
            sa.select(version.c.version_id)
            .distinct()
            .join(earlier, earlier.c.story_id == version.c.story_id)
            .join(saved_report, saved_report.c.version_id == earlier.c.version_id)
            .where(saved_report.c.name == name, version.c.version_id.in_(some))
        )
        changed.update(connection.scalars(query))
    rows = [
        {"name": name, "version_id": version_id, "run": run, "is_change": version_id in changed}
        for version_id in version_ids
    ]
    if rows:
        connection.execute(sa.insert(saved_report), rows)
    return [Reported(version_id=one, is_change=one in changed) for one in version_ids]


def _still_current(connection: sa.Connection, version_ids: Iterable[int]) -> list[int]:
    """Those without a successor: a version once outranked is never shown again."""
    left: list[int] = []
    for some in chunks(sorted(version_ids)):
        gone = set(
            connection.scalars(sa.select(superseded.c.version_id).where(superseded.c.version_id.in_(some)))
        )
        left += [version_id for version_id in some if version_id not in gone]
    return left


def _wait(connection: sa.Connection, name: str, version_ids: Iterable[int]) -> None:
    held = set(connection.scalars(sa.select(saved_waiting.c.version_id).where(saved_waiting.c.name == name)))
    rows = [{"name": name, "version_id": version_id} for version_id in sorted(set(version_ids) - held)]
    if rows:
        connection.execute(sa.insert(saved_waiting), rows)


def _wait_no_more(connection: sa.Connection, name: str, version_ids: Iterable[int]) -> None:
    for some in chunks(sorted(version_ids)):
        connection.execute(
            sa.delete(saved_waiting).where(saved_waiting.c.name == name, saved_waiting.c.version_id.in_(some))
        )


def _row_of(filters: Filters) -> dict[str, Any]:
    return {
        "from": to_micros(filters.start) if filters.start else None,
        "to": to_micros(filters.end) if filters.end else None,
        "languages": sorted(filters.languages),
        "providers": sorted(filters.providers),
        "kinds": sorted(kind.value for kind in filters.kinds),
        "subjects": sorted(filters.subjects),
        "places": sorted(filters.places),
    }


def _filters_of(row: dict[str, Any]) -> Filters:
    return Filters(
        start=from_micros(row["from"]) if row["from"] is not None else None,
        end=from_micros(row["to"]) if row["to"] is not None else None,
        languages=frozenset(row["languages"]),
        providers=frozenset(row["providers"]),
        kinds=frozenset(Kind(kind) for kind in row["kinds"]),
        subjects=frozenset(row["subjects"]),
        places=frozenset(row["places"]),
    )
