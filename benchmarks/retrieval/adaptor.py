"""The product's embedder as LangChain's Embeddings, so that its vector store gets the same vectors."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from domain.protocols import Embedder


class AsEmbeddings(Embeddings):
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.embed_passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_query(text).tolist()
