"""Which rows of a segment a scope allows, as bits: exact at every question, worked out once where it can be.

One bit a row and label set (a language, a kind) and one a row and state of visibility are kept, so
that a filter costs a question an AND over an eighth of a byte a row instead of a look at every row.
A kill changes the bits of the rows it hides, not the others': `HiddenVersions.changed` says where.
Nothing here locks: what is kept is replaced whole, and two threads at worst work out the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.visibility import among
from retrieval.dense.manifest import Manifest
from retrieval.scope import HiddenVersions, Scope

Bits = NDArray[np.uint64]  # row i is bit i % 64 of word i // 64; bits past the last row are zero

WORD_ROWS = 64
KEPT_LABEL_SETS = 32  # an eighth of a byte a row each: at most 4 bytes a row
KEPT_HIDDEN_SETS = 4  # as many as scope.Visibility hands out in turn
TABLED_SPAN = 8  # version numbers for each row of a segment: a table of them takes a byte each, for a moment
LABELS = ("languages", "providers", "kinds")


class AllowedRows:
    """The filter of one segment. Any number of threads may ask."""

    def __init__(self, manifest: Manifest, columns: Mapping[str, NDArray[Any]]) -> None:
        self._manifest = manifest
        self._columns = columns
        self._labelled: dict[tuple[str, frozenset[str]], Bits] = {}
        self._hidden: dict[int, Bits | None] = {}

    def none_in(self, scope: Scope) -> bool:
        """Whether the manifest alone says that no row is allowed."""
        own = self._manifest
        if scope.since is not None and own.last_published < scope.since:
            return True
        if scope.until is not None and own.first_published >= scope.until:
            return True
        if scope.only is not None and not _within(scope.only, own.first_version, own.last_version).size:
            return True
        return any(
            bool(wanted) and wanted.isdisjoint(held)
            for wanted, held in (
                (scope.languages, own.languages),
                (scope.providers, own.providers),
                (scope.kinds, own.kinds),
            )
        )

    def bits(self, scope: Scope) -> Bits | None:
        """The rows allowed; None when all are."""
        parts = [part for part in (self._dates(scope), *self._labels(scope)) if part is not None]
        hidden = self._hidden_bits(scope.hidden)
        if hidden is not None:
            parts.append(~hidden)
        if scope.only is not None:
            parts.append(self._among(scope.only))
        if not parts:
            return None
        allowed = parts[0].copy()
        for part in parts[1:]:
            allowed &= part
        return _cut(allowed, self._manifest.rows)

    def _among(self, only: NDArray[np.int64]) -> Bits:
        own = self._manifest
        return pack(among(_within(only, own.first_version, own.last_version), self._columns["version_ids"]))

    def _dates(self, scope: Scope) -> Bits | None:
        own, published = self._manifest, self._columns["published"]
        limits: list[NDArray[np.bool_]] = []
        if scope.since is not None and own.first_published < scope.since:
            limits.append(published >= scope.since)
        if scope.until is not None and own.last_published >= scope.until:
            limits.append(published < scope.until)
        if not limits:
            return None
        return pack(limits[0] if len(limits) == 1 else limits[0] & limits[1])

    def _labels(self, scope: Scope) -> list[Bits]:
        found = []
        for name, wanted in zip(LABELS, (scope.languages, scope.providers, scope.kinds), strict=True):
            held: tuple[str, ...] = getattr(self._manifest, name)
            if wanted and not wanted.issuperset(held):
                found.append(self._labelled_bits(name, wanted.intersection(held)))
        return found

    def _labelled_bits(self, name: str, wanted: frozenset[str]) -> Bits:
        key = name, wanted
        kept = self._labelled.get(key)
        if kept is None:
            table = np.array([label in wanted for label in getattr(self._manifest, name)], dtype=np.bool_)
            kept = pack(table[self._columns[name]])
            if len(self._labelled) >= KEPT_LABEL_SETS:
                self._labelled = {}
            self._labelled[key] = kept
        return kept

    def _hidden_bits(self, hidden: HiddenVersions) -> Bits | None:
        """Rows of hidden versions; None when there are none."""
        kept = self._hidden
        if hidden.token in kept:
            return kept[hidden.token]
        if hidden.changed is not None and hidden.changed.token in kept:
            change = hidden.changed
            bits = self._changed(kept[change.token], hidden, first=change.first, last=change.last)
        else:
            bits = self._all_hidden(hidden)
        latest = list(kept.items())[-(KEPT_HIDDEN_SETS - 1) :]
        self._hidden = {**dict(latest), hidden.token: bits}
        return bits

    def _all_hidden(self, hidden: HiddenVersions) -> Bits | None:
        own, versions = self._manifest, self._columns["version_ids"]
        near = hidden.between(own.first_version, own.last_version)
        if not near.size:
            return None
        span = own.last_version - own.first_version + 1
        if (
            span <= TABLED_SPAN * own.rows
        ):  # stories taken in one after the other: a table is ten times as fast
            table = np.zeros(span, dtype=np.bool_)
            table[near - own.first_version] = True
            mask = table[versions - own.first_version]
        else:
            mask = hidden.contains(versions)
        return pack(mask) if mask.any() else None

    def _changed(self, bits: Bits | None, hidden: HiddenVersions, *, first: int, last: int) -> Bits | None:
        """`bits` with the rows of versions `first` to `last` looked at again."""
        own, versions = self._manifest, self._columns["version_ids"]
        if first > own.last_version or last < own.first_version:
            return bits
        rows = np.flatnonzero((versions >= first) & (versions <= last))
        mask = np.zeros(own.rows, dtype=np.bool_) if bits is None else unpack(bits, own.rows)
        mask[rows] = hidden.contains(versions[rows])
        return pack(mask) if mask.any() else None


def _within(ids: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
    """Those of the sorted ids from `first` to `last`, both included."""
    low, high = np.searchsorted(ids, [first, last + 1])
    return ids[low:high]


def pack(mask: NDArray[np.bool_]) -> Bits:
    words = -(-mask.size // WORD_ROWS)
    packed = np.zeros(words * (WORD_ROWS // 8), dtype=np.uint8)
    octets = np.packbits(mask, bitorder="little")
    packed[: octets.size] = octets
    return packed.view("<u8")


def unpack(bits: Bits, rows: int) -> NDArray[np.bool_]:
    return np.unpackbits(bits.view(np.uint8), count=rows, bitorder="little").view(np.bool_)


def count(bits: Bits) -> int:
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def places(bits: Bits, rows: int) -> NDArray[np.int64]:
    """The rows whose bit is set, in order."""
    return np.flatnonzero(unpack(bits, rows))


def _cut(bits: Bits, rows: int) -> Bits:
    """Zeroes past the last row: inverted bits have ones there."""
    spare = rows % WORD_ROWS
    if spare:
        bits[-1] &= np.uint64((1 << spare) - 1)
    return bits
