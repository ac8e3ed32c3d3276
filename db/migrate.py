"""Brings a database to the schema this program knows; refuses one that is ahead of it.

Two processes may open a new archive at once: one migrates, the other finds it done. An archive whose
schema is right costs one SELECT.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from db import tables
from db.database import Database
from domain.errors import StoreError

REVISION = "0002"  # head of db/migrations/versions; a test compares
_SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x64657063  # "depc": advisory lock for two openings of one new PostgreSQL database


def bring_up_to_date(database: Database, *, now: datetime) -> None:
    with database.read() as connection:
        found = _revision(connection)
        if found == REVISION and _has_identity(connection):
            return
    if database.read_only:
        raise StoreError(
            f"the archive's schema is {found or 'absent'}, this program reads {REVISION}",
            hint="open it once for writing, which migrates it",
        )
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        if _revision(connection) != REVISION:
            _upgrade(connection)
        if not _has_identity(connection):
            connection.execute(
                sa.insert(tables.archive),
                {
                    "one": 1,
                    "uuid": str(uuid.uuid4()),
                    "created_at": now,
                    "visibility_epoch": 0,
                    "next_story_id": 1,
                    "next_version_id": 1,
                    "next_passage_id": 1,
                    "linked_version_id": 0,
                },
            )


def _has_identity(connection: sa.Connection) -> bool:
    """Absent when the tables were made by alembic's own command, which gives no identity."""
    return connection.scalar(sa.select(tables.archive.c.one)) is not None


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _upgrade(connection: sa.Connection) -> None:
    # Imported here: alembic takes longer to load than an up-to-date archive takes to open.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"cannot migrate the archive: {error}", hint="it was written by a later version: update Dépêche"
        ) from error
