"""A sentence-transformers folder as LangChain Embeddings, as langchain-huggingface wraps one."""

from __future__ import annotations

from pathlib import Path

from langchain_core.embeddings import Embeddings

from retrieval.embedder import SentenceTransformerEmbedder


class LocalEmbeddings(Embeddings):
    """Vectors of the model in `folder`; no prefixes, plain lists."""

    def __init__(self, folder: Path) -> None:
        self.model_name = folder.name
        self._model = SentenceTransformerEmbedder(folder, name=folder.name, max_tokens=256)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed_passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text).tolist()
