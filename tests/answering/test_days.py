"""What a story must have to answer: the days, numbers and choices of the question; none that was overtaken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from answering.as_of import not_superseded, that_answer
from answering.evidence import EvidenceStory
from answering.outcome import Limits, bears_on
from answering.questions import Asked, of_its_days, understand
from answering.quoting import of_a_state
from answering.ranking import Ranked
from domain.query import Filters, Hit, Query
from retrieval.time import understand as clues_of

ASKED_ON = datetime(2023, 1, 19, 12, tzinfo=UTC)  # a Thursday


def ranked(day: str, body: str, *, number: int = 1) -> Ranked:
    hit = Hit(
        passage_id=number, version_id=number, story_id=number, guid=f"s{number}", version=1, provider="p",
        published=datetime.fromisoformat(day).replace(tzinfo=UTC), language="en", headline=None, place=None,
        passage=body, start=0, end=len(body), score=1.0,
    )  # fmt: skip
    return Ranked(story=EvidenceStory(hit=hit, body=body), index=0, score=1.0, closeness=0.6)


def asked(question: str) -> Asked:
    return of_its_days(understand(question, "en"), clues_of(question, as_of=ASKED_ON, language="en"))


@pytest.mark.parametrize(
    ("question", "day", "answers"),
    [
        ("Which team visited the White House this week?", "2023-01-17", True),
        ("Which team visited the White House this week?", "2023-01-10", True),  # announced the week before
        ("Which team visited the White House this week?", "2018-06-05", False),
        ("Which team visited the White House on Tuesday?", "2018-06-05", False),
        ("Which team visited the White House?", "2018-06-05", True),  # no day is spoken of
        ("Which team visited the White House in 2018?", "2018-06-05", True),
        # What is told ahead of the question has its days; the question itself has none.
        ("The season ended this week. Which team visited the White House?", "2018-06-05", True),
    ],
)
def test_this_week_needs_a_story_of_that_week(question: str, day: str, *, answers: bool) -> None:
    told = ranked(day, "The Golden State Warriors visited the White House as a team.")
    assert bears_on(asked(question), told).answers(Limits()) is answers


def test_a_story_may_name_a_day_of_that_week() -> None:
    told = ranked("2022-11-01", "The Warriors visit the White House as a team on 17 January 2023.")
    assert bears_on(asked("Which team visited the White House this week?"), told).time_found


def test_stories_that_a_later_answer_has_overtaken_are_not_read() -> None:
    older = ranked("1990-10-03", "Helmut Kohl is chancellor of Germany.", number=1)
    later = ranked("1998-10-27", "Gerhard Schröder is chancellor of Germany.", number=2)
    same_day = ranked("1998-10-27", "The Bundestag applauded.", number=3)
    who = understand("Who is chancellor of Germany?", "en")
    assert not_superseded(who, [older, later, same_day], Limits()) == [later, same_day]
    assert not_superseded(who, [same_day], Limits()) == [same_day]


def test_who_is_asked_of_the_day_and_what_happened_of_its_own_story() -> None:
    on_that_day = Query(text="q", filters=Filters(as_of=ASKED_ON))
    assert of_a_state(understand("Who is chancellor of Germany?", "en"), on_that_day)
    assert not of_a_state(understand("Who was chancellor of Germany in 1998?", "en"), on_that_day)
    assert not of_a_state(understand("Why did the chancellor resign?", "en"), on_that_day)
    assert not of_a_state(understand("Who is chancellor of Germany?", "en"), Query(text="q"))


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Which company settled with West Virginia for $147 million?", True),
        ("Which company settled with West Virginia for $87 million?", False),
        ("Which company settled with West Virginia over opioids?", True),
        ("Which of these companies settled with West Virginia?", False),  # of which?
        ("Which of these settled with West Virginia: companies or hospitals?", True),
    ],
)
def test_a_number_of_the_question_and_its_choices_must_be_there(question: str, *, answers: bool) -> None:
    told = ranked(
        "2022-09-20", "Walmart settled with West Virginia over opioids for $147 million as a company."
    )
    assert bears_on(understand(question, "en"), told).answers(Limits()) is answers


def test_where_the_best_sentence_does_not_answer_one_near_it_may() -> None:
    beside = ranked("2004-05-01", "Warsaw celebrated Poland and its accession.", number=1)
    told = ranked("2004-05-01", "Poland became a member on 1 May 2004 by its accession.", number=2)
    far = ranked("2004-05-01", "Poland became a member on 2 May 2004 by its accession.", number=3)
    when = understand("When was the accession of Poland?", "en")
    pool = [replace(beside, score=2.0), replace(told, score=1.6), replace(far, score=1.0)]
    assert [r.story.hit.guid for r in that_answer(when, pool, Limits())] == ["s2"]
