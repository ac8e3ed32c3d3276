"""Starts, lists and cancels an archive's jobs.

- A job's process has a session of its own: it outlives the page, the browser and the server.
- Ids are drawn here; one that was not is refused before it becomes a path.
- A job whose process is gone without a word is LOST, recognised by pid and start.
- A cancelled job stops at its next border (a batch stored, some passages embedded), and is killed when it
  has not within GRACE_SECONDS. What it stored stays: started again, it goes on from there.
- The last KEPT finished jobs are kept.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from domain.child import child_environment
from domain.errors import JobError
from runtime.jobs.folder import CANCEL, LOG, ORDER, STATE, JobFolder
from runtime.jobs.job import FINISHED, Job, JobKind, JobState

KEPT = 100  # finished jobs; a folder is some kilobytes, its log at most LOG_BYTES of runtime.jobs.work
GRACE_SECONDS = 30.0  # longer than the longest border to border: 128 long passages embedded on a busy machine
LOG_TAIL_BYTES = 20_000
_ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")


class Jobs:
    """The jobs of one archive: `Jobs(settings.archive / "jobs")`. Cheap; holds nothing open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, kind: JobKind, arguments: Sequence[str], *, actor: str) -> Job:
        """Starts a process that does it; returns at once."""
        self._prune()
        now = datetime.now(UTC)
        job_id = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        folder = JobFolder(self._folder / job_id)
        try:
            folder.path.mkdir(parents=True, mode=0o700)
            folder.write(
                ORDER,
                {"kind": kind, "arguments": [*arguments], "actor": actor, "started": now.isoformat()},
            )
            _start(folder.path)
        except OSError as error:
            raise JobError(
                f"the job cannot be started: {error.strerror or error}",
                hint=f"{self._folder} must be writable and its disk not full",
            ) from error
        return self.get(job_id)

    def start_again(self, job_id: str, *, actor: str) -> Job:
        """A new job with the arguments of a finished one."""
        job = self.get(job_id)
        if not job.is_finished:
            raise JobError(f"job {job_id} has not ended", hint="cancel it first, or wait for it")
        return self.start(job.kind, job.arguments, actor=actor)

    def all(self, limit: int = 50, *, kind: JobKind | None = None) -> list[Job]:
        """The latest first; of one kind, where it is named."""
        found: list[Job] = []
        for job_id in self._ids():
            if len(found) >= limit:
                break
            with suppress(JobError):  # removed since it was listed
                job = self.get(job_id)
                if kind is None or job.kind is kind:
                    found.append(job)
        return found

    def get(self, job_id: str) -> Job:
        """JobError when there is none of that id."""
        folder = self._of(job_id)
        order = folder.read(ORDER)
        if order is None:
            raise JobError(f"there is no job {job_id}", hint="only the latest are kept")
        state = folder.read(STATE) or {}
        if _state(state) not in FINISHED and not folder.is_alive():
            state = folder.read(STATE) or {}  # it may have ended between the two looks
            if _state(state) not in FINISHED:
                cancelled = folder.read(CANCEL) is not None
                state = state | {"state": JobState.CANCELLED if cancelled else JobState.LOST}
        job = _job(job_id, order, state)
        return job if job.is_finished else replace(job, stopping=(folder.path / CANCEL).exists())

    def cancel(self, job_id: str) -> None:
        """Asks the job to stop; nothing happens to one that has ended."""
        folder = self._of(job_id)
        if self.get(job_id).is_finished:
            return
        with suppress(OSError):  # a full disk: it is stopped all the same, and called LOST if it is killed
            folder.write(CANCEL, {"asked": datetime.now(UTC).isoformat()})
        process = folder.process()
        if process is None:
            return  # it looks for CANCEL once it has signed: one of the two sees the other
        with suppress(psutil.Error):
            process.terminate()
            threading.Thread(target=_kill_after_grace, args=(process,), daemon=True).start()

    def log(self, job_id: str) -> str:
        """The end of what the job's process printed: tracebacks are here."""
        try:
            with (self._of(job_id).path / LOG).open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - LOG_TAIL_BYTES))
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def _of(self, job_id: str) -> JobFolder:
        if not _ID.fullmatch(job_id):
            raise JobError("that is not the id of a job", hint="take one of the list")
        return JobFolder(self._folder / job_id)

    def _ids(self) -> list[str]:
        try:
            return sorted((one for one in os.listdir(self._folder) if _ID.fullmatch(one)), reverse=True)  # noqa: PTH208
        except OSError:
            return []

    def _prune(self) -> None:
        finished = 0
        for job_id in self._ids():
            with suppress(JobError):
                if not self.get(job_id).is_finished:
                    continue
            finished += 1
            if finished >= KEPT:  # with the one about to start there are KEPT
                shutil.rmtree(self._folder / job_id, ignore_errors=True)


def _start(folder: Path) -> None:
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            # -P: a file in the working folder never stands in for a module
            [sys.executable, "-P", "-m", "runtime.jobs.work", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=child_environment(PYTHONUNBUFFERED="1"),
            start_new_session=True,
        )
    # Only so that its end is noticed while this process lives; the job does not depend on it.
    threading.Thread(target=process.wait, daemon=True).start()


def _kill_after_grace(process: psutil.Process) -> None:
    try:
        process.wait(GRACE_SECONDS)
    except psutil.TimeoutExpired:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own: what it started goes too
    except psutil.Error:
        return


def _state(state: Mapping[str, object]) -> JobState:
    try:
        return JobState(str(state.get("state")))
    except ValueError:
        return JobState.WAITING  # its process has written nothing yet


def _job(job_id: str, order: Mapping[str, object], state: Mapping[str, object]) -> Job:
    arguments, done, result = order.get("arguments"), state.get("done"), state.get("result")
    try:
        kind, started = JobKind(str(order.get("kind"))), datetime.fromisoformat(str(order.get("started")))
        ended = datetime.fromisoformat(str(state["ended"])) if state.get("ended") else None
    except ValueError as error:
        raise JobError(f"job {job_id} cannot be read: {error}", hint="start it anew") from error
    total = state.get("total")
    return Job(
        job_id=job_id,
        kind=kind,
        state=_state(state),
        actor=str(order.get("actor")),
        started=started,
        ended=ended,
        arguments=tuple(map(str, arguments)) if isinstance(arguments, list) else (),
        stage=str(state.get("stage") or ""),
        done=done if isinstance(done, int) else 0,
        total=total if isinstance(total, int) else None,
        rate=_number(state.get("rate")),
        seconds_left=_number(state.get("seconds_left")),
        note=_words(state.get("note")),
        result=result if isinstance(result, dict) else None,
        error=_words(state.get("error")),
        hint=_words(state.get("hint")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _words(value: object) -> str | None:
    return value if isinstance(value, str) else None
