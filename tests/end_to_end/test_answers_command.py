"""`depeche answers ID` and `depeche feedback`, on an archive that holds one answer; no model is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from db.store import StoryStore
from domain.errors import ArchiveError
from domain.feedback import Judgement
from evaluation.sets import load_set
from runtime import load_settings
from tests.db.stories import sent
from tests.db.test_answers import answer, cite


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    with StoryStore.open(load_settings(folder).database_url) as store:
        store.add_batch([sent("a", "At noon rain fell on Lisbon."), sent("b")])
        store.save_answer(answer(cite(store.version("a"), "rain fell on Lisbon")), settings={})
    return folder


def depeche(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--archive", str(folder), *words])


def test_one_answer_is_shown_and_exported(folder: Path) -> None:
    shown = depeche(folder, "answers", "1")
    assert shown.exit_code == 0
    assert "asked on" in shown.stdout
    assert "It rained. [1]" in shown.stdout
    exported = depeche(folder, "answers", "1", "--export", "ris")
    assert exported.stdout_bytes.startswith(b"TY  - NEWS\r\nTI  - About a\r\nJO  - agency\r\n")
    assert exported.stdout_bytes.endswith(b"N1  - rain fell on Lisbon\r\nER  - \r\n")
    assert depeche(folder, "answers", "--export", "ris").exit_code == 2


def test_a_withdrawn_answer_is_neither_shown_nor_exported(folder: Path) -> None:
    with StoryStore.open(load_settings(folder).database_url) as store:
        store.kill("a", "libel", "desk")
    shown = depeche(folder, "answers", "1")
    assert "rain fell" not in shown.stdout
    assert "It rained" not in shown.stdout
    assert "a was killed" in shown.stdout
    exported = depeche(folder, "answers", "1", "--export", "text")
    assert isinstance(exported.exception, ArchiveError)
    assert exported.stdout == ""


def test_feedback_is_listed_and_becomes_a_set(folder: Path) -> None:
    assert "no answer was judged yet" in depeche(folder, "feedback").stdout
    with StoryStore.open(load_settings(folder).database_url) as store:
        store.add_feedback(1, Judgement.RIGHT, person="ana", answer="rained", comment="Seen on page 2.")
    listed = depeche(folder, "feedback").stdout
    assert "ana: right, right is: rained (Seen on page 2.)" in listed
    done = depeche(folder, "feedback", "--export", str(folder.parent / "judged"))
    assert done.exit_code == 0, done.output
    (query,) = load_set(folder.parent / "judged", shared=None).queries
    assert (query.text, query.answers, query.answerable) == ("Did it rain?", ("rained",), True)
