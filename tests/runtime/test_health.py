"""Health in figures, and what an admin starts: real jobs, a real model chosen while another answers."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from db.records import AnswerSeconds
from domain.access import Role, User
from domain.errors import ModelNotInstalled, SettingsError
from runtime import Archive, load_settings
from runtime.desk import Desk
from runtime.health import RANKS, percentiles
from runtime.jobs import Job, JobState
from tests.conftest import QUICK_MODEL, quick_settings

PATIENCE = 300.0


def test_percentiles_are_numpy_s_and_leave_out_what_was_not_there() -> None:
    answers = [
        AnswerSeconds(retrieve=n / 100, first_token=None if n % 2 else float(n), total=n * 2.0)
        for n in range(1, 102)
    ]
    found = {one.what: one for one in percentiles(answers)}
    assert found["total"].answers == 101
    assert found["total"].seconds == (102.0, 192.0, 200.0)  # of 2, 4 … 202: places 50, 95, 99 of 100 apart
    assert found["first_token"].answers == 50
    assert found["first_token"].seconds == tuple(np.percentile(range(2, 101, 2), RANKS))
    assert percentiles([]) == ()
    assert {one.what for one in percentiles(answers[:1])} == {"retrieve", "total"}


@pytest.fixture(scope="module")
def folder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("health")
    with Archive.open(quick_settings(path / "archive")) as opened:
        opened.ingest([_few(path)])
    return path / "archive"


@pytest.fixture
def archive(folder: Path) -> Archive:
    """As a server opens it: by its own settings."""
    return Archive.open(load_settings(folder))


def _few(folder: Path) -> Path:
    path = folder / "few.jsonl"
    path.write_text(
        '{"uri": "urn:test:1", "type": "text", "language": "en", "versioncreated": "1986-04-02T09:00:00Z",'
        ' "headline": "Dock strike in Marseille", "body_text": "Dockers in Marseille began a strike on Wednesday."}\n'
    )
    return path


def ended(desk: Desk, job: Job) -> Job:
    end = time.monotonic() + PATIENCE
    while not job.is_finished:
        assert time.monotonic() < end, job
        time.sleep(0.2)
        job = next(one for one in desk.health.jobs(job.kind) if one.job_id == job.job_id)
    return job


@pytest.mark.model
def test_what_an_admin_starts_and_everybody_sees(archive: Archive) -> None:
    with archive:
        desk = Desk(archive, User("anna", Role.ADMIN))
        passages = desk.health.counts().passages
        before = desk.health.index()
        assert (before.passages, before.pending) == (passages, 0)
        assert before.embedder == archive.settings.embedder.name

        checked = ended(desk, desk.managing.check())
        assert (checked.state, checked.actor) == (JobState.DONE, "anna")
        assert checked.result is not None
        assert (checked.result["ok"], checked.result["passages"]) == (True, passages)

        rebuilt = ended(desk, desk.managing.rebuild())
        assert rebuilt.state is JobState.DONE, rebuilt.error
        assert rebuilt.result is not None
        assert rebuilt.result["indexed"] == passages
        assert desk.health.index().generation != before.generation
        hits = archive.search("dock strike").hits
        assert hits  # this process follows the new index

        pulled = ended(desk, desk.managing.pull(QUICK_MODEL))  # here already: no network is asked
        assert pulled.state is JobState.DONE, pulled.error
        space, memory = desk.health.space(), desk.health.memory()
        assert space.database is not None
        assert space.database > 4096
        assert space.index > 0 < space.jobs
        assert space.free < space.whole
        assert 10_000_000 < memory.server < memory.whole


@pytest.mark.model
def test_a_model_is_chosen_while_the_server_runs(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPECHE_MODEL__NAME", raising=False)
    with archive:
        desk = Desk(archive, User("anna", Role.ADMIN))
        assert archive.settings.model.name != QUICK_MODEL
        with pytest.raises(ModelNotInstalled):
            desk.managing.choose("mistral-small-3.1-24b")
        desk.managing.choose(QUICK_MODEL)
        assert archive.settings.model.name == QUICK_MODEL
        assert load_settings(archive.settings.archive).model.name == QUICK_MODEL  # after a restart too
        answer = archive.ask("Where did dockers begin a strike?")
        assert answer.model == QUICK_MODEL
        (queue,) = desk.health.queues()
        assert (queue.name, queue.is_loaded, queue.is_busy, queue.waiting) == (QUICK_MODEL, True, False, 0)
        assert desk.health.memory().models > 100_000_000
        (totals,) = [one for one in desk.health.latency() if one.what == "total"]
        assert totals.answers == 1
        monkeypatch.setenv("DEPECHE_MODEL__NAME", "qwen2.5-coder-1.5b")
        with pytest.raises(SettingsError, match="what counts more names"):
            desk.managing.choose(QUICK_MODEL)
