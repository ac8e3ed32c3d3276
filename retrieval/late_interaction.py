"""The first candidates put in a better order by the vectors of their single tokens.

One vector holds what a passage is about, not each thing it says. Here every token of the question looks
for the nearest token of the passage, and the passage is as near as these are on average, rare tokens
counting more (MaxSim: Khattab & Zaharia, "ColBERT", SIGIR 2020). The tokens are the embedder's own, freed
of their language as its vectors are, and made as the question is asked: keeping them takes 60 kB a passage.

It only rearranges, and only where the order is in doubt: passages of one language change places among
themselves, since tokens of one language are nearer to each other whatever they say, and each place keeps
its score. What is gained and what it costs: docs/retrieval-evaluation.md.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from domain.story import StoredPassage
from retrieval.language_neutral import LanguageNeutral
from retrieval.lexical.function_words import guess_language
from retrieval.passage_text import passage_text
from retrieval.stages import Candidate, Request, Stage
from retrieval.tokens import TextTokens, TokenEmbedder

# Set on XQuAD-R, the sample's set, Reuters and the tuning half of the further questions on Reuters
# (docs/retrieval-evaluation.md, which has the held-out questions beside them).
READ = 8  # passages; one takes 25 ms of a core
CLEAR = 0.25  # of the fused score, which is 1 at most: a first story so far ahead of the second stays there
WEIGHT = 23.0  # of the tokens' mean cosine beside the fused score: a hundredth of it is worth .23
COMMON = 2.0  # log of a token's number (tokenizers number by frequency) at which it begins to count
KEPT = 64  # passages whose tokens stay in memory, 0.1 MB each

PassagesOf = Callable[[Collection[int]], Mapping[int, StoredPassage]]


class LateInteraction:
    """A stage's best `read` candidates by their tokens; shared by any number of threads."""

    def __init__(
        self,
        stage: Stage,
        embedder: TokenEmbedder,
        *,
        neutral: Callable[[], LanguageNeutral],
        passages: PassagesOf,
        read: int = READ,
        clear: float = CLEAR,
        weight: float = WEIGHT,
    ) -> None:
        self._stage = stage
        self._embedder = embedder
        self._neutral = neutral
        self._passages = passages
        self._read = read
        self._clear = clear
        self._weight = weight
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, TextTokens] = OrderedDict()

    def __call__(self, request: Request) -> list[Candidate]:
        candidates = self._stage(request)
        first, rest = candidates[: self._read], candidates[self._read :]
        if len(first) < 2 or first[0].score - first[1].score >= self._clear:
            return candidates  # whatever their stories
        stored = self._passages([one.passage_id for one in first])
        if any(one.passage_id not in stored for one in first) or is_clear(first, stored, by=self._clear):
            return candidates
        asked = self._embedder.embed_tokens([request.query.text], as_query=True)
        if not asked or not len(asked[0].ids):
            return candidates
        neutral = self._neutral()
        question = neutral.query_tokens(asked[0], guess_language(request.query.text))
        weights = rarity(asked[0].ids)
        passages = [stored[one.passage_id] for one in first]
        values = [
            one.score
            + self._weight * nearness(question, neutral.passage_tokens(tokens, passage.language), weights)
            for one, passage, tokens in zip(first, passages, self._tokens(passages), strict=True)
        ]
        order = within_places([passage.language for passage in passages], values)
        return [replace(first[at], score=first[place].score) for place, at in enumerate(order)] + rest

    def _tokens(self, passages: Sequence[StoredPassage]) -> list[TextTokens]:
        with self._lock:
            known = {p.passage_id: self._kept[p.passage_id] for p in passages if p.passage_id in self._kept}
        new = [passage for passage in passages if passage.passage_id not in known]
        made = self._embedder.embed_tokens([passage_text(passage) for passage in new], as_query=False)
        known |= {passage.passage_id: tokens for passage, tokens in zip(new, made, strict=True)}
        with self._lock:
            for passage in passages:
                self._kept[passage.passage_id] = known[passage.passage_id]
                self._kept.move_to_end(passage.passage_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [known[passage.passage_id] for passage in passages]


def is_clear(first: Sequence[Candidate], stored: Mapping[int, StoredPassage], *, by: float) -> bool:
    """Whether there is nothing to decide: one story, or one that is ahead of every other `by` so much."""
    stories = [stored[one.passage_id].story_id for one in first]
    second = next((at for at, story in enumerate(stories) if story != stories[0]), None)
    return second is None or first[0].score - first[second].score >= by


def rarity(ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much each token counts; all the same where all are common."""
    weights = np.maximum(np.log1p(ids) - COMMON, 0.0)
    return weights if weights.any() else np.ones(len(ids))


def nearness(
    question: NDArray[np.float32], passage: NDArray[np.float32], weights: NDArray[np.float64]
) -> float:
    """The weighted mean, over the question's tokens, of the cosine of the nearest token of the passage."""
    if not len(passage):
        return 0.0
    return float(np.average((question @ passage.T).max(axis=1), weights=weights))


def within_places(languages: Sequence[str | None], values: Sequence[float]) -> list[int]:
    """Which of them stands at each place: those of one language hold the places they have together."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, language in enumerate(languages):
        places[(language or "").partition("-")[0]].append(at)
    order = list(range(len(values)))
    for held in places.values():
        for place, at in zip(held, sorted(held, key=lambda at: (-values[at], at)), strict=True):
            order[place] = at
    return order
