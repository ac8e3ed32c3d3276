"""Which versions may be used, now or as of a date. Cheap while nothing changes, exact when it does.

The arrays are kept by visibility epoch: an unchanged epoch costs one SELECT, a changed one reads the rows
written since and puts them in their places: nothing is sorted anew but the change. `visible` asks the database itself and is the last check before anything is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from db.columns import from_micros, to_micros
from db.database import Database
from db.rows import chunks
from db.tables import archive, story, superseded, version
from domain.story import Status

_FOREVER = np.iinfo(np.int64).max
_USABLE: sa.ColumnElement[str] = sa.literal_column(
    f"'{Status.USABLE}'"
)  # literal, so that the partial index serves

Ids = NDArray[np.int64]


class Visibility:
    """Hidden versions of one archive, kept between questions. Threads share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._epoch = -1
        self._superseded: Ids = np.empty(0, np.int64)  # version ids, sorted
        self._since: Ids = np.empty(0, np.int64)  # µs, parallel to _superseded
        self._restricted: Ids = np.empty(0, np.int64)  # versions of killed, held, embargoed stories
        self._until: Ids = np.empty(0, np.int64)  # µs; _FOREVER for killed and held
        self._last: tuple[tuple[int, datetime | None, int], Ids] | None = None

    def epoch(self) -> int:
        with self._database.read() as connection:
            return _epoch(connection)

    def hidden(self, *, now: datetime, as_of: datetime | None) -> Ids:
        with self._lock:
            self._refresh()
            active = self._until > to_micros(now)
            key = (self._epoch, as_of, int(active.sum()))
            if self._last is not None and self._last[0] == key:
                return self._last[1]
            outranked = self._superseded
            if as_of is not None:
                outranked = outranked[self._since <= to_micros(as_of)]
            ids = _with(outranked, np.unique(self._restricted[active]))
            ids.flags.writeable = False
            self._last = (key, ids)
            return ids

    def next_embargo_end(self, now: datetime) -> datetime | None:
        with self._lock:
            self._refresh()
            coming = self._until[(self._until > to_micros(now)) & (self._until != _FOREVER)]
            return from_micros(int(coming.min())) if coming.size else None

    def _refresh(self) -> None:
        with self._database.read() as connection:
            # Epoch first: rows that are newer than it are read again next time, never missed.
            epoch = _epoch(connection)
            if epoch == self._epoch:
                return
            self._add_superseded(_pairs(connection, superseded_since(self._epoch)))
            pairs = np.concatenate([_pairs(connection, query) for query in _restricting()])
            self._restricted, self._until = pairs[:, 0].copy(), pairs[:, 1].copy()
            self._epoch = epoch
            self._last = None

    def _add_superseded(self, pairs: Ids) -> None:
        """Of two rows for a version the earlier instant holds."""
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        ids, places = np.unique(pairs[order, 0], return_index=True)  # of each its first
        since = pairs[order, 1][places]
        known = among(self._superseded, ids)
        earlier = np.searchsorted(self._superseded, ids[known])
        self._since[earlier] = np.minimum(self._since[earlier], since[known])
        before = np.searchsorted(self._superseded, ids[~known])
        self._superseded = np.insert(self._superseded, before, ids[~known])
        self._since = np.insert(self._since, before, since[~known])


def among(sorted_ids: Ids, wanted: Ids) -> NDArray[np.bool_]:
    """Which of the wanted are among the sorted: a look-up each, without a pass over the sorted."""
    if not sorted_ids.size:
        return np.zeros(wanted.size, bool)
    places = np.minimum(np.searchsorted(sorted_ids, wanted), sorted_ids.size - 1)
    found: NDArray[np.bool_] = sorted_ids[places] == wanted
    return found


def _with(sorted_ids: Ids, more: Ids) -> Ids:
    """A new array of both, sorted, each once."""
    fresh = more[~among(sorted_ids, more)]
    return np.insert(sorted_ids, np.searchsorted(sorted_ids, fresh), fresh)


def visible(
    connection: sa.Connection, version_ids: Collection[int], *, now: datetime, as_of: datetime | None
) -> set[int]:
    """Those of the versions that may be shown and cited, by the database as it stands."""
    of_story = sa.select(version.c.version_id).join(story, story.c.story_id == version.c.story_id)
    allowed = only_visible(of_story, now=now, as_of=as_of)
    found: set[int] = set()
    for some in chunks(sorted(set(version_ids))):
        found.update(connection.scalars(allowed.where(version.c.version_id.in_(some))))
    return found


def only_visible(query: sa.Select[Any], *, now: datetime, as_of: datetime | None) -> sa.Select[Any]:
    """A query over versions and their stories, less those that may not be shown."""
    query = query.outerjoin(superseded, superseded.c.version_id == version.c.version_id).where(readable(now))
    if as_of is None:
        return query.where(superseded.c.since.is_(None))
    current_then = sa.or_(superseded.c.since.is_(None), superseded.c.since > as_of)
    return query.where(current_then, version.c.published <= as_of)


def readable(now: datetime) -> sa.ColumnElement[bool]:
    """The story is neither killed nor held nor under embargo."""
    free = sa.or_(story.c.embargo_until.is_(None), story.c.embargo_until <= now)
    return sa.and_(story.c.status == Status.USABLE.value, free)


def _epoch(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(archive.c.visibility_epoch)).scalar_one())


def superseded_since(epoch: int) -> sa.Select[tuple[int, int]]:
    since = sa.type_coerce(superseded.c.since, sa.BigInteger)
    return sa.select(superseded.c.version_id, since).where(superseded.c.epoch > epoch)


def _restricting() -> Sequence[sa.Select[tuple[int, int]]]:
    of_story = version.join(story, story.c.story_id == version.c.story_id)
    off = (
        sa.select(version.c.version_id, sa.literal_column(str(_FOREVER), sa.BigInteger))
        .select_from(of_story)
        .where(story.c.status != _USABLE)
    )
    embargoed = (
        sa.select(version.c.version_id, sa.type_coerce(story.c.embargo_until, sa.BigInteger))
        .select_from(of_story)
        .where(story.c.embargo_until.is_not(None))
    )
    return off, embargoed


def _pairs(connection: sa.Connection, query: sa.Select[tuple[int, int]]) -> Ids:
    """Rows of two integers as an (n, 2) array, read in pieces so that Python objects never pile up."""
    pieces = [np.empty((0, 2), np.int64)]
    with connection.execution_options(yield_per=100_000).execute(query) as result:
        pieces.extend(np.array([tuple(row) for row in part], np.int64) for part in result.partitions())
    return np.concatenate(pieces)
