"""Measures against cases worked out by hand, and against trec_eval's own code where there is one."""

import math

import pytest
import pytrec_eval

from evaluation.measures.abstention import abstention
from evaluation.measures.answers import contains, normalise, token_f1, tokens
from evaluation.measures.ranking import ranking_measures


def test_ndcg_by_hand() -> None:
    # Relevant stories at ranks 1 and 3 of three; ideal order has them at 1 and 2.
    found = ranking_measures({"q": ["a", "x", "b"]}, {"q": {"a": 1, "b": 1}})
    ideal = 1 + 1 / math.log2(3)
    assert found["ndcg@10"]["q"] == pytest.approx((1 + 1 / math.log2(4)) / ideal)
    assert found["mrr@10"]["q"] == 1.0
    assert found["recall@10"]["q"] == 1.0


def test_agrees_with_trec_eval() -> None:
    qrels = {"1": {"a": 1, "b": 2, "c": 0}, "2": {"d": 1}, "3": {"e": 1}}
    ranked = {"1": ["c", "b", "z", "a"], "2": ["x", "y"], "3": []}
    ours = ranking_measures(ranked, qrels)
    run = {q: {d: 1.0 / (i + 1) for i, d in enumerate(docs)} for q, docs in ranked.items() if docs}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10", "recall.100"}).evaluate(run)
    for query in run:
        assert ours["ndcg@10"][query] == pytest.approx(theirs[query]["ndcg_cut_10"])
        assert ours["recall@100"][query] == pytest.approx(theirs[query]["recall_100"])
    assert ours["ndcg@10"]["3"] == 0.0, "a judged question without a hit counts 0, it is not left out"


def test_question_without_relevant_story_is_left_out() -> None:
    found = ranking_measures({"q": ["a"]}, {"q": {"a": 0}})
    assert found["ndcg@10"] == {}


def test_same_story_twice_counts_once() -> None:
    found = ranking_measures({"q": ["a", "a", "b"]}, {"q": {"b": 1}})
    assert found["mrr@10"]["q"] == 0.5


@pytest.mark.parametrize(
    ("text", "accepted", "expected"),
    [
        ("The wall opened on 9 November 1989 [1].", ["9 November 1989"], True),
        ("About 1,200,000 people", ["1200000"], True),
        ("En tout 1 200 000 personnes", ["1200000"], True),
        ("It was 120 people", ["12"], False),
        ("Le Président François Mitterrand", ["francois mitterrand"], False),
        ("Le Président François Mitterrand", ["François Mitterrand"], True),
        ("قال الرَّئيس", ["الرئيس"], True),
        ("Spain and Portugal joined", ["Portugal | Spain"], True),
        ("Spain joined", ["Portugal | Spain"], False),
        ("冠军是法国队。", ["法国"], True),
        ("", ["France"], False),
        ("France", [], False),
        ("France", [""], False),
    ],
)
def test_containment(text: str, accepted: list[str], expected: bool) -> None:
    assert contains(text, accepted) is expected


def test_f1_by_hand() -> None:
    # 2 of 4 words found are wanted, 2 of 2 wanted are found: P = 1/2, R = 1, F1 = 2/3.
    assert token_f1("won by France 1998", ["France 1998"]) == pytest.approx(2 / 3)
    assert token_f1("", ["France"]) == 0.0
    assert token_f1("The France", ["france"]) == 1.0
    assert token_f1("法国队", ["法国"]) == pytest.approx(0.8)


def test_tokens_split_cjk_by_character_only() -> None:
    assert tokens("2018年 Moscow") == ["2018", "年", "moscow"]
    assert normalise("  The “Wall”, opened ") == "wall opened"


def test_abstention_by_hand() -> None:
    # 3 declined: 2 absent, 1 present. 4 absent in all, 2 of them declined. 2 present.
    outcomes = [(False, True), (False, True), (True, True), (False, False), (False, False), (True, False)]
    found = abstention(outcomes)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == 0.5
    assert found.answerable_declined == 0.5


def test_abstention_of_nothing_is_none() -> None:
    assert abstention([]).precision is None
    assert abstention([(True, False)]).recall is None
