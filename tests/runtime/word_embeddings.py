"""LangChain Embeddings of hashed words, importable by name as a user's own would be."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from tests.retrieval.small_archive import HashedWords


class WordEmbeddings(Embeddings):
    """Hashed words, of any length, as LangChain would give them."""

    model = "hashed-words"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [(3.0 * vector).tolist() for vector in HashedWords().embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
