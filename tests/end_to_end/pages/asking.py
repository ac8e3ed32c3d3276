"""Putting a question on the ask page, in either language."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.end_to_end.pages.driving import ANSWER_SECONDS, Desk
from tests.end_to_end.pages.said import said


def ask(desk: Desk, question: str, *, language: str = "en", quoted: bool = False) -> None:
    """Opens the page and sends the question; does not wait for the answer."""
    desk.open()
    if quoted:
        quote_only(desk, language=language)
    desk.type(said("ask.question", language), question)


def quote_only(desk: Desk, *, language: str = "en") -> None:
    """Answers without a model, in a second."""
    desk.unfold()
    desk.press(said("ask.extractive", language))


def answer_number(desk: Desk) -> str | None:
    """Of the answer that the address names."""
    return parse_qs(urlsplit(desk.browser.current_url).query).get("answer", [None])[0]


def await_answer(desk: Desk, *, after: str | None = None, seconds: float = ANSWER_SECONDS) -> str:
    """The page's text once an answer other than `after` is whole."""
    desk.until(lambda: answer_number(desk) not in (None, after), "an answer", seconds=seconds)
    desk.settle(seconds=seconds)
    return desk.text()


def cited(desk: Desk) -> set[str]:
    """The guids that the page links to."""
    links = desk.addresses("a[href*='story?guid']")
    return {parse_qs(urlsplit(link).query)["guid"][0] for link in links}
