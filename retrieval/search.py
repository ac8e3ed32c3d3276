"""From a query to stories: limits, both searches, fusion, one hit a story, copies folded, order, cut.

No hit is outside the query's filters; no hit is of a version that is killed, held, under
embargo or superseded at the moment the result is made: the store is asked again last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from db.store import StoryStore
from domain.protocols import Embedder
from domain.query import Hit, Mode, Order, Query, SearchResult
from domain.story import Kind, PassagePlace
from retrieval.collapse import best_per_story, without_copies
from retrieval.index import SearchIndex
from retrieval.instants import microseconds
from retrieval.late_interaction import LateInteraction
from retrieval.rerank import Reranked, Scorer
from retrieval.scope import Scope, Visibility, scope_of
from retrieval.stages import CANDIDATES_EACH, Candidate, Dense, Fused, Lexical, Request, Stage
from retrieval.syntax import is_expression
from retrieval.tokens import TokenEmbedder
from retrieval.topics import are_named, within_topics

CANDIDATES_PER_HIT = 10  # a story's passages and its copies may fill the first places
MOST_CANDIDATES = 20_000
PERIOD_BOOST = 0.1  # of the best score, for stories from a period the question speaks of


def utc_now() -> datetime:
    return datetime.now(UTC)


class Searcher:
    """Searches one archive; shared by any number of threads. A domain Retriever."""

    def __init__(
        self,
        index: SearchIndex,
        store: StoryStore,
        embedder: Embedder,
        *,
        clock: Callable[[], datetime] = utc_now,
        scorer: Scorer | None = None,
        late_interaction: bool = True,
    ) -> None:
        """`scorer` reads the best of both halves once more (retrieval.rerank); without one their tokens are
        compared (retrieval.late_interaction), where the embedder shows them."""
        self._index = index
        self._store = store
        self._clock = clock
        self._visibility = Visibility(store)
        dense, lexical = Dense(index, embedder), Lexical(index, subjects=store.subjects.codes)
        self._quick: Stage = Fused(dense, lexical, places=self._places)
        hybrid: Stage = Fused(dense, lexical, places=self._places, refine=dense.refined)
        if scorer is not None:
            hybrid = Reranked(hybrid, scorer, passages=store.passages)
        elif late_interaction and isinstance(embedder, TokenEmbedder):
            hybrid = LateInteraction(hybrid, embedder, neutral=dense.neutral, passages=store.passages)
        self._pipelines: dict[Mode, Stage] = {Mode.DENSE: dense, Mode.LEXICAL: lexical, Mode.HYBRID: hybrid}

    def search(self, query: Query) -> SearchResult:
        return self.search_with(query, self._pipeline(query))

    def glance(self, query: Query) -> SearchResult:
        """As `search`, in the order of both halves' own scores: what can be shown while the rest is worked out."""
        stage = self._pipeline(query)
        return self.search_with(query, self._quick if stage is self._pipelines[Mode.HYBRID] else stage)

    def search_with(self, query: Query, stage: Stage) -> SearchResult:
        """The query's limits, collapsing and order around candidates from elsewhere."""
        began = time.perf_counter()
        hits = self._drawn(query, stage)
        return SearchResult(query=query, hits=tuple(hits), seconds=time.perf_counter() - began)

    def retrieve(self, query: Query) -> Sequence[Hit]:
        return self._drawn(query, self._pipeline(query))

    def _drawn(self, query: Query, stage: Stage) -> list[Hit]:
        scope = self._scope(query)
        if query.limit <= 0 or scope.is_empty:
            return []
        depth = max(CANDIDATES_EACH, query.limit * CANDIDATES_PER_HIT)
        while True:
            candidates = stage(Request(query=query, scope=scope, depth=depth))
            hits = self._stories(query, candidates, scope)
            if len(hits) >= query.limit or len(candidates) < depth or depth >= MOST_CANDIDATES:
                return _ordered(self._shown(hits[: query.limit], scope), query)
            depth *= 4

    def _scope(self, query: Query) -> Scope:
        scope = scope_of(query, now=self._clock(), visibility=self._visibility)
        if not are_named(query.filters):
            return scope
        stories = self._index.generation().lexical.stories
        return within_topics(scope, stories, query.filters, subjects=self._store.subjects.codes)

    def _pipeline(self, query: Query) -> Stage:
        # "NOT maize" is a limit that nearness of meaning would overstep: expressions are words alone.
        if query.mode is Mode.HYBRID and is_expression(query.text):
            return self._pipelines[Mode.LEXICAL]
        return self._pipelines[query.mode]

    def _stories(self, query: Query, candidates: Sequence[Candidate], scope: Scope) -> list[Hit]:
        """One hit for each source, best first, still without its words."""
        places = {one.passage_id: one.place for one in candidates if one.place is not None}
        if unknown := [one.passage_id for one in candidates if one.passage_id not in places]:
            places |= self._visible_places(unknown, scope)
        hits = [hit_of(one, places[one.passage_id]) for one in candidates if one.passage_id in places]
        return without_copies(
            best_per_story(_boosted(hits, query)),
            groups={one.story_id: one.copies for one in places.values() if one.copies is not None},
            chains={one.story_id: one.chain for one in places.values() if one.chain is not None},
            alerts={one.story_id for one in places.values() if one.kind is Kind.ALERT},
        )

    def _places(self, request: Request, passage_ids: Collection[int]) -> Mapping[int, PassagePlace]:
        return self._visible_places(passage_ids, request.scope)

    def _visible_places(self, passage_ids: Collection[int], scope: Scope) -> dict[int, PassagePlace]:
        return self._store.visible_places(passage_ids, now=self._clock(), as_of=scope.as_of)

    def _shown(self, hits: Sequence[Hit], scope: Scope) -> list[Hit]:
        """The hits with their words, less those that may no longer be shown: of a hundred candidates' bodies
        ten are read."""
        versions = [hit.version_id for hit in hits]
        bodies = self._store.bodies(versions)
        visible = self._store.visible_versions(versions, now=self._clock(), as_of=scope.as_of)
        return [
            replace(hit, passage=bodies[hit.version_id][hit.start : hit.end])
            for hit in hits
            if hit.version_id in visible and hit.version_id in bodies
        ]


def hit_of(candidate: Candidate, passage: PassagePlace, *, words: str = "") -> Hit:
    return Hit(
        passage_id=passage.passage_id,
        version_id=passage.version_id,
        story_id=passage.story_id,
        guid=passage.guid,
        version=passage.version,
        provider=passage.provider,
        published=passage.published,
        language=passage.language,
        headline=passage.headline,
        place=passage.place,
        passage=words,
        start=passage.start,
        end=passage.end,
        score=candidate.score,
        dense=candidate.dense,
        lexical=candidate.lexical,
    )


def _boosted(hits: list[Hit], query: Query) -> list[Hit]:
    """Stories from the periods of the query's soft clues move up a little; none is shut out."""
    periods = [
        (microseconds(clue.start) if clue.start else None, microseconds(clue.end) if clue.end else None)
        for clue in query.clues
        if not clue.hard and (clue.start or clue.end)
    ]
    if not periods or not hits:
        return hits
    bonus = PERIOD_BOOST * max(abs(hit.score) for hit in hits)
    lifted = [
        replace(hit, score=hit.score + bonus)
        if any(_within(microseconds(hit.published), since, until) for since, until in periods)
        else hit
        for hit in hits
    ]
    return sorted(lifted, key=lambda hit: (-hit.score, hit.passage_id))


def _within(instant: int, since: int | None, until: int | None) -> bool:
    return (since is None or instant >= since) and (until is None or instant < until)


def _ordered(hits: list[Hit], query: Query) -> list[Hit]:
    """The chosen hits laid out as asked. Of an expression the first by date were drawn; of a question
    relevance chose, and dates only arrange."""
    if query.order is Order.OLDEST:
        return sorted(hits, key=lambda hit: hit.published)
    if query.order is Order.NEWEST:
        return sorted(hits, key=lambda hit: hit.published, reverse=True)
    return hits
