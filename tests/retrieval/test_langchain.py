"""The LangChain adaptors: documents carry what a citation needs, embeddings make an archive searchable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.runnables import ConfigurableField, RunnableLambda

from db.store import StoryStore
from domain.errors import IndexStale, ModelError
from domain.query import Filters, Mode, Query, SearchResult
from retrieval.index import SearchIndex
from retrieval.langchain import ArchiveRetriever, LangChainEmbedder, estimated_tokens
from retrieval.search import Searcher
from tests.retrieval.small_archive import varied_stories
from tests.runtime.word_embeddings import WordEmbeddings


class Broken(WordEmbeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[0.0] * 8 for _ in texts]


class Noisy(WordEmbeddings):
    """The same model behind a service that answers a little differently each time."""

    def __init__(self, noise: float) -> None:
        self._noise = np.random.default_rng(1983).standard_normal(64) * noise

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = np.array(super().embed_documents(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors + self._noise * lengths / 8).tolist()


class Recorder(BaseCallbackHandler):
    """What LangChain tells those who watch a run."""

    def __init__(self) -> None:
        self.started: list[tuple[str, list[str], dict[str, Any]]] = []
        self.found: list[Sequence[Document]] = []
        self.failed: list[BaseException] = []

    def on_retriever_start(self, serialized: Any, query: str, **told: Any) -> None:
        self.started.append((query, told["tags"], told["metadata"]))

    def on_retriever_end(self, documents: Sequence[Document], **told: Any) -> None:
        self.found.append(documents)

    def on_retriever_error(self, error: BaseException, **told: Any) -> None:
        self.failed.append(error)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as opened:
        opened.add_batch(varied_stories(30))
        yield opened


@pytest.fixture
def retriever(tmp_path: Path, store: StoryStore) -> ArchiveRetriever:
    embedder = LangChainEmbedder(WordEmbeddings())
    index = SearchIndex.open(tmp_path / "index", store=store, embedder=embedder)
    index.index_pending()
    search = Searcher(index, store, embedder).search
    return ArchiveRetriever(search=search, filters=Filters(languages=frozenset({"en"})), limit=4)


def test_documents_say_which_words_of_which_version_they_are(
    retriever: ArchiveRetriever, store: StoryStore
) -> None:
    documents = retriever.invoke("wheat story")
    assert len(documents) == 4
    for document in documents:
        of = document.metadata
        version = store.version(of["guid"], number=of["version"])
        assert document.page_content == version.body[of["start"] : of["end"]]
        assert datetime.fromisoformat(of["published"]) == version.published
        assert (of["headline"], of["provider"], of["language"], of["place"]) == (
            version.headline,
            version.provider,
            "en",
            version.dateline_place,
        )
        assert document.id is not None
    assert documents[0].metadata["score"] >= documents[-1].metadata["score"]


def test_every_way_to_call_it_agrees(retriever: ArchiveRetriever) -> None:
    async def asked() -> tuple[list[Document], list[list[Document]]]:
        return await retriever.ainvoke("wheat story"), await retriever.abatch(["wheat story", "steel"])

    once, other = retriever.invoke("wheat story"), retriever.invoke("steel")
    assert once != other
    assert retriever.batch(["wheat story", "steel"]) == [once, other]
    assert asyncio.run(asked()) == (once, [once, other])
    chain = retriever | RunnableLambda(
        lambda documents: [document.metadata["guid"] for document in documents]
    )
    assert chain.invoke("wheat story") == [document.metadata["guid"] for document in once]


def test_a_callback_handler_sees_each_run(retriever: ArchiveRetriever) -> None:
    recorder = Recorder()
    configured = retriever.with_config(tags=["desk"], metadata={"reader": "A"}, run_name="archive")
    found = configured.invoke("wheat story", config={"callbacks": [recorder]})
    asyncio.run(configured.ainvoke("steel", config={"callbacks": [recorder], "tags": ["night"]}))
    (query, tags, metadata), (second, more_tags, _) = recorder.started
    assert (query, second) == ("wheat story", "steel")
    assert "desk" in tags
    assert {"desk", "night"} <= set(more_tags)
    assert metadata["reader"] == "A"
    assert recorder.found[0] == found
    assert not recorder.failed


def test_a_callback_handler_sees_an_error(retriever: ArchiveRetriever) -> None:
    def lost(query: Query) -> SearchResult:
        raise IndexStale("gone")

    recorder = Recorder()
    with pytest.raises(IndexStale):
        retriever.model_copy(update={"search": lost}).invoke("wheat", config={"callbacks": [recorder]})
    assert isinstance(recorder.failed[0], IndexStale)


def test_limits_are_fields_that_a_run_may_set(retriever: ArchiveRetriever) -> None:
    configurable = retriever.configurable_fields(
        limit=ConfigurableField(id="limit"), filters=ConfigurableField(id="filters"), mode=ConfigurableField(id="mode")
    )  # fmt: skip
    assert len(configurable.invoke("story", config={"configurable": {"limit": 2}})) == 2
    french = {"filters": Filters(languages=frozenset({"fr"})), "mode": Mode.LEXICAL}
    found = configurable.with_config(configurable=french).invoke("wheat steel election strike")
    assert {document.metadata["language"] for document in found} == {"fr"}


def test_vectors_are_made_unit_length() -> None:
    embedder = LangChainEmbedder(WordEmbeddings())
    assert embedder.embed_passages(["wheat"])[0] @ embedder.embed_query("wheat") == pytest.approx(1)
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_a_broken_model_is_named() -> None:
    with pytest.raises(ModelError, match="zero or broken"):
        LangChainEmbedder(Broken())


def test_the_fingerprint_names_class_model_and_what_the_model_says() -> None:
    first, same = LangChainEmbedder(WordEmbeddings()), LangChainEmbedder(WordEmbeddings())
    assert first.fingerprint == same.fingerprint
    assert first.fingerprint.startswith("langchain:WordEmbeddings/hashed-words:")
    assert LangChainEmbedder(WordEmbeddings(), name="other").fingerprint != first.fingerprint
    assert LangChainEmbedder(Noisy(0.8), name=first.name).fingerprint != first.fingerprint


@pytest.mark.parametrize(("noise", "known"), [(0.0, True), (0.01, True), (0.8, False)])
def test_a_services_noise_is_not_another_model(noise: float, known: bool) -> None:
    recorded = LangChainEmbedder(WordEmbeddings()).fingerprint
    embedder = LangChainEmbedder(Noisy(noise), name="WordEmbeddings/hashed-words")
    embedder.recognise(recorded)
    assert (embedder.fingerprint == recorded) is known
    embedder.recognise("langchain:WordEmbeddings/hashed-words:other-recipe:00ff")
    embedder.recognise(embedder.fingerprint + "zz")
    assert (embedder.fingerprint == recorded) is known


def test_tokens_are_guessed_from_above_or_counted_as_told() -> None:
    told = LangChainEmbedder(WordEmbeddings(), count_tokens=lambda texts: [7 for _ in texts])
    assert told.count_tokens(["a", "b"]) == [7, 7]
    assert estimated_tokens("") == 0
    assert estimated_tokens("Wheat prices rose.") == 6
    assert estimated_tokens("株価は下落した") == 7
