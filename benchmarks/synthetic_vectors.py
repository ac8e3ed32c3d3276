"""Vectors with the make-up of real passage embeddings, any number of them, the same for the same seed.

A passage is  normalise( √.79·μ  +  √.21·(topic + story + own part) ):

- μ is one fixed direction: vectors of unrelated passages have a cosine of 0.79 to each other;
- topics are few and their sizes follow Zipf's law; a story belongs to one topic; a story has `PER_STORY`
  passages;
- the three parts share the remaining variance in the proportions below, each drawn from a spectrum that
  falls as a power of the rank and is turned by one random rotation, so that no axis is special.

A question is a passage's topic and story with a part of its own a little larger: near its story, and
rarely a copy of one passage. The figures that the shares and the exponent were set by (real vectors of
agency stories, multilingual-e5-small) are in docs/performance.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
PER_STORY = 3
COMMON = 0.786  # squared length along μ
SHARES = {"topic": 0.25, "story": 0.38, "own": 0.37}  # of the rest
SPECTRUM_EXPONENT = 0.38  # standard deviation of the i-th direction ∝ i^-exponent
QUESTION_SPREAD = 1.2  # a question's own part, relative to a passage's
STORIES_PER_TOPIC = 100

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Consecutive passages; `topics` names each one's topic."""

    vectors: Vectors
    topics: NDArray[np.int64]


class SyntheticVectors:
    """Passages of `stories` stories in story order, a block at a time; and questions about them."""

    def __init__(self, *, stories: int, seed: int = 1983, dimensions: int = DIMENSIONS) -> None:
        rng = np.random.default_rng(seed)
        self._seed = seed
        self._dimensions = dimensions
        self.stories = stories
        deviations = np.arange(1, dimensions + 1, dtype=np.float32) ** -SPECTRUM_EXPONENT
        self._deviations = deviations / np.sqrt(np.square(deviations).sum())
        rotation, _ = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))
        self._rotation = rotation.astype(np.float32)
        self._mean = _unit(rng.standard_normal((1, dimensions), dtype=np.float32))[0]
        count = max(8, stories // STORIES_PER_TOPIC)
        self._topics = self._drawn(rng, count) * np.sqrt(SHARES["topic"], dtype=np.float32)
        weights = 1.0 / np.arange(1, count + 1)
        self._cumulative = np.cumsum(weights / weights.sum())

    def block(self, first_story: int, stories: int) -> Block:
        """The passages of these stories; a block drawn twice is the same if its bounds are."""
        topics, centres = self._centres(first_story, stories)
        rng = np.random.default_rng((self._seed, 1, first_story))
        own = self._noise(rng, stories * PER_STORY)
        vectors = own + np.repeat(centres, PER_STORY, axis=0)
        return Block(vectors=self._placed(vectors), topics=np.repeat(topics, PER_STORY))

    def question(self, first_story: int, stories: int, place: int) -> Vectors:
        """A question about one story of the block that begins at `first_story`."""
        _, centres = self._centres(first_story, stories)
        rng = np.random.default_rng((self._seed, 2, first_story + place))
        own = np.float32(QUESTION_SPREAD) * self._noise(rng, 1)
        vector: Vectors = self._placed(centres[place : place + 1] + own)[0]
        return vector

    def _centres(self, first_story: int, stories: int) -> tuple[NDArray[np.int64], Vectors]:
        rng = np.random.default_rng((self._seed, 0, first_story))
        topics = np.searchsorted(self._cumulative, rng.random(stories))
        own = self._drawn(rng, stories) * np.sqrt(SHARES["story"], dtype=np.float32)
        return topics, self._topics[topics] + own

    def _noise(self, rng: np.random.Generator, count: int) -> Vectors:
        """A passage's own part: drawn unturned (a product of a third of the cost), its spectrum flat."""
        drawn = rng.standard_normal((count, self._dimensions), dtype=np.float32)
        return drawn * np.float32(np.sqrt(SHARES["own"] / self._dimensions))

    def _drawn(self, rng: np.random.Generator, count: int) -> Vectors:
        drawn = rng.standard_normal((count, self._dimensions), dtype=np.float32)
        turned: Vectors = (drawn * self._deviations) @ self._rotation
        return turned

    def _placed(self, rest: Vectors) -> Vectors:
        rest *= np.float32(np.sqrt(1 - COMMON))
        rest += self._mean * np.float32(np.sqrt(COMMON))
        return _unit(rest)


def _unit(vectors: Vectors) -> Vectors:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
