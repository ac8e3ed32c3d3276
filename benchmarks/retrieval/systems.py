"""What is compared: the product's stages, alone and together, and two peers over the same passages.

Each system is a function from a question of a task to passage ids, best first. The two halves are asked
once a question; what joins them works on what they gave.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from benchmarks.retrieval.sets import Asked
from domain.query import Query
from domain.story import PassagePlace, StoredPassage
from retrieval.fusion import Weights, reciprocal_rank
from retrieval.late_interaction import CLEAR, READ, WEIGHT, LateInteraction
from retrieval.passage_text import passage_text
from retrieval.scope import Visibility, scope_of
from retrieval.stages import CANDIDATES_EACH, Candidate, Dense, Fused, Lexical, Request
from retrieval.tokens import TokenEmbedder
from runtime import Archive
from runtime.clock import utc_now

System = Callable[[Asked], Sequence[int]]


class Kept:
    """A stage that remembers its answer to the last request, and the processor time it took."""

    def __init__(self, stage: Callable[[Request], list[Candidate]]) -> None:
        self._stage = stage
        self._last: tuple[Request, list[Candidate]] | None = None
        self.seconds: list[float] = []

    def __call__(self, request: Request) -> list[Candidate]:
        if self._last is None or self._last[0] is not request:
            began = time.process_time()
            self._last = (request, self._stage(request))
            self.seconds.append(time.process_time() - began)
        return self._last[1]


class Systems:
    """The product's ways of finding passages in one archive."""

    def __init__(self, archive: Archive) -> None:
        self._visibility = Visibility(archive.store)
        self._requests: dict[str, Request] = {}
        dense, lexical = Dense(archive.index, archive.embedder), Lexical(archive.index)

        def places(request: Request, passage_ids: Collection[int]) -> Mapping[int, PassagePlace]:
            return archive.store.visible_places(passage_ids, now=utc_now(), as_of=request.scope.as_of)

        self.dense, self.lexical = Kept(dense), Kept(lexical)
        self.fused = Kept(Fused(self.dense, self.lexical, places=places))
        self.refined = Kept(Fused(self.dense, self.lexical, places=places, refine=dense.refined))
        self._embedder, self._neutral, self._passages = (
            archive.embedder,
            dense.neutral,
            archive.store.passages,
        )
        self.hybrid = self.refined
        if isinstance(self._embedder, TokenEmbedder):
            stage = LateInteraction(
                self.refined, self._embedder, neutral=self._neutral, passages=self._passages
            )
            self.hybrid = Kept(stage)
        self._places = places

    def shipped(self) -> dict[str, System]:
        return {
            "dense half": self._of(self.dense),
            "lexical half": self._of(self.lexical),
            "joined": self._of(self.fused),
            "joined and refined": self._of(self.refined),
            "hybrid, as shipped": self._of(self.hybrid),
        }

    def joined(self) -> dict[str, System]:
        """Other ways to join the same two lists."""
        others: dict[str, System] = {"reciprocal rank, k = 60": self._reciprocal}
        for own in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8):
            weights = Weights(own_language=own, other_language=own)
            others[f"one weight, {own}"] = self._of(Kept(Fused(self.dense, self.lexical, weights=weights)))
        for own in (0.55, 0.6, 0.65, 0.7, 0.75):
            for other in (0.85, 0.9, 0.95):
                weights = Weights(own_language=own, other_language=other)
                stage = Fused(self.dense, self.lexical, places=self._places, weights=weights)
                others[f"{own} own, {other} other language"] = self._of(Kept(stage))
        return others

    def by_tokens(self) -> dict[str, System]:
        """Other settings of late interaction, over the same candidates."""
        if not isinstance(self._embedder, TokenEmbedder):
            return {}
        others: dict[str, System] = {}
        for read, clear, weight in (
            *((read, math.inf, WEIGHT) for read in (5, 8, 10, 20)),
            *((READ, clear, WEIGHT) for clear in (0.1, 0.2, 0.3)),
            *((READ, CLEAR, weight) for weight in (10.0, 40.0, math.inf)),
        ):
            stage = LateInteraction(
                self.refined,
                self._embedder,
                neutral=self._neutral,
                passages=self._passages,
                read=read,
                clear=clear,
                weight=min(weight, 1e6),
            )
            others[f"{read} read, clear from {clear:g}, weight {weight:g}"] = self._of(Kept(stage))
        return others

    def _of(self, stage: Kept) -> System:
        return lambda asked: [found.passage_id for found in stage(self._request(asked))]

    def _reciprocal(self, asked: Asked) -> list[int]:
        request = self._request(asked)
        rankings = [[found.passage_id for found in half(request)] for half in (self.dense, self.lexical)]
        fused = reciprocal_rank(rankings)
        return sorted(fused, key=lambda passage_id: (-fused[passage_id], passage_id))

    def _request(self, asked: Asked) -> Request:
        """One object a question, so that the halves know it again."""
        if asked.query_id not in self._requests:
            query = Query(text=asked.text, filters=asked.filters)
            scope = scope_of(query, now=datetime.now(UTC), visibility=self._visibility)
            self._requests = {asked.query_id: Request(query=query, scope=scope, depth=CANDIDATES_EACH)}
        return self._requests[asked.query_id]


def peers(archive: Archive, passages: Sequence[StoredPassage]) -> dict[str, System]:
    """LangChain's FAISS store (exact, the embedder's own vectors) and bm25s, over the same passages with the
    same line of headline and date: one store over all of them, and one for each language that is asked for.

    A filter of LangChain's store walks all documents for each question; a store a language is what one
    would build in its place.
    """
    stores: dict[str | None, tuple[System, System]] = {}

    def store(asked: Asked) -> tuple[System, System]:
        wanted = next(iter(asked.filters.languages), None)
        if wanted not in stores:
            held = [p for p in passages if wanted is None or p.language == wanted]
            stores[wanted] = (_langchain(archive, held), _bm25s(held, wanted or "en"))
        return stores[wanted]

    return {
        "LangChain FAISS": lambda asked: store(asked)[0](asked),
        "bm25s": lambda asked: store(asked)[1](asked),
    }


def _langchain(archive: Archive, passages: Sequence[StoredPassage]) -> System:
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document

    from benchmarks.retrieval.adaptor import AsEmbeddings

    store = FAISS.from_documents(
        [Document(page_content=passage_text(p), metadata={"id": p.passage_id}) for p in passages],
        AsEmbeddings(archive.embedder),
    )
    return lambda asked: [
        one.metadata["id"] for one in store.similarity_search(asked.text, k=CANDIDATES_EACH)
    ]


BM25S_LANGUAGES = {"en": "english", "de": "german", "es": "spanish", "ar": "arabic"}  # stemmers
BM25S_STOPWORDS = ("en", "de", "es", "zh")  # lists that it brings


def _bm25s(passages: Sequence[StoredPassage], language: str) -> System:
    """With the language's stemmer and stop words where there are some, as its README advises."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer(BM25S_LANGUAGES[language]) if language in BM25S_LANGUAGES else None
    stopwords = language if language in BM25S_STOPWORDS else []

    def tokens(texts: list[str]) -> list[list[str]]:
        found: list[list[str]] = bm25s.tokenize(
            texts, stopwords=stopwords, stemmer=stemmer, return_ids=False, show_progress=False
        )
        return found

    words = bm25s.BM25()
    words.index(tokens([passage_text(passage) for passage in passages]), show_progress=False)
    ids = [passage.passage_id for passage in passages]

    def found(asked: Asked) -> list[int]:
        spoken = tokens([asked.text])[0]
        if not spoken:
            return []
        scores = words.get_scores(spoken)
        best = np.argsort(-scores, kind="stable")[:CANDIDATES_EACH]
        return [ids[at] for at in best if scores[at] > 0]

    return found
