"""What a question comes to, and that a result's lines give back what was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from domain.answer import Outcome, Verdict
from evaluation.judged import FAILURES, Judged, judge
from evaluation.results import CitedSpan, Place, Result, Said, append, parse, read
from evaluation.sets import EvalQuery

ASKED = EvalQuery(query_id="q", text="Who?", answers=("Kohl",), answerable=True)
ABSENT = EvalQuery(query_id="q", text="Who?", answerable=False)
OPEN = EvalQuery(query_id="q", text="Who?")
ANSWERED = Result(
    query_id="q", ranked=("a", "b"), retrieve_seconds=0.1, outcome=Outcome.ANSWERED, text="It was Kohl."
)
DECLINED = replace(ANSWERED, outcome=Outcome.NOT_IN_ARCHIVE, text="Not in the archive.")
RANKED = replace(ANSWERED, outcome=None, text="")


@pytest.mark.parametrize(
    ("query", "result", "grades", "judged"),
    [
        (ASKED, ANSWERED, {}, Judged.RIGHT),
        (ASKED, replace(ANSWERED, text="It was Brandt."), {}, Judged.WRONG),
        (ASKED, DECLINED, {}, Judged.WRONGLY_DECLINED),
        (ABSENT, DECLINED, {}, Judged.RIGHTLY_DECLINED),
        (ABSENT, ANSWERED, {}, Judged.ANSWERED_ABSENT),
        (OPEN, ANSWERED, {}, Judged.NOT_SCORED),
        (replace(ASKED, answers=()), ANSWERED, {"a": 1}, Judged.NOT_SCORED),
        (ASKED, RANKED, {"b": 1, "z": 0}, Judged.FOUND),
        (ASKED, RANKED, {"z": 1, "a": 0}, Judged.NOT_FOUND),
        (ABSENT, RANKED, {}, Judged.FOUND),
    ],
)
def test_each_case(query: EvalQuery, result: Result, grades: dict[str, int], judged: Judged) -> None:
    assert judge(query, result, grades) is judged


def test_only_what_is_wrong_is_a_failure() -> None:
    assert {judged.name for judged in Judged} - {judged.name for judged in FAILURES} == {
        "RIGHT", "RIGHTLY_DECLINED", "FOUND", "NOT_SCORED",
    }  # fmt: skip


def test_a_result_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    span = CitedSpan(guid="a", version=1, start=0, end=4, quote="Kohl", exact=True)
    said = Said(
        text="It was Kohl.", verdict=Verdict.PARTLY, reasons=("no date",), citations=1, withheld=False
    )
    place = Place(guid="a", version=1, start=0, end=40)
    result = replace(ANSWERED, shown=(span,), said=(said,), evidence=(place,))
    append(tmp_path / "results.jsonl", result)
    assert read(tmp_path / "results.jsonl") == {"q": result}


def test_a_line_of_an_earlier_program_is_read() -> None:
    line = {"query_id": "q", "ranked": ["a"], "retrieve_seconds": 0.1, "outcome": "answered", "text": "Kohl.",
            "shown": [], "withheld": []}  # fmt: skip
    found = parse(orjson.dumps(line))
    assert (found.said, found.evidence, found.outcome) == ((), (), Outcome.ANSWERED)
