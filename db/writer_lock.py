"""One ingesting or indexing process an archive. The lock dies with its process; its holder is named.

SQLite: a locked file beside the database that holds the pid. PostgreSQL: a session advisory lock, the
session being named after host and pid. Writes by hand (a kill) do not need it and never wait for it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from db.database import Database
from domain.errors import ArchiveLocked, StoreError

_ADVISORY_KEY = 0x64657063_77726974  # "depcwrit"
_ASK_AGAIN = 0.1  # seconds
_WAIT = "wait for it to finish, or stop it"


@contextmanager
def writer_lock(database: Database, *, timeout: float = 0) -> Iterator[None]:
    """Holds the archive for writing; waits at most `timeout` seconds, then ArchiveLocked."""
    if database.path is not None:
        with _file_lock(database.path, timeout):
            yield
    else:
        with _advisory_lock(database, timeout):
            yield


@contextmanager
def _file_lock(path: Path, timeout: float) -> Iterator[None]:
    beside = path.with_name(path.name + ".lock")
    lock = FileLock(beside, timeout=timeout, on_acquired=_sign, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise ArchiveLocked(f"process {_holder(beside)} is writing to {path}", hint=_WAIT) from error
    except OSError as error:
        raise StoreError(
            f"cannot lock {beside}: {error.strerror}", hint="its folder must be writable"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _holder(beside: Path) -> str:
    try:
        return beside.read_text() or "unknown"
    except OSError:
        return "unknown"


@contextmanager
def _advisory_lock(database: Database, timeout: float) -> Iterator[None]:
    label = f"depeche pid {os.getpid()} on {socket.gethostname()}"
    until = time.monotonic() + timeout
    with database.read() as connection:
        # Asked again and again: the server's own waiting form gives no name of who holds the lock.
        while (holder := database.try_advisory_lock(connection, _ADVISORY_KEY, label)) is not None:
            if time.monotonic() < until:
                time.sleep(_ASK_AGAIN)
                continue
            raise ArchiveLocked(f"{holder} is writing to this archive", hint=_WAIT)
        try:
            yield
        finally:
            database.release_advisory_lock(connection, _ADVISORY_KEY)
