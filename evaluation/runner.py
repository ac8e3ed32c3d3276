"""Asks every question of a set and keeps the result of each as it comes: an interrupted run resumes.

A run is a folder: `results.jsonl` (one line a question), `run.trec`, `summary.json` and
`manifest.json` (what was run, with which models and settings), the manifest written first:
a run resumed under other settings is refused rather than mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from domain.answer import Answer, Sentence
from domain.errors import SetError
from domain.query import Query, SearchResult
from evaluation.results import CitedSpan, Result, append, drop_torn_line, from_search, read, with_answer
from evaluation.sets import EvalQuery, EvalSet
from evaluation.summary import summarise

RANKED = 100  # stories ranked for recall@100


class Answering(Protocol):
    """What is measured: an archive that searches and answers."""

    def search_query(self, query: Query) -> SearchResult: ...

    def answer_query(self, query: Query) -> Answer: ...

    def body(self, guid: str, version: int) -> str:
        """The stored text, whatever the story's status: to check quotes against."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished or interrupted run on disk."""

    name: str
    folder: Path
    results: dict[str, Result]
    summary: dict[str, Any]


def run_set(
    of: EvalSet,
    archive: Answering,
    *,
    folder: Path,
    manifest: dict[str, Any],
    retrieval_only: bool = False,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Runs (or resumes) the set into `folder`. `progress(done, total)` after each question."""
    folder.mkdir(parents=True, exist_ok=True)
    _agree(folder / "manifest.json", manifest | {"retrieval_only": retrieval_only})
    lines = folder / "results.jsonl"
    drop_torn_line(lines)
    results = read(lines)
    queries = of.queries[:limit] if limit else of.queries
    for done, query in enumerate(queries, start=1):
        if query.query_id not in results:
            results[query.query_id] = _ask(query, archive, retrieval_only=retrieval_only)
            append(lines, results[query.query_id])
        if progress:
            progress(done, len(queries))
    asked = {q.query_id: results[q.query_id] for q in queries}
    summary = summarise(of, asked)
    (folder / "summary.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    (folder / "run.trec").write_text("".join(_trec_lines(asked, folder.name)), encoding="utf-8")
    return Run(name=folder.name, folder=folder, results=asked, summary=summary)


def _ask(query: EvalQuery, archive: Answering, *, retrieval_only: bool) -> Result:
    asked = Query(text=query.text, filters=query.filters, limit=RANKED)
    result = from_search(query.query_id, archive.search_query(asked))
    if retrieval_only:
        return result
    answer = archive.answer_query(Query(text=query.text, filters=query.filters))
    return with_answer(result, answer, (_spans(answer.sentences, archive), _spans(answer.withheld, archive)))


def _spans(sentences: tuple[Sentence, ...], archive: Answering) -> tuple[CitedSpan, ...]:
    return tuple(
        CitedSpan(
            guid=c.guid,
            version=c.version,
            start=c.start,
            end=c.end,
            quote=c.quote,
            exact=archive.body(c.guid, c.version)[c.start : c.end] == c.quote,
        )
        for sentence in sentences
        for c in sentence.citations
    )


def _agree(path: Path, manifest: dict[str, Any]) -> None:
    if path.is_file():
        before = orjson.loads(path.read_bytes())
        if differing := sorted(
            k for k in manifest.keys() | before.keys() if manifest.get(k) != before.get(k)
        ):
            raise SetError(
                f"run {path.parent.name} was made with another {', '.join(differing)}",
                hint="give this run another --name, or delete that folder",
            )
    path.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def _trec_lines(results: dict[str, Result], name: str) -> Iterator[str]:
    for query_id, result in results.items():
        for rank, guid in enumerate(result.ranked, start=1):
            yield f"{query_id} Q0 {guid.replace(' ', '%20')} {rank} {1 / rank:.6f} {name}\n"
