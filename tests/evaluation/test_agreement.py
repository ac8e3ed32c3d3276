"""Two judges of the same sentences: kappa against another implementation and by hand, and a model beside the rules."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from answering.verify.checkers import EntailmentModel
from domain.answer import Citation, Sentence, Verdict
from domain.errors import ModelNotInstalled
from evaluation.measures.agreement import agreement
from evaluation.measures.statements import Statement
from evaluation.quotes import EntailmentJudge
from evaluation.scores import score
from evaluation.sets import EvalQuery, make_set
from evaluation.summary import summarise
from tests.answering.test_checkers import UNNAMED, cross_encoder
from tests.evaluation.test_judged import ANSWERED, DECLINED


def test_kappa_is_that_of_another_implementation() -> None:
    random.seed(1)
    for bias in (0.1, 0.5, 0.9):
        pairs = [(random.random() < bias, random.random() < 0.6) for _ in range(200)]
        found = agreement(pairs)
        assert found is not None
        assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))


def test_kappa_by_hand() -> None:
    found = agreement(
        [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    )
    assert found is not None
    assert found.agreed == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)  # expected .5: (.7 - .5) / .5
    assert (found.first_only, found.second_only, found.sentences) == (5, 10, 50)


def test_judges_who_always_say_the_same_show_nothing() -> None:
    found = agreement([(True, True)] * 3)
    assert found is not None
    assert (found.kappa, found.agreed) == (None, 1.0)
    assert agreement([]) is None


def test_a_summary_has_the_second_judge_only_where_there_was_one(tmp_path: Path) -> None:
    queries = [EvalQuery(query_id=q, text="Who?", answers=("Kohl",), answerable=True) for q in "abc"]
    of = make_set(tmp_path, format="csv", queries=queries, qrels={})
    carried, not_carried = (
        Statement(supported=True, precise=(True,)),
        Statement(supported=False, precise=(False,)),
    )
    alone = {q.query_id: replace(ANSWERED, query_id=q.query_id, statements=(carried,)) for q in queries}
    assert "agreement" not in summarise(of, alone)
    assert "nli_statement_recall" not in score(of, alone)
    both = {
        "a": replace(alone["a"], statements=(carried, not_carried), entailed=(carried, not_carried)),
        "b": replace(alone["b"], statements=(carried,), entailed=(not_carried,)),
        "c": replace(DECLINED, query_id="c"),
    }
    summary = summarise(of, both)
    assert (summary["statement_recall"], summary["nli_statement_recall"]) == (0.75, 0.25)
    assert summary["nli_statement_precision"] == 0.25
    assert summary["agreement"] == {
        "kappa": 0.4, "agreed": 0.6667, "first_only": 1, "second_only": 0, "sentences": 3,
    }  # fmt: skip


def citation(quote: str) -> Citation:
    return Citation(guid="a", version=1, published=datetime(1990, 1, 1, tzinfo=UTC), start=0, end=len(quote),
                    quote=quote, provider="p")  # fmt: skip


@pytest.mark.parametrize(("biases", "carried"), [([0.0, 1.0], True), ([1.0, 0.0], False)])
def test_a_cross_encoder_judges_the_quotes(tmp_path: Path, biases: list[float], carried: bool) -> None:
    """A real one, whose head is set: it shows how its word is read, not how good such a model is."""
    judge = EntailmentJudge(EntailmentModel(str(cross_encoder(tmp_path / "model", UNNAMED, biases))))
    sentence = Sentence(
        text="The votes won.", verdict=Verdict.SUPPORTED, citations=(citation("the votes"), citation("won"))
    )
    assert judge.judge(sentence) == Statement(supported=carried, precise=(carried, carried))
    assert judge.judge(replace(sentence, citations=())) == Statement(supported=False, precise=())


def test_a_model_that_is_not_here_ends_the_run_with_what_mends_it(tmp_path: Path) -> None:
    judge = EntailmentJudge(EntailmentModel(str(tmp_path / "none")))
    sentence = Sentence(text="The votes won.", verdict=Verdict.SUPPORTED, citations=(citation("the votes"),))
    with pytest.raises(ModelNotInstalled):
        judge.judge(sentence)
