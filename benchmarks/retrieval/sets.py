"""The sets as folders `depeche eval` understands, and the tasks asked of each.

Nothing was set on the held-out sets: other questions on XQuAD-R's paragraphs, and a half, told by their
ids, of the further questions on Reuters.

XQuAD-R becomes one corpus of five languages: 240 paragraphs each, a paragraph's translations being
stories of their own. Asked *within* a language, *across* a pair (the question in one, the paragraphs in
the other) and *together* (all five, every translation of the paragraph relevant).

RealtimeQA is cut down, because embedding all of its 17 million characters takes an hour of one core:
the judged pages and 200 others, each page's first 6,000 characters. Text of the shared folder is
written under `build/` only.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from domain.query import Filters
from evaluation.sets import EvalSet, load_set

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "de", "es", "ar", "zh")
EVERY = 6  # of XQuAD-R's 1,190 questions a language: 199, spread over all 48 articles
HELD_OUT = 3  # where the questions on which nothing was set begin: 198 others, as many apart
PAGE_CHARACTERS = 6_000
OTHER_PAGES = 200
FURTHER = ("reuters-tuning", "reuters-held-out")
WORKED_ON = "2016-06-01"  # XQuAD's texts carry no date; one for all is no clue to any


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a task and the stories that answer it."""

    query_id: str
    text: str
    filters: Filters
    relevant: dict[str, int]  # guid → grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Questions over one archive, reported as one row. `group`: the row that several tasks share."""

    name: str
    group: str
    asked: tuple[Asked, ...]


def tasks(of: EvalSet, name: str) -> list[Task]:
    """The set's questions that have a relevant story; XQuAD-R's by language and pair."""
    if name.startswith("xquad-r"):
        return list(_xquad_tasks(of, name))
    asked = [
        Asked(query_id=q.query_id, text=q.text, filters=q.filters, relevant=of.qrels[q.query_id])
        for q in of.queries
        if any(grade > 0 for grade in of.qrels.get(q.query_id, {}).values())
        and (name not in FURTHER or is_held_out(q.query_id) == (name == "reuters-held-out"))
    ]
    return [Task(name=name, group=name, asked=tuple(asked))]


def is_held_out(query_id: str) -> bool:
    """Half of the further questions on Reuters, for good."""
    return bool(hashlib.sha256(query_id.encode()).digest()[0] % 2)


def _xquad_tasks(of: EvalSet, name: str) -> Iterator[Task]:
    for source, target in itertools.product(LANGUAGES, LANGUAGES):
        yield Task(
            name=f"{name} {source}" if source == target else f"{name} {source}→{target}",
            group=f"{name} within" if source == target else f"{name} across",
            asked=tuple(
                Asked(
                    query_id=f"{q.query_id}>{target}",
                    text=q.text,
                    filters=Filters(languages=frozenset({target})),
                    relevant={g: 1 for g in of.qrels[q.query_id] if g.startswith(f"xquad:{target}:")},
                )
                for q in of.queries
                if q.language == source
            ),
        )
    yield Task(
        name=f"{name} together",
        group=f"{name} together",
        asked=tuple(
            Asked(query_id=q.query_id, text=q.text, filters=q.filters, relevant=of.qrels[q.query_id])
            for q in of.queries
        ),
    )


def folders(build: Path, shared: Path) -> dict[str, Path]:
    """Each set's folder, written first where it is derived from the shared data."""
    return {
        "reuters": ROOT / "data" / "evaluation-reuters",
        "reuters-tuning": ROOT / "data" / "evaluation-reuters-more",
        "reuters-held-out": ROOT / "data" / "evaluation-reuters-more",
        "xquad-r": _xquad(build / "xquad-r", shared / "data" / "xquad-r", first=0),
        "xquad-r-held-out": _xquad(build / "xquad-r-held-out", shared / "data" / "xquad-r", first=HELD_OUT),
        "realtimeqa": _realtimeqa(build / "realtimeqa", shared / "data" / "realtimeqa"),
        "sample": ROOT / "data" / "evaluation",
    }


def archive_name(name: str) -> str:
    """Sets that differ in their questions alone share an archive."""
    return name.removesuffix("-held-out").removesuffix("-tuning")


def load(folder: Path, shared: Path) -> EvalSet:
    return load_set(folder, shared=shared)


def _xquad(folder: Path, source: Path, *, first: int) -> Path:
    corpus, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for language in LANGUAGES:
        content = orjson.loads(gzip.decompress((source / f"{language}.json.gz").read_bytes()))
        paragraphs = [paragraph for article in content["data"] for paragraph in article["paragraphs"]]
        place = 0
        for number, paragraph in enumerate(paragraphs):
            corpus.append(
                {
                    "_id": f"xquad:{language}:{number}",
                    "text": paragraph["context"],
                    "metadata": {"lang": language, "published": WORKED_ON},
                }
            )
            for question in paragraph["qas"]:
                if place % EVERY == first:
                    query_id = f"{language}:{question['id']}"
                    queries.append(
                        {"_id": query_id, "text": question["question"], "metadata": {"lang": language}}
                    )
                    qrels += [f"{query_id}\txquad:{other}:{number}\t1" for other in LANGUAGES]
                place += 1
    return _written(folder, corpus, queries, qrels)


def _realtimeqa(folder: Path, source: Path) -> Path:
    qrels = (source / "qrels" / "test.tsv").read_text("utf-8").splitlines()
    judged = {line.split("\t")[1] for line in qrels[1:]}
    pages = [
        orjson.loads(line) for line in gzip.decompress((source / "corpus.jsonl.gz").read_bytes()).splitlines()
    ]
    others = [page for page in pages if page["_id"] not in judged][:OTHER_PAGES]
    corpus = [
        page | {"text": page["text"][:PAGE_CHARACTERS]}
        for page in pages
        if page["_id"] in judged or page in others
    ]
    queries = [orjson.loads(line) for line in (source / "queries.jsonl").read_bytes().splitlines()]
    return _written(folder, corpus, queries, qrels)


def _written(
    folder: Path, corpus: list[dict[str, object]], queries: list[dict[str, object]], qrels: list[str]
) -> Path:
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (folder / name).write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    return folder
