"""Proves that the database holds what it was given: each version's digest, each passage's place, the counts.

Every body is read once; memory is bounded by a batch. What is found is said in words, at most MOST_NAMED of
a kind by name. A database with anything wrong in it is mended from a backup, never here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from db.rows import version_columns, version_of
from db.tables import archive, passage, pending_passage, story, tally, version
from domain.errors import StoreError

BATCH = 500
MOST_NAMED = 10
RESTORE = "restore a backup: depeche restore"


def problems(connection: sa.Connection) -> list[str]:
    """Everything that disagrees; empty when all is whole."""
    try:
        damaged = _damage(connection)
        if damaged:
            return damaged  # what is read from a damaged file proves nothing
        return [*_counts(connection), *_limited(_versions(connection))]
    except (sa.exc.DBAPIError, StoreError, ValueError, TypeError) as error:
        return [f"the database cannot be read: {getattr(error, 'orig', None) or error}; {RESTORE}"]


def _damage(connection: sa.Connection) -> list[str]:
    """What SQLite finds wrong with its own file; a server looks after its files itself."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_NAMED})").scalars().all()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_NAMED)
    said = [line for text in found if text != "ok" for line in str(text).splitlines()]
    said += [f"a row of {row[0]} refers to a row of {row[2]} that is not there" for row in broken]
    return [f"the database: {line}; {RESTORE}" for line in said[:MOST_NAMED]]


def _counts(connection: sa.Connection) -> Iterator[str]:
    state = connection.execute(sa.select(archive)).one()
    for table, expected in (
        (story, state.next_story_id), (version, state.next_version_id), (passage, state.next_passage_id),
    ):  # fmt: skip
        rows = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        if rows != expected - 1:
            yield f"{rows} rows of {table.name}, and {expected - 1} were given a number; {RESTORE}"
    waiting = connection.scalar(
        sa.select(sa.func.count())
        .select_from(pending_passage)
        .where(~sa.exists().where(passage.c.passage_id == pending_passage.c.passage_id))
    )
    if waiting:
        yield f"{waiting} passages wait to be indexed and do not exist; {RESTORE}"
    for of in ("language", "provider"):
        counted = connection.scalar(sa.select(sa.func.sum(tally.c.stories)).where(tally.c.of == of)) or 0
        if int(counted) != state.next_story_id - 1:
            yield f"stories by {of} add up to {counted}, not {state.next_story_id - 1}; {RESTORE}"


def _versions(connection: sa.Connection) -> Iterator[str]:
    """Versions whose text is not what was stored, and passages that are not a place in it."""
    columns = sa.select(*version_columns()).join(story, story.c.story_id == version.c.story_id)
    after = 0
    while True:
        page = columns.where(version.c.version_id > after).order_by(version.c.version_id).limit(BATCH)
        rows = connection.execute(page).all()
        if not rows:
            return
        after = rows[-1].version_id
        cut = _passages(connection, rows[0].version_id, after)
        for row in rows:
            if bytes.fromhex(version_of(row).content_hash) != row.content_hash:
                yield f"version {row.number} of {row.guid} is not the text that was stored; {RESTORE}"
            elif wrong := _misplaced(row.body, cut.get(row.version_id, [])):
                yield f"{wrong} of version {row.number} of {row.guid}; {RESTORE}"


def _passages(connection: sa.Connection, first: int, last: int) -> dict[int, list[sa.Row[Any]]]:
    found: dict[int, list[sa.Row[Any]]] = {}
    query = sa.select(passage).where(passage.c.version_id.between(first, last))
    for row in connection.execute(query.order_by(passage.c.version_id, passage.c.ordinal)):
        found.setdefault(row.version_id, []).append(row)
    return found


def _misplaced(body: str, cut: list[sa.Row[Any]]) -> str | None:
    """The first passage that is no slice of the body, or out of its order; None when all are in place."""
    before = 0
    for place, row in enumerate(cut):
        if row.ordinal != place:
            return f"passage {place} is missing"
        if not 0 <= row.begins < row.ends <= len(body):
            return f"passage {place} is not within the text"
        if row.begins < before or not body[row.begins : row.ends].strip():
            return f"passage {place} is out of its place"
        before = row.ends
    return None


def _limited(found: Iterator[str]) -> Iterator[str]:
    more = 0
    for number, one in enumerate(found):
        if number < MOST_NAMED:
            yield one
        else:
            more += 1
    if more:
        yield f"{more} more versions are damaged; {RESTORE}"
