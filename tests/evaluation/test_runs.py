"""A run's folder: what is refused on resuming, scoring again, comparing two, and a report that cannot be written into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from domain.answer import Outcome
from domain.errors import SetError
from evaluation.comparison import compare
from evaluation.results import CitedSpan, Result, append
from evaluation.runner import questions_digest, rescore, settle
from evaluation.sets import EvalQuery, EvalSet, make_set

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"


def result(query_id: str, text: str) -> Result:
    span = CitedSpan(guid=f"d-{query_id}", version=1, start=0, end=1, quote=HOSTILE, exact=True)
    return Result(
        query_id=query_id, ranked=(span.guid,), retrieve_seconds=0.1, outcome=Outcome.ANSWERED, text=text, shown=(span,),
        total_seconds=1.0, confidence=1.0,
    )  # fmt: skip


def a_set(folder: Path, *, answer: str = "Kohl", text: str = "Who?") -> EvalSet:
    queries = [EvalQuery(query_id=f"q{i}", text=text, answers=(answer,), answerable=True) for i in range(30)]
    return make_set(
        folder, format="csv", queries=queries, qrels={q.query_id: {f"d-{q.query_id}": 1} for q in queries}
    )


def a_run(folder: Path, of: EvalSet, said: str, *, wrong: int = 0) -> Path:
    folder.mkdir()
    results = {
        q.query_id: result(q.query_id, "Brandt" if i < wrong else said) for i, q in enumerate(of.queries)
    }
    for one in results.values():
        append(folder / "results.jsonl", one)
    manifest = {
        "model": HOSTILE,
        "started": "2026-01-01",
        "questions": questions_digest(of.queries),
        "settings": {"a": 1},
    }
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    settle(of, folder, results)
    return folder


def test_scoring_again_follows_the_set_and_asks_nothing(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", a_set(tmp_path), "Merkel")
    assert orjson.loads((run / "summary.json").read_bytes())["answer_accuracy"] == 0.0
    again = rescore(a_set(tmp_path, answer="Merkel"), run)
    assert again.summary["answer_accuracy"] == 1.0
    assert orjson.loads((run / "summary.json").read_bytes())["answer_accuracy"] == 1.0
    assert set(orjson.loads((run / "scores.json").read_bytes())["answer_accuracy"].values()) == {1.0}


def test_other_questions_under_the_same_ids_are_refused(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", a_set(tmp_path), "Kohl")
    with pytest.raises(SetError, match="other questions"):
        rescore(a_set(tmp_path, text="When?"), run)
    with pytest.raises(SetError, match="not a run"):
        rescore(a_set(tmp_path), tmp_path)


def test_a_comparison_says_what_moved_and_whether_it_may_be_luck(tmp_path: Path) -> None:
    of = a_set(tmp_path)
    worse = a_run(tmp_path / "worse", of, "Kohl", wrong=12)
    better = a_run(tmp_path / "better", of, "Kohl")
    found = compare(worse, better)
    moved = found.measures["answer_accuracy"]
    assert (moved.before, moved.after, moved.better, moved.worse, moved.questions) == (0.6, 1.0, 12, 0, 30)
    assert moved.p < moved.holm < 0.05
    assert found.measures["ndcg@10"].p == 1.0
    assert [change.query_id for change in found.changes] == [f"q{i}" for i in range(12)]
    assert found.changes[0].moved["answer_accuracy"] == (0.0, 1.0)
    assert found.changes[0].words_changed
    assert found.texts()["q0"] == ("Brandt", "Kohl")
    back = compare(better, worse).measures["answer_accuracy"]
    assert (back.better, back.worse) == (0, 12)


def test_one_changed_answer_is_not_called_progress(tmp_path: Path) -> None:
    of = a_set(tmp_path)
    found = compare(a_run(tmp_path / "a", of, "Kohl", wrong=1), a_run(tmp_path / "b", of, "Kohl"))
    assert found.measures["answer_accuracy"].holm == 1.0


def test_what_cannot_be_compared_is_named(tmp_path: Path) -> None:
    of = a_set(tmp_path)
    run = a_run(tmp_path / "run", of, "Kohl")
    with pytest.raises(SetError, match="not a run"):
        compare(run, tmp_path)
    other = make_set(tmp_path, format="csv", queries=[EvalQuery(query_id="z", text="Who?")], qrels={})
    with pytest.raises(SetError, match="no question in common"):
        compare(run, a_run(tmp_path / "other", other, "Kohl"))
    (run / "scores.json").unlink()
    with pytest.raises(SetError, match="--rescore"):
        compare(run, run)


def test_a_report_shows_texts_and_never_obeys_them(tmp_path: Path) -> None:
    of = a_set(tmp_path, text=HOSTILE, answer=HOSTILE)
    of = replace(
        of,
        name=HOSTILE,
        queries=tuple(replace(q, kind=HOSTILE, language=q.query_id[:2] + HOSTILE) for q in of.queries),
    )
    page = (a_run(tmp_path / "run", of, HOSTILE) / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "49" not in page.partition("<h2>Questions")[2].partition("</details>")[0]
    assert "default-src 'none'" in page
    for fetched in ("http://", "https://", "src=", "@import", "url("):
        assert fetched not in page, fetched
    assert page.count("<svg") == 3
