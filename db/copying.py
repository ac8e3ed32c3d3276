"""A copy of a living SQLite database, whole and of one instant, and the way for one to take its place.

PostgreSQL has its own: pg_dump and pg_restore.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from db.database import Database
from domain.errors import StoreError

_PAGES = 4096  # copied at a time (16 MiB), so that kills and answers get their turn in between


def copy_database(database: Database, target: Path) -> None:
    """Copies through SQLite's online backup: readers and writers go on meanwhile."""
    if database.path is None:
        raise StoreError("only an archive in SQLite is copied here", hint="use pg_dump for PostgreSQL")
    try:
        with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode=DELETE").close()  # one file, nothing beside it
    except sqlite3.Error as error:
        raise StoreError(f"{database.path} cannot be copied: {error}", hint="is the disk full?") from error


def make_replaceable(path: Path) -> None:
    """Brings a database to a single file that nobody has open. StoreError when somebody has.

    A damaged one, which may be why it is to be replaced, loses its journal files here.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            # Leaving WAL needs the file for oneself: this is SQLite's own test for other users of it.
            connection.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreError(
                f"{path} is in use", hint="stop `depeche serve` and other commands first"
            ) from error
        _drop_journal(path)
    except sqlite3.DatabaseError:
        _drop_journal(path)


def _drop_journal(path: Path) -> None:
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
