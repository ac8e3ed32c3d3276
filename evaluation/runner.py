"""Asks every question of a set and keeps the result of each as it comes: an interrupted run resumes.

A run is a folder: `manifest.json` (what was run, with which models, settings and corpus, written first),
`results.jsonl` (one line a question), `run.trec`, and what is worked out from them at the end and can be
again: `scores.json`, `questions.npz`, `summary.json`, `report.html`. A run resumed under other settings, models, code or
questions is refused rather than mixed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import orjson

from answering.verify.checkers import Checker
from answering.verify.closeness import Closeness
from domain.answer import Answer, Sentence, Verdict
from domain.errors import SetError, StoryNotFound
from domain.query import Filters, Query, SearchResult
from domain.story import StoryRecord, Version
from evaluation.energy import read_meter, used
from evaluation.measures.violations import violations
from evaluation.questions import make_rows, write_rows
from evaluation.quotes import EntailmentJudge, QuoteJudge
from evaluation.report import write_report
from evaluation.results import CitedSpan, Result, append, drop_torn_line, from_search, read, with_answer
from evaluation.scores import Scores, score
from evaluation.sets import EvalQuery, EvalSet
from evaluation.summary import summarise

RANKED = 100  # stories ranked for recall@100
CHECKED = 10  # of them, those whose own record is looked at for violations; all stories cited are
# What may differ between the two halves of an interrupted run.
_NOT_COMPARED = frozenset({"machine", "started", "path", "limit"})


class Answering(Protocol):
    """What is measured: an archive that searches and answers."""

    def search_query(self, query: Query) -> SearchResult: ...

    def answer_query(self, query: Query) -> Answer: ...

    def version(self, guid: str, number: int) -> Version:
        """As stored, whatever the story's status: to check quotes against."""
        ...

    def record(self, guid: str) -> StoryRecord:
        """The story with its status and history. StoryNotFound when the archive never had it."""
        ...

    def closeness(self) -> Closeness | None: ...

    def entailment(self) -> Checker | None:
        """The entailment model that judges citations besides our verifier; None where none is configured."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished or interrupted run on disk."""

    name: str
    folder: Path
    results: dict[str, Result]
    scores: Scores
    summary: dict[str, Any]
    corpus: str  # fingerprint of what was asked
    format: str  # of the set


def run_set(
    of: EvalSet,
    archive: Answering,
    *,
    folder: Path,
    manifest: dict[str, Any],
    retrieval_only: bool = False,
    limit: int | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Runs (or resumes) the set into `folder`. `progress(done, total)` after each question.

    `jobs`: questions asked at the same time. It helps where a server answers; seconds then hold the waits for
    each other, and energy is not noted, because it cannot be told apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = manifest | {
        "retrieval_only": retrieval_only,
        "jobs": jobs,
        "limit": limit,
        "questions": questions_digest(of.queries),
    }
    _agree(folder / "manifest.json", asked | {"started": datetime.now(UTC).isoformat(timespec="seconds")})
    lines = folder / "results.jsonl"
    drop_torn_line(lines)
    results = read(lines)
    queries = of.queries[:limit] if limit else of.queries
    missing = [query for query in queries if query.query_id not in results]
    if progress:
        progress(len(queries) - len(missing), len(queries))
    asking = _Asking(of, archive, retrieval_only=retrieval_only, metered=jobs == 1)
    for done, result in enumerate(_asked(missing, asking.ask, jobs), start=len(queries) - len(missing) + 1):
        results[result.query_id] = result
        append(lines, result)
        if progress:
            progress(done, len(queries))
    return settle(of, folder, {q.query_id: results[q.query_id] for q in queries})


def _asked(queries: Sequence[EvalQuery], ask: Callable[[EvalQuery], Result], jobs: int) -> Iterator[Result]:
    """Results as they come; in order where one is asked at a time."""
    if jobs == 1:
        yield from map(ask, queries)
        return
    pool = ThreadPoolExecutor(jobs)
    try:
        for future in as_completed([pool.submit(ask, query) for query in queries]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def rescore(of: EvalSet, folder: Path) -> Run:
    """The run's answers measured anew, against the set as it now stands; nothing is asked.

    SetError where `folder` is no run, or asked other questions under the same ids.
    """
    results = read(folder / "results.jsonl")
    if not results:
        raise SetError(f"{folder} is not a run", hint="name a run's folder, or its name beside the others")
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    if manifest.get("questions") not in (None, questions_digest(of.queries)):
        raise SetError(
            f"{folder} asked other questions than {of.folder} has now",
            hint="answers and judgements may change, the questions not: run the set again",
        )
    return settle(of, folder, {q.query_id: results[q.query_id] for q in of.queries if q.query_id in results})


def settle(of: EvalSet, folder: Path, results: dict[str, Result]) -> Run:
    """Works out and writes what follows from the results."""
    scores = score(of, results)
    summary = summarise(of, results, scores)
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    (folder / "scores.json").write_bytes(orjson.dumps(scores, option=orjson.OPT_INDENT_2))
    write_rows(folder, make_rows(folder, of, scores))
    (folder / "summary.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    (folder / "run.trec").write_text("".join(_trec_lines(results, folder.name)), encoding="utf-8")
    write_report(
        folder / "report.html", of=of, results=results, scores=scores, summary=summary, manifest=manifest
    )
    return Run(
        name=folder.name,
        folder=folder,
        results=results,
        scores=scores,
        summary=summary,
        corpus=str(manifest.get("corpus", "")),
        format=of.format,
    )


def questions_digest(queries: Sequence[EvalQuery]) -> str:
    """Of what is asked: ids, texts and limits. What is accepted as an answer may change afterwards."""
    digest = hashlib.sha256()
    for query in queries:
        limits = [str(m) for m in (query.filters.start, query.filters.end, query.filters.as_of)]
        digest.update(orjson.dumps([query.query_id, query.text, limits]))
    return digest.hexdigest()[:16]


def confidence(answer: Answer) -> float | None:
    """Orders a run's answers, surest first: the share of sentences fully supported, then how near the best
    story cited is to the question (cosine). None for an answer that says nothing."""
    if not answer.sentences:
        return None
    supported = sum(s.verdict is Verdict.SUPPORTED for s in answer.sentences) / len(answer.sentences)
    cited = {c.guid for sentence in answer.sentences for c in sentence.citations}
    near = [hit.dense for hit in answer.evidence if hit.guid in cited and hit.dense is not None]
    return round(supported + max(near, default=0.0), 4)


class _Asking:
    def __init__(self, of: EvalSet, archive: Answering, *, retrieval_only: bool, metered: bool) -> None:
        self._set = of
        self._archive = archive
        self._retrieval_only = retrieval_only
        self._metered = metered
        self._judge = QuoteJudge(archive.version, archive.closeness)
        entailment = archive.entailment()
        self._second = EntailmentJudge(entailment) if entailment else None

    def ask(self, query: EvalQuery) -> Result:
        before = read_meter()
        found = self._archive.search_query(Query(text=query.text, filters=query.filters, limit=RANKED))
        result = replace(from_search(query.query_id, found), year=self._year(query))
        if not self._retrieval_only:
            result = self._answered(query, result)
        if self._metered:
            spent = used(before, read_meter())
            result = replace(result, joules=round(spent.value, 2), joules_measured=spent.measured)
        broken = self._violations([(h.guid, h.version) for h in found.hits[:CHECKED]], query.filters)
        return replace(result, violations=(*broken, *result.violations))

    def _answered(self, query: EvalQuery, result: Result) -> Result:
        answer = self._archive.answer_query(Query(text=query.text, filters=query.filters))
        shown, withheld = self._spans(answer.sentences), self._spans(answer.withheld)
        cited = list(dict.fromkeys((span.guid, span.version) for span in (*shown, *withheld)))
        return replace(
            with_answer(result, answer, (shown, withheld)),
            confidence=confidence(answer),
            statements=tuple(self._judge.judge(s, answer.language) for s in answer.sentences),
            entailed=tuple(map(self._second.judge, answer.sentences)) if self._second else (),
            violations=self._violations(cited, query.filters),
        )

    def _spans(self, sentences: tuple[Sentence, ...]) -> tuple[CitedSpan, ...]:
        return tuple(
            CitedSpan(
                guid=c.guid,
                version=c.version,
                start=c.start,
                end=c.end,
                quote=c.quote,
                exact=self._archive.version(c.guid, c.version).body[c.start : c.end] == c.quote,
            )
            for sentence in sentences
            for c in sentence.citations
        )

    def _violations(self, shown: Sequence[tuple[str, int]], filters: Filters) -> tuple[str, ...]:
        now = datetime.now(UTC)
        return tuple(
            kind.value
            for guid, version in shown
            for kind in violations(
                self._archive.record(guid),
                published=self._archive.version(guid, version).published,
                filters=filters,
                now=now,
            )
        )

    def _year(self, query: EvalQuery) -> int | None:
        for guid, grade in self._set.qrels.get(query.query_id, {}).items():
            if grade > 0:
                try:
                    return self._archive.record(guid).versions[0].published.year
                except StoryNotFound:
                    continue  # judged, and not in this archive
        return None


def _agree(path: Path, manifest: dict[str, Any]) -> None:
    if path.is_file():
        before = orjson.loads(path.read_bytes())
        compared = (manifest.keys() | before.keys()) - _NOT_COMPARED
        if differing := sorted(k for k in compared if manifest.get(k) != before.get(k)):
            raise SetError(
                f"run {path.parent.name} was made with another {', '.join(differing)}",
                hint="give this run another --name, or delete that folder",
            )
        return
    path.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def _trec_lines(results: dict[str, Result], name: str) -> Iterator[str]:
    for query_id, result in results.items():
        for rank, guid in enumerate(result.ranked, start=1):
            yield f"{_word(query_id)} Q0 {_word(guid)} {rank} {1 / rank:.6f} {_word(name)}\n"


def _word(text: str) -> str:
    """One field of a TREC run: spaces, tabs and line breaks would end it."""
    return "%20".join(text.split()) or "-"
