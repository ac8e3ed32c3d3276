"""A plain LangChain chain, as its tutorials build it: splitter, FAISS, four chunks stuffed into one prompt.

Same weights as the product for both the embedder (sentence-transformers, as LangChain users run it, or the
product's own engine) and the language model (ChatLlamaCpp on the same GGUF file, greedy, same threads).
It is given more than a plain chain has: stories already read, cleaned and dated, those that may not be
shown already gone, headline and date before each chunk, the set's dates as a filter, prompts evaluated in
batches of 512 (LangChain's own default is 8).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_community.chat_models import ChatLlamaCpp
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.prompts import ChatPromptTemplate, PromptTemplate
from langchain_text_splitters import RecursiveCharacterTextSplitter

from answering.declines import is_decline
from answering.parse import parse_draft
from benchmarks.answering.given import BATCH_TOKENS, TOP, ReadStory
from domain.answer import Outcome
from domain.query import Filters
from evaluation.results import CitedSpan, Result
from evaluation.sets import EvalQuery

CHUNK_CHARACTERS, OVERLAP = 1000, 200  # LangChain's RAG tutorial

# LangChain's RAG tutorial prompt, with the sources numbered and asked for.
SYSTEM = (
    "You are an assistant for question-answering tasks. Use the following numbered sources to answer the "
    "question. If you don't know the answer, say that you don't know. Use three sentences maximum and keep "
    "the answer concise. After each sentence, cite the number of its source in brackets, like [1].\n\n"
    "{context}"
)
SOURCE = "[{number}] {headline} ({date})\n{page_content}"


class Chain:
    """`store` is made by `embed`, or loaded from a folder it was kept in."""

    def __init__(self, store: FAISS, *, gguf: Path, context: int, max_tokens: int, threads: int) -> None:
        self._store = store
        chat = ChatLlamaCpp(
            model_path=str(gguf), n_ctx=context, n_batch=BATCH_TOKENS, n_threads=threads, temperature=0.0,
            max_tokens=max_tokens, repeat_penalty=1.0, verbose=False, model_kwargs={"flash_attn": False},
        )  # fmt: skip
        self._answer = create_stuff_documents_chain(
            chat,
            ChatPromptTemplate.from_messages([("system", SYSTEM), ("human", "{question}")]),
            document_prompt=PromptTemplate.from_template(SOURCE),
        )

    def ask(self, query: EvalQuery) -> Result:
        began = time.perf_counter()
        found = self.retrieve(query)
        retrieved = time.perf_counter() - began
        pieces: list[str] = []
        first: float | None = None
        for piece in self._answer.stream({"context": found, "question": query.text}):
            if piece and first is None:
                first = time.perf_counter() - began
            pieces.append(piece)
        total = time.perf_counter() - began
        text = "".join(pieces)
        sentences = parse_draft(text)
        declined = bool(sentences) and is_decline(sentences[0].text)
        numbers = dict.fromkeys(n for sentence in sentences for n in sentence.sources)
        return Result(
            query_id=query.query_id,
            ranked=tuple(dict.fromkeys(document.metadata["guid"] for document in found)),
            retrieve_seconds=retrieved,
            outcome=Outcome.NOT_IN_ARCHIVE if declined else Outcome.ANSWERED,
            text=re.sub(r"\s*\[\d+\]", "", text),
            shown=tuple(_span(found[n - 1]) for n in numbers if 1 <= n <= len(found)),
            first_token_seconds=first,
            total_seconds=total,
        )

    def retrieve(self, query: EvalQuery) -> list[Document]:
        """What stands in the prompt."""
        wanted = query.filters
        dated = any((wanted.start, wanted.end, wanted.as_of))
        found = self._store.similarity_search(
            query.text,
            k=TOP,
            fetch_k=self._store.index.ntotal if dated else 20,
            filter=(lambda metadata: _within(metadata, wanted)) if dated else None,
        )
        for number, document in enumerate(found, start=1):
            document.metadata["number"] = number
        return found


def embed(stories: Sequence[ReadStory], embeddings: Embeddings) -> FAISS:
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP, add_start_index=True
    )
    chunks = splitter.create_documents(
        [story.body for story in stories],
        [
            {
                "guid": story.guid,
                "version": story.version,
                "headline": story.headline or "",
                "date": story.published.strftime("%-d %B %Y"),
                "published": story.published.timestamp(),
            }
            for story in stories
        ],
    )
    return FAISS.from_documents(chunks, embeddings)


class SentenceTransformers(Embeddings):
    """As LangChain's HuggingFaceEmbeddings calls the library, with the prefixes the model was trained with."""

    def __init__(self, folder: Path, *, query_prefix: str, passage_prefix: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(str(folder), device="cpu")
        self._query, self._passage = query_prefix, passage_prefix

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = self._model.encode([self._passage + t for t in texts], normalize_embeddings=True)
        return [list(map(float, vector)) for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, self._model.encode(self._query + text, normalize_embeddings=True)))


def _within(metadata: dict[str, Any], wanted: Filters) -> bool:
    published = metadata["published"]
    after = wanted.start is None or published >= wanted.start.timestamp()
    before = wanted.end is None or published < wanted.end.timestamp()
    return after and before and (wanted.as_of is None or published <= wanted.as_of.timestamp())


def _span(document: Document) -> CitedSpan:
    """A chunk is all that such a chain can point at."""
    start = int(document.metadata.get("start_index", -1))  # -1: the splitter did not find it again
    text = document.page_content
    return CitedSpan(
        guid=document.metadata["guid"], version=document.metadata["version"], start=start,
        end=start + len(text), quote=text, exact=start >= 0,
    )  # fmt: skip
