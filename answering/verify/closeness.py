"""How close in meaning a sentence and a span are, 0 (unrelated) to 1 (the same).

Cosines of different embedders lie on different scales (unrelated sentences: about 0.75 with e5,
0.05 with MiniLM), and lower across languages than within one, so each embedder is first measured on
pairs of sentences that have nothing to do with each other, and cosines are counted from that level up.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from domain.protocols import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

# News sentences on unrelated matters, in the six languages, that only fix the zero of the scale.
_UNRELATED: dict[str, tuple[str, ...]] = {
    "en": (
        "The central bank left its interest rates unchanged on Thursday.",
        "A ferry sank off the island during a storm, and divers searched the wreck.",
    ),
    "fr": (
        "Le chef d'orchestre a dirigé la symphonie devant une salle comble.",
        "Les agriculteurs demandent une hausse du prix du lait.",
    ),
    "es": (
        "El telescopio captó la imagen de una galaxia lejana.",
        "La selección juvenil entrenó bajo la lluvia en el estadio.",
    ),
    "de": (
        "Das Gericht verurteilte den Angeklagten zu einer Geldstrafe.",
        "Die Impfung gegen Grippe beginnt im Herbst.",
    ),
    "pt": (
        "O museu reabriu após dois anos de obras.",
        "A greve dos motoristas paralisou os transportes na capital.",
    ),
    "ar": (
        "أعلنت الوزارة بناء مدرسة جديدة في القرية.",
        "انخفضت أسعار النفط في الأسواق الآسيوية.",
    ),
}


# Questions that none of those sentences answers.
_QUESTIONS: dict[str, tuple[str, ...]] = {
    "en": ("Who discovered the comet?",),
    "fr": ("Quand le pont a-t-il été inauguré ?",),
    "es": ("¿Cuántos pasajeros viajaban en el avión?",),
    "de": ("Wer wurde zum Präsidenten gewählt?",),
    "pt": ("Em que ano foi assinado o tratado?",),
    "ar": ("من فاز بجائزة نوبل للآداب؟",),
}


@dataclass(frozen=True, slots=True)
class _Zeros:
    """The mean cosine of unrelated sentences, in one language and across two."""

    within: float
    across: float


class Closeness:
    """Embeds each sentence once and compares on this embedder's own scale. Threads may share one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._lock = threading.Lock()
        self._zeros: _Zeros | None = None
        self._question_zeros: _Zeros | None = None

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

    def among(self, text: str, others: Sequence[str], *, across: Sequence[bool]) -> list[float]:
        """The closeness of one text to each of the others; `across` says which are in another language."""
        if not others:
            return []
        matrix = self.embed((text, *others))
        zeros = self._measured()
        cosines = zip(matrix[1:] @ matrix[0], across, strict=True)
        return [_scaled(float(cosine), zeros.across if far else zeros.within) for cosine, far in cosines]

    def to_question(self, question: str, texts: Sequence[str], *, across: Sequence[bool]) -> list[float]:
        """How near each text comes to a question: the embedder's own sense of question and passage."""
        if not texts:
            return []
        zeros = self._measured_questions()
        cosines = zip(self.embed(texts) @ self._embedder.embed_query(question), across, strict=True)
        return [_scaled(float(cosine), zeros.across if far else zeros.within) for cosine, far in cosines]

    def _measured_questions(self) -> _Zeros:
        if self._question_zeros is None:
            pairs = [
                (a, b, la != lb)
                for la, asked in _QUESTIONS.items()
                for a in asked
                for lb, told in _UNRELATED.items()
                for b in told
            ]
            asked = {q: self._embedder.embed_query(q) for q in dict.fromkeys(a for a, _, _ in pairs)}
            told = dict(
                zip(
                    dict.fromkeys(b for _, b, _ in pairs),
                    self._embedder.embed_passages(list(dict.fromkeys(b for _, b, _ in pairs))),
                    strict=True,
                )
            )
            within = [float(asked[a] @ told[b]) for a, b, far in pairs if not far]
            across = [float(asked[a] @ told[b]) for a, b, far in pairs if far]
            self._question_zeros = _Zeros(sum(within) / len(within), sum(across) / len(across))
        return self._question_zeros

    def _measured(self) -> _Zeros:
        if self._zeros is None:
            labels = [code for code, texts in _UNRELATED.items() for _ in texts]
            matrix = self._embedder.embed_passages([t for texts in _UNRELATED.values() for t in texts])
            cosines = matrix @ matrix.T
            pairs = list(combinations(range(len(labels)), 2))
            within = [float(cosines[i, j]) for i, j in pairs if labels[i] == labels[j]]
            across = [float(cosines[i, j]) for i, j in pairs if labels[i] != labels[j]]
            self._zeros = _Zeros(sum(within) / len(within), sum(across) / len(across))
        return self._zeros


def _scaled(cosine: float, zero: float) -> float:
    return max(0.0, min(1.0, (cosine - zero) / (1 - zero)))


_KEPT = 4096  # vectors: 6 MB at 384 dimensions
