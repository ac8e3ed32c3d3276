"""The LangChain adaptors: documents carry what a citation needs, embeddings make an archive searchable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from db.store import StoryStore
from domain.errors import ModelError
from domain.query import Filters
from retrieval.index import SearchIndex
from retrieval.langchain import ArchiveRetriever, LangChainEmbedder
from retrieval.search import Searcher
from tests.retrieval.small_archive import HashedWords, varied_stories


class WordEmbeddings(Embeddings):
    """Hashed words, of any length, as LangChain would give them."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [(3.0 * vector).tolist() for vector in HashedWords().embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class Broken(WordEmbeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[0.0] * 8 for _ in texts]


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[ArchiveRetriever]:
    embedder = LangChainEmbedder(WordEmbeddings(), name="words")
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        store.add_batch(varied_stories(30))
        index = SearchIndex.open(tmp_path / "index", store=store, embedder=embedder)
        index.index_pending()
        search = Searcher(index, store, embedder).search
        yield ArchiveRetriever(search=search, filters=Filters(languages=frozenset({"en"})), limit=4)


def test_documents_hold_exact_passages(retriever: ArchiveRetriever) -> None:
    documents = retriever.invoke("wheat story")
    assert len(documents) == 4
    for document in documents:
        assert len(document.page_content) == document.metadata["end"] - document.metadata["start"]
        assert document.metadata["language"] == "en"


def test_batch_and_async_agree_with_invoke(retriever: ArchiveRetriever) -> None:
    once = retriever.invoke("wheat story")
    assert retriever.batch(["wheat story", "steel"])[0] == once
    assert asyncio.run(retriever.ainvoke("wheat story")) == once


def test_vectors_are_made_unit_length() -> None:
    embedder = LangChainEmbedder(WordEmbeddings(), name="words")
    assert embedder.embed_passages(["wheat"])[0] @ embedder.embed_query("wheat") == pytest.approx(1)
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_a_broken_model_is_named() -> None:
    with pytest.raises(ModelError, match="zero or broken"):
        LangChainEmbedder(Broken(), name="broken")
