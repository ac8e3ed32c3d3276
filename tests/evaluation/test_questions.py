"""The small file of a run's questions: it says what the answers say, and is not read when it is of others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from domain.answer import Outcome
from evaluation.judged import FAILURES, judge
from evaluation.questions import FILE, QuestionRows, make_rows, read_rows, write_rows
from evaluation.results import CitedSpan, Result, append, parse, read
from evaluation.runner import settle
from evaluation.scores import score
from evaluation.sets import EvalQuery, EvalSet, make_set


@pytest.fixture
def of(tmp_path: Path) -> EvalSet:
    """Questions of every kind of judgement, one of which the run has not got to."""
    queries = [
        EvalQuery(query_id="right", text="Who?", answers=("Kohl",), answerable=True, language="de"),
        EvalQuery(query_id='a "line"\nof two', text="Who?", answers=("Brandt",), answerable=True),
        EvalQuery(query_id="absent", text="When?", answerable=False),
        EvalQuery(query_id="declined", text="When?", answers=("1989",), answerable=True),
        EvalQuery(query_id="not asked", text="Where?", answers=("Bonn",), answerable=True),
    ]
    qrels = {q.query_id: {f"d-{q.query_id}": 1} for q in queries if q.answers}
    return make_set(tmp_path, format="csv", queries=queries, qrels=qrels)


@pytest.fixture
def folder(tmp_path: Path, of: EvalSet) -> Path:
    path = tmp_path / "run"
    path.mkdir()
    span = CitedSpan(guid="d-right", version=1, start=0, end=1, quote="K", exact=False)
    answered = Result(query_id="", ranked=("d-right",), retrieve_seconds=0.5, outcome=Outcome.ANSWERED,
                      text="Kohl, it said.", total_seconds=2.0)  # fmt: skip
    results = [
        replace(answered, query_id="right", shown=(span,)),
        replace(answered, query_id='a "line"\nof two', violations=("killed",)),
        replace(answered, query_id="absent"),
        replace(answered, query_id="declined", outcome=Outcome.NOT_IN_ARCHIVE, text="", total_seconds=None),
        replace(answered, query_id="no longer in the set"),
    ]
    for one in results:
        append(path / "results.jsonl", one)
    (path / "manifest.json").write_bytes(orjson.dumps({"model": None, "started": "2026-01-01"}))
    return path


def test_rows_say_what_the_answers_say(folder: Path, of: EvalSet) -> None:
    results = read(folder / "results.jsonl")
    scores = score(of, results)
    rows = make_rows(folder, of, scores)
    assert rows.ids == ("right", 'a "line"\nof two', "absent", "declined"), "in the order of asking"
    queries = {query.query_id: query for query in of.queries}
    content = (folder / "results.jsonl").read_bytes()
    for place, one in enumerate(rows.ids):
        result = results[one]
        assert parse(content[rows.at[place] :].partition(b"\n")[0]) == result
        judged = judge(queries[one], result, of.qrels.get(one, {}))
        assert rows.judged_as(place) is judged
        assert rows.failed[place] == (
            judged in FAILURES or bool(result.violations) or any(not span.exact for span in result.shown)
        )
        assert rows.seconds[place] == (result.total_seconds or result.retrieve_seconds)
        assert dict(rows.scores(place)) == {name: v[one] for name, v in scores.items() if one in v}
    assert rows.said[0] == rows.said[1] == rows.said[2] != rows.said[3]
    assert np.isnan(rows.of_measure("no such measure")).all()


def test_what_is_written_is_read_again_until_the_answers_change(folder: Path, of: EvalSet) -> None:
    rows = make_rows(folder, of, score(of, read(folder / "results.jsonl")))
    write_rows(folder, rows)
    again = read_rows(folder)
    assert again is not None
    assert same(rows, again)
    append(folder / "results.jsonl", Result(query_id="not asked", ranked=(), retrieve_seconds=0.1))
    assert read_rows(folder) is None
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


def same(one: QuestionRows, other: QuestionRows) -> bool:
    arrays = ("at", "judged", "outcomes", "seconds", "violations", "inexact", "said")
    return (
        (one.ids, one.measures) == (other.ids, other.measures)
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
        and np.array_equal(one.values, other.values, equal_nan=True)
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x80\x04 a pickle", None], ids=repr)
def test_a_file_that_is_none_is_not_read(folder: Path, of: EvalSet, content: bytes | None) -> None:
    write_rows(folder, make_rows(folder, of, {}))
    whole = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert read_rows(folder) is None
    (folder / FILE).unlink()
    assert read_rows(folder) is None


def test_an_empty_run_has_no_rows(folder: Path, of: EvalSet) -> None:
    (folder / "results.jsonl").write_bytes(b"")
    write_rows(folder, make_rows(folder, of, {}))
    rows = read_rows(folder)
    assert rows is not None
    assert len(rows) == 0
    assert not rows.failed.size


def test_a_settled_run_has_them_of_what_it_was_measured_by(folder: Path, of: EvalSet) -> None:
    results = {one: result for one, result in read(folder / "results.jsonl").items() if one in
               {query.query_id for query in of.queries}}  # fmt: skip
    run = settle(of, folder, results)
    rows = read_rows(folder)
    assert rows is not None
    assert rows.measures == tuple(run.scores)
    assert run.summary["scored"] == {name: len(values) for name, values in run.scores.items()}
    # Written before the summary, which says that a run has ended.
    assert (folder / FILE).stat().st_mtime_ns <= (folder / "summary.json").stat().st_mtime_ns
