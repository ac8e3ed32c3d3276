"""The stages of a search. Each takes a request and gives candidates, so that a pipeline is an expression:

    dense = Dense(index, embedder)
    Fused(dense, Lexical(index), places=places, refine=dense.refined)

Every stage obeys the request's scope; none widens it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.protocols import Embedder
from domain.query import Query
from domain.story import PassagePlace
from retrieval.dense.lookup import vectors_by_id
from retrieval.dense.segment import Found
from retrieval.fusion import WEIGHTS, Weights, fuse
from retrieval.index import Generation, SearchIndex
from retrieval.language_neutral import LanguageNeutral, neutral_for
from retrieval.lexical.function_words import guess_language
from retrieval.lexical.index import LexicalIndex
from retrieval.lexical.question import question_query
from retrieval.scope import Scope
from retrieval.syntax import Subjects, expression_query, is_expression, no_table, passage_query
from retrieval.topics import with_topics

CANDIDATES_EACH = 100
# Swept one to five passages, equal and falling weights, 0.1 to 0.5, on the same sets as the weights of the
# halves (docs/retrieval-evaluation.md): more of it helps in a mixture of languages and harms across a pair.
FEEDBACK_WEIGHTS = (1.0, 0.5)  # of the best passage and the second
FEEDBACK = 0.2
QUESTIONS_KEPT = 16  # vectors of the last questions: refining asks again for the one just made


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
    place: PassagePlace | None = None  # where a stage had to look it up


class Refine(Protocol):
    def __call__(
        self, request: Request, *, towards: Sequence[int], among: Collection[int]
    ) -> Mapping[int, float]:
        """New scores by meaning; empty where there are none to give."""
        ...


PlacesOf = Callable[[Request, Collection[int]], Mapping[int, PassagePlace]]  # those that may be shown


class Stage(Protocol):
    def __call__(self, request: Request) -> list[Candidate]:
        """At most `request.depth` candidates, best first."""
        ...


class Dense:
    """Nearest passages by meaning."""

    def __init__(self, index: SearchIndex, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._lock = threading.Lock()
        self._measured: tuple[Path, LanguageNeutral] | None = None
        self._questions: OrderedDict[tuple[Path, str], NDArray[np.float32]] = OrderedDict()

    def __call__(self, request: Request) -> list[Candidate]:
        if not request.query.text.strip():
            return []
        generation = self._index.generation()
        vector = self._question(generation, request.query.text)
        found = generation.dense.search(vector, depth=request.depth, scope=request.scope)
        return [
            Candidate(passage_id=passage_id, score=score, dense=score) for passage_id, score in _pairs(found)
        ]

    def refined(
        self, request: Request, *, towards: Sequence[int], among: Collection[int]
    ) -> Mapping[int, float]:
        """Scores of the passages `among` once the question has been moved a little `towards` some of them.

        What the best passages have in common says more of what is meant than a short question does
        (Rocchio's relevance feedback; with vectors, Li et al., "Pseudo relevance feedback with deep
        language models and dense retrievers", TOIS 2023).
        """
        if not request.query.text.strip():
            return {}
        generation = self._index.generation()
        vectors = vectors_by_id(generation.dense, among)
        near = [
            (vectors[passage_id], weight)
            for passage_id, weight in zip(towards, FEEDBACK_WEIGHTS, strict=False)
            if passage_id in vectors
        ]
        if not near:
            return {}
        best = np.average([vector for vector, _ in near], axis=0, weights=[weight for _, weight in near])
        question = self._question(generation, request.query.text) + FEEDBACK * best
        question /= np.linalg.norm(question) or 1.0
        scores = np.stack(list(vectors.values())) @ question
        return dict(zip(vectors, scores.tolist(), strict=True))

    def neutral(self) -> LanguageNeutral:
        """How the serving index's vectors were freed of their language."""
        return self._neutral(self._index.generation())

    def _question(self, generation: Generation, text: str) -> NDArray[np.float32]:
        key = (generation.folder, text)
        with self._lock:
            if (kept := self._questions.get(key)) is not None:
                return kept
        neutral = self._neutral(generation)
        vector = neutral.query(self._embedder.embed_query(text), guess_language(text))
        with self._lock:
            self._questions[key] = vector
            while len(self._questions) > QUESTIONS_KEPT:
                self._questions.popitem(last=False)
        return vector

    def _neutral(self, generation: Generation) -> LanguageNeutral:
        with self._lock:
            if self._measured is None or self._measured[0] != generation.folder:
                self._measured = (generation.folder, neutral_for(generation.folder, self._embedder))
            return self._measured[1]


class Lexical:
    """Passages by the question's words, or the best passages of the stories that fit an expression; BM25.

    `subjects` gives the codes that a subject's code or name stands for.
    """

    def __init__(self, index: SearchIndex, *, subjects: Subjects = no_table) -> None:
        self._index = index
        self._subjects = subjects

    def __call__(self, request: Request) -> list[Candidate]:
        lexical = self._index.generation().lexical
        if is_expression(request.query.text):
            return self._expression(lexical, request)
        languages = sorted(request.scope.languages) or lexical.languages()
        query = question_query(lexical.schema, request.query.text, languages=languages)
        found = lexical.search(query, depth=request.depth, scope=request.scope)
        return [
            Candidate(passage_id=passage_id, score=score, lexical=score)
            for passage_id, score in _pairs(found)
        ]

    def _expression(self, lexical: LexicalIndex, request: Request) -> list[Candidate]:
        text, stories = request.query.text, lexical.stories
        languages = sorted(request.scope.languages) or stories.languages()
        query = expression_query(
            stories.schema, text, languages=languages, labels=stories.labels, subjects=self._subjects
        )
        query = with_topics(query, stories, request.query.filters, subjects=self._subjects)
        found = stories.search(query, depth=request.depth, scope=request.scope, order=request.query.order)
        versions = found.version_ids.tolist()
        shown = lexical.best_passages(passage_query(lexical.schema, text, languages=languages), versions)
        return [
            Candidate(passage_id=shown[version_id], score=score, lexical=score)
            for version_id, score in zip(versions, found.scores.tolist(), strict=True)
            if version_id in shown
        ]


class Fused:
    """Both halves' candidates by the weighted sum of their scaled scores; ties in passage order.

    `places` tells where passages stand: with it, a passage in another language than the question's is judged
    by meaning nearly alone, and the candidates bring their places with them. `refine` scores all candidates once more, by meaning,
    in the light of the best.
    """

    def __init__(
        self,
        dense: Stage,
        lexical: Stage,
        *,
        places: PlacesOf | None = None,
        refine: Refine | None = None,
        weights: Weights = WEIGHTS,
    ) -> None:
        self._dense = dense
        self._lexical = lexical
        self._places = places
        self._refine = refine
        self._weights = weights

    def __call__(self, request: Request) -> list[Candidate]:
        by_meaning = _scores(self._dense(request))
        by_words = _scores(self._lexical(request))
        places = self._places(request, {*by_meaning, *by_words}) if self._places is not None else {}
        foreign = _foreign(places, request.query.text)
        fused = fuse(by_meaning, by_words, foreign=foreign, weights=self._weights)
        if self._refine is not None:
            again = self._refine(request, towards=_ranked(fused)[: len(FEEDBACK_WEIGHTS)], among=fused.keys())
            if again:
                fused = fuse(again, by_words, foreign=foreign, weights=self._weights)
        return [
            Candidate(
                passage_id=passage_id,
                score=fused[passage_id],
                dense=by_meaning.get(passage_id),
                lexical=by_words.get(passage_id),
                place=places.get(passage_id),
            )
            for passage_id in _ranked(fused)[: request.depth]
        ]


def _foreign(places: Mapping[int, PassagePlace], text: str) -> set[int]:
    """The passages in another language than the text's, where both are known."""
    spoken = guess_language(text) if places else None
    if spoken is None:
        return set()
    return {passage_id for passage_id, place in places.items() if _differs(place.language, spoken)}


def _ranked(fused: Mapping[int, float]) -> list[int]:
    return sorted(fused, key=lambda passage_id: (-fused[passage_id], passage_id))


def _differs(language: str | None, spoken: str) -> bool:
    return language is not None and language.partition("-")[0] != spoken


def _pairs(found: Found) -> list[tuple[int, float]]:
    return list(zip(found.passage_ids.tolist(), found.scores.tolist(), strict=True))


def _scores(candidates: Sequence[Candidate]) -> Mapping[int, float]:
    return {candidate.passage_id: candidate.score for candidate in candidates}
