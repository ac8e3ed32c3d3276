"""MultiHop-RAG (Tang & Yang 2024, arXiv 2401.15391): MultiHopRAG.json beside corpus.json, or either's folder.

Relevant are the articles that the evidence was taken from (by url). A null_query has its answer in no
article and is to be declined. The set's own scores count hits on the evidence's sentences; here a story
counts as a hit, which is the easier thing: evaluation/measures/hits.py.
"""

from __future__ import annotations

from pathlib import Path

from domain.errors import SetError
from evaluation.sets.model import CorpusStory, EvalQuery, EvalSet, make_set
from evaluation.sets.rows import Row, json_list

QUESTIONS, CORPUS = "MultiHopRAG.json", "corpus.json"
_NULL = "null_query"


def is_multihop(first: Row) -> bool:
    return first.has("query") and "evidence_list" in first.values


def load(path: Path, shared: Path | None) -> EvalSet:
    questions = path / QUESTIONS if path.is_dir() else path
    stories = [_story(row) for row in json_list(questions.parent / CORPUS)]
    known = {story.guid for story in stories}
    queries: list[EvalQuery] = []
    qrels: dict[str, dict[str, int]] = {}
    for at, row in enumerate(json_list(questions), start=1):
        kind = row.text("question_type")
        present = kind != _NULL
        queries.append(
            EvalQuery(
                query_id=f"q{at}",
                text=row.text("query"),
                language="en",
                kind=kind.removesuffix("_query"),
                answers=(row.text("answer"),) if present else (),
                answerable=present,
            )
        )
        for evidence in row.rows("evidence_list") if present else ():
            url = evidence.text("url")
            if url not in known:
                raise SetError(f"{evidence.where}: 'url' is of no story in {CORPUS}: {url!r}")
            qrels.setdefault(f"q{at}", {})[url] = 1
    return make_set(path, format="multihop-rag", queries=queries, qrels=qrels, stories=stories)


def _story(row: Row) -> CorpusStory:
    published = row.moment("published_at")
    if published is None:
        raise SetError(f"{row.where}: no 'published_at'")
    return CorpusStory(
        guid=row.text("url"),
        text=row.text("body"),
        title=row.optional_text("title"),
        published=published.isoformat(),
        language="en",
        url=row.text("url"),
    )
