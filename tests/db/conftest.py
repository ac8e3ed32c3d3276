"""Stores on the migrated schema: SQLite always, PostgreSQL where DEPECHE_TEST_POSTGRES names a server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.store import StoryStore
from tests.db.stories import NOON

POSTGRES = "DEPECHE_TEST_POSTGRES"


class Clock:
    """The time the store is told, moved by the test."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty schema of its own on the server named by the environment."""
    server = os.environ.get(POSTGRES)
    if server is None:
        pytest.skip(f"{POSTGRES} names no server (postgresql://user@host/database)")
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"))
    schema = f"depeche_test_{uuid.uuid4().hex}"
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    url = sa.make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'archive.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[StoryStore]:
    with StoryStore.open(url, clock=clock) as opened:
        yield opened
