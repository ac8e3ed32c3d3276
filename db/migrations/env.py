"""Runs migrations: on the connection `db.migrate` gives, or on the URL of alembic.ini."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from db import access_tables, answer_tables, search_tables  # noqa: F401 - importing them declares their tables
from db.database import Database
from db.tables import metadata


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,  # both databases can: a migration cut short leaves nothing
        compare_server_default=True,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option(
        "sqlalchemy.url"
    )
    database = Database(str(url))
    with database.write() as opened:
        _migrate(opened)
    database.close()
