"""What a dense segment knows of each passage: its vector, and the facts filters look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.story import StoredPassage
from retrieval.instants import microseconds

UNKNOWN_LANGUAGE = "und"  # BCP 47 for "undetermined": a language filter never matches it by accident


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Parallel columns, one row a passage. `vectors` are unit length; instants are microseconds UTC."""

    vectors: NDArray[np.float32]
    passage_ids: NDArray[np.int64]
    version_ids: NDArray[np.int64]
    published: NDArray[np.int64]
    languages: tuple[str, ...]
    providers: tuple[str, ...]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.passage_ids)

    def take(self, places: NDArray[np.int64]) -> Rows:
        chosen = [int(place) for place in places]
        return Rows(
            vectors=self.vectors[places],
            passage_ids=self.passage_ids[places],
            version_ids=self.version_ids[places],
            published=self.published[places],
            languages=tuple(self.languages[place] for place in chosen),
            providers=tuple(self.providers[place] for place in chosen),
            kinds=tuple(self.kinds[place] for place in chosen),
        )


def rows_of(passages: Sequence[StoredPassage], vectors: NDArray[np.float32]) -> Rows:
    return Rows(
        vectors=vectors,
        passage_ids=np.array([p.passage_id for p in passages], dtype=np.int64),
        version_ids=np.array([p.version_id for p in passages], dtype=np.int64),
        published=np.array([microseconds(p.published) for p in passages], dtype=np.int64),
        languages=tuple(p.language or UNKNOWN_LANGUAGE for p in passages),
        providers=tuple(p.provider for p in passages),
        kinds=tuple(p.kind.value for p in passages),
    )
