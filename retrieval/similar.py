"""More like a story: near it in meaning by its own passages' vectors, and sharing its telling words.

Never the story itself, nor a copy of it: another of its duplicate group, or the same text under
whatever headline. Every limit of an ordinary search holds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur
from tantivy import Query as TantivyQuery

from db.store import StoryStore
from domain.query import Hit, Query, SearchResult
from domain.story import StoredPassage
from retrieval.collapse import SAME_TEXT, similarity
from retrieval.dense.index import DenseIndex
from retrieval.dense.lookup import vectors_by_id
from retrieval.index import SearchIndex
from retrieval.lexical.analysis import terms, words
from retrieval.lexical.function_words import content_words
from retrieval.lexical.index import LexicalIndex
from retrieval.lexical.question import word_query
from retrieval.search import Searcher
from retrieval.stages import Candidate, Fused, Request

TELLING_WORDS = 25  # as Lucene's "more like this" takes; a posting list each
PASSAGES_COMPARED = 64  # of a long story, the first: they say what it is about
COPIES_EXPECTED = 20  # asked for beyond the limit, since copies found are left out


class SimilarStories:
    """Finds stories like one of the archive's; shared by any number of threads."""

    def __init__(self, index: SearchIndex, store: StoryStore, searcher: Searcher) -> None:
        self._index = index
        self._store = store
        self._searcher = searcher

    def find(self, own: Sequence[StoredPassage], query: Query) -> SearchResult:
        """`own`: the passages of the story's current version. The query's text is not looked at."""
        own = own[:PASSAGES_COMPARED]
        generation = self._index.generation()
        by_meaning = _Near(generation.dense, _vectors_of(generation.dense, [one.passage_id for one in own]))
        by_words = _Sharing(generation.lexical, own)
        wider = Query(
            text="",
            filters=query.filters,
            limit=query.limit + COPIES_EXPECTED,
            order=query.order,
        )
        found = self._searcher.search_with(wider, Fused(by_meaning, by_words))
        hits = self._without_copies(own, found.hits)
        return SearchResult(query=query, hits=tuple(hits[: query.limit]), seconds=found.seconds)

    def _without_copies(self, own: Sequence[StoredPassage], hits: Sequence[Hit]) -> list[Hit]:
        if not own:
            return list(hits)
        story_id = own[0].story_id
        groups = self._store.duplicate_groups([story_id, *(hit.story_id for hit in hits)])
        group = groups.get(story_id)
        texts = [passage.text for passage in own]
        return [
            hit
            for hit in hits
            if hit.story_id != story_id
            and (group is None or groups.get(hit.story_id) != group)
            and not any(similarity(text, hit.passage) >= SAME_TEXT for text in texts)
        ]


@dataclass(frozen=True, slots=True)
class _Near:
    """Passages near the middle of the story's own, and near its opening, which counts twice."""

    dense: DenseIndex
    vectors: NDArray[np.float32]

    def __call__(self, request: Request) -> list[Candidate]:
        if not len(self.vectors):
            return []
        weights = np.ones(len(self.vectors), dtype=np.float32)
        weights[0] = 2.0
        middle = weights @ self.vectors
        length = float(np.linalg.norm(middle))
        if not length:
            return []
        found = self.dense.search(middle / np.float32(length), depth=request.depth, scope=request.scope)
        return [
            Candidate(passage_id=passage_id, score=score, dense=score)
            for passage_id, score in zip(found.passage_ids.tolist(), found.scores.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Sharing:
    """Passages with the words that are frequent in the story and rare in the archive."""

    lexical: LexicalIndex
    own: Sequence[StoredPassage]

    def __call__(self, request: Request) -> list[Candidate]:
        chosen = telling_words(self.lexical, self.own)
        if not chosen:
            return []
        language = self.own[0].language
        languages = dict.fromkeys([language, *(sorted(request.scope.languages) or self.lexical.languages())])
        query = TantivyQuery.boolean_query(
            [(Occur.Should, word_query(self.lexical.schema, word, languages)) for word in chosen]
        )
        found = self.lexical.search(query, depth=request.depth, scope=request.scope)
        return [
            Candidate(passage_id=passage_id, score=score, lexical=score)
            for passage_id, score in zip(found.passage_ids.tolist(), found.scores.tolist(), strict=True)
        ]


def telling_words(lexical: LexicalIndex, own: Sequence[StoredPassage]) -> list[str]:
    """The story's words by tf · idf, the most telling first; words no other passage has say nothing."""
    if not own:
        return []
    language = own[0].language
    text = " ".join([own[0].headline or "", *(passage.text for passage in own)])
    counted = Counter(content_words(words(text), language))
    searcher, total = lexical.searcher(), max(1, len(lexical))
    weights: dict[str, float] = {}
    for word, times in counted.items():
        stem = terms(word, language)
        frequency = searcher.doc_freq("body", stem[0]) if stem else 0
        if frequency:
            weights[word] = times * math.log(1 + total / frequency)
    return sorted(weights, key=lambda word: (-weights[word], word))[:TELLING_WORDS]


def _vectors_of(dense: DenseIndex, passage_ids: Sequence[int]) -> NDArray[np.float32]:
    """The indexed vectors of the passages, in their order; those not indexed yet are left out."""
    found = vectors_by_id(dense, passage_ids)
    rows = [found[passage_id] for passage_id in passage_ids if passage_id in found]
    return np.stack(rows) if rows else np.empty((0, 0), dtype=np.float32)
