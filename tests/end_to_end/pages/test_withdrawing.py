"""A story taken off on the page is gone from the next answer, and from answers given before."""

from __future__ import annotations

import pytest

from tests.end_to_end.pages.asking import answer_number, ask, await_answer, cited
from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]
QUESTION = "When did the Berlin Wall open?"


def kill(desk: Desk, guid: str, *, reason: str) -> None:
    """As an archivist does: look, confirm."""
    desk.open("ingest?part=withdraw")
    desk.press(said("ingest.act_kill"))
    desk.type(said("ingest.guid"), guid, enter=False)
    desk.type(said("ingest.why"), reason, enter=False)
    desk.press(said("ingest.look"))
    desk.wait_for(said("ingest.touches"))
    label = said("ingest.do_kill").format(n=1)
    desk.press(label)
    desk.press(label, within="[role=dialog]")
    desk.wait_for(said("ingest.done_stories").format(n=1, of=1))


def test_a_story_killed_on_the_page_is_gone_from_the_next_answer(desk: Desk) -> None:
    ask(desk, QUESTION, quoted=True)
    await_answer(desk)
    given = answer_number(desk)
    first = desk.addresses("[data-testid=stMain] a[href*='story?guid'][href*='start=']")[0]
    guid = sorted(one for one in cited(desk) if one.replace(":", "%3A") in first)[0]
    kill(desk, guid, reason="a test of the pages")
    ask(desk, QUESTION, quoted=True)
    await_answer(desk)
    assert guid not in cited(desk), "the next answer rests on other stories"
    desk.open(f"?answer={given}")
    assert said("ask.withdrawn") in desk.text(), "the answer given before no longer shows its words"
    desk.browser.get(first)
    desk.settle()
    assert said("story.standing.killed").split("{")[0] in desk.text()
    assert not any(desk.texts(".depeche-story")), "archivists may unfold its text; it does not stand there"
    desk.open("ingest?part=trail")
    desk.type(said("ingest.filter"), guid)
    desk.wait_for(
        said("ingest.trail_shown").format(first=1, last=1, n=1), seconds=30
    )  # who did it is written down
