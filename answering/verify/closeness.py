"""How close in meaning a sentence and a span are, 0 (unrelated) to 1 (the same).

Cosines of different embedders lie on different scales (unrelated sentences: about 0.75 with e5,
0.05 with MiniLM), so each embedder is first measured on pairs of sentences that have nothing to do
with each other, and cosines are counted from that level up.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from domain.protocols import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

# News sentences on unrelated matters, in the six languages, that only fix the zero of the scale.
_UNRELATED = (
    "The central bank left its interest rates unchanged on Thursday.",
    "A ferry sank off the island during a storm, and divers searched the wreck.",
    "Le chef d'orchestre a dirigé la symphonie devant une salle comble.",
    "Les agriculteurs demandent une hausse du prix du lait.",
    "El telescopio captó la imagen de una galaxia lejana.",
    "La selección juvenil entrenó bajo la lluvia en el estadio.",
    "Das Gericht verurteilte den Angeklagten zu einer Geldstrafe.",
    "Die Impfung gegen Grippe beginnt im Herbst.",
    "O museu reabriu após dois anos de obras.",
    "A greve dos motoristas paralisou os transportes na capital.",
    "أعلنت الوزارة بناء مدرسة جديدة في القرية.",
    "انخفضت أسعار النفط في الأسواق الآسيوية.",
)


class Closeness:
    """Embeds each sentence once and compares on this embedder's own scale. Threads may share one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._lock = threading.Lock()
        self._zero: float | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text, in order; those met before are not embedded again."""
        with self._lock:
            new = list(dict.fromkeys(t for t in texts if t not in self._vectors))
            if len(self._vectors) + len(new) > _KEPT:
                self._vectors.clear()
                new = list(dict.fromkeys(texts))
            if new:
                self._vectors.update(zip(new, self._embedder.embed_passages(new), strict=True))
            return np.stack([self._vectors[t] for t in texts])

    def between(self, one: str, other: str) -> float:
        return self.among(one, (other,))[0]

    def among(self, text: str, others: Sequence[str]) -> list[float]:
        """The closeness of one text to each of the others."""
        if not others:
            return []
        matrix = self.embed((text, *others))
        return [self._scaled(float(c)) for c in matrix[1:] @ matrix[0]]

    def _scaled(self, cosine: float) -> float:
        if self._zero is None:
            matrix = self._embedder.embed_passages(_UNRELATED)
            cosines = (matrix @ matrix.T)[np.triu_indices(len(_UNRELATED), k=1)]
            self._zero = float(cosines.mean())
        return max(0.0, min(1.0, (cosine - self._zero) / (1 - self._zero)))


_KEPT = 4096  # vectors: 6 MB at 384 dimensions
