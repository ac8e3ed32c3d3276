"""What a whole summary says of runs whose scores are known beforehand: gold, shuffled, silent, and one at chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from domain.answer import Outcome
from domain.query import Filters
from evaluation.measures.statements import Statement
from evaluation.results import CitedSpan, Result
from evaluation.scores import score
from evaluation.sets import EvalQuery, EvalSet, make_set
from evaluation.summary import summarise

NAMES = ("Kohl", "Merkel", "Scholz", "Brandt")
EACH = 25  # questions a name: a share over 100 is then within .13 of chance (3 standard errors)


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> EvalSet:
    present = [
        EvalQuery(query_id=f"q{i}", text="Who?", answers=(NAMES[i % 4],), answerable=True, choices=NAMES, language="de",
                  parts=((NAMES[i % 4],), ("chancellor",)) if i == 0 else (), wrong=("Adenauer",),
                  kind="false_premise" if i < 4 else "single_fact", day=date(1970 + 10 * (i % 4), 5, 1))
        for i in range(4 * EACH)
    ]  # fmt: skip
    absent = [EvalQuery(query_id=f"u{i}", text="Who?", answerable=False, language="en") for i in range(10)]
    qrels = {q.query_id: {f"d-{q.query_id}": 1} for q in present}
    return make_set(tmp_path_factory.mktemp("set"), format="beir", queries=[*present, *absent], qrels=qrels)


def answered(query_id: str, text: str, *, doc: str | None = None) -> Result:
    span = CitedSpan(guid=doc or f"d-{query_id}", version=1, start=0, end=1, quote="x", exact=True)
    return Result(
        query_id=query_id, ranked=(span.guid,), retrieve_seconds=0.1, outcome=Outcome.ANSWERED, text=text, shown=(span,),
        total_seconds=1.0, confidence=1.5, statements=(Statement(supported=True, precise=(True,)),), joules=3.0,
    )  # fmt: skip


def silent(query_id: str) -> Result:
    return Result(
        query_id=query_id, ranked=(), retrieve_seconds=0.1, outcome=Outcome.NOT_IN_ARCHIVE, total_seconds=0.2
    )


def gold(of: EvalSet) -> dict[str, Result]:
    said = {q.query_id: " chancellor " + " ".join(q.answers) for q in of.queries if q.answerable}
    return {
        q.query_id: answered(q.query_id, said[q.query_id]) if q.answerable else silent(q.query_id)
        for q in of.queries
    }


def test_gold_scores_one_on_every_measure(of: EvalSet) -> None:
    found = summarise(of, gold(of))
    ones = ("ndcg@10", "recall@10", "recall@100", "mrr@10", "map", "hits@4", "hits@10", "multihop_map@10",
            "answer_accuracy", "choice_accuracy", "parts_said", "citation_precision", "citation_recall",
            "statement_recall", "statement_precision", "absent_declined", "citations_exact")  # fmt: skip
    assert {name: found[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert found["wrong_said"] == 0.0
    assert found["abstention"] == {"precision": 1.0, "recall": 1.0, "answerable_declined": 0.0}
    assert found["risk_coverage"]["aurc"] == 0.0
    assert found["false_premises"] == {"corrected": 1.0, "declined": 0.0, "gone_along": 0.0, "questions": 4}
    assert found["intervals"]["answer_accuracy"] == (1.0, 1.0)
    assert found["energy"] == {"joules_per_question": 3.0, "measured": False}
    assert set(found["violations"].values()) == {0}


def test_gold_words_alone_match_exactly(of: EvalSet) -> None:
    bare = {
        q.query_id: answered(q.query_id, q.answers[0]) for q in of.queries if q.answerable and not q.parts
    }
    found = summarise(of, bare)
    assert (found["f1"], found["exact_match"], found["answer_accuracy"]) == (1.0, 1.0, 1.0)


def test_shuffled_answers_are_near_chance(of: EvalSet) -> None:
    random = Random(4)
    present = [q for q in of.queries if q.answerable]
    texts, docs = [q.answers[0] for q in present], [f"d-{q.query_id}" for q in present]
    random.shuffle(texts)
    random.shuffle(docs)
    shuffled = {
        q.query_id: answered(q.query_id, t, doc=d) for q, t, d in zip(present, texts, docs, strict=True)
    }
    found = summarise(of, shuffled)
    assert found["answer_accuracy"] == pytest.approx(0.25, abs=0.13)
    assert found["choice_accuracy"] == pytest.approx(0.25, abs=0.13)
    assert found["citation_precision"] < 0.1
    assert found["ndcg@10"] < 0.1
    assert found["risk_coverage"]["aurc"] > 0.6


def test_silence_is_declined_everywhere(of: EvalSet) -> None:
    found = summarise(of, {q.query_id: silent(q.query_id) for q in of.queries})
    assert found["abstention"]["recall"] == 1.0
    assert found["abstention"]["answerable_declined"] == 1.0
    assert found["abstention"]["precision"] == pytest.approx(0.0909, abs=1e-4)  # 10 of 110 were absent
    assert (found["answer_accuracy"], found["choice_accuracy"], found["parts_said"], found["f1"]) == (
        0,
        0,
        0,
        0,
    )
    assert found["citation_precision"] is None
    assert "statement_recall" not in found
    assert "risk_coverage" not in found
    assert found["false_premises"]["declined"] == 1.0


def test_an_answer_to_an_absent_question_is_an_error_of_the_risk(of: EvalSet) -> None:
    results = gold(of) | {"u0": replace(answered("u0", "Kohl"), confidence=0.1)}
    curve = summarise(of, results)["risk_coverage"]["curve"]
    assert curve[-1][1] == pytest.approx(1 / (4 * EACH + 1), abs=1e-4)


def test_saying_the_known_falsehood(of: EvalSet) -> None:
    values = score(of, {"q1": answered("q1", "Adenauer"), "q2": answered("q2", "Scholz, not Adenauer")})
    assert values["wrong_said"] == {"q1": 1.0, "q2": 0.0}


def test_slices_partition_the_questions(of: EvalSet) -> None:
    found = summarise(of, gold(of))["slices"]
    for dimension, known in (("language", 110), ("decade", 100), ("type", 100), ("answerability", 110)):
        assert sum(one["questions"] for one in found[dimension].values()) == known, dimension
    assert found["decade"]["1980s"]["measures"]["answer_accuracy"] == 1.0
    assert "answer_accuracy" not in found["answerability"]["absent"]["measures"]


def test_the_decade_of_dates_asked_for_and_of_the_story(tmp_path: Path) -> None:
    asked = [
        EvalQuery(query_id="a", text="?", filters=Filters(start=datetime(1984, 1, 1, tzinfo=UTC))),
        EvalQuery(query_id="b", text="?"),
        EvalQuery(query_id="c", text="?"),
    ]
    of = make_set(tmp_path, format="csv", queries=asked, qrels={q.query_id: {"d": 1} for q in asked})
    results = {q.query_id: replace(silent(q.query_id), outcome=None) for q in asked}
    results["b"] = replace(results["b"], year=2007)
    assert set(summarise(of, results)["slices"]["decade"]) == {"1980s", "2000s"}
