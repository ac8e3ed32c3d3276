"""A set brought to the page, run with its progress shown, and read down to its questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.evaluating import bring, run
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]


def test_a_set_is_brought_run_and_read(desk: Desk, tmp_path: Path) -> None:
    bring(desk, tmp_path / "questions of ours.csv")
    run(desk, "in-the-browser", answering="extractive")
    desk.press(said("evaluate.open"))
    desk.wait_for(said("evaluate.measures"))
    chosen = desk.script("return [...document.querySelectorAll('input')].map(one => one.value)")
    assert any("in-the-browser" in one for one in chosen), "the run that was made is the one opened"
    desk.one("[data-testid=stVegaLiteChart]")  # measures as a chart
    desk.until(lambda: "answer_accuracy" in _all_text(desk), "the measures as a table", seconds=30)
    shown = desk.wait_for(said("evaluate.downloads"))
    assert said("evaluate.questions") in shown
    desk.until(lambda: "Berlin Wall" in _all_text(desk), "the questions", seconds=30)


def _all_text(desk: Desk) -> str:
    """With what a table has for those who cannot see its canvas."""
    return str(desk.script("return document.body.textContent"))
