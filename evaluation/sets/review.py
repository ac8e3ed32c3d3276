"""What people decided about a made set's questions: accepted, edited, rejected.

Decisions are lines of review.jsonl in the set's folder, only ever added to: who, when, what. The last one of a
question counts. A set read from the folder leaves out what was rejected and asks what was edited as edited; a
question nobody has looked at stays as it was made. set.toml says how many of each.

    {"_id", "decision": "accepted" | "edited" | "rejected", "by", "at", "text", "answers"}
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import orjson

from domain.errors import SetError
from evaluation.sets.model import EvalQuery, EvalSet, ReviewCounts
from evaluation.sets.rows import Row, json_lines

FILE = "review.jsonl"
_TABLE = re.compile(r"\n*# Counted from review\.jsonl.*", re.DOTALL)


class Decision(StrEnum):
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One decision. `text` and `answers` are what an edited question asks and accepts; None of the others."""

    query_id: str
    decision: Decision
    by: str
    at: datetime
    text: str | None = None
    answers: tuple[str, ...] | None = None


def read_review(folder: Path) -> dict[str, Reviewed]:
    """The decision that counts of each question decided on. SetError naming line and field."""
    rows = json_lines(folder / FILE, optional=True)
    return {one.query_id: one for one in map(_reviewed, rows)}


def decide(folder: Path, of: EvalSet, reviewed: Reviewed) -> ReviewCounts:
    """Keeps a decision about a question of the set as it was made (`of`), and counts anew.

    SetError where the set has no such question, or an edited one would ask nothing, or take nothing as an answer.
    """
    asked = next((q for q in of.queries if q.query_id == reviewed.query_id), None)
    if asked is None:
        raise SetError(f"{folder}: no such question: {reviewed.query_id!r}")
    if reviewed.decision is Decision.EDITED:
        if not (reviewed.text or "").strip():
            raise SetError(f"question {reviewed.query_id!r} would ask nothing", hint="write it, or reject it")
        if asked.answers and not reviewed.answers:
            raise SetError(
                f"question {reviewed.query_id!r} would have no answer", hint="write one a line, or reject it"
            )
    line: dict[str, object] = {
        "_id": reviewed.query_id,
        "decision": reviewed.decision,
        "by": reviewed.by,
        "at": reviewed.at.isoformat(timespec="seconds"),
    }
    if reviewed.decision is Decision.EDITED:
        line |= {"text": reviewed.text, "answers": reviewed.answers}
    with (folder / FILE).open("ab") as stream:
        stream.write(orjson.dumps(line) + b"\n")
    counts = count(of, read_review(folder))
    _write_counts(folder / "set.toml", counts)
    return counts


def count(of: EvalSet, review: Mapping[str, Reviewed]) -> ReviewCounts:
    """`of`: the set as it was made. Decisions about questions it no longer has are not counted."""
    known = {query.query_id for query in of.queries}
    decided = Counter(one.decision for one in review.values() if one.query_id in known)
    return ReviewCounts(
        questions=len(known),
        accepted=decided[Decision.ACCEPTED],
        edited=decided[Decision.EDITED],
        rejected=decided[Decision.REJECTED],
    )


def with_review(of: EvalSet, review: Mapping[str, Reviewed]) -> EvalSet:
    """The set as people left it. SetError where they rejected every question."""
    if not review:
        return of
    kept = tuple(_edited(q, review.get(q.query_id)) for q in of.queries if not _rejected(q, review))
    if not kept:
        raise SetError(f"{of.folder}: every question was rejected", hint="make another set")
    ids = {query.query_id for query in kept}
    qrels = {query_id: grades for query_id, grades in of.qrels.items() if query_id in ids}
    return replace(of, queries=kept, qrels=qrels, review=count(of, review))


def _rejected(query: EvalQuery, review: Mapping[str, Reviewed]) -> bool:
    found = review.get(query.query_id)
    return found is not None and found.decision is Decision.REJECTED


def _edited(query: EvalQuery, reviewed: Reviewed | None) -> EvalQuery:
    if reviewed is None or reviewed.decision is not Decision.EDITED:
        return query
    answers = query.answers if reviewed.answers is None else reviewed.answers
    return replace(query, text=reviewed.text or query.text, answers=answers)


def _reviewed(row: Row) -> Reviewed:
    said = row.text("decision")
    if said not in tuple(Decision):
        raise row.refuse("decision", f"one of {', '.join(Decision)}")
    at = row.moment("at")
    return Reviewed(
        query_id=row.text("_id"),
        decision=Decision(said),
        by=row.text("by"),
        at=at or datetime.min.replace(tzinfo=UTC),
        text=row.optional_text("text"),
        answers=row.texts("answers") if row.values.get("answers") is not None else None,
    )


def _write_counts(manifest: Path, counts: ReviewCounts) -> None:
    """The [review] table at the end of set.toml, in one step: a reader sees the old or the new."""
    written = _TABLE.sub("", manifest.read_text("utf-8")) if manifest.is_file() else ""
    table = (
        f"# Counted from {FILE}, written anew at each decision.\n[review]\nquestions = {counts.questions}\n"
        f"accepted = {counts.accepted}\nedited = {counts.edited}\nrejected = {counts.rejected}\n"
    )
    new = manifest.with_suffix(".toml.new")
    new.write_text(f"{written.rstrip()}\n\n{table}" if written else table, encoding="utf-8")
    new.replace(manifest)
