"""What one query may see: its filters as numbers, and the versions hidden at this instant.

A Scope is made once a query and obeyed inside both searches. `hidden` is recomputed when
the store says that visibility changed or an embargo has ended since; between the two the
same array (and the same `token`) is handed out, so that searches can keep what they derive
from it. After a change they are told between which versions it lies: a kill then costs a look
at one story, whatever the archive's size.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from db.visibility import among
from domain.query import Filters, Query
from retrieval.instants import microseconds

KEPT_HIDDEN_SETS = 4  # the present, and a few `as_of` dates a reader goes back and forth between


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The set with this token is the same but for versions from `first` to `last`, both included."""

    token: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenVersions:
    """Versions no search may return, sorted; equal tokens mean equal arrays."""

    ids: NDArray[np.int64]
    token: int
    changed: Change | None = None  # since an earlier set, where there was one

    def between(self, first: int, last: int) -> NDArray[np.int64]:
        """Those from `first` to `last`, both included."""
        low, high = np.searchsorted(self.ids, [first, last + 1])
        return self.ids[low:high]

    def contains(self, version_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        return among(self.ids, version_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The hard limits of one query. Instants are microseconds since 1970 UTC; `until` is exclusive."""

    since: int | None
    until: int | None
    languages: frozenset[str]
    providers: frozenset[str]
    kinds: frozenset[str]
    hidden: HiddenVersions
    now: datetime
    as_of: datetime | None
    only: NDArray[np.int64] | None = None  # versions, sorted: of the subjects and places asked for

    @property
    def is_empty(self) -> bool:
        nothing = self.only is not None and not self.only.size
        return nothing or (self.since is not None and self.until is not None and self.since >= self.until)

    def shows(self, version_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the versions are neither hidden nor outside `only`."""
        visible = ~self.hidden.contains(version_ids)
        return visible if self.only is None else visible & among(self.only, version_ids)


class VisibilitySource(Protocol):
    """The part of the story store that decides what may be shown."""

    def hidden_version_ids(self, *, now: datetime, as_of: datetime | None) -> NDArray[np.int64]: ...

    def visibility_epoch(self) -> int: ...

    def next_embargo_end(self, now: datetime) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    hidden: HiddenVersions
    epoch: int
    computed: datetime
    good_until: datetime | None


class Visibility:
    """Hidden versions, kept while the store's epoch and the embargoes allow."""

    def __init__(self, source: VisibilitySource) -> None:
        self._source = source
        self._kept: OrderedDict[datetime | None, _Kept] = OrderedDict()
        self._tokens = itertools.count(1)
        self._lock = threading.Lock()

    def hidden(self, *, now: datetime, as_of: datetime | None) -> HiddenVersions:
        # Epoch first: a change between the two reads is then seen at the next query, not missed.
        epoch = self._source.visibility_epoch()
        with self._lock:
            kept = self._kept.get(as_of)
            if kept is not None and _still_good(kept, epoch=epoch, now=now):
                self._kept.move_to_end(as_of)
                return kept.hidden
        ids = np.asarray(self._source.hidden_version_ids(now=now, as_of=as_of), dtype=np.int64)
        good_until = self._source.next_embargo_end(now)
        with self._lock:
            before = self._kept.get(as_of)
            changed = _change(before.hidden, ids) if before is not None else None
            hidden = HiddenVersions(ids=ids, token=next(self._tokens), changed=changed)
            self._kept[as_of] = _Kept(hidden=hidden, epoch=epoch, computed=now, good_until=good_until)
            self._kept.move_to_end(as_of)
            while len(self._kept) > KEPT_HIDDEN_SETS:
                self._kept.popitem(last=False)
        return hidden


def _change(before: HiddenVersions, ids: NDArray[np.int64]) -> Change:
    """Where two sorted arrays part: between what they begin and what they end with in common."""
    old = before.ids
    common = min(old.size, ids.size)
    head = _agreeing(old[:common] == ids[:common])
    tail = _agreeing((old[old.size - common :] == ids[ids.size - common :])[::-1])
    tail = min(tail, common - head)  # a run of equal values must not be counted from both ends
    parts = np.concatenate([old[head : old.size - tail], ids[head : ids.size - tail]])
    if not parts.size:
        return Change(token=before.token, first=0, last=-1)
    return Change(token=before.token, first=int(parts.min()), last=int(parts.max()))


def _agreeing(same: NDArray[np.bool_]) -> int:
    """How many of the first are true."""
    return int(np.argmin(same)) if same.size and not same.all() else same.size


def _still_good(kept: _Kept, *, epoch: int, now: datetime) -> bool:
    # A clock set back before `computed` could bring an ended embargo to life again: recompute.
    if kept.epoch != epoch or now < kept.computed:
        return False
    return kept.good_until is None or now < kept.good_until


def scope_of(query: Query, *, now: datetime, visibility: Visibility) -> Scope:
    """The query's filters narrowed by its hard time clues, and what is hidden now."""
    filters = narrowed(query)
    since = microseconds(filters.start) if filters.start else None
    until = microseconds(filters.end) if filters.end else None
    if filters.as_of:
        last = microseconds(filters.as_of) + 1
        until = last if until is None else min(until, last)
    return Scope(
        since=since,
        until=until,
        languages=filters.languages,
        providers=filters.providers,
        kinds=frozenset(kind.value for kind in filters.kinds),
        hidden=visibility.hidden(now=now, as_of=filters.as_of),
        now=now,
        as_of=filters.as_of,
    )


def narrowed(query: Query) -> Filters:
    """The filters with every hard clue's dates taken in: limits only ever tighten."""
    filters = query.filters
    starts = [filters.start, *(clue.start for clue in query.clues if clue.hard)]
    ends = [filters.end, *(clue.end for clue in query.clues if clue.hard)]
    return replace(
        filters,
        start=max((s for s in starts if s), default=None),
        end=min((e for e in ends if e), default=None),
    )
