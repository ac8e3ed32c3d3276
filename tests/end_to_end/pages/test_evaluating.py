"""A set brought to the page, run with its progress shown, and read down to one question."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]
SET = """question,answer,answerable
When did the Berlin Wall open?,9 November 1989,yes
How many Chilean miners were rescued in October 2010?,33,yes
Who won the 2031 Rugby World Cup?,,no
"""


def test_a_set_is_brought_run_and_read(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "three questions.csv"
    file.write_text(SET, encoding="utf-8")
    desk.open("evaluate")
    desk.one("[data-testid=stExpander] summary").click()
    desk.attach(file)
    desk.press(said("evaluate.upload_go"))
    desk.wait_for("3 questions")
    desk.press(said("evaluate.answering.extractive"))
    desk.type(desk.labelled(said("evaluate.name")), "in-the-browser", enter=False)
    desk.press(said("evaluate.go"), within="[data-testid=stForm]")
    desk.until(
        lambda: said("evaluate.state.done") in " ".join(desk.texts("[data-testid=stMain] p")),
        "the run to end",
        seconds=180,
    )
    desk.press(said("evaluate.open"))
    shown = desk.wait_for(said("evaluate.measures"))
    assert "in-the-browser" in shown
    assert desk.all("[data-testid=stVegaLiteChart]"), "measures as a chart"
    assert "answer_accuracy" in desk.script("return document.body.textContent"), "and as a table"
    desk.wait_for(said("evaluate.downloads"))
    assert "Berlin Wall" in desk.wait_for(said("evaluate.questions"))
