"""What is known of a job. A value: it does not change as the job goes on; ask `Jobs.get` again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobKind(StrEnum):
    """What a job does; `runtime.jobs.kinds` has a function for each."""

    INGEST = "ingest"
    EVALUATE = "evaluate"
    PULL = "pull"
    CHECK = "check"
    REBUILD = "rebuild"


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"  # its process is starting, or another one is writing to the archive
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # it did not say that it ended, and its process is gone: killed, or the machine went down


FINISHED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.LOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as its folder tells it at one moment.

    `done` and `total` count what the stage works on; `total` is None where it cannot be known. `rate`,
    in items a second, and `seconds_left` are of that stage. `note` says what a waiting job waits for.
    `result` is its kind's own, there when DONE; `error` and `hint` when FAILED.
    """

    job_id: str
    kind: JobKind
    state: JobState
    actor: str
    started: datetime
    ended: datetime | None = None
    arguments: tuple[str, ...] = ()
    stage: str = ""
    done: int = 0
    total: int | None = None
    rate: float | None = None
    seconds_left: float | None = None
    note: str | None = None
    result: Mapping[str, object] | None = None
    error: str | None = None
    hint: str | None = None
    stopping: bool = False  # it was cancelled, and has not come to its next border yet

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED
