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
    assert desk.all("[data-testid=stVegaLiteChart]"), "measures as a chart"
    assert "answer_accuracy" in desk.script("return document.body.textContent"), "and as a table"
    shown = desk.wait_for(said("evaluate.downloads"))
    assert said("evaluate.questions") in shown
    assert "Berlin Wall" in desk.script("return document.body.textContent")
