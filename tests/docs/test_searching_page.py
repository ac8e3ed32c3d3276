"""docs/searching.md is true: each command prints what the page shows, each expression finds as many stories."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.protocols import Embedder
from domain.query import Query
from runtime import Archive, Settings, embedders
from tests.conftest import ROOT, quick_settings

PAGE = ROOT / "docs" / "searching.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
ROW = re.compile(r"^\| `([^|]+)` \| (\d+) \|", re.M)
ANYTHING = "…"


def pieces() -> Iterator[tuple[str, str]]:
    """The page's commands with their output and its expressions with their counts, in its order."""
    text = PAGE.read_text("utf-8")
    found = [*BLOCK.finditer(text), *ROW.finditer(text)]
    for match in sorted(found, key=lambda one: one.start()):
        if match.re is ROW:
            yield match[1], match[2]
        else:
            command, _, output = match[1].partition("\n")
            yield command, output


@pytest.mark.model
def test_the_page_is_true(models_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DEPECHE_ARCHIVE", str(tmp_path / "archive"))
    make, kept = embedders.make_embedder, dict[str | None, Embedder]()

    def made_once(settings: Settings, name: str | None = None) -> Embedder:
        return kept[name] if name in kept else kept.setdefault(name, make(settings, *filter(None, [name])))

    monkeypatch.setattr(embedders, "make_embedder", made_once)
    wrong = []
    for asked, expected in pieces():
        if asked.startswith("$ depeche "):
            done = CliRunner().invoke(app, shlex.split(asked)[2:])
            if done.exit_code or not shown_as(expected, done.stdout):
                wrong.append(f"{asked}\n{done.stdout}{done.exception or ''}")
        else:
            with Archive.open(quick_settings(tmp_path / "archive")) as archive:
                stories = archive.facets(archive.understand(Query(text=asked))).stories
            if stories != int(expected):
                wrong.append(f"{asked}: {stories} stories, not {expected}")
    assert not wrong, "\n\n".join(wrong)


def shown_as(expected: str, output: str) -> bool:
    """`…` on the page stands for any text."""
    parts = (re.escape(part) for part in expected.strip().split(ANYTHING))
    return re.fullmatch(r".*?".join(parts), output.strip(), re.S) is not None


def test_the_page_has_examples_of_every_kind() -> None:
    commands = {" ".join(shlex.split(asked)[2:4]) for asked, _ in pieces() if asked.startswith("$")}
    assert {
        "saved add",
        "saved run",
        "saved list",
        "saved remove",
        "subjects load",
        "subjects list",
    } <= commands
    assert sum(not asked.startswith("$") for asked, _ in pieces()) > 20
