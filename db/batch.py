"""Stores a batch: versions, passages, directives and rejects, in the caller's one transaction.

A version whose provider, guid and content are known is unchanged; nothing stored is ever overwritten. One
SELECT a provider finds what is known, one INSERT a table writes what is new: the cost of a story does not
depend on the archive's size.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db import acts, directives
from db.database import insert_or, lock_archive
from db.lifecycle import Act, Sent, current, supersession, version_standing
from db.records import BatchCounts, BatchItem, PreparedVersion
from db.rows import chunks, passage_rows, version_row
from db.tables import archive, passage, pending_passage, quarantine, story, tally, version
from domain.errors import StoreError
from domain.story import Action, Directive, Rejected, Status, Version, rides_along

LARGEST_NUMBER = 10**15  # a provider's version number above this (a time stamp with zone, say) orders nothing
UNKNOWN = "und"  # BCP 47: language not determined
LONGEST_REASON = 1_000  # characters of a failure's reason kept


@dataclass(slots=True, kw_only=True)
class _Address:
    """A story as known before the batch, with what the batch adds."""

    story_id: int
    provider: str
    guid: str
    is_new: bool
    status: Status = Status.USABLE
    embargo_until: datetime | None = None
    replaced_at: datetime | None = None
    sent: list[Sent] = field(default_factory=list)
    known: int = 0  # how many of `sent` were there before
    embargo_moved: bool = False

    def has(self, content_hash: bytes) -> bool:
        return any(one.content_hash == content_hash for one in self.sent)

    def free_number(self, wanted: int) -> int:
        taken = {one.number for one in self.sent}
        if 1 <= wanted <= LARGEST_NUMBER and wanted not in taken:
            return wanted
        return max(taken, default=0) + 1


@dataclass(slots=True, kw_only=True)
class _Pending:
    """Rows to insert and acts to carry out, gathered while going through the batch."""

    versions: list[dict[str, Any]] = field(default_factory=list)
    passages: list[dict[str, int]] = field(default_factory=list)
    acts: list[tuple[int, _Address, Act]] = field(default_factory=list)  # place of the item in the batch
    outcomes: dict[int, str] = field(default_factory=dict)  # place of the item → field of BatchCounts


def store_batch(connection: sa.Connection, items: Sequence[BatchItem], *, now: datetime) -> BatchCounts:
    state = lock_archive(connection)
    epoch = state.visibility_epoch + 1
    addresses = _known_addresses(connection, items)
    work = _gather(items, addresses, state, now)
    _insert(connection, work, addresses, state)
    changed = _settle_supersession(connection, addresses, epoch=epoch, now=now)
    for place, address, act in sorted(work.acts, key=lambda one: one[2].at):
        if acts.apply(connection, address.story_id, act, now=now):
            changed = True
            if act.action is not Action.RELEASE:
                work.outcomes[place] = "killed"
    changed |= _obey(connection, items, addresses, work, epoch=epoch, now=now)
    _quarantine(connection, [one for one in items if isinstance(one, Rejected)], now)
    if changed or any(_restricted(address) for address in addresses.values()):
        acts.raise_epoch(connection, epoch)
    totals = Counter(work.outcomes.values())
    return BatchCounts(**totals, passages=len(work.passages))


def _known_addresses(
    connection: sa.Connection, items: Iterable[BatchItem]
) -> dict[tuple[str, str], _Address]:
    wanted: dict[str, set[str]] = {}
    for item in items:
        if isinstance(item, PreparedVersion):
            wanted.setdefault(item.version.provider, set()).add(item.version.guid)
    columns = (
        story.c.story_id, story.c.provider, story.c.guid, story.c.status, story.c.embargo_until,
        story.c.replaced_at, version.c.version_id, version.c.number, version.c.published,
        version.c.standing, version.c.content_hash, version.c.language,
    )  # fmt: skip
    joined = sa.select(*columns).join(version, version.c.story_id == story.c.story_id)
    addresses: dict[tuple[str, str], _Address] = {}
    for provider, guids in wanted.items():
        for some in chunks(sorted(guids)):
            query = joined.where(story.c.provider == provider, story.c.guid.in_(some))
            for row in connection.execute(query):
                address = addresses.setdefault(
                    (row.provider, row.guid),
                    _Address(
                        story_id=row.story_id,
                        provider=row.provider,
                        guid=row.guid,
                        is_new=False,
                        status=Status(row.status),
                        embargo_until=row.embargo_until,
                        replaced_at=row.replaced_at,
                    ),
                )
                address.sent.append(
                    Sent(
                        version_id=row.version_id,
                        number=row.number,
                        published=row.published,
                        standing=row.standing,
                        content_hash=row.content_hash,
                        language=row.language,
                    )
                )
                address.known += 1
    return addresses


def _gather(
    items: Sequence[BatchItem],
    addresses: dict[tuple[str, str], _Address],
    state: sa.Row[Any],
    now: datetime,
) -> _Pending:
    work = _Pending()
    next_story, next_version = state.next_story_id, state.next_version_id
    for place, item in enumerate(items):
        if not isinstance(item, PreparedVersion):
            continue
        sending = item.version
        key = (sending.provider, sending.guid)
        content_hash = bytes.fromhex(sending.content_hash)
        address = addresses.get(key)
        if address is not None and address.has(content_hash):
            work.outcomes[place] = "unchanged"
            continue
        if address is None:
            address = _Address(story_id=next_story, provider=sending.provider, guid=sending.guid, is_new=True)
            addresses[key] = address
            next_story += 1
            work.outcomes[place] = "new"
        else:
            work.outcomes[place] = "updated"
        _check_passages(item)
        sent = Sent(
            version_id=next_version,
            number=address.free_number(sending.version),
            published=sending.published,
            standing=version_standing(sending),
            content_hash=content_hash,
            language=sending.language,
        )
        next_version += 1
        work.versions.append(
            {
                "version_id": sent.version_id, "story_id": address.story_id, "number": sent.number,
                "content_hash": content_hash, "standing": sent.standing, "received_at": now,
                **version_row(sending),
            }
        )  # fmt: skip
        first = state.next_passage_id + len(work.passages)
        work.passages.extend(passage_rows(sent.version_id, first, item.passages))
        _note_restrictions(work, place, address, sending)
        address.sent.append(sent)
    return work


def _check_passages(item: PreparedVersion) -> None:
    body = item.version.body
    for one in item.passages:
        if body[one.start : one.end] != one.text or not one.text:
            raise StoreError(
                f"passage {one.ordinal} of {item.version.guid} is not body[{one.start}:{one.end}]",
                hint="cut passages from the body that is stored",
            )


def _note_restrictions(work: _Pending, place: int, address: _Address, sending: Version) -> None:
    until = sending.embargo_until
    if until is not None and (address.embargo_until is None or until > address.embargo_until):
        address.embargo_until = until
        address.embargo_moved = True
    action = {Status.CANCELED: Action.KILL, Status.WITHHELD: Action.HOLD}.get(sending.status)
    if action is None and address.status is Status.WITHHELD:
        action = Action.RELEASE
    if action is not None:
        if address.status is not Status.CANCELED:
            address.status = Status.WITHHELD  # so that a usable sending further on tries to lift it
        act = Act(action=action, at=sending.published, actor=sending.provider, reason=sending.ed_note)
        work.acts.append((place, address, act))


def _insert(
    connection: sa.Connection,
    work: _Pending,
    addresses: dict[tuple[str, str], _Address],
    state: sa.Row[Any],
) -> None:
    fresh = [address for address in addresses.values() if address.is_new]
    if fresh:
        connection.execute(
            sa.insert(story),
            [
                {
                    "story_id": one.story_id, "provider": one.provider, "guid": one.guid,
                    "status": Status.USABLE.value, "status_by_hand": False,
                    "embargo_until": one.embargo_until,
                }
                for one in fresh
            ],
        )  # fmt: skip
    for address in addresses.values():
        if address.embargo_moved and not address.is_new:
            connection.execute(
                sa.update(story)
                .where(story.c.story_id == address.story_id)
                .values(embargo_until=address.embargo_until)
            )
    if not work.versions:
        return
    connection.execute(sa.insert(version), work.versions)
    if work.passages:
        connection.execute(sa.insert(passage), work.passages)
        queued = sa.select(passage.c.passage_id).where(passage.c.passage_id >= state.next_passage_id)
        connection.execute(sa.insert(pending_passage).from_select(["passage_id"], queued))
    connection.execute(
        sa.update(archive).values(
            next_story_id=state.next_story_id + len(fresh),
            next_version_id=state.next_version_id + len(work.versions),
            next_passage_id=state.next_passage_id + len(work.passages),
        )
    )
    _count(connection, addresses.values())


def _count(connection: sa.Connection, addresses: Iterable[_Address]) -> None:
    moved: Counter[tuple[str, str]] = Counter()
    for address in addresses:
        if address.known == len(address.sent):
            continue
        moved["language", current(address.sent).language or UNKNOWN] += 1
        if address.is_new:
            moved["provider", address.provider] += 1
        else:
            moved["language", current(address.sent[: address.known]).language or UNKNOWN] -= 1
    rows = [{"of": of, "code": code, "stories": by} for (of, code), by in moved.items() if by]
    if rows:
        statement = insert_or(connection, tally)
        added = {"stories": tally.c.stories + statement.excluded.stories}
        connection.execute(statement.on_conflict_do_update(index_elements=["of", "code"], set_=added), rows)


def _settle_supersession(
    connection: sa.Connection,
    addresses: dict[tuple[str, str], _Address],
    *,
    epoch: int,
    now: datetime,
) -> bool:
    """Writes which versions have successors now. True when any version's place changed."""
    moved: dict[int, datetime] = {}
    for address in addresses.values():
        if address.known == len(address.sent):
            continue
        before = supersession(address.sent[: address.known], replaced_at=address.replaced_at)
        after = supersession(address.sent, replaced_at=address.replaced_at)
        moved.update({one: since for one, since in after.items() if before.get(one) != since})
    acts.write_supersession(connection, moved, epoch=epoch, now=now)
    return bool(moved)


def _restricted(address: _Address) -> bool:
    """Whether versions added to this story must be hidden at some instant: readers have to look again."""
    added = len(address.sent) > address.known
    return added and (address.status is not Status.USABLE or address.embargo_until is not None)


def _obey(
    connection: sa.Connection,
    items: Sequence[BatchItem],
    addresses: dict[tuple[str, str], _Address],
    work: _Pending,
    *,
    epoch: int,
    now: datetime,
) -> bool:
    """Directives of this batch, then those that waited for one of its stories."""
    changed = False
    arrivals = [
        directives.Arrival(place=place, version=item.version)
        for place, item in enumerate(items)
        if isinstance(item, PreparedVersion) and work.outcomes[place] != "unchanged"
    ]
    for place, item in enumerate(items):
        if isinstance(item, Directive):
            result = directives.take_in(connection, item, arrivals, epoch=epoch, now=now)
            if not rides_along(item):
                work.outcomes[place] = result.counted
            changed |= result.visibility_changed
    for result in directives.retry_pending(connection, arrivals, epoch=epoch, now=now):
        changed |= result.visibility_changed
        if result.counted == "killed" and result.place is not None:
            work.outcomes[result.place] = "killed"
    for place, item in enumerate(items):
        if isinstance(item, Rejected):
            work.outcomes[place] = "quarantined"
    return changed


def _quarantine(connection: sa.Connection, rejects: Iterable[Rejected], now: datetime) -> None:
    rows: dict[bytes, dict[str, Any]] = {}
    for one in rejects:
        reason = one.reason[:LONGEST_REASON]
        identity = f"{one.source.path}\x1f{one.source.position}\x1f{reason}"
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).digest()
        rows[digest] = {
            "digest": digest, "source_path": one.source.path, "source_position": one.source.position,
            "reason": reason, "remedy": one.remedy, "excerpt": one.excerpt,
            "first_seen": now, "last_seen": now, "times": 1,
        }  # fmt: skip
    if not rows:
        return
    statement = insert_or(connection, quarantine)
    again = {
        "times": quarantine.c.times + 1,
        "last_seen": statement.excluded.last_seen,
        "remedy": statement.excluded.remedy,
    }
    connection.execute(
        statement.on_conflict_do_update(index_elements=["digest"], set_=again), list(rows.values())
    )
