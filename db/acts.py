"""Carries out acts upon stories: status, audit trail, and the correction that replaces another story.

Every change of status leaves an audit row. A function here returns whether what may be shown changed; its
caller raises the visibility epoch in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from db.database import insert_or
from db.lifecycle import Act, Sent, Standing, after, supersession
from db.tables import archive, audit, story, superseded, version
from domain.story import Status


def apply(connection: sa.Connection, story_id: int, act: Act, *, now: datetime) -> bool:
    """Does what the act asks, if it still matters. True when the story's status changed."""
    row = connection.execute(
        sa.select(story.c.status, story.c.status_at, story.c.status_by_hand).where(
            story.c.story_id == story_id
        )
    ).one()
    before = Standing(status=Status(row.status), at=row.status_at, by_hand=row.status_by_hand)
    reached = after(before, act, last_usable=_last_usable(connection, story_id))
    if reached is before:
        return False
    connection.execute(
        sa.update(story)
        .where(story.c.story_id == story_id)
        .values(status=reached.status.value, status_at=reached.at, status_by_hand=reached.by_hand)
    )
    if reached.status is not before.status or act.by_hand:
        note(connection, story_id, act, now=now)
    return reached.status is not before.status


def _last_usable(connection: sa.Connection, story_id: int) -> datetime | None:
    found: datetime | None = connection.scalar(
        sa.select(sa.func.max(version.c.published)).where(
            version.c.story_id == story_id, version.c.status == Status.USABLE.value
        )
    )
    return found


def note(connection: sa.Connection, story_id: int, act: Act, *, now: datetime) -> None:
    connection.execute(
        sa.insert(audit),
        {
            "story_id": story_id,
            "at": now,
            "action": act.action.value,
            "actor": act.actor,
            "reason": act.reason,
        },
    )


def replace(
    connection: sa.Connection, story_id: int, *, by: int, at: datetime, act: Act, epoch: int, now: datetime
) -> bool:
    """A correction under another guid takes the place of all that was sent before it."""
    known = connection.execute(
        sa.select(story.c.replaced_by, story.c.replaced_at).where(story.c.story_id == story_id)
    ).one()
    is_same = known.replaced_by == by
    if by == story_id or (is_same and known.replaced_at >= at):
        return False
    if (
        known.replaced_by is not None and not is_same
    ):  # corrected twice: the later correction replaces the earlier one as well
        (_, first), (last_at, last) = sorted(((known.replaced_at, known.replaced_by), (at, by)))
        _replace(connection, first, by=last, at=last_at, act=act, epoch=epoch, now=now)
        if last != by:
            return True
    return _replace(connection, story_id, by=by, at=at, act=act, epoch=epoch, now=now)


def _replace(
    connection: sa.Connection, story_id: int, *, by: int, at: datetime, act: Act, epoch: int, now: datetime
) -> bool:
    connection.execute(
        sa.update(story).where(story.c.story_id == story_id).values(replaced_by=by, replaced_at=at)
    )
    write_supersession(
        connection, supersession(sent_of(connection, story_id), replaced_at=at), epoch=epoch, now=now
    )
    note(connection, story_id, act, now=now)
    return True


def sent_of(connection: sa.Connection, story_id: int) -> list[Sent]:
    columns = (
        version.c.version_id, version.c.number, version.c.published, version.c.standing,
        version.c.content_hash, version.c.language,
    )  # fmt: skip
    rows = connection.execute(sa.select(*columns).where(version.c.story_id == story_id))
    return [Sent(**row._mapping) for row in rows]


def write_supersession(
    connection: sa.Connection, since: Mapping[int, datetime], *, epoch: int, now: datetime
) -> None:
    """Adds successors, or moves `since` earlier: a version once outranked is never current again."""
    if not since:
        return
    statement = insert_or(connection, superseded)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["version_id"],
            set_={"since": new.since, "epoch": new.epoch, "recorded_at": new.recorded_at},
            where=new.since < superseded.c.since,
        ),
        [
            {"version_id": version_id, "since": instant, "epoch": epoch, "recorded_at": now}
            for version_id, instant in since.items()
        ],
    )


def raise_epoch(connection: sa.Connection, epoch: int) -> None:
    connection.execute(sa.update(archive).values(visibility_epoch=epoch))
