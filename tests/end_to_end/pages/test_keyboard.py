"""Without a mouse: Tab reaches the question, the button and the citations, and shows where it is."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from tests.end_to_end.pages.asking import await_answer
from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]
MOST_STEPS = 60
_WHERE = """
const at = document.activeElement, style = getComputedStyle(at), around = getComputedStyle(at.parentElement);
const field = getComputedStyle(at.closest('[data-baseweb], [class*=Root], label') || at);
const seen = s => s.outlineStyle !== 'none' && s.outlineWidth !== '0px' || s.boxShadow !== 'none';
return [(at.getAttribute('aria-label') || at.innerText || '').trim(), at.tagName, at.getAttribute('href') || '',
        seen(style) || seen(around) || seen(field)
        || ['INPUT', 'TEXTAREA'].includes(at.tagName)];
"""


def tab_to(desk: Desk, wanted: str, *, kind: str = "") -> None:
    """Presses Tab until it stands on what has these words or this address, which must be seen to be there."""
    passed = []
    for _ in range(MOST_STEPS):
        desk.keys(Keys.TAB)
        label, tag, address, is_seen = desk.script(_WHERE)
        if (wanted in label or wanted in address) and kind in tag:
            assert is_seen, f"nothing shows that the keyboard is on {wanted}"
            return
        passed.append(f"{tag} {label or address}")
    raise AssertionError(f"Tab does not reach {wanted!r}; it passed {passed}")


def test_a_question_is_asked_and_its_citation_opened_by_keys_alone(desk: Desk) -> None:
    desk.open()
    tab_to(desk, said("ask.question"), kind="INPUT")
    desk.keys("When did the Berlin Wall open?")
    tab_to(desk, said("ask.limits"))
    desk.keys(Keys.ENTER)
    tab_to(desk, said("ask.extractive"))
    desk.keys(Keys.SPACE)
    tab_to(desk, said("ask.go"), kind="BUTTON")
    desk.keys(Keys.ENTER)
    await_answer(desk)
    desk.script("document.activeElement.blur()")
    tab_to(desk, "story?guid", kind="A")
    opened = set(desk.browser.window_handles)
    desk.keys(Keys.ENTER)
    desk.until(
        lambda: "story?guid" in desk.browser.current_url or set(desk.browser.window_handles) - opened,
        "the citation to open",
        seconds=30,
    )
    own = desk.browser.current_window_handle
    for window in set(desk.browser.window_handles) - opened:
        desk.browser.switch_to.window(window)
    desk.settle()
    assert desk.texts(".depeche-story mark")
    if desk.browser.current_window_handle != own:
        desk.browser.close()
        desk.browser.switch_to.window(own)
