"""The code of docs/langchain.md runs, in order, with the real embedders and a real language model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUICK_MODEL

pytestmark = pytest.mark.model

PAGE = Path(__file__).resolve().parents[2] / "docs" / "langchain.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
STORIES = (
    (
        "The Soviet Union buys wheat",
        "The Soviet Union bought two million tonnes of American wheat on Monday.",
    ),
    ("Steel strike ends", "Steel workers ended their strike on Friday after eleven weeks without pay."),
    ("Telescope repaired", "Astronauts repaired the orbiting telescope during a walk of seven hours."),
)


def test_the_page_runs(
    tmp_path: Path, models_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {
            "guid": f"urn:page:{at}",
            "date": f"1987-03-0{at + 1}",
            "language": "en",
            "title": title,
            "text": text,
        }
        for at, (title, text) in enumerate(STORIES)
    ]
    (tmp_path / "stories.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.chdir(tmp_path)
    for name, value in (("NAME", QUICK_MODEL), ("CONTEXT", "4096")):
        monkeypatch.setenv(f"DEPECHE_MODEL__{name}", value)
    monkeypatch.setenv("DEPECHE_ANSWER__MAX_TOKENS", "64")
    page = PAGE.read_text("utf-8")
    space: dict[str, Any] = {}
    for block in BLOCK.finditer(page):
        line = page.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(PAGE), "exec"), space)  # a fault names the page's own line
    assert space["documents"][0].metadata["guid"] == "urn:page:0"
    answer = space["answer"]
    assert all(
        citation.quote in STORIES[0][1]
        for sentence in answer.sentences
        for citation in sentence.citations
        if citation.guid == "urn:page:0"
    )
    printed = capsys.readouterr().out
    assert "['The Soviet Union buys wheat'" in printed
    assert printed.rstrip().endswith("all-minilm-l6-v2")
