"""Two readers of one server: what one cancels, or what crashes under one, the other does not feel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.end_to_end.pages.asking import answer_number, ask, await_answer
from tests.end_to_end.pages.driving import Desk, chromium
from tests.end_to_end.pages.said import said
from tests.end_to_end.pages.serving import Server

pytestmark = [pytest.mark.model, pytest.mark.browser]
LONG = "What happened in the history of the Soviet Union, in order?"
SHORT = "How many Chilean miners were rescued in October 2010?"


@pytest.fixture(scope="module")
def second_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with chromium(tmp_path_factory.mktemp("second-profile")) as browser:
        yield browser


@pytest.fixture
def other(second_browser: WebDriver, server: Server) -> Iterator[Desk]:
    yield Desk(second_browser, server.address)
    second_browser.get("about:blank")


def test_one_cancels_and_the_other_is_answered(desk: Desk, other: Desk) -> None:
    ask(desk, LONG)
    desk.wait_for(said("ask.evidence"))
    ask(other, SHORT)
    other.wait_for(said("ask.evidence"))
    desk.press(said("ask.cancel"))
    desk.wait_for(said("ask.cancelled").split("{")[0])
    shown = await_answer(other)
    assert "33" in shown
    assert said("ask.model_failed") not in shown
    assert answer_number(desk) is None
    assert LONG not in shown, "nothing of one reader's session is in the other's"
    assert SHORT not in desk.text()


def test_a_crash_under_one_reader_leaves_the_other_an_answer(desk: Desk, other: Desk, server: Server) -> None:
    ask(desk, LONG)
    desk.wait_for(said("ask.draft"))  # its words are being written now
    ask(other, SHORT)
    other.wait_for(said("ask.evidence"))
    for worker in server.workers():
        worker.kill()
    struck = await_answer(desk)
    assert said("ask.model_failed") in struck, "whoever was being answered is told, and has quotations"
    shown = await_answer(other)
    assert said("ask.model_failed") not in shown
    assert "33" in shown
