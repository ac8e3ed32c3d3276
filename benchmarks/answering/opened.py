"""The plain chain over what an archive holds: its store embedded once, timed then, and kept beside it."""

from __future__ import annotations

from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings

from benchmarks.answering import product
from benchmarks.answering.asking import timed_once
from benchmarks.answering.chain import Chain, SentenceTransformers, embed
from benchmarks.answering.given import threads
from benchmarks.retrieval.adaptor import AsEmbeddings
from models.catalogue import load_catalogue
from runtime import Archive, Settings
from runtime.wiring import required_path


def open_chain(folder: Path, archive: Archive, settings: Settings, *, engine: str) -> Chain:
    """`engine`: "product" embeds with the product's own, anything else as LangChain users do."""
    return Chain(
        _store(folder, archive, settings, engine),
        gguf=required_path(settings.model.name, settings),
        context=settings.model.context,
        max_tokens=settings.answer.max_tokens,
        threads=settings.model.threads or threads(),
    )


def _store(folder: Path, archive: Archive, settings: Settings, engine: str) -> FAISS:
    embeddings = _embeddings(archive, settings, engine)
    kept = folder / "langchain"
    if not kept.is_dir():
        stories = product.stories(archive)
        embeddings.embed_documents(["warm"])
        store = timed_once(folder / "ingested-langchain.json", lambda: embed(stories, embeddings))
        store.save_local(str(kept))
    # LangChain keeps its documents as a pickle; this one we wrote ourselves, just above.
    return FAISS.load_local(str(kept), embeddings, allow_dangerous_deserialization=True)


def _embeddings(archive: Archive, settings: Settings, engine: str) -> Embeddings:
    if engine == "product":
        return AsEmbeddings(archive.embedder)
    spec = load_catalogue().get(settings.embedder.name)
    return SentenceTransformers(
        required_path(spec.name, settings), query_prefix=spec.query_prefix, passage_prefix=spec.passage_prefix
    )
