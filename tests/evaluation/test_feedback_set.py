"""What readers judged becomes a set by a rule that is written down, and the loader of sets reads it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.answer import Answer, Citation, Outcome, Seconds, Sentence, TokenCount, Verdict
from domain.errors import SetError
from domain.feedback import Feedback, Judgement
from domain.query import Filters, Query
from evaluation.feedback import Judged, LeftOut, feedback_set, write, zipped
from evaluation.sets import load_set

ASKED = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)


def answer(number: int, question: str, *guids: str, filters: Filters | None = None) -> Answer:
    cited = tuple(
        Citation(guid=guid, version=1, published=ASKED, start=0, end=4, quote="Rain", provider="agency")
        for guid in guids
    )
    return Answer(
        question=question,
        outcome=Outcome.ANSWERED if guids else Outcome.NOT_IN_ARCHIVE,
        text="It rained.",
        sentences=(Sentence(text="It rained.", verdict=Verdict.SUPPORTED, citations=cited),) if guids else (),
        withheld=(),
        evidence=(),
        query=Query(text=question, filters=filters or Filters()),
        model=None,
        tokens=TokenCount(),
        seconds=Seconds(retrieve=0.1, first_token=None, total=0.2),
        language="en",
        answer_id=number,
    )


def judged(given: Answer, *said: tuple[str, Judgement, str | None], withdrawn: bool = False) -> Judged:
    assert given.answer_id is not None
    words = [
        Feedback(answer_id=given.answer_id, at=ASKED, person=person, judgement=kind, answer=right)
        for person, kind, right in said
    ]
    return Judged(answer=given, asked_at=ASKED, said=words, withdrawn=withdrawn)


def test_each_judgement_gives_what_follows_from_it_and_no_more(tmp_path: Path) -> None:
    day = datetime(1987, 3, 1, tzinfo=UTC)
    limits = Filters(start=day, end=datetime(1987, 4, 1, tzinfo=UTC))
    made = feedback_set([
        judged(answer(1, "Did it rain?", "s1", "s2"), ("ana", Judgement.RIGHT, None)),
        judged(answer(2, "How much rain in March?", "s3", filters=limits), ("ana", Judgement.WRONG, "12 mm")),
        judged(answer(3, "Where?", "s4"), ("bo", Judgement.WRONG_CITATION, "Lisbon"), ("ana", Judgement.WRONG_CITATION, "Lisboa")),
        judged(answer(4, "Who won the 2031 cup?"), ("ana", Judgement.RIGHT, None)),
        judged(answer(5, "Who sang?", "s5"), ("ana", Judgement.ABSENT, None)),
    ])  # fmt: skip
    assert made.left_out == {}
    write(made, tmp_path / "set")
    read = load_set(tmp_path / "set", shared=None)
    first, second, third, fourth, fifth = read.queries
    assert (first.text, first.answers, first.answerable) == ("Did it rain?", (), True)
    assert (second.answers, second.answerable) == (("12 mm",), True)
    assert second.filters.start == limits.start
    assert second.filters.end == limits.end, "the last day is in"
    assert third.answers == ("Lisbon", "Lisboa")
    assert [one.answerable for one in (fourth, fifth)] == [False, False]
    assert read.qrels == {"answer-1": {"s1": 1, "s2": 1}}, "only what was judged right names stories"
    assert {one.filters.as_of.date() for one in read.queries if one.filters.as_of} == {ASKED.date()}
    assert not read.has_corpus, "it is asked of the archive that gave the answers"
    assert not read.synthetic


def test_what_cannot_be_scored_is_left_out_and_counted() -> None:
    made = feedback_set([
        judged(answer(1, "Did it rain?", "s1"), ("ana", Judgement.RIGHT, None), ("bo", Judgement.WRONG, "no")),
        judged(answer(2, "Where?", "s1"), ("ana", Judgement.WRONG, None)),
        judged(answer(3, "When?", "s1"), ("ana", Judgement.RIGHT, None), withdrawn=True),
    ])  # fmt: skip
    assert made.questions == ()
    assert made.left_out == {
        LeftOut.DISAGREEMENT: 1,
        LeftOut.NOTHING_TO_SCORE: 1,
        LeftOut.WITHDRAWN: 1,
    }
    with pytest.raises(SetError, match="1: people disagree"):
        zipped(made, name="feedback")


def test_a_persons_last_word_counts_and_a_question_stands_once() -> None:
    changed = judged(
        answer(1, "Where?", "s1"), ("ana", Judgement.WRONG, None), ("ana", Judgement.RIGHT, "Lisbon")
    )
    again = judged(answer(7, " where? ", "s2"), ("bo", Judgement.RIGHT, None))
    (only,) = feedback_set([changed]).questions
    assert (only.answers, only.relevant) == (("Lisbon",), ("s1",))
    made = feedback_set([changed, again])
    assert [one.query_id for one in made.questions] == ["answer-7"]
    assert made.left_out == {LeftOut.TWICE: 1}


def test_a_set_overwrites_nothing_and_is_the_same_in_a_zip_file(tmp_path: Path) -> None:
    made = feedback_set([judged(answer(1, "Did it rain?", "s1"), ("ana", Judgement.RIGHT, None))])
    write(made, tmp_path / "set")
    with pytest.raises(SetError, match="not empty"):
        write(made, tmp_path / "set")
    with zipfile.ZipFile(io.BytesIO(zipped(made, name="feedback"))) as packed:
        for name in packed.namelist():
            folder, _, file = name.partition("/")
            assert folder == "feedback"
            assert packed.read(name) == (tmp_path / "set" / file).read_bytes()
