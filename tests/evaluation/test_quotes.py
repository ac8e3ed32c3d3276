"""The words cited are judged with what stands before them in the story, as they are when an answer is made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from answering.citations import cite
from answering.evidence import whole
from domain.answer import Sentence, Verdict
from domain.story import Version
from evaluation.quotes import QuoteJudge

STORY = Version(
    guid="urn:1",
    provider="depeche",
    version=1,
    published=datetime(1987, 3, 4, tzinfo=UTC),
    language="en",
    body="Anna Keller came to Odessa on Monday.\n\n"
    "She opened the new port in the afternoon, the harbour master said.",
)


@pytest.mark.parametrize(
    ("said", "carried"),
    [("Anna Keller opened the new port.", True), ("Paul Morel opened the new port.", False)],
)
def test_a_pronoun_stands_for_the_name_in_the_sentence_before(said: str, carried: bool) -> None:
    quote = cite(whole(STORY), *whole(STORY).sentences[1])
    judge = QuoteJudge(lambda guid, number: STORY, lambda: None)
    sentence = Sentence(text=said, verdict=Verdict.SUPPORTED, citations=(quote,))
    assert judge.judge(sentence, "en").supported is carried


def test_a_version_by_itself_counts_the_sentences_before_a_place() -> None:
    story = whole(STORY)
    first, second = story.sentences
    assert [story.sentences_before(at) for at in (0, first[1] - 1, first[1], second[0], second[1])] == [
        0,
        0,
        1,
        1,
        2,
    ]
    assert story.context("en", first=1).before == STORY.body[: first[1]]
