"""The archive as a LangChain retriever, and any LangChain embeddings as the archive's embedder.

    retriever = ArchiveRetriever(search=archive.search, filters=Filters(languages=frozenset({"fr"})), limit=5)
    documents = retriever.invoke("Qui a signé le traité ?")

A document's text is the passage; its metadata says which words of which version of which
story it is, so that a chain built on it can cite as exactly as Dépêche does.
"""

from __future__ import annotations

import hashlib
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

CHARACTERS_A_TOKEN = 3  # a low guess over the six languages, so that passages are never cut too long


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
    """An Embedder from any LangChain Embeddings. `name` must change when the model behind it does."""

    def __init__(self, embeddings: Embeddings, *, name: str, max_tokens: int = 512) -> None:
        self._embeddings = embeddings
        self.name = name
        self.max_tokens = max_tokens
        # A model behind LangChain has no digest: what it says of a fixed text stands for it.
        probe = self._unit([embeddings.embed_query("Dépêche")])[0]
        self.dimensions = len(probe)
        said = hashlib.sha256(np.round(probe, 2).tobytes() + passage_text.RECIPE.encode()).hexdigest()[:16]
        self.fingerprint = f"langchain:{name}:{said}"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return self._unit(self._embeddings.embed_documents(list(texts)))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._unit([self._embeddings.embed_query(text)])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """An estimate from above: LangChain does not show the model's tokenizer."""
        return [-(-len(text) // CHARACTERS_A_TOKEN) for text in texts]

    def _unit(self, vectors: list[list[float]]) -> NDArray[np.float32]:
        found = np.asarray(vectors, dtype=np.float32)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if found.ndim != 2 or not np.isfinite(lengths).all() or not lengths.all():
            raise ModelError("the embeddings gave a zero or broken vector", hint="check the embedding model")
        unit: NDArray[np.float32] = found / lengths
        return unit
