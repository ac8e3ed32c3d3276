"""The migrations make exactly the schema of db/tables.py, once, and refuse what they do not know."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from db import migrate
from db.store import StoryStore
from db.tables import metadata
from domain.errors import StoreError

ROOT = Path(__file__).resolve().parents[2]


def alembic(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-x", f"url={url}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_migration_head_is_the_revision_that_opening_expects() -> None:
    assert ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_heads() == [migrate.REVISION]


def test_migration_leaves_nothing_for_alembic_check_to_report(url: str) -> None:
    StoryStore.open(url).close()
    done = alembic(url, "check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_migration_writes_the_same_statements_as_the_tables(sqlite_url: str, tmp_path: Path) -> None:
    """Stronger than `alembic check`, which does not look at checks, partial indexes and key order."""
    StoryStore.open(sqlite_url).close()
    declared = sa.create_engine(f"sqlite:///{tmp_path / 'declared.sqlite'}")
    metadata.create_all(declared)
    migrated = sa.create_engine(sqlite_url)
    assert statements(migrated) == statements(declared)
    migrated.dispose()
    declared.dispose()


def statements(engine: sa.Engine) -> dict[str, str]:
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    with engine.connect() as connection:
        return {
            name: " ".join(sorted(sql.replace(",", " ").split())) for name, sql in connection.execute(query)
        }


def test_migration_explains_every_column_and_names_every_constraint() -> None:
    for table in metadata.tables.values():
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"


def test_migration_comments_reach_postgresql(postgres_url: str) -> None:
    StoryStore.open(postgres_url).close()
    engine = sa.create_engine(sa.make_url(postgres_url).set(drivername="postgresql+psycopg"))
    columns = sa.inspect(engine).get_columns("story")
    engine.dispose()
    assert all(column["comment"] for column in columns)


def test_migration_can_be_undone_and_done_again(url: str) -> None:
    for arguments in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"]):
        done = alembic(url, *arguments)
        assert done.returncode == 0, done.stderr
    with StoryStore.open(url) as store:
        assert store.counts().stories == 0


def test_migration_refuses_an_archive_of_a_later_version(url: str) -> None:
    StoryStore.open(url).close()
    write(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="later version"):
        StoryStore.open(url)


def test_migration_is_not_run_by_a_reader(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no archive at"):
        StoryStore.open(sqlite_url, read_only=True)
    assert not (tmp_path / "archive.sqlite").exists()
    write(sqlite_url, "CREATE TABLE something (x INTEGER)")
    with pytest.raises(StoreError, match="schema is absent"):
        StoryStore.open(sqlite_url, read_only=True)


def test_migration_by_two_processes_at_once_happens_once(url: str) -> None:
    script = f"from db.store import StoryStore; print(StoryStore.open({url!r}).fingerprint())"
    running = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    identities = {process.communicate(timeout=60)[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(identities) == 1


def test_migration_cut_short_leaves_nothing(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema and its version are one transaction: an error after the upgrade undoes all of it."""

    def broken(*_: object) -> None:
        raise StoreError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("uuid.uuid4", broken)
        with pytest.raises(StoreError, match="power cut"):
            StoryStore.open(sqlite_url)
    engine = sa.create_engine(sqlite_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    with StoryStore.open(sqlite_url) as store:
        assert store.counts().stories == 0


def write(url: str, statement: str) -> None:
    parsed = sa.make_url(url)
    engine = sa.create_engine(
        parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed
    )
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
