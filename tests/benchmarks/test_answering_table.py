"""The comparison with a plain chain: what its table counts, checked on four questions worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.answering.sets import spread, stratified
from benchmarks.answering.table import figures, table
from domain.answer import Outcome
from evaluation.results import CitedSpan, Result
from evaluation.sets import EvalQuery, EvalSet

QUERIES = (
    EvalQuery(query_id="a", text="Who?", answers=("Kohl",), answerable=True),
    EvalQuery(query_id="b", text="When?", answers=("1989",), answerable=True),
    EvalQuery(query_id="c", text="Where?", answers=("Bonn",), answerable=True),
    EvalQuery(query_id="d", text="Why?", answers=(), answerable=False),
)
SET = EvalSet(
    name="four", folder=Path(), corpus=(), queries=QUERIES, fingerprint="0",
    qrels={"a": {"s1": 1}, "b": {"s2": 1}, "c": {"s3": 1}},
)  # fmt: skip


def _result(query_id: str, text: str, *cited: str, declined: bool = False, seconds: float = 4.0) -> Result:
    return Result(
        query_id=query_id, ranked=(), retrieve_seconds=0.1, text=text,
        outcome=Outcome.NOT_IN_ARCHIVE if declined else Outcome.ANSWERED,
        shown=tuple(
            CitedSpan(guid=guid, version=1, start=0, end=1, quote="x", exact=True) for guid in cited
        ),
        first_token_seconds=None if declined else seconds / 2, total_seconds=seconds,
    )  # fmt: skip


OURS = {
    "a": _result("a", "Helmut Kohl won.", "s1"),
    "b": _result("b", "In 1988.", "s2", "s9"),
    "c": _result("c", "Bonn is not in the archive.", declined=True),
    "d": _result("d", "", declined=True),
}
THEIRS = {
    "a": _result("a", "Kohl.", "s8", seconds=8.0),
    "b": _result("b", "I think 1990.", seconds=8.0),
    "c": _result("c", "Rome.", seconds=8.0),
    "d": _result("d", "Because.", seconds=8.0),
}


def test_figures_count_what_they_say() -> None:
    ours = figures(SET, QUERIES, OURS, 10.0)
    assert ours.answered_right == pytest.approx(1 / 2)  # a of a and b
    assert ours.answerable_right == pytest.approx(1 / 3)  # c was declined, whatever words its text has
    assert ours.citation_precision == pytest.approx(3 / 4)
    assert ours.citation_recall == 1.0
    assert (ours.absent_declined, ours.present_declined) == (1.0, pytest.approx(1 / 3))
    assert (ours.first_word_seconds, ours.total_seconds) == (
        3.0,
        4.0,
    )  # no draft: the answer is the first word
    theirs = figures(SET, QUERIES, THEIRS, 30.0)
    assert theirs.answered_right == pytest.approx(1 / 3)
    assert (theirs.citation_precision, theirs.citation_recall) == (0.0, 0.0)
    assert (theirs.absent_declined, theirs.present_declined) == (0.0, 0.0)


def test_f1_counts_a_declined_question_as_nothing_said() -> None:
    # "Helmut Kohl won" to "Kohl": precision 1/3, recall 1; "In 1988" to "1989": none; the last was declined
    assert figures(SET, QUERIES, OURS, 10.0).f1 == pytest.approx(0.5 / 3)


def test_a_ratio_above_one_is_in_our_favour() -> None:
    other = figures(SET, QUERIES, OURS, 5.0)
    lines = table(
        figures(SET, QUERIES, OURS, 10.0), {"a chain": figures(SET, QUERIES, THEIRS, 30.0), "another": other}
    ).splitlines()
    assert lines[0] == "| measure | Dépêche | a chain | another |"
    cells = {
        row[0]: row[1:]
        for row in ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:])
    }
    assert cells["right, of the answerable questions answered"] == ["0.500", "0.333 (1.50)", "0.500 (1.00)"]
    assert cells["whole answer, median s"] == ["4.000", "8.000 (2.00)", "4.000 (1.00)"]
    assert cells["ingestion, s"] == ["10.0", "30.0 (3.00)", "5.000 (0.50)"]
    assert cells["answerable questions declined"] == ["0.333", "0.000 (0.00)", "0.333 (1.00)"]
    assert cells["words a citation shows, median characters"] == ["1.000", "1.000 (1.00)", "1.000 (1.00)"]
    assert cells["citation recall"] == ["1.000", "0.000 (∞)", "1.000 (1.00)"]


def test_a_side_that_cites_nothing_has_no_ratio() -> None:
    silent = {name: _result(name, "Yes.") for name in "abcd"}
    lines = table(figures(SET, QUERIES, OURS, 10.0), {"silent": figures(SET, QUERIES, silent, None)})
    assert "| citation precision | 0.750 | – |" in lines
    assert "| citation recall | 1.000 | 0.000 (∞) |" in lines
    assert "| ingestion, s | 10.0 | – |" in lines


def test_a_draw_keeps_the_proportion_of_absent_answers_and_begins_a_larger_one() -> None:
    queries = [
        EvalQuery(query_id=f"{number:02}", text="?", answers=("x",), answerable=number >= 8)
        for number in range(40)
    ]
    drawn = stratified(queries, 10, seed=7)
    assert sum(q.answerable is False for q in drawn) == 2
    assert stratified(queries, 20, seed=7)[:10] == drawn
    assert sorted(q.query_id for q in stratified(queries, None, seed=7)) == [q.query_id for q in queries]
    assert stratified(queries, 10, seed=8) != drawn


def test_a_limit_is_spread_over_the_set() -> None:
    assert [q.query_id for q in spread(QUERIES, 2)] == ["a", "c"]
    assert spread(QUERIES, None) == spread(QUERIES, 9) == list(QUERIES)
