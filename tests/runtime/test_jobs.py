"""Jobs: real ingestions in processes of their own, ended in every way there is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from domain.errors import JobError
from retrieval.index import COMMIT_PASSAGES
from runtime import Archive
from runtime.jobs import Job, JobKind, Jobs, JobState
from runtime.jobs import jobs as jobs_module
from runtime.jobs.folder import LOG, ORDER, PROCESS, STATE, JobFolder
from runtime.jobs.ingesting import IngestOrder
from runtime.jobs.report import LOG_BYTES, Report
from tests.conftest import ROOT, quick_settings
from tests.end_to_end.contents import contents_of, feed_of

pytestmark = pytest.mark.model

STORIES = 40
MANY = 20_000  # more than can be read before a test is done with the job
PATIENCE = 120.0


def until(jobs: Jobs, job_id: str, is_so: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + PATIENCE
    while not is_so(job := jobs.get(job_id)):
        assert time.monotonic() < end, f"{job}\n{jobs.log(job_id)}"
        time.sleep(0.05)
    return job


def finished(jobs: Jobs, job_id: str) -> Job:
    return until(jobs, job_id, lambda job: job.is_finished)


def process_of(jobs_folder: Path, job: Job) -> psutil.Process:
    process = JobFolder(jobs_folder / job.job_id).process()
    assert process is not None
    return process


@pytest.fixture
def folder(tmp_path: Path, models_cache: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def jobs(folder: Path) -> Iterator[Jobs]:
    """None of them goes on when its test has ended, however it ended."""
    opened = Jobs(folder / "jobs")
    yield opened
    for job in opened.all():
        if (process := JobFolder(folder / "jobs" / job.job_id).process()) is not None:
            process.kill()


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return feed_of(STORIES, tmp_path_factory.mktemp("feed") / "feed.jsonl")


@pytest.fixture(scope="module")
def long_feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return feed_of(MANY, tmp_path_factory.mktemp("long") / "feed.jsonl")


def test_an_ingestion_is_done_and_outlives_the_process_that_started_it(
    jobs: Jobs, folder: Path, feed: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from runtime.jobs import JobKind, Jobs;"
        "print(Jobs(Path(sys.argv[1])).start(JobKind.INGEST, sys.argv[2:], actor='ann').job_id)"
    )
    arguments = IngestOrder(paths=(feed,), provider="harbour").arguments()
    starter = subprocess.run(
        [sys.executable, "-c", code, str(folder / "jobs"), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    job_id = starter.stdout.strip()
    assert not jobs.get(job_id).is_finished, "it goes on without the one who started it"
    job = finished(jobs, job_id)
    assert job.state is JobState.DONE, jobs.log(job_id)
    assert (job.actor, job.kind, job.arguments) == ("ann", JobKind.INGEST, arguments)
    assert job.ended is not None
    assert job.ended > job.started
    assert job.result is not None
    assert (job.result["new"], job.result["killed"]) == (STORIES, STORIES // 20)
    with Archive.open(quick_settings(folder)) as archive:
        assert archive.counts().by_provider == {"harbour": STORIES}
        assert archive.counts().pending == 0
    assert [one.job_id for one in jobs.all()] == [job_id]


def test_cancelled_it_stops_at_a_border_and_goes_on_when_started_again(
    jobs: Jobs, folder: Path, feed: Path, long_feed: Path
) -> None:
    job = jobs.start(JobKind.INGEST, IngestOrder(paths=(long_feed,)).arguments(), actor="ann")
    with pytest.raises(JobError):
        jobs.start_again(job.job_id, actor="ann")
    seen = until(jobs, job.job_id, lambda one: one.stage == "reading" and one.done > 0)
    assert seen.state is JobState.RUNNING
    assert seen.total is not None
    assert seen.total >= seen.done
    jobs.cancel(job.job_id)
    ended = finished(jobs, job.job_id)
    assert ended.state is JobState.CANCELLED
    assert ended.ended is not None, "it said so itself: it was not killed"
    with Archive.open(quick_settings(folder)) as archive:
        stored = archive.counts().stories
    assert 0 < stored < MANY

    again = jobs.start_again(job.job_id, actor="bob")
    until(jobs, again.job_id, lambda one: one.stage == "reading" and one.done > stored)
    jobs.cancel(again.job_id)
    assert finished(jobs, again.job_id).state is JobState.CANCELLED
    with Archive.open(quick_settings(folder)) as archive:
        assert archive.counts().stories > stored
        assert len({*archive.store.links.guids(range(1, MANY)).values()}) == archive.counts().stories


def test_killed_it_is_lost_and_started_again_nothing_is_lost_or_doubled(
    jobs: Jobs, folder: Path, feed: Path, tmp_path: Path
) -> None:
    with Archive.open(quick_settings(tmp_path / "undisturbed")) as archive:
        archive.ingest([feed])
        wanted = contents_of(archive)
    job = jobs.start(JobKind.INGEST, IngestOrder(paths=(feed,)).arguments(), actor="ann")
    until(jobs, job.job_id, lambda one: one.stage == "reading")
    process_of(folder / "jobs", job).kill()
    assert finished(jobs, job.job_id).state is JobState.LOST
    again = jobs.start_again(job.job_id, actor="ann")
    assert finished(jobs, again.job_id).state is JobState.DONE
    with Archive.open(quick_settings(folder)) as archive:
        found = contents_of(archive)
    assert found == wanted


def test_a_second_one_waits_for_the_archive_and_says_for_whom(jobs: Jobs, folder: Path, feed: Path) -> None:
    with Archive.open(quick_settings(folder)) as archive, archive.store.writer_lock():
        job = jobs.start(JobKind.INGEST, IngestOrder(paths=(feed,)).arguments(), actor="ann")
        waiting = until(jobs, job.job_id, lambda one: one.note is not None)
        assert waiting.state is JobState.WAITING
        assert str(os.getpid()) in str(waiting.note)
    assert finished(jobs, job.job_id).state is JobState.DONE


def test_a_question_asked_meanwhile_finds_what_is_stored_so_far(
    jobs: Jobs, folder: Path, tmp_path: Path
) -> None:
    """In a process that opened the archive before the ingestion began, as the pages' server has."""
    stories = COMMIT_PASSAGES + 300  # the second part is still to be embedded when the first can be found
    feed = feed_of(stories, tmp_path / "feed.jsonl")
    with Archive.open(quick_settings(folder)) as archive:
        assert archive.search("ferry number 7").hits == ()
        job = jobs.start(JobKind.INGEST, IngestOrder(paths=(feed,)).arguments(), actor="ann")
        while True:
            state = jobs.get(job.job_id).state
            if archive.search("ferry number 7 left the harbour").hits:
                break
            assert state in (JobState.WAITING, JobState.RUNNING), jobs.log(job.job_id)
            time.sleep(0.2)
        assert state is JobState.RUNNING
        assert "Ferry" in archive.ask("What left the harbour?", extractive=True).evidence[0].headline
        jobs.cancel(job.job_id)
        assert finished(jobs, job.job_id).is_finished


def test_one_that_waits_is_cancelled_at_once(jobs: Jobs, folder: Path, feed: Path) -> None:
    with Archive.open(quick_settings(folder)) as archive, archive.store.writer_lock():
        job = jobs.start(JobKind.INGEST, IngestOrder(paths=(feed,)).arguments(), actor="ann")
        until(jobs, job.job_id, lambda one: one.note is not None)
        jobs.cancel(job.job_id)
        assert finished(jobs, job.job_id).state is JobState.CANCELLED


def test_one_that_does_not_stop_is_killed(
    jobs: Jobs, folder: Path, long_feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "GRACE_SECONDS", 0.5)
    job = jobs.start(JobKind.INGEST, IngestOrder(paths=(long_feed,)).arguments(), actor="ann")
    until(jobs, job.job_id, lambda one: one.stage == "reading" and one.done > 0)
    process = process_of(folder / "jobs", job)
    started = process.children()
    process.send_signal(signal.SIGSTOP)  # deaf to SIGTERM until it is woken
    jobs.cancel(job.job_id)
    ended = finished(jobs, job.job_id)
    assert ended.state is JobState.CANCELLED
    assert ended.ended is None, "it had no time to say so"
    psutil.wait_procs(started, timeout=10)
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in started)


def test_an_error_is_told_in_words(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.start(JobKind.INGEST, IngestOrder(paths=(tmp_path / "absent",)).arguments(), actor="ann")
    ended = finished(jobs, job.job_id)
    assert ended.state is JobState.FAILED
    assert "does not exist" in str(ended.error)
    assert ended.hint == "check the path"
    assert "Traceback" in jobs.log(job.job_id)


def test_a_fault_is_told_in_a_line(
    jobs: Jobs, feed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embedder of the user's own, made to fail in a way that nobody foresaw."""
    (tmp_path / "broken_embeddings.py").write_text("def make():\n    return 1 / 0\n")
    monkeypatch.setenv("DEPECHE_EMBEDDER__NAME", "broken_embeddings:make")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    job = jobs.start(JobKind.INGEST, IngestOrder(paths=(feed,)).arguments(), actor="ann")
    ended = finished(jobs, job.job_id)
    assert ended.state is JobState.FAILED
    assert ended.error == "ZeroDivisionError: division by zero"
    assert ended.hint
    assert "Traceback" in jobs.log(job.job_id)


def test_a_pid_that_is_another_process_now_is_not_the_job(jobs: Jobs, folder: Path) -> None:
    path = folder / "jobs" / "20200101T000000000000-0123abcd"
    path.mkdir(parents=True)
    order = {"kind": "ingest", "arguments": [], "actor": "ann", "started": "2020-01-01T00:00:00+00:00"}
    (path / ORDER).write_text(json.dumps(order))
    (path / STATE).write_text(json.dumps({"state": "running", "stage": "reading", "done": 7}))
    mine = JobFolder(path)
    mine.sign(os.getpid())
    assert jobs.get(path.name).state is JobState.RUNNING
    signed = json.loads((path / PROCESS).read_text())
    (path / PROCESS).write_text(json.dumps(signed | {"since": signed["since"] - 1000}))
    lost = jobs.get(path.name)
    assert (lost.state, lost.done) == (JobState.LOST, 7)


def test_a_report_tells_the_pace_and_keeps_the_log_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter((100.0, 110.0, 112.0, 160.0))
    monkeypatch.setattr("runtime.jobs.report.time.monotonic", lambda: next(clock))
    (tmp_path / LOG).write_bytes(bytes(LOG_BYTES + 1))
    folder = JobFolder(tmp_path)
    report = Report(folder, stop=threading.Event())

    def told(stage: str, done: int, total: int | None) -> tuple[object, object]:
        report(stage, done, total)
        state = folder.read(STATE) or {}
        return state["rate"], state["seconds_left"]

    assert told("starting", 0, None) == (None, None)
    assert (tmp_path / LOG).stat().st_size == 0
    assert told("reading", 50, 100) == (5.0, 10.0), "the stage began when the one before was last heard of"
    assert told("reading", 60, 100) == (5.0, 8.0)
    rate, _ = told("reading", 84, 100)
    assert rate == 0.5, "what was done long ago says nothing of the pace"


@pytest.mark.parametrize("job_id", ["", "..", "../../etc", "20200101T000000000000-0123abcd", "/etc/passwd"])
def test_an_id_that_was_not_drawn_here_is_refused(jobs: Jobs, job_id: str) -> None:
    with pytest.raises(JobError):
        jobs.get(job_id)
    with pytest.raises(JobError):
        jobs.cancel(job_id)
    assert jobs.all() == []


def test_old_finished_jobs_go(jobs: Jobs, folder: Path, feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "KEPT", 3)
    order = {"kind": "ingest", "arguments": [], "actor": "ann", "started": "2020-01-01T00:00:00+00:00"}
    for n in range(5):
        old = folder / "jobs" / f"2020010{n + 1}T000000000000-0123abcd"
        old.mkdir(parents=True)
        (old / ORDER).write_text(json.dumps(order))
        (old / STATE).write_text(json.dumps({"state": "done"}))
    job = jobs.start(JobKind.INGEST, IngestOrder(paths=(feed,)).arguments(), actor="ann")
    assert [one.job_id[:8] for one in jobs.all()][1:] == ["20200105", "20200104"]
    jobs.cancel(job.job_id)
    assert finished(jobs, job.job_id).state is JobState.CANCELLED
