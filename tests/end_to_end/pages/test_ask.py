"""The ask page in a real browser: evidence, the answer, the words cited, in English and in French."""

from __future__ import annotations

import pytest

from runtime import Archive
from tests.end_to_end.pages.asking import answer_number, ask, await_answer, cited
from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said
from tests.end_to_end.pages.serving import Server

pytestmark = [pytest.mark.model, pytest.mark.browser]
FIRST_CITATION = "[data-testid=stMain] a[href*='story?guid'][href*='start=']"


def _marked(desk: Desk) -> str:
    return " ".join(filter(None, desk.texts(".depeche-story mark")))


@pytest.mark.parametrize(
    ("language", "question", "fact"),
    [
        ("en", "How many Chilean miners were rescued in October 2010?", "33"),
        ("fr", "Combien de mineurs ont été sauvés au Chili en 2010 ?", "33"),
    ],
)
def test_a_citation_opens_the_story_at_the_very_words(
    desk: Desk, server: Server, language: str, question: str, fact: str
) -> None:
    """Asked in the reader's language of a page in that language: what is marked is what the answer stored."""
    desk.language(language)
    ask(desk, question, language=language)
    desk.wait_for(said("ask.evidence", language))  # before the answer
    shown = await_answer(desk)
    assert said("ask.sources", language) in shown
    assert fact in shown
    assert desk.script("return document.documentElement.lang") == language
    number = int(answer_number(desk) or 0)
    with Archive.open(server.folder) as archive:
        answer = archive.given.get(number).answer
    citation = answer.sentences[0].citations[0]
    assert _marked(desk).split() == citation.quote.split(), "the words marked under the answer"
    desk.browser.get(desk.addresses(FIRST_CITATION)[0])
    desk.settle()
    assert _marked(desk).split() == citation.quote.split(), "the words marked on the story page"
    assert citation.guid in cited(desk) or citation.guid in desk.text()


def test_a_question_without_an_answer_is_declined_with_the_nearest_stories(desk: Desk) -> None:
    ask(desk, "Who won the 2031 Rugby World Cup?", quoted=True)
    shown = await_answer(desk)
    assert said("outcome.not_in_archive") in shown
    assert said("ask.nearest") in shown
    assert cited(desk)


def test_a_changed_date_asks_again(desk: Desk) -> None:
    ask(desk, "Which elections were held in 1983?", quoted=True)
    before = await_answer(desk)
    number = answer_number(desk)
    assert "1983-01-01" in before, "the chip says what the words were taken for"
    desk.press("1983-01-01")
    desk.day(said("ask.from"), "2010-01-01", within="[data-testid=stPopoverBody]")
    desk.day(said("ask.to"), "2010-12-31", within="[data-testid=stPopoverBody]")
    desk.press(said("ask.chip.only"), within="[data-testid=stPopoverBody]")
    desk.press(said("ask.chip.apply"), within="[data-testid=stPopoverBody]")
    after = await_answer(desk, after=number)
    assert "2010-01-01" in after
    years = {guid.split("-")[0][-4:] for guid in cited(desk)}
    assert years == {"2010"}, "no story outside the dates that the reader set"


def test_a_cancelled_question_is_given_up_and_the_next_is_answered(desk: Desk) -> None:
    ask(desk, "What happened in the history of the Soviet Union, in order?")
    desk.wait_for(said("ask.evidence"))
    desk.press(said("ask.cancel"))
    shown = desk.wait_for(said("ask.cancelled").split("{")[0])
    assert answer_number(desk) is None
    assert said("ask.sources") not in shown
    ask(desk, "When did the Berlin Wall open?", quoted=True)
    assert "1989" in await_answer(desk, seconds=30)
