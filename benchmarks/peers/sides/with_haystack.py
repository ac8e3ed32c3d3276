"""Haystack's RAG pipeline as its documentation sets it up: splitter, in-memory store, AnswerBuilder.

DocumentSplitter's own 200 words, cosine similarity, LlamaCppChatGenerator, and an AnswerBuilder that finds
the references "[2]" in the reply. The prompt numbers the documents and asks for references as deepset's page
"Enable References for Generated Answers" advises, in our words. Given more than the default: four
documents, headline and date before each and embedded with it (its metadata), the set's dates as a filter.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline, component
from haystack.components.builders import AnswerBuilder, ChatPromptBuilder
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.dataclasses import ChatMessage
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.generators.llama_cpp import LlamaCppChatGenerator
from protocol import Cited, Question, Reply, Setup, Side, Story, serve

PROMPT = """\
You are an expert who answers questions truthfully, from the documents given and from nothing else.
Look at each document and see whether it has to do with the question; leave those aside that have not.
When several documents hold the answer, bring them together.
After what you take from a document, put its number in square brackets, for instance [3] for document 3.
Do not name documents in any other way, and use square brackets for these numbers only.
Write an exact and clear answer in sentences, without repeating the question. Invent nothing.
When the documents do not answer the question, or you are in doubt, say so.
These are the documents:
{% for document in documents %}
Document[{{ loop.index }}]: {{ document.meta["headline"] }} ({{ document.meta["date"] }})
{{ document.content }}
{% endfor %}
Question: {{ question }}
Answer:"""


@component
class Clock:
    """Passes documents on and notes when they came: the moment at which they could be shown."""

    def __init__(self) -> None:
        self.at = 0.0

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, list[Document]]:
        self.at = time.perf_counter()
        return {"documents": documents}


class HaystackSide:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._kept = str(Path(setup.store) / "documents.json")
        self._embedder = SentenceTransformersDocumentEmbedder(
            model=setup.embedder, prefix=setup.passage_prefix, meta_fields_to_embed=["headline", "date"],
            normalize_embeddings=True, progress_bar=False,
        )  # fmt: skip
        self._embedder.warm_up()
        self._clock = Clock()
        self._first: float | None = None
        self._pipeline = Pipeline()

    def ingest(self, stories: Sequence[Story]) -> None:
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        indexing = Pipeline()
        indexing.add_component("splitter", DocumentSplitter())
        indexing.add_component("embedder", self._embedder)
        indexing.add_component("writer", DocumentWriter(store))
        indexing.connect("splitter", "embedder")
        indexing.connect("embedder", "writer")
        indexing.run({"splitter": {"documents": [_document(story) for story in stories]}})
        store.save_to_disk(self._kept)

    def open(self) -> None:
        setup, pipeline = self._setup, self._pipeline
        store = InMemoryDocumentStore.load_from_disk(self._kept)
        pipeline.add_component(
            "embedder",
            SentenceTransformersTextEmbedder(
                model=setup.embedder, prefix=setup.query_prefix, normalize_embeddings=True, progress_bar=False
            ),
        )
        pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=setup.top))
        pipeline.add_component("clock", self._clock)
        template = [ChatMessage.from_user(PROMPT)]
        pipeline.add_component(
            "prompt", ChatPromptBuilder(template=template, required_variables=["documents", "question"])
        )
        pipeline.add_component(
            "llm",
            LlamaCppChatGenerator(
                setup.gguf, n_ctx=setup.context, n_batch=setup.batch,
                model_kwargs={"n_threads": setup.threads, "verbose": False},
                generation_kwargs={"max_tokens": setup.max_tokens, "temperature": 0.0},
                streaming_callback=self._note_first_word,
            ),
        )  # fmt: skip
        pipeline.add_component("answer", AnswerBuilder(reference_pattern=r"\[(\d+)\]"))
        pipeline.connect("embedder.embedding", "retriever.query_embedding")
        pipeline.connect("retriever", "clock")
        pipeline.connect("clock", "prompt.documents")
        pipeline.connect("prompt", "llm")
        pipeline.connect("llm.replies", "answer.replies")
        pipeline.connect("clock", "answer.documents")

    def ask(self, question: Question) -> Reply:
        self._first = None
        began = time.perf_counter()
        done = self._pipeline.run(
            {
                "embedder": {"text": question.text},
                "retriever": {"filters": _within(question)},
                "prompt": {"question": question.text},
                "answer": {"query": question.text},
            },
            include_outputs_from={"clock"},
        )
        total = time.perf_counter() - began
        answer = done["answer"]["answers"][0]
        found: list[Document] = done["clock"]["documents"]
        return Reply(
            query_id=question.query_id,
            text=answer.data,
            ranked=list(dict.fromkeys(document.meta["guid"] for document in found)),
            cited=[Cited(guid=d.meta["guid"], text=d.content or "") for d in answer.documents],
            evidence_seconds=self._clock.at - began,
            first_word_seconds=None if self._first is None else self._first - began,
            total_seconds=total,
        )

    def _note_first_word(self, chunk: Any) -> None:
        if self._first is None and chunk.content:
            self._first = time.perf_counter()


def _document(story: Story) -> Document:
    return Document(
        content=story.body,
        meta={
            "headline": story.headline, "date": story.date,
            "guid": story.guid, "published": story.published,
        },
    )  # fmt: skip


def _within(question: Question) -> dict[str, Any] | None:
    bounds = ((question.start, ">="), (question.end, "<"), (question.as_of, "<="))
    conditions = [
        {"field": "meta.published", "operator": operator, "value": value}
        for value, operator in bounds
        if value is not None
    ]
    return {"operator": "AND", "conditions": conditions} if conditions else None


def _load(setup: Setup) -> Side:
    return HaystackSide(setup)


if __name__ == "__main__":
    serve(_load)
