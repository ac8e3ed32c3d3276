"""Stories fed on the page: a reload in the middle loses nothing, and questions are answered meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.contents import feed_of
from tests.end_to_end.pages.asking import ask, await_answer
from tests.end_to_end.pages.driving import ANSWER_SECONDS, Desk
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]
STORIES = 900  # some seconds of embedding: long enough to reload in the middle
UNDER_WAY = (said("ingest.state_waiting"), said("ingest.state_running"))


def _is_under_way(desk: Desk) -> bool:
    return any(one in UNDER_WAY for one in desk.texts("[data-testid=stMain] strong"))


def test_an_ingestion_goes_on_through_a_reload_and_questions_are_answered_meanwhile(
    desk: Desk, tmp_path: Path
) -> None:
    feed = feed_of(STORIES, tmp_path / "ferries.jsonl")
    desk.open("ingest")
    desk.attach(feed)
    desk.press(said("ingest.go"), within="form, [data-testid=stForm]")
    desk.until(lambda: _is_under_way(desk), "the ingestion to begin", seconds=60)
    desk.browser.refresh()
    desk.until(lambda: _is_under_way(desk), "the ingestion to be shown after a reload", seconds=60)
    ask(desk, "How many Chilean miners were rescued in October 2010?", quoted=True)
    assert "33" in await_answer(desk, seconds=60)
    desk.open("ingest")
    desk.until(lambda: not _is_under_way(desk), "the ingestion to end", seconds=ANSWER_SECONDS)
    assert "ferries.jsonl" in desk.text()
    assert said("ingest.state_done") in desk.text()
    ask(desk, "How many people did the ferry number 41 carry when it left the harbour?", quoted=True)
    assert "It carried 81 people" in await_answer(desk)
