"""The two sets with answers: the sample's, and RealtimeQA cut down so that both sides can embed it here.

RealtimeQA as in benchmarks.retrieval: the judged pages and 200 others, 6,000 characters of each (about
3,500 passages instead of 26,000). A question stays answerable only while an accepted answer stands in what
is left of a page judged relevant to it: the set's own rule, applied again. Written under `build/` only.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import orjson

from benchmarks.retrieval.sets import ROOT, folders
from evaluation.measures.answers import contains
from evaluation.sets import EvalQuery, EvalSet, load_set

SETS = ("sample", "realtimeqa")


def load(name: str, *, build: Path, shared: Path) -> EvalSet:
    if name == "sample":
        return load_set(ROOT / "data" / "evaluation", shared=shared)
    folder = folders(build, shared)["realtimeqa"]
    _write_answers(folder, shared / "data" / "realtimeqa" / "answers.jsonl")
    return load_set(folder, shared=shared)


def spread(queries: tuple[EvalQuery, ...], limit: int | None) -> list[EvalQuery]:
    """`limit` of the questions, evenly over the whole set, whose order goes by kind."""
    if limit is None or limit >= len(queries):
        return list(queries)
    return [queries[i * len(queries) // limit] for i in range(limit)]


def stratified(queries: Sequence[EvalQuery], limit: int | None, *, seed: int) -> list[EvalQuery]:
    """`limit` of the questions drawn by `seed`, answerable and absent ones in the set's proportion.

    The draw of a smaller limit is the beginning of that of a larger one, and the two kinds alternate evenly
    in it, so that a run cut short is a fair draw too.
    """
    strata: dict[bool | None, list[EvalQuery]] = {}
    for query in queries:
        strata.setdefault(query.answerable, []).append(query)
    drawn = [
        ((place + 0.5) / len(stratum), query)
        for stratum in strata.values()
        for place, query in enumerate(random.Random(seed).sample(stratum, len(stratum)))
    ]
    return [query for _, query in sorted(drawn, key=lambda one: (one[0], one[1].query_id))][:limit]


def _write_answers(folder: Path, source: Path) -> None:
    pages = {
        row["_id"]: f"{row.get('title') or ''} {row['text']}"
        for row in map(orjson.loads, (folder / "corpus.jsonl").read_bytes().splitlines())
    }
    relevant: dict[str, list[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query_id, page, grade = line.split("\t")
        if int(grade) > 0 and page in pages:
            relevant.setdefault(query_id, []).append(pages[page])
    rows = [orjson.loads(line) for line in source.read_bytes().splitlines()]
    for row in rows:
        held = any(contains(page, row["answers"]) for page in relevant.get(row["_id"], ()))
        row["answerable"] = bool(row["answerable"]) and held
    (folder / "answers.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
