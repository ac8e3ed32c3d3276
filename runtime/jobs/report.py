"""How a job's work says how far it is, and learns that it should stop.

Work calls `report(stage, done, total)` at its borders, where nothing is half done. A call raises JobStopped
once the job has been cancelled.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from domain.errors import ArchiveLocked
from runtime.jobs.folder import LOG, STATE, JobFolder
from runtime.jobs.job import JobState

WRITE_EVERY = 0.5  # seconds; pages look once a second
LOOK_AGAIN_SECONDS = 1.0  # for the writer's lock
LOG_BYTES = 4_000_000  # beyond this the log begins anew
RATE_WINDOW_SECONDS = 30.0  # a rate over the whole stage would hide that it has slowed down


T = TypeVar("T")


class JobStopped(BaseException):
    """The job was cancelled. Like KeyboardInterrupt not an error: nothing on the way out may swallow it."""


class Report:
    """One job's report. `stop` is set when the job is to end."""

    def __init__(self, folder: JobFolder, *, stop: threading.Event) -> None:
        self._folder, self._stop = folder, stop
        self._stage = ""
        self._seen: list[tuple[float, int]] = []  # when, and how many were done
        self._called = self._written = 0.0

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        """So many of `total` are done. Stages follow one another, each counting its own things."""
        now = time.monotonic()
        is_new = stage != self._stage
        if is_new:  # its first border is told when some work is done: it began at the last one before
            self._stage, self._seen = stage, [(self._called or now, 0)]
        self._called = now
        if is_new or now - self._written >= WRITE_EVERY or done == total:
            self._seen.append((now, done))
            while len(self._seen) > 2 and now - self._seen[1][0] > RATE_WINDOW_SECONDS:
                del self._seen[0]
            self._written = now
            self._write(JobState.RUNNING, done=done, total=total, **self._pace(done, total))
        self._end_if_asked()

    def waiting(self, note: str, *, seconds: float) -> None:
        """The work cannot begin yet, says `note`; returns after so many seconds."""
        self._write(JobState.WAITING, note=note)
        self._stop.wait(seconds)
        self._called = time.monotonic()  # no stage began while it waited
        self._end_if_asked()

    def when_free(self, work: Callable[[], T]) -> T:
        """What `work` gives, once no other process is writing to the archive that it writes to."""
        while True:
            try:
                return work()
            except ArchiveLocked as locked:
                self.waiting(locked.message, seconds=LOOK_AGAIN_SECONDS)

    def ended(self, state: JobState, **told: object) -> None:
        """The last word. The stage it ended in stays."""
        before = self._folder.read(STATE) or {}
        kept = {name: before.get(name) for name in ("done", "total")}
        self._write(state, **kept, **told)

    def _end_if_asked(self) -> None:
        if self._stop.is_set():
            raise JobStopped

    def _pace(self, done: int, total: int | None) -> Mapping[str, float | None]:
        (since, then), now = self._seen[0], self._seen[-1][0]
        rate = (done - then) / (now - since) if now > since else 0.0
        left = max(0, total - done) / rate if total is not None and rate > 0 else None
        return {"rate": rate or None, "seconds_left": left}

    def _write(self, state: JobState, **told: object) -> None:
        with suppress(OSError):  # a full disk is the work's to tell, not its report's
            log = self._folder.path / LOG
            if log.stat().st_size > LOG_BYTES:
                os.truncate(log, 0)
            self._folder.write(STATE, {"state": state, "stage": self._stage, **told})
