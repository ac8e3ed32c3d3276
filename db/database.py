"""The only module that knows which database is underneath.

Everything dialect-specific lives here: opening, transactions, upserts, row locks, advisory locks. Errors of
the driver leave this package as StoreError with a hint. A write that returned survives a power cut: SQLite
runs in WAL with synchronous=FULL, one fsync a batch.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from db import tables
from domain.errors import StoreError

BUSY_SECONDS = 30  # a batch of 500 stories holds the write lock for about 0.2 s; ingest/kill/answers share it
PARAMETERS = 10_000  # values in one IN list; SQLite allows 32,766 and PostgreSQL 65,535

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",  # NORMAL could forget the last batches after a power cut
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",  # 64 MiB a connection
    "PRAGMA journal_size_limit=67108864",
)


class Database:
    """An engine with two doors: `read()`, and `write()` for a transaction that is all or nothing."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = _parsed(url)
        self.read_only = read_only
        self.path = _file(self.url)
        if self.path is not None and not read_only:
            _make_parent(self.path)
        if self.path is not None and read_only and not self.path.exists():
            raise StoreError(f"no archive at {self.path}", hint="check the path, or ingest something first")
        with translated(self.url):
            self._engine = _engine(self.url, read_only=read_only)
            self._writer = self._engine.execution_options(depeche_write=True)

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with translated(self.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction. On SQLite it takes the write lock at once, so it never fails half-way for it."""
        if self.read_only:
            raise StoreError("this archive was opened for reading only", hint="open it without read_only")
        with translated(self.url), self._writer.begin() as connection:
            yield connection

    def try_advisory_lock(self, connection: sa.Connection, key: int, label: str) -> str | None:
        """PostgreSQL: None when the session lock was had, otherwise the label of its holder."""
        connection.execute(sa.select(sa.func.set_config("application_name", label, False)))
        had = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key)))
        connection.commit()
        if had:
            return None
        holder = connection.scalar(
            sa.text(
                "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
                " AND l.classid::bigint << 32 | l.objid::bigint = :key"
                " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"key": key},
        )
        return str(holder or "another session")

    def release_advisory_lock(self, connection: sa.Connection, key: int) -> None:
        connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
        connection.commit()

    def close(self) -> None:
        self._engine.dispose()


def insert_or(connection: sa.Connection, table: sa.Table) -> SqliteInsert | PostgresInsert:
    """An insert that can say `on_conflict_do_…`; both dialects share that syntax."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], *, key: list[str]) -> None:
    """Insert rows, or overwrite the other columns of those whose key exists."""
    if not rows:
        return
    statement = insert_or(connection, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def values_table(connection: sa.Connection, values: Collection[int]) -> sa.TableValuedAlias:
    """Integers as a table of one column, `value`: thousands of them cost one parameter, not an IN list."""
    if connection.dialect.name == "postgresql":
        rows = sa.func.unnest(sa.cast(list(values), postgresql.ARRAY(sa.BigInteger)))
        return rows.table_valued("value").render_derived()  # PostgreSQL names the column only if told
    return sa.func.json_each(_to_json(list(values))).table_valued("value")


def lock_archive(connection: sa.Connection) -> sa.Row[Any]:
    """The archive row, held until the transaction ends: writers go one after another on every database."""
    row = connection.execute(sa.select(tables.archive).with_for_update()).one_or_none()
    if row is None:
        raise StoreError("the archive has no identity row", hint="restore the database from a backup")
    return row


@contextmanager
def translated(url: sa.URL) -> Iterator[None]:
    """Driver errors become StoreError, with the values and what mends them."""
    shown = url.render_as_string(hide_password=True)
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"{shown}: {error.orig}", hint=_hint(str(error.orig))) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{shown}: {error}", hint=_hint(str(error))) from error
    except UnicodeEncodeError as error:
        shown_text = error.object[max(0, error.start - 20) : error.end + 20]
        raise StoreError(
            f"{shown}: text that is not Unicode: {shown_text!r}",
            hint="replace lone surrogates before storing",
        ) from error
    except OverflowError as error:
        raise StoreError(f"{shown}: {error}", hint="a number exceeds 64 bits") from error


_HINTS = (
    ("locked", "another process is writing; try again when it has finished"),
    ("disk is full", "free some space and run the command again: what was stored is safe"),
    ("disk i/o", "check the disk; `depeche index --check` proves what is left"),
    ("malformed", "the file is damaged: restore a backup"),
    ("not a database", "the path names a file that is not an archive"),
    ("readonly", "the file or its folder cannot be written by this user"),
    ("unable to open", "check that the folder exists and may be written"),
    ("connection", "check that the database server runs and the address is right"),
    ("no such table", "the file is not an archive made by Dépêche"),
    ("nul", "remove NUL characters before storing"),
)


def _hint(message: str) -> str | None:
    lowered = message.lower()
    return next((hint for words, hint in _HINTS if words in lowered), None)


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except SQLAlchemyError as error:
        raise StoreError(
            f"not a database address: {url!r}", hint="for example sqlite:////path/archive.sqlite"
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"unsupported database {parsed.get_backend_name()!r}", hint="use sqlite or postgresql"
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _file(url: sa.URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise StoreError(
            "an archive in memory would be lost", hint="give a path: sqlite:////path/archive.sqlite"
        )
    return Path(url.database)


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder {path.parent}: {error.strerror}", hint="choose another path"
        ) from error


def _engine(url: sa.URL, *, read_only: bool) -> sa.Engine:
    try:
        engine = sa.create_engine(url, json_serializer=_to_json, json_deserializer=orjson.loads)
    except ModuleNotFoundError as error:
        raise StoreError(f"no driver for {url.drivername}", hint="pip install 'depeche[postgres]'") from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _connected_reading if read_only else _connected)
        sa.event.listen(engine, "begin", _begun)
    return engine


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _connected(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE; `_begun` says it instead.
    # https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()
    _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Waits its turn: of several processes opening a new file at once SQLite refuses some without waiting.

    Its busy_timeout does not cover this switch: 29 of 1,200 simultaneous openings got "database is locked"
    after a millisecond (SQLite 3.40.1); tests/db/test_concurrency.py repeats the race.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _connected_reading(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (*_PRAGMAS, "PRAGMA query_only=ON"):
        connection.execute(pragma).close()


def _begun(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("depeche_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
