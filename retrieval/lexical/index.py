"""The Tantivy index of passages: hard limits inside the query, commits that are whole or absent.

A passage added again replaces itself, so that a run repeated after a crash leaves no double.
Hidden versions are skipped while results are drawn, and drawing goes on until enough visible
ones are found or none are left: hiding a story never costs a visible one its place.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import FieldType, Index, IndexWriter, Occur, Query, Schema, SchemaBuilder, Searcher

from domain.errors import ArchiveLocked, IndexFault, IndexMissing, IndexStale
from domain.story import StoredPassage
from retrieval.dense.rows import UNKNOWN_LANGUAGE
from retrieval.dense.segment import NOTHING, Found
from retrieval.files import REBUILD, stamp
from retrieval.instants import microseconds
from retrieval.lexical.analysis import pre_tokenised
from retrieval.scope import Scope

FORMAT = 1
TEXT_FIELDS = ("body", "headline", "place", "people", "subject")
LABEL_FIELDS = ("lang", "provider", "kind")
NUMBER_FIELDS = ("passage_id", "version_id", "published", "year")
WRITER_BYTES = 64_000_000  # Tantivy's buffer before it writes a segment; its least is 15 MB a thread
LANGUAGES_CONSIDERED = 32
LABELS_CONSIDERED = 10_000


class LexicalIndex:
    """One Tantivy folder. Many readers beside one writer (the caller holds the lock)."""

    def __init__(self, index: Index, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._languages: tuple[str, ...] = ()

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        folder.mkdir(parents=True, exist_ok=True)
        if Index.exists(str(folder)):
            return cls.open(folder)
        return cls(Index(schema(), path=str(folder)), folder)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        try:
            if not Index.exists(str(folder)):
                raise IndexMissing(f"no lexical index in {folder}", hint=REBUILD)
            return cls(Index.open(str(folder)), folder)
        except (ValueError, OSError) as error:
            raise IndexStale(
                f"the lexical index in {folder} cannot be opened: {error}", hint=REBUILD
            ) from error

    @property
    def schema(self) -> Schema:
        return self._index.schema

    def __len__(self) -> int:
        return int(self.searcher().num_docs)

    def searcher(self) -> Searcher:
        """The index as last committed, by whichever process."""
        current = stamp(self._folder / "meta.json")
        with self._lock:
            if current != self._seen:
                self._index.reload()
                searcher = self._index.searcher()
                found = searcher.terms_with_prefix("lang", "", limit=LANGUAGES_CONSIDERED)
                self._languages = tuple(term for term, _ in found)
                self._seen = current
            return self._index.searcher()

    def languages(self) -> tuple[str, ...]:
        """Languages that have passages, most frequent first."""
        self.searcher()
        return self._languages

    def labels(self, field: str) -> list[str]:
        """The values a label field takes, most frequent first."""
        return [term for term, _ in self.searcher().terms_with_prefix(field, "", limit=LABELS_CONSIDERED)]

    def search(self, query: Query, *, depth: int, scope: Scope) -> Found:
        """The `depth` best visible passages for `query` within `scope`; equal scores in passage order."""
        if scope.is_empty or depth <= 0:
            return NOTHING
        limited = Query.boolean_query([(Occur.Must, query), *limits(self.schema, scope)])
        searcher = self.searcher()
        drawn = depth
        while True:
            hits = _search(searcher, limited, drawn)
            addresses = [address for _, address in hits]
            versions = np.array(searcher.fast_field_values("version_id", addresses), dtype=np.int64)
            visible = ~scope.hidden.contains(versions)
            if len(hits) < drawn or int(visible.sum()) >= depth:
                break
            drawn *= 4
        passage_ids = np.array(searcher.fast_field_values("passage_id", addresses), dtype=np.int64)[visible]
        scores = np.array([score for score, _ in hits], dtype=np.float32)[visible]
        order = np.lexsort((passage_ids, -scores))[:depth]
        return Found(passage_ids=passage_ids[order], scores=scores[order])

    def passage_ids(self) -> NDArray[np.int64]:
        """Every passage held, sorted. Eight bytes each: for checks, not for searching."""
        searcher = self.searcher()
        hits = _search(searcher, Query.all_query(), max(1, int(searcher.num_docs)))
        found = searcher.fast_field_values("passage_id", [address for _, address in hits])
        return np.sort(np.array(found, dtype=np.int64))

    @contextmanager
    def writing(self) -> Iterator[LexicalWriter]:
        """A writer; what it has not committed is gone when the block ends."""
        try:
            writer = self._index.writer(WRITER_BYTES, 1)
        except ValueError as error:
            raise ArchiveLocked(f"another process writes to {self._folder}", hint="wait for it") from error
        try:
            yield LexicalWriter(writer)
        finally:
            writer.rollback()
            writer.wait_merging_threads()


class LexicalWriter:
    """Adds passages; they are found after `commit`, all of them or none."""

    def __init__(self, writer: IndexWriter) -> None:
        self._writer = writer

    def add(self, passages: Sequence[StoredPassage]) -> None:
        for passage in passages:
            self._writer.delete_documents_by_term("passage_id", passage.passage_id)
            self._writer.add_document(document(passage))

    def commit(self) -> None:
        try:
            self._writer.commit()
        except (ValueError, OSError) as error:
            raise IndexFault(
                f"the lexical index cannot be written: {error}", hint="free disk space"
            ) from error


def schema() -> Schema:
    builder = SchemaBuilder()
    for name in TEXT_FIELDS:
        # Terms come analysed by the passage's own language; Tantivy only has to split none.
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in LABEL_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in NUMBER_FIELDS:
        builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


def document(passage: StoredPassage) -> tantivy.Document:
    language = passage.language
    subjects = " ".join(f"{subject.name or ''} {subject.code}" for subject in passage.subjects)
    content = tantivy.Document()
    for name, text in (
        ("body", passage.text),
        ("headline", passage.headline),
        ("place", passage.place),
        ("people", " . ".join(passage.people)),
        ("subject", subjects),
    ):
        if text:
            content.add_pre_tokenized_text(name, pre_tokenised(text, language))
    for name, label in (
        ("lang", language or UNKNOWN_LANGUAGE),
        ("provider", passage.provider),
        ("kind", passage.kind.value),
    ):
        content.add_text(name, label)
    for name, number in (
        ("passage_id", passage.passage_id),
        ("version_id", passage.version_id),
        ("published", microseconds(passage.published)),
        ("year", passage.published.year),
    ):
        content.add_integer(name, number)
    return content


def limits(own: Schema, scope: Scope) -> list[tuple[Occur, Query]]:
    """The scope's filters as clauses that exclude and never score."""
    clauses: list[Query] = []
    if scope.since is not None or scope.until is not None:
        clauses.append(
            Query.range_query(
                own,
                "published",
                FieldType.Integer,
                lower_bound=scope.since,
                upper_bound=None if scope.until is None else scope.until - 1,
            )
        )
    for name, wanted in (("lang", scope.languages), ("provider", scope.providers), ("kind", scope.kinds)):
        if wanted:
            clauses.append(Query.term_set_query(own, name, sorted(wanted)))
    return [(Occur.Must, Query.const_score_query(clause, 0.0)) for clause in clauses]


def _search(searcher: Searcher, query: Query, limit: int) -> list[tuple[float, tantivy.DocAddress]]:
    try:
        return searcher.search(query, limit, count=False).hits
    except (ValueError, OSError) as error:
        raise IndexFault(f"the lexical search failed: {error}", hint="run: depeche index --check") from error
