"""A job's folder: who ordered what, which process does it, and how far it is.

Each file has one writer and is replaced whole, so that a reader never meets half of one. None is flushed
to disk: a machine that goes down takes the job's process with it, and what it did is in the database.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

ORDER = "order.json"  # by the one who starts the job: kind, arguments, actor, when
PROCESS = "process.json"  # by the job: its process
STATE = "state.json"  # by the job: how far it is
CANCEL = "cancel.json"  # by the one who cancels it: who
LOG = "log.txt"  # what the job's process printed

SAME_START_SECONDS = (
    2.0  # the system's clock may be set while a job runs, and with it what a start is said to be
)
STARTING_SECONDS = 60.0  # a process is there this long after its order, however busy the machine


@dataclass(frozen=True, slots=True)
class JobFolder:
    """One job's files. What cannot be read is taken as not there."""

    path: Path

    def read(self, name: str) -> dict[str, object] | None:
        try:
            found = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, name: str, content: Mapping[str, object]) -> None:
        beside = self.path / f"{name}.{os.getpid()}.tmp"
        beside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        beside.replace(self.path / name)

    def sign(self, pid: int) -> None:
        """Says which process does this job: a pid alone would one day be another's."""
        self.write(PROCESS, {"pid": pid, "since": psutil.Process(pid).create_time()})

    def process(self) -> psutil.Process | None:
        """The job's process while it lives."""
        signed = self.read(PROCESS) or {}
        pid, since = signed.get("pid"), signed.get("since")
        if not isinstance(pid, int) or not isinstance(since, int | float):
            return None
        try:
            process = psutil.Process(pid)
            same = abs(process.create_time() - since) < SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    def is_alive(self) -> bool:
        """Whether its process is there, or may yet be: it has been ordered just now and not signed."""
        if self.process() is not None:
            return True
        if (self.path / PROCESS).exists():
            return False
        try:
            return time.time() - (self.path / ORDER).stat().st_mtime < STARTING_SECONDS
        except OSError:
            return False
