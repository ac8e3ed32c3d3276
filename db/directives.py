"""Messages about another item: found its story, they are carried out; until then they wait on a visible list.

A directive is taken in once: the same file read again changes nothing, also after a person has released the
story. Words that fit several stories never kill one by guess: all of them are held and a person decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db import acts, references
from db.database import PARAMETERS, insert_or
from db.lifecycle import Act
from db.rows import chunks
from db.tables import DirectiveState, directive, story, version
from domain.story import Action, Directive, SourceRef, Version

MOST_HELD = 10  # words that fit more stories than this are too vague to hold them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A version this batch stored, by its place in the batch."""

    place: int
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    counted: str  # field of BatchCounts
    visibility_changed: bool
    place: int | None = None  # of the arrival a waiting directive was carried out on


_NO_EFFECT = Result(counted="unchanged", visibility_changed=False)


def take_in(
    connection: sa.Connection,
    item: Directive,
    arrivals: Sequence[Arrival],
    *,
    epoch: int,
    now: datetime,
) -> Result:
    """Stores a directive of the batch and carries it out if its story is known."""
    row = _row(item, _replacement(item, arrivals), now)
    statement = insert_or(connection, directive).on_conflict_do_nothing(index_elements=["digest"])
    directive_id = connection.execute(statement.returning(directive.c.directive_id), row).scalar_one_or_none()
    if directive_id is None:
        return _NO_EFFECT
    stored = connection.execute(sa.select(directive).where(directive.c.directive_id == directive_id)).one()
    return _carry_out(connection, stored, epoch=epoch, now=now)


def retry_pending(
    connection: sa.Connection, arrivals: Sequence[Arrival], *, epoch: int, now: datetime
) -> Iterator[Result]:
    """Carries out what waited for one of the arrivals, oldest message first."""
    if not arrivals:
        return
    for row in _waiting_for(connection, [one.version for one in arrivals]):
        place = next((one.place for one in arrivals if _concerns(row, one.version)), None)
        if place is not None:
            done = _carry_out(connection, row, epoch=epoch, now=now)
            yield Result(counted=done.counted, visibility_changed=done.visibility_changed, place=place)


def _waiting_for(connection: sa.Connection, sent: Sequence[Version]) -> list[sa.Row[Any]]:
    """The few that may concern these versions: an archive of decades has thousands waiting."""
    found: dict[int, sa.Row[Any]] = {}
    earliest, latest = min(one.published for one in sent), max(one.published for one in sent)
    in_window = directive.c.issued.between(earliest - references.CLOCK_SKEW, latest + references.WINDOWS[-1])
    waiting = sa.select(directive).where(
        directive.c.state == sa.literal_column(f"'{DirectiveState.PENDING}'"),
        directive.c.provider.in_({one.provider for one in sent}),
    )
    for guids in chunks(sorted({one.guid for one in sent}), PARAMETERS // 3):
        named = (directive.c.target, directive.c.replacement, directive.c.reference)
        by_name = [column.in_(guids) for column in named]
        by_words = sa.and_(directive.c.reference.is_not(None), in_window)
        for row in connection.execute(waiting.where(sa.or_(*by_name, by_words))):
            found[row.directive_id] = row
    return sorted(found.values(), key=lambda row: (row.issued, row.directive_id))


def _concerns(row: sa.Row[Any], sent: Version) -> bool:
    if row.provider != sent.provider:
        return False
    if sent.guid in (row.target, row.replacement):
        return True
    is_notice = sent.source is not None and sent.source == _source(row) and sent.published == row.issued
    if row.reference is None or is_notice:
        return False
    if _is_correction_in_words(row):
        return references.is_headline(row.reference, sent.headline)
    named = references.Named(story_id=0, guid=sent.guid, slugline=sent.slugline, headline=sent.headline)
    return references.match(row.reference, named) is not references.Match.NONE


def _carry_out(connection: sa.Connection, row: sa.Row[Any], *, epoch: int, now: datetime) -> Result:
    found = _targets(connection, row)
    action = Action(row.action)
    act = Act(action=action, at=row.issued, actor=row.provider, reason=row.reason)
    if len(found) != 1:
        return _wait(connection, row, act, found, now=now)
    (story_id,) = found
    if action is Action.CORRECT:
        replacement = _replacement_of(connection, row)
        if replacement is None:
            _mark(connection, row, note="the corrected text has not arrived")
            return _NO_EFFECT
        by, published = replacement
        changed = acts.replace(connection, story_id, by=by, at=published, act=act, epoch=epoch, now=now)
    else:
        changed = acts.apply(connection, story_id, act, now=now)
    _mark(connection, row, state=DirectiveState.APPLIED, story_id=story_id)
    if not changed:
        return _NO_EFFECT
    taken_off = action in (Action.KILL, Action.HOLD)
    return Result(counted="killed" if taken_off else "updated", visibility_changed=True)


def _wait(connection: sa.Connection, row: sa.Row[Any], act: Act, found: set[int], *, now: datetime) -> Result:
    """No story, or several. Several are held: showing a killed story is worse than missing a sound one."""
    if not found:
        _mark(connection, row, note="its story has not arrived")
        return _NO_EFFECT
    note = f"{len(found)} stories match"
    held = False
    if act.action in (Action.KILL, Action.HOLD) and len(found) <= MOST_HELD:
        hold = Act(
            action=Action.HOLD, at=act.at, actor=act.actor,
            reason=f"one of {len(found)} stories a {act.action} may mean: {row.reference}",
        )  # fmt: skip
        held = sum(acts.apply(connection, story_id, hold, now=now) for story_id in sorted(found)) > 0
        note += ", held until one is killed and the others are released"
    _mark(connection, row, note=note)
    return Result(counted="killed" if held else "unchanged", visibility_changed=held)


def _targets(connection: sa.Connection, row: sa.Row[Any]) -> set[int]:
    if row.target is not None:
        found = connection.scalar(
            sa.select(story.c.story_id).where(story.c.provider == row.provider, story.c.guid == row.target)
        )
        if found is not None:
            return {found}
    if row.reference is None:
        return set()
    found = references.find(
        connection,
        provider=row.provider,
        reference=row.reference,
        issued=row.issued,
        notice=_source(row),
        by_headline=_is_correction_in_words(row),
    )
    own = _replacement_of(connection, row)
    # Nobody else is meant: the text corrected is an earlier version of the same story, outranked as it is.
    return found - {own[0]} if own and found != {own[0]} else found


def _is_correction_in_words(row: sa.Row[Any]) -> bool:
    """Whether it names the story it corrects by the headline, which it repeats; a number names like any other."""
    return row.action == Action.CORRECT.value and not references.is_number(row.reference)


def _replacement_of(connection: sa.Connection, row: sa.Row[Any]) -> tuple[int, datetime] | None:
    if row.replacement is None:
        return None
    found = connection.execute(
        sa.select(story.c.story_id, sa.func.max(version.c.published).label("published"))
        .join(version, version.c.story_id == story.c.story_id)
        .where(story.c.provider == row.provider, story.c.guid == row.replacement)
        .group_by(story.c.story_id)
    ).one_or_none()
    return None if found is None else (found.story_id, found.published)


def _replacement(item: Directive, arrivals: Sequence[Arrival]) -> str | None:
    if item.replacement is not None or item.action is not Action.CORRECT or item.source is None:
        return item.replacement
    same_place = (one.version.guid for one in arrivals if one.version.source == item.source)
    return next(same_place, None)


def _mark(
    connection: sa.Connection,
    row: sa.Row[Any],
    *,
    state: DirectiveState = DirectiveState.PENDING,
    story_id: int | None = None,
    note: str | None = None,
) -> None:
    connection.execute(
        sa.update(directive)
        .where(directive.c.directive_id == row.directive_id)
        .values(state=state.value, story_id=story_id, note=note)
    )


def _row(item: Directive, replacement: str | None, now: datetime) -> dict[str, Any]:
    identity = (item.action, item.provider, item.issued.isoformat(), item.target, item.reference)
    text = "\x1f".join("" if part is None else str(part) for part in identity)
    return {
        "digest": hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(),
        "action": item.action.value,
        "provider": item.provider,
        "issued": item.issued,
        "target": item.target,
        "reference": item.reference,
        "replacement": replacement,
        "reason": item.reason,
        "source_path": item.source.path if item.source else None,
        "source_position": item.source.position if item.source else None,
        "received_at": now,
        "state": DirectiveState.PENDING.value,
    }


def directive_of(row: sa.Row[Any]) -> Directive:
    return Directive(
        action=Action(row.action),
        provider=row.provider,
        issued=row.issued,
        target=row.target,
        reference=row.reference,
        reason=row.reason,
        source=_source(row),
        replacement=row.replacement,
    )


def _source(row: sa.Row[Any]) -> SourceRef | None:
    if row.source_path is None:
        return None
    return SourceRef(path=row.source_path, position=row.source_position)
