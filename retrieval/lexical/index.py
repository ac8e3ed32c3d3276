"""The lexical index: passages for questions, and beside them whole stories for expressions and counts.

A passage added again replaces itself, so that a run repeated after a crash leaves no double.
Hidden versions are skipped while results are drawn, and drawing goes on until enough visible
ones are found or none are left: hiding a story never costs a visible one its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tantivy import IndexWriter, Occur, Query, Schema, Searcher

from domain.errors import IndexFault
from domain.story import StoredPassage, Version
from retrieval.dense.segment import NOTHING, Found
from retrieval.lexical.checksums import damaged_files
from retrieval.lexical.documents import FORMAT, limits, passage_document, passage_schema
from retrieval.lexical.folder import TantivyFolder, best, greatest
from retrieval.lexical.stories import StoryIndex, StoryWriter
from retrieval.scope import Scope

__all__ = ["FORMAT", "LexicalIndex", "LexicalWriter"]

STORIES = "stories"  # folder of the whole stories, within that of the passages
# Tantivy's buffer before it writes a segment. A commit of 1,024 passages never fills it; Tantivy's least is
# 15 MB a thread.
WRITER_BYTES = 32_000_000
# Versions a search is told by name, 1 µs each; where more are wanted, what is not is passed over while drawing.
MOST_NAMED = 20_000
PASSAGES_DRAWN = 4  # a story: enough that most stories' best passage comes in the first draw


class LexicalIndex:
    """Two Tantivy indexes in one folder. Many readers beside one writer (the caller holds the lock)."""

    def __init__(self, tantivy: TantivyFolder, stories: StoryIndex) -> None:
        self._tantivy = tantivy
        self.stories = stories

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        return cls(TantivyFolder.create(folder, passage_schema()), StoryIndex.create(folder / STORIES))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        return cls(TantivyFolder.open(folder), StoryIndex.open(folder / STORIES))

    @property
    def schema(self) -> Schema:
        return self._tantivy.schema

    def __len__(self) -> int:
        return int(self.searcher().num_docs)

    def searcher(self) -> Searcher:
        """The passages as last committed, by whichever process."""
        return self._tantivy.searcher()

    def languages(self) -> tuple[str, ...]:
        """Languages that have passages, most frequent first."""
        return self._tantivy.languages()

    def search(self, query: Query, *, depth: int, scope: Scope) -> Found:
        """The `depth` best visible passages for `query` within `scope`; equal scores in passage order."""
        if scope.is_empty or depth <= 0:
            return NOTHING
        committed = self._tantivy.committed()
        searcher = committed.searcher
        clauses = [(Occur.Must, query), *limits(self.schema, scope, committed.labels)]
        if scope.only is not None and scope.only.size <= MOST_NAMED:
            named = Query.term_set_query(self.schema, "version_id", scope.only.tolist())
            clauses.append((Occur.Must, Query.const_score_query(named, 0.0)))
        limited = Query.boolean_query(clauses)
        drawn = depth
        while True:
            hits = best(searcher, limited, drawn)
            addresses = [address for _, address in hits]
            versions = np.array(searcher.fast_field_values("version_id", addresses), dtype=np.int64)
            visible = scope.shows(versions)
            if len(hits) < drawn or int(visible.sum()) >= depth:
                break
            drawn *= 4
        passage_ids = np.array(searcher.fast_field_values("passage_id", addresses), dtype=np.int64)[visible]
        scores = np.array([score for score, _ in hits], dtype=np.float32)[visible]
        order = np.lexsort((passage_ids, -scores))[:depth]
        return Found(passage_ids=passage_ids[order], scores=scores[order])

    def best_passages(self, query: Query, version_ids: Sequence[int]) -> dict[int, int]:
        """Version id → the passage of it that fits the query best; its first where none fits."""
        searcher = self.searcher()
        chosen: dict[int, int] = {}
        while missing := [version_id for version_id in version_ids if version_id not in chosen]:
            among = Query.const_score_query(Query.term_set_query(self.schema, "version_id", missing), 0.0)
            both = Query.boolean_query([(Occur.Must, among), (Occur.Should, query)])
            hits = best(searcher, both, PASSAGES_DRAWN * len(missing))
            if not hits:
                break
            addresses = [address for _, address in hits]
            versions = searcher.fast_field_values("version_id", addresses)
            passages = searcher.fast_field_values("passage_id", addresses)
            scores = [score for score, _ in hits]
            for _, passage, version in sorted(
                zip([-score for score in scores], passages, versions, strict=True)
            ):
                chosen.setdefault(int(version), int(passage))  # type: ignore[arg-type]
        return chosen

    def passage_ids(self) -> NDArray[np.int64]:
        """Every passage held, sorted. Eight bytes each: for checks, not for searching."""
        searcher = self.searcher()
        hits = best(searcher, Query.all_query(), max(1, int(searcher.num_docs)))
        found = searcher.fast_field_values("passage_id", [address for _, address in hits])
        return np.sort(np.array(found, dtype=np.int64))

    def damaged_files(self) -> list[str]:
        """Files that are not as they were committed, in words. Reads all of them."""
        return [*damaged_files(self._tantivy.folder), *damaged_files(self._tantivy.folder / STORIES)]

    @contextmanager
    def writing(self) -> Iterator[LexicalWriter]:
        """A writer; what it has not committed is gone when the block ends."""
        with self._tantivy.writing(WRITER_BYTES) as passages, self.stories.writing() as stories:
            yield LexicalWriter(passages, stories, held=greatest(self.searcher(), "passage_id"))


class LexicalWriter:
    """Adds passages and their stories; they are found after `commit`, all of them or none."""

    def __init__(self, passages: IndexWriter, stories: StoryWriter, *, held: int) -> None:
        """`held`: no passage with an id above it is in the index."""
        self._writer = passages
        self._stories = stories
        self._held = held

    def add(
        self, passages: Sequence[StoredPassage], *, versions: Mapping[int, Version] | None = None
    ) -> None:
        """`versions`: what the passages are cut from, by version id. A version comes with each batch
        that holds a passage of it, and replaces itself."""
        self._stories.add(versions or {})
        for passage in passages:
            # A deletion is looked up in every segment there is: new passages, nearly all, need none.
            if passage.passage_id <= self._held:
                self._writer.delete_documents_by_term("passage_id", passage.passage_id)
            self._held = max(self._held, passage.passage_id)
            self._writer.add_document(passage_document(passage))

    def commit(self) -> None:
        try:
            # Stories first: killed between the two, the passages still wait and both are added again.
            self._stories.commit()
            self._writer.commit()
        except (ValueError, OSError) as error:
            raise IndexFault(
                f"the lexical index cannot be written: {error}", hint="free disk space"
            ) from error
