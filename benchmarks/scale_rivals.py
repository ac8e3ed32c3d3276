"""Other tools over the first passages of the same synthetic archive, asked the same questions.

LangChain's FAISS store and bm25s keep everything in the process's memory and filter in Python afterwards or
not at all; what would not fit into the memory that is free is left out, and the output says so. Every index
is built, measured and dropped before the next.
"""

from __future__ import annotations

import gc
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import psutil
import tantivy
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from benchmarks.scale_measures import latency, memory
from benchmarks.scale_opened import FILTERS, HEADING, NOW, Superseded
from benchmarks.synthetic_archive import Question, SyntheticArchive, Words, shared_folder, superseded
from benchmarks.synthetic_vectors import DIMENSIONS, PER_STORY
from domain.query import Query
from retrieval.dense.index import DenseIndex
from retrieval.dense.rows import Rows
from retrieval.scope import Scope, Visibility, scope_of

DEPTH = 10
ADDED_AT_ONCE = 10_000
FILTERED_IN_PYTHON = 900_000  # rows: 20 questions of 45,000, 3 of a million, at 6 µs a row
FETCHED = 20  # LangChain's default: so many are drawn before the filter looks at them


def compare(stories: int, *, questions: int) -> None:
    archive = SyntheticArchive(stories)
    words = Words(shared_folder())
    rows = archive.rows(0, archive.stories)
    asked = archive.questions(questions, words=words)
    print(f"\nside by side over {len(rows):,} passages, {len(asked)} questions, the first {DEPTH} each")
    print(f"{'':<44} {HEADING}")
    for dense, needed in ((_depeche, 2_000), (_flat, 1_600), (_langchain, 7_000)):
        if _fits(dense.__name__, needed * len(rows)):
            dense(rows, asked)
            gc.collect()
    texts = [text for n in range(archive.stories) for text in words.passages(n, str(archive.languages[n]))]
    for lexical, needed in ((_tantivy, 1_000), (_bm25s, 4_000)):
        if _fits(lexical.__name__, needed * len(texts)):
            lexical(texts, asked)
            gc.collect()


def _fits(name: str, needed: int) -> bool:
    """`needed`: bytes while it is built, about what was seen at 45,000 passages."""
    free = psutil.virtual_memory().available
    if needed > free:
        print(f"{name[1:]}: left out, needs about {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free")
    return needed <= free


def _depeche(rows: Rows, asked: Sequence[Question]) -> None:
    with tempfile.TemporaryDirectory(prefix="depeche-rivals-") as folder, _built("Dépêche, dense", len(rows)):
        index = DenseIndex.create(Path(folder), dimensions=DIMENSIONS)
        index.append(rows)
        for name in FILTERS:
            scope = _scope(filters_of=name, stories=len(rows) // PER_STORY)

            def draw(q: Question, scope: Scope = scope) -> NDArray[np.int64]:
                return index.search(q.vector, depth=DEPTH, scope=scope).passage_ids

            _row(name, asked, draw)
            _agreement(rows, asked, Rule(scope), draw)


def _flat(rows: Rows, asked: Sequence[Question]) -> None:
    with _built("FAISS, flat, single precision", len(rows)):
        index = faiss.IndexFlatIP(DIMENSIONS)
        index.add(rows.vectors)
        _row("no filter", asked, lambda q: index.search(q.vector.reshape(1, -1), DEPTH)[1][0])


def _langchain(rows: Rows, asked: Sequence[Question]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # langchain-community says that it is no longer maintained
        from langchain_community.docstore.in_memory import InMemoryDocstore
        from langchain_community.vectorstores import FAISS

    with _built("LangChain's FAISS store", len(rows)):
        store = FAISS(
            embedding_function=_NoEmbeddings(),
            index=faiss.IndexFlatL2(DIMENSIONS),
            docstore=InMemoryDocstore(),
            index_to_docstore_id={},
        )
        metadata = _metadata(rows)
        for start in range(0, len(rows), ADDED_AT_ONCE):
            part = slice(start, start + ADDED_AT_ONCE)
            vectors = rows.vectors[part].tolist()  # a Python float is 32 bytes: never all at once
            store.add_embeddings(
                zip((str(i) for i in rows.passage_ids[part]), vectors, strict=True), metadatas=metadata[part]
            )
        for name in FILTERS:
            rule = Rule(_scope(filters_of=name, stories=len(rows) // PER_STORY))

            def draw(q: Question, fetched: int, rule: Rule = rule) -> list[int]:
                found = store.similarity_search_by_vector(
                    q.vector.tolist(), k=DEPTH, filter=rule, fetch_k=fetched
                )
                return [int(document.page_content) for document in found]

            few = asked[: max(3, FILTERED_IN_PYTHON // len(rows))]
            _row(f"{name}, fetch_k={FETCHED} (default)", asked, lambda q: draw(q, FETCHED))
            _agreement(rows, asked, rule, lambda q: draw(q, FETCHED))
            _row(f"{name}, fetch_k=all", few, lambda q: draw(q, len(rows)))


def _tantivy(texts: Sequence[str], asked: Sequence[Question]) -> None:
    with tempfile.TemporaryDirectory(prefix="depeche-rivals-") as folder, _built("Tantivy alone", len(texts)):
        schema = tantivy.SchemaBuilder().add_text_field("body").add_integer_field("id", stored=True).build()
        index = tantivy.Index(schema, path=folder)
        writer = index.writer(64_000_000, 1)
        for number, text in enumerate(texts):
            writer.add_document(tantivy.Document(body=text, id=number))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()

        def draw(q: Question) -> list[int]:
            query, _ = index.parse_query_lenient(q.text, ["body"])
            return [searcher.doc(at)["id"][0] for _, at in searcher.search(query, DEPTH).hits]

        _row("no filter", asked, draw)


def _bm25s(texts: Sequence[str], asked: Sequence[Question]) -> None:
    import bm25s

    with _built("bm25s", len(texts)):
        index = bm25s.BM25()
        index.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)

        def draw(q: Question) -> object:
            tokens = bm25s.tokenize([q.text], stopwords=None, show_progress=False)
            return index.retrieve(tokens, k=DEPTH, show_progress=False)

        _row("no filter", asked, draw)


class _NoEmbeddings(Embeddings):
    """Vectors are handed over; nothing is embedded."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError


@contextmanager
def _built(name: str, passages: int) -> Iterator[None]:
    before, began = memory(), time.perf_counter()
    print(f"{name}", flush=True)
    yield
    held = memory().over(before)
    print(
        f"  built and asked in {time.perf_counter() - began:.0f} s;"
        f" in memory {held.total / passages:.0f} bytes a passage, {held.own / passages:.0f} of them its own"
    )


def _row(name: str, asked: Sequence[Question], draw: Callable[[Question], object]) -> None:
    print(f"  {name:<42} {latency(lambda n: draw(asked[n]), len(asked))}", flush=True)


def _agreement(
    rows: Rows,
    asked: Sequence[Question],
    rule: Rule,
    draw: Callable[[Question], Sequence[int] | NDArray[np.int64]],
) -> None:
    """How many of the true nearest allowed passages are drawn, and how many drawn were not allowed."""
    allowed = np.array([rule(metadata) for metadata in _metadata(rows)])
    hits = wanted = outside = 0
    for one in asked[:50]:
        scores = np.where(allowed, rows.vectors @ one.vector, -np.inf)
        best = np.argsort(-scores)[:DEPTH]
        true = {int(rows.passage_ids[at]) for at in best if np.isfinite(scores[at])}
        drawn = [int(i) for i in draw(one)]
        hits += len(true & set(drawn))
        wanted += len(true)
        outside += sum(not allowed[i - 1] for i in drawn)
    share = f"{hits / wanted:.3f}" if wanted else "of nothing"
    print(f"    recall@{DEPTH} within the filter {share}, {outside} drawn from outside it")


def _metadata(rows: Rows) -> list[dict[str, Any]]:
    columns = zip(rows.version_ids.tolist(), rows.published.tolist(), rows.languages, rows.kinds, strict=True)
    return [{"version": v, "published": p, "language": code, "kind": k} for v, p, code, k in columns]


class Rule:
    """A scope as a function of one passage's metadata: what a store that filters in Python is given."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._hidden = frozenset(scope.hidden.ids.tolist())

    def __call__(self, metadata: dict[str, Any]) -> bool:
        scope, published = self.scope, metadata["published"]
        return (
            (scope.since is None or published >= scope.since)
            and (scope.until is None or published < scope.until)
            and (not scope.languages or metadata["language"] in scope.languages)
            and metadata["kind"] in scope.kinds
            and metadata["version"] not in self._hidden
        )


def _scope(*, filters_of: str, stories: int) -> Scope:
    visibility = Visibility(Superseded(superseded(stories)))
    return scope_of(Query(text="", filters=FILTERS[filters_of]), now=NOW, visibility=visibility)
