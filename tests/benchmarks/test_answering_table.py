"""The comparison with a plain chain: what its table counts, checked on four questions worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.answering.sets import spread
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


def test_a_ratio_above_one_is_in_our_favour() -> None:
    lines = table(figures(SET, QUERIES, OURS, 10.0), figures(SET, QUERIES, THEIRS, 30.0)).splitlines()
    ratios = {line.split(" | ")[0].strip("| "): line.split(" | ")[3].strip("| ") for line in lines[2:]}
    assert ratios["right, of the answerable questions answered"] == "1.50"
    assert ratios["whole answer, median s"] == "2.00"
    assert ratios["ingestion, s"] == "3.00"
    assert ratios["answerable questions declined"] == "0.00"
    assert ratios["citation recall"] == "∞"


def test_a_limit_is_spread_over_the_set() -> None:
    assert [q.query_id for q in spread(QUERIES, 2)] == ["a", "c"]
    assert spread(QUERIES, None) == spread(QUERIES, 9) == list(QUERIES)
