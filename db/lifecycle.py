"""What an act does to a story's status, and which version outranks which. Pure: no database, no clock.

A kill is final for the feed; only a person's release undoes it. A person's hold is lifted by a person only.
Acts of the feed take effect in the order they were issued, whatever the order in which they arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.story import Action, Status, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A story's status with the act it comes from."""

    status: Status
    at: datetime | None  # of the last act; None: there was none
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A kill, hold or release, from the feed or by hand."""

    action: Action
    at: datetime
    actor: str
    reason: str | None
    by_hand: bool = False


def after(standing: Standing, act: Act, *, last_usable: datetime | None = None) -> Standing:
    """The standing after the act; the same object when it changes nothing.

    `last_usable`: publication of the newest version the feed sent as usable. It lifts every hold of the
    feed issued before it.
    """
    match act.action:
        case Action.KILL:
            status = Status.CANCELED
        case Action.HOLD:
            outdated = _earlier(act.at, standing.at) or _earlier(act.at, last_usable)
            blocked = standing.status is not Status.USABLE or (outdated and not act.by_hand)
            status = standing.status if blocked else Status.WITHHELD
        case Action.RELEASE:
            status = _released(standing, act)
        case Action.CORRECT:
            status = standing.status
    if status is not standing.status:
        return Standing(status=status, at=act.at, by_hand=act.by_hand)
    if act.action is Action.RELEASE and status is Status.USABLE and _earlier(standing.at, act.at):
        return Standing(status=status, at=act.at, by_hand=act.by_hand)  # an older hold comes too late
    if act.action is Action.HOLD and status is Status.WITHHELD and not standing.by_hand:
        if act.by_hand:
            return Standing(status=status, at=act.at, by_hand=True)  # now a person must lift it
        if _earlier(standing.at, act.at):
            return Standing(status=status, at=act.at, by_hand=False)  # only a release after this one lifts it
    return standing


def _released(standing: Standing, act: Act) -> Status:
    if act.by_hand:
        return Status.USABLE
    lifts = standing.status is Status.WITHHELD and not standing.by_hand and _earlier(standing.at, act.at)
    return Status.USABLE if lifts else standing.status


def _earlier(first: datetime | None, second: datetime | None) -> bool:
    """Whether `first` precedes `second`; never precedes None, None precedes every instant."""
    return second is not None and (first is None or first < second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """As much of a version as decides which one is current."""

    version_id: int
    number: int
    published: datetime
    standing: int
    content_hash: bytes
    language: str | None

    @property
    def rank(self) -> tuple[int, datetime, int]:
        return (self.standing, self.published, self.number)


def version_standing(version: Version) -> int:
    """0 for a version without text or that only cancels: it never hides a sibling with text."""
    return 0 if version.status is Status.CANCELED or not version.body.strip() else 1


def current(sent: Iterable[Sent]) -> Sent:
    return max(sent, key=lambda one: one.rank)


def supersession(sent: Iterable[Sent], *, replaced_at: datetime | None = None) -> dict[int, datetime]:
    """For each version that has a successor: the instant from which it is not the current one.

    That is the earliest publication among the versions that outrank it, so "as of D" needs one comparison.
    `replaced_at`: publication of a correction sent under another guid; it succeeds all that was sent before.
    """
    since: dict[int, datetime] = {}
    earliest: datetime | None = None
    for one in sorted(sent, key=lambda one: one.rank, reverse=True):
        instants = [earliest] if earliest is not None else []
        if replaced_at is not None and one.published <= replaced_at:
            instants.append(replaced_at)
        if instants:
            since[one.version_id] = min(instants)
        earliest = one.published if earliest is None else min(earliest, one.published)
    return since
