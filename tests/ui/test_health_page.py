"""The page of models and health: what archivists see, what admins alone are offered, real jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.access import Role, User
from runtime import Archive
from runtime.desk import Desk
from tests.conftest import quick_settings
from tests.ui.pages import before, opened, said
from ui import session
from ui.health_jobs import KINDS

pytestmark = pytest.mark.model
ACTS = ("Check the index", "Rebuild it")


@pytest.fixture(scope="module")
def folder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("health-page")
    (path / "story.jsonl").write_text(
        '{"uri": "urn:test:1", "type": "text", "language": "en", "versioncreated": "1986-04-02T09:00:00Z",'
        ' "headline": "Dock strike in Marseille", "body_text": "Dockers in Marseille began a strike on Wednesday."}\n'
    )
    with Archive.open(quick_settings(path / "archive")) as archive:
        archive.ingest([path / "story.jsonl"])
        archive.ask("Where did dockers begin a strike?", extractive=True)
    return path / "archive"


@pytest.fixture
def archive(folder: Path) -> Iterator[Path]:
    with before(folder):
        yield folder


def _page() -> None:
    from ui.health import page

    page()


def as_a(role: Role, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr("ui.session.user", lambda: User("anna", role))
    return opened(_page, {})


def tables_of(app: AppTest) -> list[list[str]]:
    return [[str(value) for row in frame.value.to_numpy() for value in row] for frame in app.dataframe]


def test_what_is_told(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = as_a(Role.ARCHIVIST, monkeypatch)
    words, cells = said(app), tables_of(app)
    assert [one.value for one in app.title] == ["Models and health"]
    assert {(one.label, one.value) for one in app.metric} >= {
        ("Stories", "1"),
        ("Passages", "1"),
        ("Not indexed yet", "0"),
    }
    assert "Searched with multilingual-e5-small" in words
    assert "MiB" in words
    assert "No language model has been asked since this server started." in words
    models, latency, costs = cells[0], cells[-2], cells[-1]
    assert "qwen2.5-coder-1.5b" in models
    assert {"installed", "in use", "fits"} <= set(models)
    assert "the checked answer" in latency
    assert "the first word" not in latency  # quoted without a model: there was none
    assert "quoted without a model" in costs


def test_the_arithmetic_is_that_of_the_chosen_model(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = as_a(Role.ARCHIVIST, monkeypatch)
    app.selectbox(key="health-model").set_value("qwen2.5-coder-0.5b").run()
    assert "469 MiB of weights + 8,192 tokens × 12.0 KiB (f16)" in said(app)
    app.selectbox(key="health-model").set_value("all-minilm-l6-v2").run()
    assert "of weights" not in said(app)


def test_acts_are_offered_to_admins_alone(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = as_a(Role.ARCHIVIST, monkeypatch)
    assert not [one.label for one in seen.button]
    offered = as_a(Role.ADMIN, monkeypatch)
    assert {one.label for one in offered.button} >= set(ACTS)


def test_a_check_is_started_and_told(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = as_a(Role.ADMIN, monkeypatch)
    app.button(key="check").click().run()
    assert not app.exception
    jobs = Desk(session.archive(), User("anna", Role.ADMIN)).health
    end = time.monotonic() + 300
    while not all(job.is_finished for job in jobs.jobs(*KINDS)):
        assert time.monotonic() < end
        time.sleep(0.2)
    words = said(opened(_page, {}))
    assert "Database and indexes agree on 1 passages." in words
    assert "anna, " in words


def test_a_model_that_is_not_here_is_offered_for_fetching(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = as_a(Role.ADMIN, monkeypatch)
    app.selectbox(key="health-model").set_value("mistral-small-3.1-24b").run()
    assert [one.label for one in app.button if "Fetch" in one.label] == ["Fetch it (13.3 GiB)"]
    assert not [one for one in app.button if one.key == "health-choose"]
