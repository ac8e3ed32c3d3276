"""The stages of a search. Each takes a request and gives candidates, so that a pipeline is an expression:

    Fused(Dense(index, embedder), Lexical(index))

Every stage obeys the request's scope; none widens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.protocols import Embedder
from domain.query import Query
from retrieval.dense.segment import Found
from retrieval.fusion import min_max
from retrieval.index import SearchIndex
from retrieval.lexical.question import question_query
from retrieval.scope import Scope
from retrieval.syntax import expression_query, is_expression

# Swept 0.3..0.8 on XQuAD-R (five languages, within and across) and a part of RealtimeQA: the lowest
# weight at which the hybrid is ahead of both halves in each (docs/notes-retrieval.md).
DENSE_WEIGHT = 0.7
CANDIDATES_EACH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A query with its limits worked out, and how many candidates are wanted."""

    query: Query
    scope: Scope
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage worth looking at. `dense` and `lexical` are the halves' own scores where they found it."""

    passage_id: int
    score: float
    dense: float | None = None
    lexical: float | None = None


class Stage(Protocol):
    def __call__(self, request: Request) -> list[Candidate]:
        """At most `request.depth` candidates, best first."""
        ...


class Dense:
    """Nearest passages by meaning."""

    def __init__(self, index: SearchIndex, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder

    def __call__(self, request: Request) -> list[Candidate]:
        if not request.query.text.strip():
            return []
        vector = self._embedder.embed_query(request.query.text)
        found = self._index.generation().dense.search(vector, depth=request.depth, scope=request.scope)
        return [
            Candidate(passage_id=passage_id, score=score, dense=score) for passage_id, score in _pairs(found)
        ]


class Lexical:
    """Passages by the question's words or the archivist's expression, BM25."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def __call__(self, request: Request) -> list[Candidate]:
        lexical = self._index.generation().lexical
        languages = sorted(request.scope.languages) or lexical.languages()
        text = request.query.text
        if is_expression(text):
            query = expression_query(lexical.schema, text, languages=languages, labels=lexical.labels)
        else:
            query = question_query(lexical.schema, text, languages=languages)
        found = lexical.search(query, depth=request.depth, scope=request.scope)
        return [
            Candidate(passage_id=passage_id, score=score, lexical=score)
            for passage_id, score in _pairs(found)
        ]


class Fused:
    """Both halves' candidates by the weighted sum of their min-max scores; ties in passage order."""

    def __init__(self, dense: Stage, lexical: Stage, *, dense_weight: float = DENSE_WEIGHT) -> None:
        self._dense = dense
        self._lexical = lexical
        self._weights = (dense_weight, 1.0 - dense_weight)

    def __call__(self, request: Request) -> list[Candidate]:
        by_meaning = _scores(self._dense(request))
        by_words = _scores(self._lexical(request))
        fused = min_max([by_meaning, by_words], weights=self._weights)
        ranked = sorted(fused, key=lambda passage_id: (-fused[passage_id], passage_id))
        return [
            Candidate(
                passage_id=passage_id,
                score=fused[passage_id],
                dense=by_meaning.get(passage_id),
                lexical=by_words.get(passage_id),
            )
            for passage_id in ranked[: request.depth]
        ]


def _pairs(found: Found) -> list[tuple[int, float]]:
    return list(zip(found.passage_ids.tolist(), found.scores.tolist(), strict=True))


def _scores(candidates: Sequence[Candidate]) -> Mapping[int, float]:
    return {candidate.passage_id: candidate.score for candidate in candidates}
