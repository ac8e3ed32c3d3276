"""What a question says of time is shown with the words that gave it, and each can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from runtime import Archive
from tests.conftest import quick_settings
from ui import session

pytestmark = pytest.mark.model
QUESTION = "What do articles from 1986 say about the dock strike in Marseille before Easter?"
YEARS = (1985, 1986, 1987)


@pytest.fixture(scope="module")
def folder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clues")
    (path / "stories.jsonl").write_bytes(
        b"".join(
            orjson.dumps(
                {
                    "uri": f"urn:test:{year}",
                    "type": "text",
                    "language": "en",
                    "versioncreated": f"{year}-04-02T09:00:00Z",
                    "headline": f"Dock strike in Marseille, {kind}",
                    "body_text": f"Dockers in Marseille began a {kind} strike on Wednesday, their union said.",
                }
            )
            + b"\n"
            for year, kind in zip(YEARS, ("two-day", "weekly", "general"), strict=True)
        )
    )
    with Archive.open(quick_settings(path / "archive")) as archive:
        archive.ingest([path / "stories.jsonl"])
    return path / "archive"


@pytest.fixture
def asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The ask page in a session of its own, after the question."""
    monkeypatch.setenv("DEPECHE_ARCHIVE", str(folder))
    monkeypatch.setenv("DEPECHE_ACCESS__OPEN_TO_ALL", "true")  # AppTest has no address of its own
    session.archive.clear()
    yield ask(AppTest.from_function(_ask_page, default_timeout=120).run())
    session.archive().close()
    session.archive.clear()


def ask(app: AppTest) -> AppTest:
    app.text_input(key="question").set_value(QUESTION)
    app.checkbox[0].check()  # quoted without a language model: seconds, not minutes
    return app.button[0].click().run()


def _ask_page() -> None:
    from ui.ask import page

    page()


def years_shown(app: AppTest) -> set[int]:
    text = " ".join(element.value for element in app.markdown)
    return {year for year in YEARS if f"{year}-04-02" in text}


def test_a_clue_is_taken_back_and_counted_again(asked: AppTest) -> None:
    assert not asked.exception
    assert years_shown(asked) == {1986}, "a filter on the date of publication"
    clue = next(line for line in asked.caption if "1986" in line.value and "only stories" in line.value)
    assert "articles from 1986" in clue.value.replace("\\", "")

    asked.button(key="clue-undo-0").click().run()
    assert not asked.exception
    assert years_shown(asked) == set(YEARS), "asked again without it"
    assert not any("only stories" in line.value for line in asked.caption)

    asked.button(key="clue-redo-0").click().run()
    assert not asked.exception
    assert years_shown(asked) == {1986}


def test_a_new_question_begins_anew(asked: AppTest) -> None:
    asked.button(key="clue-undo-0").click().run()
    assert years_shown(asked) == set(YEARS)
    asked.button(key="new").click().run()
    assert years_shown(asked) == set()
    ask(asked)
    assert years_shown(asked) == {1986}


def test_a_clue_is_given_another_meaning(asked: AppTest) -> None:
    asked.date_input(key="clue-0-from").set_value(date(1987, 1, 1))
    asked.date_input(key="clue-0-to").set_value(date(1987, 12, 31))
    asked.button(key="clue-0-apply").click().run()
    assert not asked.exception
    assert years_shown(asked) == {1987}, "a filter on other days, in the place of the first answer"
    clue = next(line for line in asked.caption if "only stories" in line.value)
    assert "1987-01-01 – 1987-12-31" in clue.value.replace("\\", "")

    asked.checkbox(key="clue-0-only").uncheck()
    asked.button(key="clue-0-apply").click().run()
    assert years_shown(asked) == set(YEARS), "ranked higher, nothing left out"
