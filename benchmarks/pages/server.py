"""The pages' server on a port of its own, with its statements written down, ended with what it started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

START_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    address: str
    statements: Path  # see benchmarks.pages.statements
    pid: int


@contextmanager
def served(archive: Path, *, beside: Path, environment: Mapping[str, str]) -> Iterator[Served]:
    """`beside`: the folder that its messages and its statements are written to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    statements = beside / "statements.jsonl"
    statements.touch()
    command = [
        sys.executable, "-m", "benchmarks.pages.statements", str(statements), "--", "--port", str(port),
    ]  # fmt: skip
    environment = os.environ | {"DEPECHE_ARCHIVE": str(archive)} | environment
    with (beside / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, f"http://127.0.0.1:{port}", beside / "server.log")
            yield Served(address=f"http://127.0.0.1:{port}", statements=statements, pid=process.pid)
        finally:
            family = [*psutil.Process(process.pid).children(recursive=True), process]
            for one in family:
                one.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
