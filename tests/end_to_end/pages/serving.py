"""A server of the pages on a port of its own, as `depeche serve` starts it, ended with all that it started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from runtime import load_settings
from tests.conftest import QUICK_MODEL

START_SECONDS = 90.0
QUICK = {
    "DEPECHE_MODEL__NAME": QUICK_MODEL,
    "DEPECHE_MODEL__CONTEXT": "4096",
    "DEPECHE_ANSWER__MAX_TOKENS": "96",
    "DEPECHE_ANSWER__MAX_WAIT": "600",  # seconds: a busy machine answers later, not otherwise
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: where it answers, the archive it serves, its process."""

    address: str
    folder: Path
    pid: int

    def workers(self) -> list[psutil.Process]:
        """The processes that hold a language model for this server."""
        return [
            one
            for one in psutil.Process(self.pid).children(recursive=True)
            if any("worker_process" in word for word in one.cmdline())
        ]


@contextmanager
def serving(
    folder: Path, *options: str, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """`depeche serve` on this archive with the quick model; what it printed is in `log`."""
    port = _free_port()
    command: Sequence[str | Path] = (
        Path(sys.executable).with_name("depeche"), "serve", "--archive", folder, "--port", str(port), *options,
    )  # fmt: skip
    own = {  # runs of evaluation sets that others made on this machine are not this archive's
        "XDG_CACHE_HOME": str(folder.parent / "cache"),
        "DEPECHE_MODELS": str(load_settings().models_cache),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | QUICK | own | (environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, address, log)
            yield Server(address=address, folder=folder, pid=process.pid)
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"no server within {START_SECONDS:.0f} s: {log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """The server, Streamlit under it and the model's worker under that."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        family = []
    for one in family:  # `depeche serve` alone would leave Streamlit behind
        one.terminate()
    _, alive = psutil.wait_procs(family, timeout=15)
    for one in alive:
        one.kill()
    process.wait(15)
