"""Evaluation sets in the BEIR layout, validated with the file and line of whatever is wrong.

A set is a folder:

    corpus.jsonl[.gz]   {"_id", "title", "text", "metadata": {"published", …}} a line; or, in its place,
    set.toml            corpus = ["../sample"]: any files that `depeche ingest` takes, guids are the ids;
                        "{shared}/…" is in the folder of material that may not be copied into a project
    queries.jsonl       {"_id", "text", "metadata": {"as_of", "from", "to", "lang", "type"}}
    qrels/test.tsv      query-id <tab> corpus-id <tab> score, with a header line
    answers.jsonl       optional: {"_id", "answers": [...], "answerable": bool}

An accepted answer may be a list, written "first | second": every item must be there.
Layout: BEIR (Thakur et al. 2021, arXiv 2104.08663); answers.jsonl and set.toml are ours.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from domain.errors import SetError
from domain.query import Filters

SHARED = "{shared}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalQuery:
    """One question of a set. `answers` is empty where the set gives none."""

    query_id: str
    text: str
    filters: Filters = field(default_factory=Filters)
    language: str | None = None
    kind: str | None = None  # "number", "false_premise" …, where the set says
    answers: tuple[str, ...] = ()
    answerable: bool | None = None  # None: the set has no answers


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalSet:
    """A validated set. `fingerprint` covers the corpus only: it keys the cached archive."""

    name: str
    folder: Path
    corpus: tuple[Path, ...]
    queries: tuple[EvalQuery, ...]
    qrels: dict[str, dict[str, int]]  # query id → corpus id → grade
    fingerprint: str

    @property
    def has_answers(self) -> bool:
        return any(q.answerable is not None for q in self.queries)


def load_set(folder: Path, *, shared: Path | None = None) -> EvalSet:
    """Reads and validates the set in `folder`. Raises SetError naming file and line.

    `shared` stands for "{shared}" in set.toml.
    """
    if not folder.is_dir():
        raise SetError(
            f"{folder} is not a folder", hint="name a folder in the BEIR layout: see docs/evaluation.md"
        )
    corpus = _corpus_paths(folder, shared)
    answers = {str(row["_id"]): row for _, row in _rows(folder / "answers.jsonl", ("_id",), optional=True)}
    queries = tuple(
        _query(row, answers.get(str(row["_id"])), f"{folder / 'queries.jsonl'}, line {line}")
        for line, row in _rows(folder / "queries.jsonl", ("_id", "text"))
    )
    if not queries:
        raise SetError(f"{folder / 'queries.jsonl'} holds no question")
    known = {q.query_id for q in queries}
    if len(known) != len(queries):
        raise SetError(f"{folder / 'queries.jsonl'}: an _id stands twice")
    if strangers := sorted(set(answers) - known):
        raise SetError(f"{folder / 'answers.jsonl'}: no such question: {strangers[0]!r}")
    return EvalSet(
        name=folder.resolve().name,
        folder=folder,
        corpus=corpus,
        queries=queries,
        qrels=_qrels(folder / "qrels" / "test.tsv", known),
        fingerprint=_fingerprint(corpus),
    )


def _corpus_paths(folder: Path, shared: Path | None) -> tuple[Path, ...]:
    for name in ("corpus.jsonl", "corpus.jsonl.gz"):
        if (folder / name).is_file():
            return (folder / name,)
    manifest = folder / "set.toml"
    if not manifest.is_file():
        raise SetError(f"{folder} has neither corpus.jsonl, corpus.jsonl.gz nor set.toml")
    try:
        named = tomllib.loads(manifest.read_text("utf-8"))["corpus"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise SetError(f"{manifest}: {error}", hint='write  corpus = ["../sample"]') from error
    if shared is None and any(SHARED in name for name in named):
        raise SetError(f"{manifest} names {SHARED}, and no such folder was given")
    paths = tuple((folder / name.replace(SHARED, str(shared))).resolve() for name in named)
    for path, name in zip(paths, named, strict=True):
        if not path.exists():
            hint = "set DEPECHE_SHARED to the folder that holds it" if SHARED in name else None
            raise SetError(f"{manifest}: {path} does not exist", hint=hint)
    return paths


def _rows(
    path: Path, required: tuple[str, ...], *, optional: bool = False
) -> Iterator[tuple[int, dict[str, Any]]]:
    if not path.is_file():
        if optional:
            return
        raise SetError(f"{path} is missing")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise SetError(f"{path}, line {number}: not JSON: {error}") from error
            for name in required:
                if not isinstance(row, dict) or row.get(name) in (None, ""):
                    raise SetError(f"{path}, line {number}: no {name!r}")
            yield number, row


def _query(row: dict[str, Any], answer: dict[str, Any] | None, where: str) -> EvalQuery:
    meta = row.get("metadata") or {}
    start = _moment(meta.get("from"), where, "from")
    end = _moment(meta.get("to"), where, "to")
    as_of = _moment(meta.get("as_of"), where, "as_of")
    day = timedelta(days=1)
    return EvalQuery(
        query_id=str(row["_id"]),
        text=row["text"],
        # Dates are whole days: "to" and "as_of" include theirs.
        filters=Filters(
            start=start, end=end and end + day, as_of=as_of and as_of + day - timedelta(microseconds=1)
        ),
        language=meta.get("lang"),
        kind=meta.get("type"),
        answers=tuple(answer.get("answers") or ()) if answer else (),
        answerable=bool(answer.get("answerable", bool(answer.get("answers")))) if answer else None,
    )


def _moment(value: object, where: str, name: str) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise SetError(f"{where}: metadata.{name} = {value!r} is not an ISO date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _qrels(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    if not path.is_file():
        raise SetError(f"{path} is missing")
    qrels: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            parts = line.rstrip("\n").split("\t")
            if number == 1 and parts[-1:] == ["score"]:
                continue
            if len(parts) != 3 or not parts[2].lstrip("-").isdigit():
                raise SetError(
                    f"{path}, line {number}: expected query-id, corpus-id, score separated by tabs"
                )
            if parts[0] not in known:
                raise SetError(f"{path}, line {number}: no such question: {parts[0]!r}")
            qrels.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    return qrels


def _fingerprint(paths: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for root in paths:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                digest.update(path.name.encode())
                with path.open("rb") as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
    return digest.hexdigest()[:16]
