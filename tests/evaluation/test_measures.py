"""Measures against cases worked out by hand, and against trec_eval's own code where there is one."""

import math
from random import Random
from statistics import fmean

import ir_measures
import pytest
import pytrec_eval

from evaluation.measures.abstention import abstention
from evaluation.measures.answers import contains, normalise, token_f1, tokens
from evaluation.measures.choice import chosen
from evaluation.measures.exact_match import exact_match
from evaluation.measures.hits import multihop_map
from evaluation.measures.parts import parts_said
from evaluation.measures.premises import premises
from evaluation.measures.ranking import ranking_measures
from evaluation.measures.risk_coverage import risk_coverage
from evaluation.measures.statements import judge_statement, statement_precision, statement_recall


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
    measures = {"ndcg_cut.10", "recall.10,100", "map", "success.10"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
    for query in run:
        assert ours["ndcg@10"][query] == pytest.approx(theirs[query]["ndcg_cut_10"])
        assert ours["recall@10"][query] == pytest.approx(theirs[query]["recall_10"])
        assert ours["recall@100"][query] == pytest.approx(theirs[query]["recall_100"])
        assert ours["map"][query] == pytest.approx(theirs[query]["map"])
        assert ours["hits@10"][query] == pytest.approx(theirs[query]["success_10"])
    assert ours["ndcg@10"]["3"] == 0.0, "a judged question without a hit counts 0, it is not left out"


def test_agrees_with_ir_measures_on_random_rankings() -> None:
    random = Random(11)
    docs = [f"d{i}" for i in range(30)]
    ranked = {str(q): random.sample(docs, 20) for q in range(12)}
    qrels = {q: {d: random.randint(0, 3) for d in random.sample(docs, 8)} for q in ranked}
    ours = ranking_measures(ranked, qrels)
    run = [ir_measures.ScoredDoc(q, d, 100.0 - i) for q, found in ranked.items() for i, d in enumerate(found)]
    judged = [ir_measures.Qrel(q, d, grade) for q, grades in qrels.items() for d, grade in grades.items()]
    wanted = {"mrr@10": ir_measures.RR @ 10, "map": ir_measures.AP, "hits@4": ir_measures.Success @ 4}
    theirs = ir_measures.calc_aggregate(list(wanted.values()), judged, run)
    for name, measure in wanted.items():
        assert fmean(ours[name].values()) == pytest.approx(theirs[measure]), name


def test_hits_and_map_by_hand() -> None:
    # Relevant at ranks 2 and 5; AP = (1/2 + 2/5) / 3, for three are relevant.
    found = ranking_measures({"q": ["x", "a", "y", "z", "b"]}, {"q": {"a": 1, "b": 1, "c": 1}})
    assert found["map"]["q"] == pytest.approx((1 / 2 + 2 / 5) / 3)
    assert (found["hits@4"]["q"], found["hits@10"]["q"]) == (1.0, 1.0)
    assert ranking_measures({"q": ["x", "y", "z", "w", "a"]}, {"q": {"a": 1}})["hits@4"]["q"] == 0.0


def test_multihop_map_is_not_average_precision() -> None:
    # As MultiHop-RAG counts: 1/2 + 1/5 over 3, where average precision has 2/5 at the second.
    ranked, grades = ["x", "a", "y", "z", "b"], {"a": 1, "b": 1, "c": 1, "x": 0}
    assert multihop_map(ranked, grades) == pytest.approx((1 / 2 + 1 / 5) / 3)
    assert multihop_map([*"pqrstuvwxy", "a"], grades) == 0.0, "nothing counts after rank 10"
    assert multihop_map([], grades) == 0.0
    assert multihop_map(ranked, {"a": 0}) == 0.0


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


@pytest.mark.parametrize(
    ("text", "accepted", "expected"),
    [
        ("The Eiffel Tower.", ["Eiffel tower"], True),
        ("It is the Eiffel Tower.", ["Eiffel tower"], False),
        ("", [""], False),
        ("the", ["a"], False),
        ("法国", ["法 国"], True),
    ],
)
def test_exact_match(text: str, accepted: list[str], expected: bool) -> None:
    assert exact_match(text, accepted) is expected


def test_parts_by_hand() -> None:
    text = "AC Milan met Ajax."
    assert parts_said(text, [["Milan", "Milano"], ["Ajax"], ["Porto"]]) == pytest.approx(2 / 3)
    assert parts_said("The party went on.", [["art"]]) == 0.0, "whole words only"
    assert parts_said(text, []) == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The red kite was seen.", "Red kite"),
        ("A red kite and an owl were seen.", "Red kite"),  # both are said: the one with more words of it
        ("It was a kite.", "Red kite"),
        ("It was a heron.", None),
        ("", None),
    ],
)
def test_choice(text: str, expected: str | None) -> None:
    assert chosen(text, ["Red kite", "Owl", "Barn swallow"]) == expected


def test_a_tie_chooses_nothing() -> None:
    assert chosen("An owl and a kite", ["Owl", "Kite"]) is None


def test_citation_recall_and_precision_by_hand() -> None:
    # "ab" is carried by a and b together, not by either alone; c brings nothing.
    def supports(quotes: object) -> bool:
        return {"a", "b"} <= set(quotes)  # type: ignore[call-overload]

    both = judge_statement(["a", "b", "c"], supports)
    assert (both.supported, both.precise) == (True, (True, True, False))
    half = judge_statement(["a"], supports)
    assert (half.supported, half.precise) == (False, (False,))
    silent = judge_statement([], supports)
    assert (silent.supported, silent.precise) == (False, ())
    assert statement_recall([both, half, silent]) == pytest.approx(1 / 3)
    assert statement_precision([both, half, silent]) == pytest.approx(2 / 4)
    assert statement_recall([]) is None


def test_two_quotes_that_each_suffice_are_both_precise() -> None:
    assert judge_statement(["a", "b"], lambda quotes: True).precise == (True, True)


def test_risk_coverage_by_hand() -> None:
    # Surest first: right, wrong, right; two of five questions declined. Risks 0, 1/2, 1/3.
    found = risk_coverage([(0.5, False), (0.9, True), (0.1, True)], questions=5)
    assert found.curve == ((0.2, 0.0), (0.4, 0.5), (0.6, pytest.approx(1 / 3)))
    assert found.aurc == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_risk_coverage_does_not_depend_on_the_order_of_ties() -> None:
    one = risk_coverage([(0.5, True), (0.5, False)], questions=2)
    assert one == risk_coverage([(0.5, False), (0.5, True)], questions=2)
    assert one.curve == ((0.5, 0.5), (1.0, 0.5))


def test_risk_coverage_of_nothing_answered() -> None:
    assert risk_coverage([], questions=3).aurc is None
    assert risk_coverage([(1.0, True)], questions=1).aurc == 0.0


def test_premises_by_hand() -> None:
    found = premises([(True, False), (True, True), (False, True), (False, False)])
    assert found is not None
    assert (found.corrected, found.declined, found.gone_along) == (0.25, 0.5, 0.25)
    assert premises([]) is None
