"""The embedder of an archive of drawn passages, as the pages' server names it: benchmarks.pages.drawn:embedder.

Not a model: whatever is asked becomes one of the drawn vectors, picked by the words. What a search costs is
what it costs with a model's vectors of that size, but for the embedding of the question itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_archive import SyntheticArchive, TaggedVectors


class DrawnQuestions(TaggedVectors):
    """Asked with any words; `stories` of them are kept at hand."""

    def __init__(self) -> None:
        super().__init__(SyntheticArchive(1_000))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 1_000
        return self._vector(f"#{number}-0")

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.embed_query(text) for text in texts])


def embedder() -> DrawnQuestions:
    return DrawnQuestions()
