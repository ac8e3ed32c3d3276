"""The dense index: the list of segments, searched together, grown by new ones, kept few by merging.

The list is one file replaced atomically: a reader sees the segments before a change or
after it, never a mixture, and goes on with the files it has open while they are replaced.
A passage is in at most one listed segment. Readers take no lock while the list stays as it is.
"""

from __future__ import annotations

import shutil
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.errors import IndexMissing, IndexStale
from retrieval.dense.build import remove_unlisted, write_segment
from retrieval.dense.rows import Rows
from retrieval.dense.search import search
from retrieval.dense.segment import NOTHING, Found, Segment
from retrieval.files import REBUILD, read_json, stamp, write_json
from retrieval.scope import Scope

LIST = "SEGMENTS.json"
MERGED_AT_ONCE = 8  # segments of one size class: each passage is rewritten log8(n) times
SMALLEST_CLASS_ROWS = 1024
LARGEST_ROWS = 524_288  # 403 MB of half-precision vectors while building: ingestion stays under 1.5 GB
SETTLED_RATIO = 4  # a period's smaller segments are joined with the next larger unless it is this much larger
BLOCK_ROWS = 16_384
OPENING_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    stamp: tuple[int, int, int] | None
    segments: tuple[Segment, ...]


class DenseIndex:
    """Segments of one folder. Many readers and one writer (the caller holds the lock)."""

    def __init__(self, folder: Path, *, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._opening = threading.Lock()
        self._changing = threading.Lock()  # between the writer and its merges
        self._merging: Future[int] | None = None
        self._listing = _Listing(stamp=None, segments=())

    @classmethod
    def create(cls, folder: Path, *, dimensions: int) -> DenseIndex:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / LIST).exists():
            write_json(folder / LIST, {"segments": []})
        return cls(folder, dimensions=dimensions)

    def segments(self) -> tuple[Segment, ...]:
        """The segments as listed now; files already open are kept."""
        listing, seen = self._listing, stamp(self._folder / LIST)
        if seen is not None and listing.stamp == seen:
            return listing.segments
        return self._reopened()

    def _reopened(self) -> tuple[Segment, ...]:
        path = self._folder / LIST
        for _ in range(OPENING_ATTEMPTS):
            with self._opening:
                listing, seen = self._listing, stamp(path)
                if seen is not None and listing.stamp == seen:
                    return listing.segments  # another thread was first
                opened = {segment.folder.name: segment for segment in listing.segments}
                try:
                    names = _names(path)
                    segments = tuple(opened.get(name) or Segment(self._folder / name) for name in names)
                except IndexMissing:
                    if stamp(path) == seen:
                        raise  # listed and not there: not a merge that overtook us
                    continue
                self._listing = _Listing(stamp=seen, segments=segments)
                return segments
        raise IndexMissing(f"{path} changes faster than it can be read", hint="try again")

    def __len__(self) -> int:
        return sum(len(segment) for segment in self.segments())

    def search(self, vector: NDArray[np.float32], *, depth: int, scope: Scope) -> Found:
        """The `depth` passages nearest to `vector` within `scope`; equal scores in passage order."""
        if scope.is_empty or depth <= 0:
            return NOTHING
        try:
            return search(self.segments(), vector, depth=depth, scope=scope)
        except IndexError as error:  # attributes changed on disk point beside the segment
            raise IndexStale(f"a segment in {self._folder} is damaged: {error}", hint=REBUILD) from error

    def contains(self, passage_ids: Sequence[int]) -> NDArray[np.bool_]:
        wanted = np.asarray(passage_ids, dtype=np.int64)
        found = np.zeros(len(wanted), dtype=np.bool_)
        for segment in self.segments():
            found |= segment.contains(wanted)
        return found

    def append(self, rows: Rows) -> None:
        """Add passages not yet contained: one new segment for each year, listed in one step."""
        if not len(rows):
            return
        years = _years(rows.published)
        names = []
        for year in np.unique(years):
            block = rows.take(np.flatnonzero(years == year))
            period = f"{year:04d}"
            names.append(write_segment(self._folder, [block], period=period, dimensions=self._dimensions))
        self._replace(frozenset(), by=names)

    def merge(self) -> int:
        """Join segments of one period and size class when there are many; returns how many were joined."""
        joined = 0
        while group := self._mergeable():
            joined += self._join(group)
        return joined

    def settle(self) -> int:
        """Merge until every period has few segments, each much larger than the next; how many were joined."""
        joined = self.merge()
        while group := self._unsettled():
            joined += self._join(group)
        return joined

    @contextmanager
    def merging_aside(self) -> Iterator[None]:
        """Within the block `merge_soon` may be called; at its end no merge is running."""
        try:
            yield
        finally:
            self._finish_merge()

    def merge_soon(self) -> None:
        """Merge in a thread aside, unless one still does. A merge that failed is raised here, next time."""
        if self._merging is not None and not self._merging.done():
            return
        self._finish_merge()
        self._merging = _aside.submit(self.merge)

    def _finish_merge(self) -> None:
        merging, self._merging = self._merging, None
        if merging is not None:
            merging.result()

    def sweep(self) -> None:
        """Remove what earlier writers left: half-made segments and merged ones."""
        remove_unlisted(self._folder, _names(self._folder / LIST))

    def problems(self) -> list[str]:
        """Damaged files and passages listed twice. Reads every file."""
        found = [problem for segment in self.segments() for problem in segment.damage()]
        ids = np.concatenate([np.empty(0, dtype=np.int64), *(s.passage_ids() for s in self.segments())])
        twice = len(ids) - len(np.unique(ids))
        return [*found, f"{twice} passages are in two dense segments"] if twice else found

    def _mergeable(self) -> Sequence[Segment] | None:
        classes: dict[tuple[str, int], list[Segment]] = defaultdict(list)
        for segment in self.segments():
            classes[segment.manifest.period, _size_class(len(segment))].append(segment)
        for group in classes.values():
            chosen = group[:MERGED_AT_ONCE]
            if len(chosen) == MERGED_AT_ONCE and sum(map(len, chosen)) <= LARGEST_ROWS:
                return chosen
        return None

    def _unsettled(self) -> Sequence[Segment] | None:
        periods: dict[str, list[Segment]] = defaultdict(list)
        for segment in self.segments():
            periods[segment.manifest.period].append(segment)
        return next((tail for held in periods.values() if (tail := _tail(held))), None)

    def _join(self, group: Sequence[Segment]) -> int:
        """One segment in place of several; readers that have the several open go on with them."""
        period = group[0].manifest.period
        ascending = sorted(group, key=lambda segment: segment.manifest.first_passage)
        name = write_segment(self._folder, _blocks(ascending), period=period, dimensions=self._dimensions)
        gone = frozenset(segment.folder.name for segment in group)
        self._replace(gone, by=[name])
        for folder in gone:  # what Windows still has open stays until the next sweep
            shutil.rmtree(self._folder / folder, ignore_errors=True)
        return len(group)

    def _replace(self, gone: frozenset[str], *, by: Sequence[str]) -> None:
        with self._changing:
            listed = [name for name in _names(self._folder / LIST) if name not in gone]
            self._list([*listed, *by])

    def _list(self, names: Sequence[str]) -> None:
        write_json(self._folder / LIST, {"segments": list(names)})


_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dense-merge")


def _tail(segments: Sequence[Segment]) -> Sequence[Segment] | None:
    """The smaller segments of one period as far as joining them is worth rewriting the largest of them."""
    chosen: list[Segment] = []
    rows = 0
    for segment in sorted(segments, key=len):
        if chosen and (len(segment) > rows * SETTLED_RATIO or rows + len(segment) > LARGEST_ROWS):
            if len(chosen) > 1:
                break
            chosen, rows = [], 0
        chosen.append(segment)
        rows += len(segment)
    return chosen if len(chosen) > 1 else None


def _years(published: NDArray[np.int64]) -> NDArray[np.int64]:
    """The calendar year (UTC) of each instant."""
    years = published.astype("datetime64[us]").astype("datetime64[Y]")
    return years.astype(np.int64) + 1970


def _size_class(rows: int) -> int:
    size = 0
    while rows > SMALLEST_CLASS_ROWS:
        rows //= MERGED_AT_ONCE
        size += 1
    return size


def _blocks(segments: Sequence[Segment]) -> Iterator[Rows]:
    for segment in segments:
        labels = {name: segment.labels(name) for name in ("languages", "providers", "kinds")}
        for start in range(0, len(segment), BLOCK_ROWS):
            part = slice(start, min(start + BLOCK_ROWS, len(segment)))
            yield Rows(
                vectors=segment.vectors(part.start, part.stop - part.start),
                passage_ids=np.asarray(segment.column("passage_ids")[part]),
                version_ids=np.asarray(segment.column("version_ids")[part]),
                published=np.asarray(segment.column("published")[part]),
                languages=tuple(labels["languages"][part]),
                providers=tuple(labels["providers"][part]),
                kinds=tuple(labels["kinds"][part]),
            )


def _names(path: Path) -> list[str]:
    names = read_json(path).get("segments")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise IndexStale(f"{path} does not list segments", hint=REBUILD)
    return names
