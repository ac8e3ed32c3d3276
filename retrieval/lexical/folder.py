"""One Tantivy index in a folder: opened as last committed, written to by one writer, its faults ours.

A commit is whole or absent. Readers follow the commits of any process; what a writer has not
committed is gone when its block ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy
from tantivy import Index, IndexWriter, Query, Schema, Searcher

from domain.errors import ArchiveLocked, IndexFault, IndexMissing, IndexStale
from retrieval.files import REBUILD, stamp

LANGUAGES_CONSIDERED = 32
LABELS_CONSIDERED = 10_000
CHECK = "run: depeche index --check"

Address = tantivy.DocAddress


class TantivyFolder:
    """Many readers beside one writer (the caller holds the lock)."""

    def __init__(self, index: Index, folder: Path) -> None:
        self.folder = folder
        self._index = index
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._languages: tuple[str, ...] = ()

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
        current = stamp(self.folder / "meta.json")
        with self._lock:
            if current != self._seen:
                try:
                    with translated():
                        self._index.reload()
                except IndexFault as error:
                    raise IndexMissing(
                        f"{self.folder} cannot be read: {error.message}", hint=REBUILD
                    ) from error
                with translated():
                    found = self._index.searcher().terms_with_prefix("lang", "", limit=LANGUAGES_CONSIDERED)
                self._languages = tuple(term for term, _ in found)
                self._seen = current
            return self._index.searcher()

    def languages(self) -> tuple[str, ...]:
        """Languages that have documents, most frequent first."""
        self.searcher()
        return self._languages

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
