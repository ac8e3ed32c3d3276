"""The Tantivy index of whole stories, one document a version: expressions, counts, saved questions.

A count is of stories, exact for the scope it is given: the versions hidden at that instant are taken
out inside the query, and of a story at most one version is ever not hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tantivy import FieldType, IndexWriter, Occur, Query, Schema, Searcher
from tantivy import Order as Direction

from domain.query import Order
from domain.story import Version
from retrieval.lexical.documents import SUBJECT_CODE, limits, story_document, story_schema
from retrieval.lexical.folder import LABELS, Address, TantivyFolder, best, greatest, translated
from retrieval.scope import HiddenVersions, Scope

WRITER_BYTES = 16_000_000  # beside the passages' 32 MB; Tantivy's least is 15 MB a thread
MOST_YEARS = 10_000  # `datetime` knows no others
# Distinct values of a field counted in a segment, 50 bytes each: beyond them the rarest are dropped there.
MOST_VALUES = 200_000

# Matching stories that are looked at one by one, 200 bytes each and 0.25 µs: each hidden one costs 0.5 µs instead.
MOST_DRAWN = 200_000

_DIRECTIONS = {Order.OLDEST: Direction.Asc, Order.NEWEST: Direction.Desc}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStories:
    """Versions, best or first first."""

    version_ids: NDArray[np.int64]
    scores: NDArray[np.float32]


NO_STORIES = FoundStories(version_ids=np.empty(0, dtype=np.int64), scores=np.empty(0, dtype=np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many stories match, in all and by the value of each field, most frequent first."""

    total: int
    by_field: Mapping[str, Sequence[tuple[str, int]]]


class StoryIndex:
    """One Tantivy folder. Many readers beside one writer (the caller holds the lock)."""

    def __init__(self, tantivy: TantivyFolder) -> None:
        self._tantivy = tantivy

    @classmethod
    def create(cls, folder: Path) -> StoryIndex:
        return cls(TantivyFolder.create(folder, story_schema()))

    @classmethod
    def open(cls, folder: Path) -> StoryIndex:
        return cls(TantivyFolder.open(folder))

    @property
    def schema(self) -> Schema:
        return self._tantivy.schema

    def __len__(self) -> int:
        return int(self._tantivy.searcher().num_docs)

    def last_version(self) -> int:
        """The highest version id held; 0 of an empty index."""
        return greatest(self._tantivy.searcher(), "version_id")

    def languages(self) -> tuple[str, ...]:
        """Languages that have stories, most frequent first."""
        return self._tantivy.languages()

    def labels(self, field: str) -> list[str]:
        """The values a label field takes, most frequent first."""
        return self._tantivy.labels(field)

    def search(
        self, query: Query, *, depth: int, scope: Scope, order: Order = Order.RELEVANCE
    ) -> FoundStories:
        """The `depth` best, oldest or newest visible stories; equal ones in the order of arrival."""
        if scope.is_empty or depth <= 0:
            return NO_STORIES
        committed = self._tantivy.committed()
        searcher = committed.searcher
        limited = Query.boolean_query([(Occur.Must, query), *limits(self.schema, scope, committed.labels)])
        drawn = depth
        while True:
            hits = _drawn(searcher, limited, drawn, order)
            versions = _version_ids(searcher, hits)
            visible = scope.shows(versions)
            if len(hits) < drawn or int(visible.sum()) >= depth:
                break
            drawn *= 4
        versions = versions[visible]
        keys = np.array([key for key, _ in hits], dtype=np.float64)[visible]
        rising = keys if order is Order.OLDEST else -keys
        chosen = np.lexsort((versions, rising))[:depth]
        scores = keys if order is Order.RELEVANCE else np.zeros(len(keys))
        return FoundStories(version_ids=versions[chosen], scores=scores[chosen].astype(np.float32))

    def matching(self, query: Query, *, scope: Scope, after: int, upto: int) -> NDArray[np.int64]:
        """Versions with ids above `after` and at most `upto` that match within the scope's filters, sorted.

        Hidden ones are among them. The caller bounds memory by the span: an id costs about 200 bytes.
        """
        if scope.is_empty or upto <= after:
            return NO_STORIES.version_ids
        span = Query.range_query(
            self.schema, "version_id", FieldType.Integer, lower_bound=after + 1, upper_bound=upto
        )
        committed = self._tantivy.committed()
        searcher = committed.searcher
        limited = [(Occur.Must, query), (Occur.Must, span), *limits(self.schema, scope, committed.labels)]
        hits = best(searcher, Query.boolean_query(limited), upto - after)
        return np.sort(_version_ids(searcher, hits))

    def among(self, query: Query, version_ids: Sequence[int], *, scope: Scope) -> NDArray[np.int64]:
        """Those of the versions that match within the scope's filters, hidden or not, sorted."""
        if scope.is_empty or not len(version_ids):
            return NO_STORIES.version_ids
        named = Query.term_set_query(self.schema, "version_id", list(version_ids))
        committed = self._tantivy.committed()
        searcher = committed.searcher
        limited = [(Occur.Must, query), (Occur.Must, named), *limits(self.schema, scope, committed.labels)]
        return np.sort(_version_ids(searcher, best(searcher, Query.boolean_query(limited), len(version_ids))))

    def counts(self, query: Query, *, scope: Scope, values: int) -> Counts:
        """Visible stories that match, by year, language, provider and subject; `values` at most of each."""
        fields = ("year", *LABELS[:2], SUBJECT_CODE)
        if scope.is_empty:
            return Counts(total=0, by_field=dict.fromkeys(fields, ()))
        committed = self._tantivy.committed()
        clauses = [(Occur.Must, query), *limits(self.schema, scope, committed.labels)]
        hidden = _hidden_among(committed.searcher, Query.boolean_query(clauses), scope.hidden)
        if hidden:
            clauses.append((Occur.MustNot, Query.term_set_query(self.schema, "version_id", hidden)))
        asked: dict[str, object] = {
            # Every bucket of a segment is kept before they are joined: counts are exact, not estimates.
            field: {"terms": {"field": field, "size": MOST_YEARS if field == "year" else values,
                              "segment_size": MOST_VALUES}}
            for field in fields
        }  # fmt: skip
        asked["total"] = {"value_count": {"field": "version_id"}}
        with translated():
            found = committed.searcher.aggregate(Query.boolean_query(clauses), asked)
        return Counts(
            total=int(found["total"]["value"]),
            by_field={
                field: [
                    (str(int(one["key"])) if field == "year" else str(one["key"]), int(one["doc_count"]))
                    for one in found[field]["buckets"]
                ]
                for field in fields
            },
        )

    def version_ids(self) -> NDArray[np.int64]:
        """Every version held, sorted. For checks, not for searching."""
        searcher = self._tantivy.searcher()
        hits = best(searcher, Query.all_query(), max(1, int(searcher.num_docs)))
        return np.sort(_version_ids(searcher, hits))

    @contextmanager
    def writing(self) -> Iterator[StoryWriter]:
        with self._tantivy.writing(WRITER_BYTES) as writer:
            yield StoryWriter(writer, held=greatest(self._tantivy.searcher(), "version_id"))


class StoryWriter:
    """Adds versions; one added again replaces itself."""

    def __init__(self, writer: IndexWriter, *, held: int) -> None:
        """`held`: no version with an id above it is in the index."""
        self._writer = writer
        self._held = held

    def add(self, versions: Mapping[int, Version]) -> None:
        for version_id, version in versions.items():
            if version_id <= self._held:
                self._writer.delete_documents_by_term("version_id", version_id)
            self._held = max(self._held, version_id)
            self._writer.add_document(story_document(version_id, version))

    def commit(self) -> None:
        self._writer.commit()


def _hidden_among(searcher: Searcher, query: Query, hidden: HiddenVersions) -> list[int]:
    """The hidden versions to take out of what matches: those that do, or all where fewer are hidden than match."""
    if not hidden.ids.size:
        return []
    with translated():
        matching = int(searcher.search(query, 1, count=True).count)  # type: ignore[attr-defined]  # not in its stubs
    if matching >= min(hidden.ids.size, MOST_DRAWN):
        return [int(version_id) for version_id in hidden.ids.tolist()]
    ids = _version_ids(searcher, best(searcher, query, max(1, matching)))
    return [int(version_id) for version_id in ids[hidden.contains(ids)].tolist()]


def _drawn(searcher: Searcher, query: Query, limit: int, order: Order) -> list[tuple[float, Address]]:
    if order is Order.RELEVANCE:
        return best(searcher, query, limit)
    with translated():
        found = searcher.search(
            query, limit, count=False, order_by_field="published", order=_DIRECTIONS[order]
        )
    return found.hits


def _version_ids(searcher: Searcher, hits: Sequence[tuple[float, Address]]) -> NDArray[np.int64]:
    return np.array(
        searcher.fast_field_values("version_id", [address for _, address in hits]), dtype=np.int64
    )
