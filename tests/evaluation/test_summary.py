"""The extremes: gold answers score 1, none at all is declined everywhere, wrong ones score near 0."""

from pathlib import Path

import pytest

from domain.answer import Outcome
from evaluation.results import CitedSpan, Result, append, read
from evaluation.sets import EvalQuery, EvalSet
from evaluation.summary import summarise

NAMES = ["Kohl", "Schröder", "Merkel", "Scholz"]


@pytest.fixture
def small_set(tmp_path: Path) -> EvalSet:
    answerable = [
        EvalQuery(query_id=f"q{i}", text="Who?", answers=(n,), answerable=True) for i, n in enumerate(NAMES)
    ]
    absent = [EvalQuery(query_id="u0", text="Who?", answerable=False)]
    return EvalSet(
        name="small",
        folder=tmp_path,
        corpus=(),
        queries=(*answerable, *absent),
        qrels={f"q{i}": {f"d{i}": 1} for i in range(len(NAMES))},
        fingerprint="0",
    )


def result(query: str, text: str, doc: str, outcome: Outcome = Outcome.ANSWERED) -> Result:
    span = CitedSpan(guid=doc, version=1, start=0, end=1, quote="x", exact=True)
    shown = (span,) if outcome is Outcome.ANSWERED else ()
    return Result(
        query_id=query,
        ranked=(doc,),
        retrieve_seconds=0.1,
        outcome=outcome,
        text=text,
        shown=shown,
        total_seconds=1.0,
    )


def declined(query: str) -> Result:
    return result(query, "", "none", Outcome.NOT_IN_ARCHIVE)


def test_gold_scores_one(small_set: EvalSet) -> None:
    results = {f"q{i}": result(f"q{i}", name, f"d{i}") for i, name in enumerate(NAMES)} | {
        "u0": declined("u0")
    }
    found = summarise(small_set, results)
    for measure in ("answer_accuracy", "f1", "citation_precision", "citation_recall", "ndcg@10", "mrr@10"):
        assert found[measure] == 1.0, measure
    assert found["abstention"] == {"precision": 1.0, "recall": 1.0, "answerable_declined": 0.0}
    assert found["latency"]["p50"] == 1.0


def test_shuffled_answers_score_zero(small_set: EvalSet) -> None:
    shifted = NAMES[1:] + NAMES[:1]
    results = {f"q{i}": result(f"q{i}", n, f"d{(i + 1) % 4}") for i, n in enumerate(shifted)}
    found = summarise(small_set, results)
    assert found["answer_accuracy"] == 0.0
    assert found["citation_precision"] == 0.0
    assert found["citation_recall"] == 0.0


def test_no_answer_is_declined_everywhere(small_set: EvalSet) -> None:
    found = summarise(small_set, {q.query_id: declined(q.query_id) for q in small_set.queries})
    assert found["answer_accuracy"] == 0.0
    assert found["abstention"]["recall"] == 1.0
    assert found["abstention"]["answerable_declined"] == 1.0
    assert found["citation_precision"] is None


def test_retrieval_alone_has_no_answer_measures(small_set: EvalSet) -> None:
    results = {"q0": Result(query_id="q0", ranked=("d0",), retrieve_seconds=0.2)}
    found = summarise(small_set, results)
    assert "answer_accuracy" not in found
    assert found["latency"]["p50"] == 0.2


def test_results_survive_the_file_and_a_torn_last_line(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    append(path, result("q0", "Kohl", "d0"))
    append(path, declined("u0"))
    with path.open("ab") as stream:
        stream.write(b'{"query_id": "q1", "ran')
    assert read(path) == {"q0": result("q0", "Kohl", "d0"), "u0": declined("u0")}
