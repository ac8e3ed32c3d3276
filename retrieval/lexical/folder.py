"""One Tantivy index in a folder: opened as last committed, written to by one writer, its faults ours.

A commit is whole or absent. Readers follow the commits of any process; what a writer has not
committed is gone when its block ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Index, IndexWriter, Query, Schema, Searcher
from tantivy import Order as Direction

from domain.errors import ArchiveLocked, IndexFault, IndexMissing, IndexStale
from retrieval.files import REBUILD, stamp
from retrieval.lexical.checksums import META

LABELS = ("lang", "provider", "kind")  # one value of each a document
LANGUAGES_CONSIDERED = 32
LABELS_CONSIDERED = 10_000
CHECK = "run: depeche index --check"

Address = tantivy.DocAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """One commit. `labels`: of each field in LABELS its values, most frequent first, with their documents."""

    stamp: tuple[int, int, int] | None
    searcher: Searcher
    labels: Mapping[str, Mapping[str, int]]


class TantivyFolder:
    """Many readers beside one writer (the caller holds the lock)."""

    def __init__(self, index: Index, folder: Path) -> None:
        self.folder = folder
        self._index = index
        self._reloading = threading.Lock()
        self._committed: Committed | None = None

    @classmethod
    def create(cls, folder: Path, schema: Schema) -> TantivyFolder:
        """A new empty index, or the one that is there."""
        folder.mkdir(parents=True, exist_ok=True)
        if Index.exists(str(folder)):
            return cls.open(folder)
        return cls(Index(schema, path=str(folder)), folder)

    @classmethod
    def open(cls, folder: Path) -> TantivyFolder:
        try:
            if not Index.exists(str(folder)):
                raise IndexMissing(f"no lexical index in {folder}", hint=REBUILD)
            with translated():
                return cls(Index.open(str(folder)), folder)
        except (IndexFault, ValueError, OSError) as error:
            if isinstance(error, IndexMissing):
                raise
            raise IndexStale(
                f"the lexical index in {folder} cannot be opened: {error}", hint=REBUILD
            ) from error

    @property
    def schema(self) -> Schema:
        return self._index.schema

    def searcher(self) -> Searcher:
        """The index as last committed, by whichever process."""
        return self.committed().searcher

    def committed(self) -> Committed:
        """The last commit, of whichever process. Takes no lock while it stays the last one."""
        kept, current = self._committed, stamp(self.folder / META)
        if kept is not None and kept.stamp == current:
            return kept
        with self._reloading:
            kept, current = self._committed, stamp(self.folder / META)
            if kept is None or kept.stamp != current:
                kept = self._committed = self._reloaded(current)
            return kept

    def _reloaded(self, current: tuple[int, int, int] | None) -> Committed:
        try:
            with translated():
                self._index.reload()
        except IndexFault as error:
            raise IndexMissing(f"{self.folder} cannot be read: {error.message}", hint=REBUILD) from error
        searcher = self._index.searcher()
        with translated():
            labels = {
                field: dict(searcher.terms_with_prefix(field, "", limit=LABELS_CONSIDERED))
                for field in LABELS
            }
        return Committed(stamp=current, searcher=searcher, labels=labels)

    def languages(self) -> tuple[str, ...]:
        """Languages that have documents, most frequent first."""
        return tuple(self.committed().labels["lang"])[:LANGUAGES_CONSIDERED]

    def labels(self, field: str) -> list[str]:
        """The values a label field takes, most frequent first."""
        return [term for term, _ in self.searcher().terms_with_prefix(field, "", limit=LABELS_CONSIDERED)]

    @contextmanager
    def writing(self, buffer_bytes: int) -> Iterator[IndexWriter]:
        try:
            writer = self._index.writer(buffer_bytes, 1)
        except ValueError as error:
            raise ArchiveLocked(f"another process writes to {self.folder}", hint="wait for it") from error
        try:
            yield writer
        finally:
            writer.rollback()
            writer.wait_merging_threads()


def greatest(searcher: Searcher, field: str) -> int:
    """The greatest number a field holds; 0 when there are no documents."""
    with translated():
        found = searcher.search(Query.all_query(), 1, count=False, order_by_field=field, order=Direction.Desc)
    return int(found.hits[0][0]) if found.hits else 0


def best(searcher: Searcher, query: Query, limit: int) -> list[tuple[float, Address]]:
    """The `limit` documents of the highest scores."""
    with translated():
        return searcher.search(query, limit, count=False).hits


@contextmanager
def translated() -> Iterator[None]:
    """Tantivy's errors as IndexFault."""
    try:
        yield
    except BaseException as error:
        # A damaged file can also trip an assertion in Tantivy, whose panics have no name in Python.
        if not isinstance(error, (ValueError, OSError)) and type(error).__name__ != "PanicException":
            raise
        raise IndexFault(f"the lexical index cannot be read: {error}", hint=CHECK) from error
