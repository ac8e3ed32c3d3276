"""A made set's review: what was decided is kept, applied when the set is read, and counted in its manifest."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from domain.errors import SetError
from domain.story import Version
from evaluation.sets import load_set
from evaluation.sets.beir import as_made
from evaluation.sets.model import EvalSet
from evaluation.sets.review import FILE, Decision, Reviewed, count, decide, read_review
from evaluation.synthetic.items import Drawn
from evaluation.synthetic.make import make, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stories = [
        Version(guid=f"s{i:03}", provider="p", version=1, published=datetime(1994, 3, 8, tzinfo=UTC), language="en",
                headline=f"Bridge of Town{i} opens",
                body=f"Mayor Name{i} of Town{i} opened bridge Number{i} on Monday before a crowd of {1000 + 7 * i} "
                     f"people, who had waited for it since the flood. It is called Span{i}.")
        for i in range(30)
    ]  # fmt: skip
    write(make(Drawn(stories, {}), [], questions=10, seed=3), tmp_path / "set", about={"seed": 3})
    return tmp_path / "set"


def made(folder: Path) -> EvalSet:
    return as_made(folder, None)


def said(query_id: str, decision: Decision, **edited: object) -> Reviewed:
    return Reviewed(query_id=query_id, decision=decision, by="anna", at=datetime.now(UTC), **edited)  # type: ignore[arg-type]


def test_a_rejected_question_is_left_out_and_an_edited_one_asked_as_edited(folder: Path) -> None:
    before = load_set(folder)
    assert before.review is None
    cloze = next(q for q in before.queries if q.answers)
    other = next(q for q in before.queries if q.query_id != cloze.query_id and q.query_id in before.qrels)
    decide(folder, made(folder), said(other.query_id, Decision.REJECTED))
    decide(
        folder, made(folder), said(cloze.query_id, Decision.EDITED, text="How many?", answers=("9", "nine"))
    )
    after = load_set(folder)
    assert {q.query_id for q in before.queries} - {q.query_id for q in after.queries} == {other.query_id}
    assert other.query_id not in after.qrels
    edited = next(q for q in after.queries if q.query_id == cloze.query_id)
    assert (edited.text, edited.answers) == ("How many?", ("9", "nine"))
    assert edited.kind == cloze.kind
    assert [q.text for q in made(folder).queries] == [q.text for q in before.queries], "what was made stays"


def test_the_last_decision_counts_and_the_manifest_says_how_many(folder: Path) -> None:
    first, second = (q.query_id for q in made(folder).queries[:2])
    decide(folder, made(folder), said(first, Decision.REJECTED))
    decide(folder, made(folder), said(second, Decision.ACCEPTED))
    counts = decide(folder, made(folder), said(first, Decision.ACCEPTED))
    assert (counts.reviewed, counts.accepted, counts.rejected, counts.questions) == (2, 2, 0, 10)
    written = tomllib.loads((folder / "set.toml").read_text("utf-8"))
    assert written["review"] == {"questions": 10, "accepted": 2, "edited": 0, "rejected": 0}
    assert (written["synthetic"], written["seed"]) == (True, 3), "what set.toml said before stays"
    lines = [orjson.loads(line) for line in (folder / FILE).read_bytes().splitlines()]
    assert [(line["_id"], line["by"]) for line in lines] == [
        (first, "anna"),
        (second, "anna"),
        (first, "anna"),
    ]
    loaded = load_set(folder)
    assert loaded.review == counts
    assert len(loaded.queries) == 10


def test_an_edit_that_asks_nothing_is_refused_and_not_kept(folder: Path) -> None:
    of = made(folder)
    cloze = next(q for q in of.queries if q.answers)
    with pytest.raises(SetError, match="ask nothing"):
        decide(folder, of, said(cloze.query_id, Decision.EDITED, text=" ", answers=("1",)))
    with pytest.raises(SetError, match="no answer"):
        decide(folder, of, said(cloze.query_id, Decision.EDITED, text="What?", answers=()))
    with pytest.raises(SetError, match="no such question"):
        decide(folder, of, said("elsewhere", Decision.ACCEPTED))
    assert not (folder / FILE).exists()


def test_a_broken_line_is_named_with_its_field(folder: Path) -> None:
    (folder / FILE).write_text('{"_id": "a", "by": "x", "decision": "perhaps"}\n')
    with pytest.raises(SetError, match=r"review\.jsonl, line 1: 'decision'"):
        load_set(folder)


def test_a_set_of_which_all_was_rejected_is_refused(folder: Path) -> None:
    of = made(folder)
    for query in of.queries:
        decide(folder, of, said(query.query_id, Decision.REJECTED))
    with pytest.raises(SetError, match="every question was rejected"):
        load_set(folder)


def test_decisions_about_questions_that_are_gone_are_not_counted(folder: Path) -> None:
    of = made(folder)
    decide(folder, of, said(of.queries[0].query_id, Decision.ACCEPTED))
    with (folder / FILE).open("ab") as stream:
        stream.write(
            orjson.dumps({"_id": "gone", "by": "x", "decision": "rejected", "at": "2026-01-01"}) + b"\n"
        )
    assert count(of, read_review(folder)).reviewed == 1
