"""txtai's RAG pipeline as its documentation sets it up, with its own references.

Segmentation by paragraphs, an Embeddings database with content, the quick start's system prompt and
template, `output="reference"`: the chunk nearest to question and answer is the one reference, worked out
after the answer, which is why such an answer cannot be streamed: its first word is its last. Given more
than the default: four chunks (three by default), headline and date before each, the set's dates in SQL.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from protocol import Cited, Question, Reply, Setup, Side, Story, headed, serve
from txtai import RAG, Embeddings
from txtai.pipeline import Segmentation

SYSTEM = "You are a friendly assistant"
TEMPLATE = """\
Answer the following question using the provided context.

Question:
{question}

Context:
{context}
"""


class DatedEmbeddings(Embeddings):
    """Embeddings whose searches keep to the dates last set, and note what was found and when."""

    question: Question | None = None
    found: list[dict[str, Any]]
    at = 0.0

    def batchsearch(self, queries: list[str], limit: int | None = None, **options: Any) -> list[Any]:
        bounds = _bounds(self.question)
        if bounds:
            sql = (
                f"select id, text, score from txtai where similar(:asked, {self.count()}) "
                f"and {' and '.join(f'published {operator} :{name}' for name, operator, _ in bounds)}"
            )
            values = {name: value for name, _, value in bounds}
            parameters = [{"asked": query, **values} for query in queries]
            results = super().batchsearch([sql] * len(queries), limit, parameters=parameters)
        else:
            results = super().batchsearch(queries, limit, **options)
        self.found, self.at = results[0], time.perf_counter()
        return results


class TxtaiSide:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._kept = str(Path(setup.store) / "index")
        self._embeddings = DatedEmbeddings(
            path=setup.embedder,
            content=True,
            instructions={"query": setup.query_prefix, "data": setup.passage_prefix},
            gpu=False,
        )
        self._rag: RAG | None = None

    def ingest(self, stories: Sequence[Story]) -> None:
        cut = Segmentation(paragraphs=True)
        rows = [
            (
                f"{story.guid}#{number}",
                {
                    "text": headed(story.headline, story.date, chunk),
                    "published": story.published,
                },
                None,
            )
            for story in stories
            for number, chunk in enumerate(cut(story.body))
        ]  # fmt: skip
        self._embeddings.index(rows)
        self._embeddings.save(self._kept)

    def open(self) -> None:
        self._embeddings.load(self._kept)
        self._rag = RAG(
            self._embeddings, self._setup.gguf, system=SYSTEM, template=TEMPLATE, output="reference",
            context=self._setup.top, separator="\n\n", n_ctx=self._setup.context, n_batch=self._setup.batch,
            n_threads=self._setup.threads, n_gpu_layers=0,
        )  # fmt: skip

    def ask(self, question: Question) -> Reply:
        assert self._rag is not None
        self._embeddings.question = question
        began = time.perf_counter()
        done = self._rag(question.text, maxlength=self._setup.max_tokens, temperature=0.0)
        total = time.perf_counter() - began
        found = {row["id"]: row["text"] for row in self._embeddings.found}
        reference = done.get("reference")
        return Reply(
            query_id=question.query_id,
            text=done["answer"],
            ranked=list(dict.fromkeys(_guid(row) for row in found)),
            # Without the line of headline and date that we put before the story's words.
            cited=[Cited(guid=_guid(reference), text=found[reference].partition("\n")[2])]
            if reference
            else [],
            evidence_seconds=self._embeddings.at - began,
            first_word_seconds=None,
            total_seconds=total,
        )


def _guid(row: str) -> str:
    return row.rpartition("#")[0]


def _bounds(question: Question | None) -> list[tuple[str, str, float]]:
    if question is None:
        return []
    listed = (("start", ">="), ("end", "<"), ("as_of", "<="))
    values = {"start": question.start, "end": question.end, "as_of": question.as_of}
    return [(name, operator, value) for name, operator in listed if (value := values[name]) is not None]


def _load(setup: Setup) -> Side:
    return TxtaiSide(setup)


if __name__ == "__main__":
    serve(_load)
