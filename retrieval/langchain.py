"""The archive as a LangChain retriever, and any LangChain embeddings as the archive's embedder.

    retriever = archive.as_retriever(filters=Filters(languages=frozenset({"fr"})), limit=5)
    documents = retriever.invoke("Qui a signé le traité ?")

A document's text is the passage; its metadata says which words of which version of which
story it is, so that a chain built on it can cite as exactly as Dépêche does. docs/langchain.md
shows the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray

from domain.errors import ModelError
from domain.query import Filters, Hit, Mode, Query, SearchResult
from retrieval import passage_text

CountTokens = Callable[[Sequence[str]], list[int]]

CHARACTERS_A_TOKEN = 3  # a low guess over the six languages, so that passages are never cut too long
_TOKEN_EACH = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]")  # Chinese, Japanese, Korean

PROBE = "Dépêche: le 9 novembre 1989, the Wall opened in Berlin. ¿Quién lo anunció? أعلن المتحدث القرار."
PROBE_NUMBERS = 48  # of the probe's vectors in a fingerprint: two models agree in them by chance to ±0.15
SAME_MODEL = 0.99  # cosine; a service's own noise leaves 0.9999, another prefix or revision less than 0.98
_DIRECTIONS_SEED = 1983


class ArchiveRetriever(BaseRetriever):
    """Retrieves passages, best first, within `filters`. Sync, async and batch come from BaseRetriever."""

    search: Callable[[Query], SearchResult]
    filters: Filters = Filters()
    mode: Mode = Mode.HYBRID
    limit: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        asked = Query(text=query, filters=self.filters, mode=self.mode, limit=self.limit)
        return [as_document(hit) for hit in self.search(asked).hits]


def as_document(hit: Hit) -> Document:
    return Document(
        id=str(hit.passage_id),
        page_content=hit.passage,
        metadata={
            "guid": hit.guid,
            "version": hit.version,
            "provider": hit.provider,
            "published": hit.published.isoformat(),
            "language": hit.language,
            "headline": hit.headline,
            "place": hit.place,
            "start": hit.start,
            "end": hit.end,
            "score": hit.score,
            "duplicates": list(hit.duplicates),
        },
    )


class LangChainEmbedder:
    """An Embedder from any LangChain Embeddings.

    A model behind LangChain has no digest, so the fingerprint holds its class, its model's name and
    some numbers of the vectors it gives to a fixed text. Where those differ, the index is refused.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        *,
        name: str | None = None,
        max_tokens: int = 512,
        count_tokens: CountTokens | None = None,
    ) -> None:
        """`name` where the class and its `model` do not tell models apart; `count_tokens` where the
        model's tokenizer is at hand (otherwise tokens are estimated from above)."""
        self._embeddings = embeddings
        self._count_tokens = count_tokens
        self.name = name or model_name(embeddings)
        self.max_tokens = max_tokens
        both = self._unit([embeddings.embed_query(PROBE), *embeddings.embed_documents([PROBE])])
        self.dimensions = both.shape[1]
        self._head = f"langchain:{self.name}:{passage_text.RECIPE}:"
        self.fingerprint = self._head + _numbers(both).tobytes().hex()

    def recognise(self, recorded: str) -> None:
        """Take over a recorded fingerprint that this model would have made but for the service's noise."""
        if not recorded.startswith(self._head):
            return
        try:
            theirs = np.frombuffer(bytes.fromhex(recorded.removeprefix(self._head)), dtype=np.int8)
        except ValueError:
            return
        ours = np.frombuffer(bytes.fromhex(self.fingerprint.removeprefix(self._head)), dtype=np.int8)
        if theirs.shape == ours.shape and _cosine(theirs, ours) >= SAME_MODEL:
            self.fingerprint = recorded

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return self._unit(self._embeddings.embed_documents(list(texts)))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._unit([self._embeddings.embed_query(text)])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if self._count_tokens is not None:
            return self._count_tokens(texts)
        return [estimated_tokens(text) for text in texts]

    def _unit(self, vectors: list[list[float]]) -> NDArray[np.float32]:
        found = np.asarray(vectors, dtype=np.float32)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if found.ndim != 2 or not np.isfinite(lengths).all() or not lengths.all():
            raise ModelError("the embeddings gave a zero or broken vector", hint="check the embedding model")
        unit: NDArray[np.float32] = found / lengths
        return unit


def model_name(embeddings: Embeddings) -> str:
    """Class and model as LangChain's integrations name them: "OpenAIEmbeddings/text-embedding-3-small"."""
    named = (getattr(embeddings, field, None) for field in ("model_name", "model", "model_id", "deployment"))
    model = next((value for value in named if isinstance(value, str) and value), None)
    kind = type(embeddings).__qualname__
    return f"{kind}/{model}" if model else kind


def estimated_tokens(text: str) -> int:
    """From above: LangChain does not show the model's tokenizer."""
    single = len(_TOKEN_EACH.findall(text))
    return single + -(-(len(text) - single) // CHARACTERS_A_TOKEN)


def _numbers(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """PROBE_NUMBERS projections of the two vectors, end to end, on fixed random directions."""
    flat = vectors.reshape(-1)
    directions = np.random.default_rng(_DIRECTIONS_SEED).standard_normal((PROBE_NUMBERS, len(flat)))
    projected = directions @ flat
    numbers: NDArray[np.int8] = np.rint(projected * (127 / np.abs(projected).max())).astype(np.int8)
    return numbers


def _cosine(one: NDArray[np.int8], other: NDArray[np.int8]) -> float:
    a, b = one.astype(np.float64), other.astype(np.float64)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths else 0.0
