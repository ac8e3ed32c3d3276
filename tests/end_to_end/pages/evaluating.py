"""Bringing a set to the evaluate page and running it."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said

SET = """question,answer,answerable
When did the Berlin Wall open?,9 November 1989,yes
How many Chilean miners were rescued in October 2010?,33,yes
Combien de mineurs ont été sauvés au Chili en 2010 ?,33,yes
Who was elected chancellor of West Germany in 1983?,Kohl,yes
Who won the 2031 Rugby World Cup?,,no
"""
QUESTIONS = 5
RUN_SECONDS = 240.0  # a process that loads the embedder, on two cores that have other work


def bring(desk: Desk, file: Path) -> None:
    """The set, as a CSV of the reader's own."""
    file.write_text(SET, encoding="utf-8")
    desk.open("evaluate")
    desk.unfold()
    desk.attach(file)
    desk.press(said("evaluate.upload_go"))
    desk.wait_for(f"{QUESTIONS} questions")


def run(desk: Desk, name: str, *, answering: str) -> None:
    """The set that is chosen, under that name, to its end."""
    desk.press(said(f"evaluate.answering.{answering}"))
    desk.type(said("evaluate.name"), name, enter=False)
    desk.press(said("evaluate.go"), within="[data-testid=stForm]")
    ended = said("evaluate.job_run").format(name=name), said("evaluate.state.done")
    desk.until(
        lambda: any(all(one in line for one in ended) for line in desk.texts("[data-testid=stMain] p")),
        f"the run {name} to end",
        seconds=RUN_SECONDS,
    )
