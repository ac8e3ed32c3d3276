"""The first candidates put in a better order by a model that reads question and passage together.

Optional: named by the reader under `[retrieval] reranker`. It only rearranges: what it was not shown
stays below, in the order it had, and nothing comes in or goes out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from domain.errors import ModelCorrupt, ModelNotInstalled
from domain.story import StoredPassage
from retrieval.passage_text import passage_text
from retrieval.stages import Candidate, Request, Stage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# A small multilingual cross-encoder reads 20 to 40 passages of 160 tokens a second on one core.
READ = 20
LONGEST_TOKENS = 512

PassagesOf = Callable[[Collection[int]], Mapping[int, StoredPassage]]


class Scorer(Protocol):
    """How well each text answers the question: any scale, higher is better, one number a text."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]: ...


class Reranked:
    """The stage's best `read` candidates by the scorer's word, then the others. Equal scores keep order.

    `score` runs from 2 down to 1 over those read, so that it falls along the whole list; `dense` and
    `lexical` stay what the halves gave.
    """

    def __init__(self, stage: Stage, scorer: Scorer, *, passages: PassagesOf, read: int = READ) -> None:
        self._stage = stage
        self._scorer = scorer
        self._passages = passages
        self._read = read

    def __call__(self, request: Request) -> list[Candidate]:
        candidates = self._stage(request)
        stored = self._passages([candidate.passage_id for candidate in candidates[: self._read]])
        read = [one for one in candidates[: self._read] if one.passage_id in stored]
        if not read or not request.query.text.strip():
            return candidates
        texts = [passage_text(stored[one.passage_id]) for one in read]
        scores = self._scorer.scores(request.query.text, texts)
        order = sorted(range(len(read)), key=lambda at: -scores[at])
        first = [
            replace(read[at], score=2.0 - place / max(1, len(read) - 1)) for place, at in enumerate(order)
        ]
        shown = {one.passage_id for one in first}
        return [*first, *(one for one in candidates if one.passage_id not in shown)]


class CrossEncoderScorer:
    """A sentence-transformers CrossEncoder of this machine; loaded at the first question, shared by threads."""

    def __init__(self, name: str) -> None:
        """`name`: a model's folder, or its name on the hub once it has been downloaded."""
        self._name = name
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        with self._lock:
            found = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in found]

    @cached_property
    def _model(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder  # seconds of import: only when it is asked for

        given = Path(self._name).expanduser()
        where = str(given) if given.exists() else self._name
        try:
            model: CrossEncoder = CrossEncoder(
                where, device="cpu", num_labels=1, max_length=LONGEST_TOKENS, local_files_only=True
            )
        except OSError as error:  # how transformers says that a model's files are not here
            raise ModelNotInstalled(
                f"the reranker {self._name} is not on this machine",
                hint="give a folder, or download it first: hf download " + self._name,
            ) from error
        except (ValueError, KeyError, RuntimeError) as error:
            raise ModelCorrupt(
                f"{self._name} cannot be loaded as a cross-encoder: {error}",
                hint="name another under [retrieval] reranker, or none",
            ) from error
        return model
