"""What people do by hand: kills, holds, releases, hidden names, quarantine and waiting directives.

Every act that changes what may be shown leaves an audit row and raises the visibility epoch.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db import acts
from db.database import lock_archive, upsert
from db.directives import directive_of
from db.lifecycle import Act
from db.reading import find_story
from db.records import Failure, PendingDirective, Suppression
from db.tables import DirectiveState, audit, directive, quarantine, suppression
from domain.errors import StoreError
from domain.story import Action


def act_by_hand(
    connection: sa.Connection,
    action: Action,
    guid: str,
    *,
    reason: str | None,
    actor: str,
    provider: str | None,
    now: datetime,
) -> bool:
    epoch = lock_archive(connection).visibility_epoch + 1
    address = find_story(connection, guid, provider)
    act = Act(action=action, at=now, actor=actor, reason=reason, by_hand=True)
    changed = acts.apply(connection, address.story_id, act, now=now)
    if changed:
        acts.raise_epoch(connection, epoch)
    return changed


def read_pending_directives(connection: sa.Connection) -> list[PendingDirective]:
    waiting = sa.select(directive).where(
        directive.c.state == sa.literal_column(f"'{DirectiveState.PENDING}'")
    )
    return [
        PendingDirective(
            directive_id=row.directive_id,
            directive=directive_of(row),
            received_at=row.received_at,
            note=row.note,
        )
        for row in connection.execute(
            waiting.order_by(
                # What must not be shown comes first; corrections of stories that were never here may be many.
                directive.c.action == Action.CORRECT.value,
                directive.c.issued,
                directive.c.directive_id,
            )
        )
    ]


def dismiss_directive(connection: sa.Connection, directive_id: int, *, reason: str, actor: str) -> None:
    done = connection.execute(
        sa.update(directive)
        .where(directive.c.directive_id == directive_id, directive.c.state == DirectiveState.PENDING.value)
        .values(state=DirectiveState.DISMISSED.value, note=f"{actor}: {reason}")
    )
    if done.rowcount == 0:
        raise StoreError(f"no directive {directive_id} is waiting", hint="list those that wait again")


def suppress(connection: sa.Connection, name: str, *, reason: str, actor: str, now: datetime) -> None:
    wanted = _name(name)
    epoch = lock_archive(connection).visibility_epoch + 1
    row = {"name": wanted, "reason": reason, "actor": actor, "since": now}
    upsert(connection, suppression, [row], key=["name"])
    _note(connection, "suppress", wanted, reason=reason, actor=actor, now=now)
    acts.raise_epoch(connection, epoch)


def unsuppress(connection: sa.Connection, name: str, *, reason: str, actor: str, now: datetime) -> None:
    wanted = _name(name)
    epoch = lock_archive(connection).visibility_epoch + 1
    gone = connection.execute(sa.delete(suppression).where(suppression.c.name == wanted))
    if gone.rowcount == 0:
        raise StoreError(f"the name {wanted!r} is not suppressed", hint="check its spelling in the list")
    _note(connection, "unsuppress", wanted, reason=reason, actor=actor, now=now)
    acts.raise_epoch(connection, epoch)


def _name(name: str) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise StoreError("an empty name cannot be suppressed", hint="give the name as it is printed")
    return wanted


def _note(
    connection: sa.Connection, action: str, name: str, *, reason: str, actor: str, now: datetime
) -> None:
    connection.execute(
        sa.insert(audit), {"name": name, "at": now, "action": action, "actor": actor, "reason": reason}
    )


def read_suppressions(connection: sa.Connection) -> list[Suppression]:
    rows = connection.execute(sa.select(suppression).order_by(suppression.c.name))
    return [Suppression(name=row.name, reason=row.reason, actor=row.actor, since=row.since) for row in rows]


def read_failures(connection: sa.Connection, *, limit: int, offset: int) -> list[Failure]:
    rows = connection.execute(
        sa.select(quarantine)
        .order_by(quarantine.c.last_seen.desc(), quarantine.c.failure_id.desc())
        .limit(limit)
        .offset(offset)
    )
    return failures_of(rows)


def failures_of(rows: Iterable[sa.Row[Any]]) -> list[Failure]:
    return [
        Failure(
            failure_id=row.failure_id,
            path=row.source_path,
            position=row.source_position,
            reason=row.reason,
            remedy=row.remedy,
            excerpt=row.excerpt,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            times=row.times,
        )
        for row in rows
    ]


def clear_failure(connection: sa.Connection, failure_id: int) -> None:
    gone = connection.execute(sa.delete(quarantine).where(quarantine.c.failure_id == failure_id))
    if gone.rowcount == 0:
        raise StoreError(f"no failure {failure_id} in quarantine", hint="list the failures again")
