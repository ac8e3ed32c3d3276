"""A folder in the BEIR layout (Thakur et al. 2021, arXiv 2104.08663); answers.jsonl and set.toml are ours.

    corpus.jsonl[.gz]   {"_id", "title", "text", "metadata": {"published", …}} a line; or, in its place,
    set.toml            corpus = ["../sample"]: any files that `depeche ingest` takes, guids are the ids;
                        "{shared}/…" is in the folder of material that may not be copied into a project;
                        corpus = []: the set is asked of an archive that exists already
    queries.jsonl       {"_id", "text", "metadata": {"as_of", "from", "to", "date", "lang", "type"}}
    qrels/test.tsv      query-id <tab> corpus-id <tab> score, with a header line
    answers.jsonl       optional: {"_id", "answers": […], "answerable": bool, "choices": […], "wrong": […]}
    review.jsonl        optional: what people decided about made questions (evaluation.sets.review); it is applied

An accepted answer may be a list, written "first | second": every item must be there.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

from domain.errors import CorpusNotHere, SetError
from domain.query import Filters
from evaluation.sets.model import EvalQuery, EvalSet, make_set, whole_day
from evaluation.sets.review import read_review, with_review
from evaluation.sets.rows import Row, as_row, json_lines, open_bytes

SHARED = "{shared}"


def load(folder: Path, shared: Path | None) -> EvalSet:
    return with_review(as_made(folder, shared), read_review(folder))


def as_made(folder: Path, shared: Path | None) -> EvalSet:
    """The set before anybody reviewed it."""
    corpus, synthetic = _corpus(folder, shared)
    answers = {row.text("_id"): row for row in json_lines(folder / "answers.jsonl", optional=True)}
    queries = [_query(row, answers.get(row.text("_id"))) for row in json_lines(folder / "queries.jsonl")]
    known = {q.query_id for q in queries}
    if strangers := sorted(set(answers) - known):
        raise SetError(f"{answers[strangers[0]].where}: no such question: {strangers[0]!r}")
    return make_set(
        folder,
        format="beir",
        queries=queries,
        qrels=_qrels(folder / "qrels" / "test.tsv", known),
        corpus=corpus,
        synthetic=synthetic,
    )


def _corpus(folder: Path, shared: Path | None) -> tuple[tuple[Path, ...], bool]:
    """The corpus's files, and whether set.toml says that the set is synthetic."""
    manifest = folder / "set.toml"
    written = _read_toml(manifest) if manifest.is_file() else {}
    synthetic = written.get("synthetic") is True
    for name in ("corpus.jsonl", "corpus.jsonl.gz"):
        if (folder / name).is_file():
            return (folder / name,), synthetic
    if not manifest.is_file():
        raise SetError(
            f"{folder} has neither corpus.jsonl, corpus.jsonl.gz nor set.toml",
            hint="docs/sets.md says which files a set is made of",
        )
    named = written.get("corpus")
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise SetError(f"{manifest}: no list 'corpus'", hint='write  corpus = ["../sample"]')
    if shared is None and any(SHARED in name for name in named):
        raise SetError(f"{manifest} names {SHARED}, and no such folder was given")
    paths = tuple((folder / name.replace(SHARED, str(shared))).resolve() for name in named)
    for path, name in zip(paths, named, strict=True):
        if not path.exists():
            if SHARED in name:
                raise CorpusNotHere(
                    f"{folder}: its corpus is not here: {path}",
                    hint="set DEPECHE_SHARED to the folder that holds it",
                )
            raise SetError(f"{manifest}: {path} does not exist")
    return paths, synthetic


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SetError(f"{path}: {error}") from error


def _query(row: Row, answer: Row | None) -> EvalQuery:
    meta = as_row(row.values.get("metadata") or {}, f"{row.where}, metadata")
    about = Row(meta.values, row.where)
    start, end, as_of, day = (
        about.moment(n, called=f"metadata.{n}") for n in ("from", "to", "as_of", "date")
    )
    answers = answer.texts("answers") if answer else ()
    answerable = answer.flag("answerable") if answer else None
    return EvalQuery(
        query_id=row.text("_id"),
        text=row.text("text"),
        # Dates are whole days: "to" and "as_of" include theirs.
        filters=Filters(start=start, end=end and end + timedelta(days=1), as_of=whole_day(as_of)),
        language=about.optional_text("lang"),
        kind=about.optional_text("type"),
        answers=answers,
        answerable=(bool(answers) if answerable is None else answerable) if answer else None,
        choices=answer.texts("choices") if answer else (),
        wrong=answer.texts("wrong") if answer else (),
        day=day.date() if day else None,
        removed=about.texts("removed"),
    )


def _qrels(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with open_bytes(path) as lines:
        for number, line in enumerate(lines, start=1):
            parts = line.decode("utf-8").rstrip("\r\n").split("\t")
            if (number == 1 and parts[-1:] == ["score"]) or parts == [""]:
                continue
            if len(parts) != 3 or not parts[2].lstrip("-").isdigit():
                raise SetError(
                    f"{path}, line {number}: expected query-id, corpus-id, score separated by tabs"
                )
            if parts[0] not in known:
                raise SetError(f"{path}, line {number}: no such question: {parts[0]!r}")
            qrels.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    return qrels
