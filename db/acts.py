"""Carries out acts upon stories: status, audit trail, and the correction that replaces another story.

Every act that changes something leaves an audit row and says so, so that its transaction raises the
visibility epoch.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.database import insert_or
from db.lifecycle import Act, Sent, Standing, after, supersession
from db.tables import archive, audit, story, superseded, version
from domain.story import Status

_NOTED = {"kill": "kill", "hold": "hold", "release": "release", "correct": "correct"}


def apply(connection: sa.Connection, story_id: int, act: Act, *, now: datetime) -> Standing | None:
    """The standing the act led to; None when it changed no one's view of the story."""
    row = connection.execute(
        sa.select(story.c.status, story.c.status_at, story.c.status_by_hand).where(story.c.story_id == story_id)
    ).one()
    last_usable = connection.scalar(
        sa.select(sa.func.max(version.c.published)).where(
            version.c.story_id == story_id, version.c.status == Status.USABLE.value
        )
    )
    before = Standing(status=Status(row.status), at=row.status_at, by_hand=row.status_by_hand)
    reached = after(before, act, last_usable=last_usable)
    if reached is before:
        return None
    connection.execute(
        sa.update(story)
        .where(story.c.story_id == story_id)
        .values(status=reached.status.value, status_at=reached.at, status_by_hand=reached.by_hand)
    )
    if reached.status is before.status and not act.by_hand:
        return None
    note(connection, act, now=now, story_id=story_id)
    return reached if reached.status is not before.status else None


def note(
    connection: sa.Connection,
    act: Act,
    *,
    now: datetime,
    story_id: int,
) -> None:
    connection.execute(
        sa.insert(audit),
        {"story_id": story_id, "at": now, "action": act.action.value, "actor": act.actor, "reason": act.reason},
    )
