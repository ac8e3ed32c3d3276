"""Whatever the driver says leaves the package as a StoreError that helps."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from db.database import translated
from db.store import StoryStore
from domain.errors import StoreError
from tests.db.stories import sent


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "not a database address"),
        ("nonsense", "not a database address"),
        ("mysql://host/database", "unsupported database 'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "nothing"),
    ],
)
def test_an_address_that_cannot_be_opened(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as caught:
        StoryStore.open(url)
    assert caught.value.hint


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear archivist, " * 500)
    with pytest.raises(StoreError, match="not a database") as caught:
        StoryStore.open(f"sqlite:///{path}")
    assert caught.value.hint
    assert path.read_text().startswith("Dear archivist")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the folder"):
        StoryStore.open(f"sqlite:///{tmp_path / 'file' / 'archive.sqlite'}")


def test_a_damaged_archive(sqlite_url: str, tmp_path: Path) -> None:
    with StoryStore.open(sqlite_url) as store:
        store.add_batch([sent(f"s{n}", "Long text. " * 100) for n in range(100)])
    path = tmp_path / "archive.sqlite"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises(StoreError) as caught, StoryStore.open(sqlite_url) as store:
        store.version("s1")
    assert caught.value.hint


def test_a_locked_archive(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.database._PRAGMAS", ("PRAGMA busy_timeout=50",))
    with StoryStore.open(sqlite_url) as store:
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as caught:
            store.add_batch([sent("a")])
        assert caught.value.hint == "another process is writing; try again when it has finished"
        other.execute("ROLLBACK")
        other.close()
        assert store.add_batch([sent("a")]).new == 1


def leaves(kind: type[exc.SQLAlchemyError]) -> list[type[exc.SQLAlchemyError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in leaves(child))]


@pytest.mark.parametrize("kind", sorted(set(leaves(exc.SQLAlchemyError)), key=str))
def test_every_error_of_the_library_is_translated(kind: type[exc.SQLAlchemyError]) -> None:
    if issubclass(kind, exc.DBAPIError):
        error: exc.SQLAlchemyError = kind("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))
    elif kind is exc.StatementError:
        error = exc.StatementError("broken", "SELECT 1", {}, ValueError("naive datetime"))
    else:
        error = kind.__new__(kind)
        exc.SQLAlchemyError.__init__(error, "broken")
    with pytest.raises(StoreError), translated(sa.make_url("sqlite:///x")):
        raise error


def test_a_password_is_never_shown() -> None:
    url = sa.make_url("postgresql+psycopg://me:secret@host/database")
    with pytest.raises(StoreError) as caught, translated(url):
        raise exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError("connection refused"))
    assert "secret" not in str(caught.value)
