"""What archivists may do: take stories and names off the archive, put them back, and read who did so.

Each act needs a reason and is written down with the person's name. It holds from the next question on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from db.ledger import LedgerEntry
from db.store import Suppression
from domain.access import AccountAct, User
from domain.story import Action
from runtime.desk.keeping import needed
from runtime.taking_off import Address, TouchedName, TouchedStory, touched_name, touched_story

if TYPE_CHECKING:
    from runtime.archive import Archive

BY_HAND = (Action.KILL, Action.HOLD, Action.RELEASE)
# What the trail tells of.
ACTS = (*(str(one) for one in Action), "suppress", "unsuppress", *(str(one) for one in AccountAct))


class Withdrawing:
    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user
        self._store, self._ledger = archive.store, archive.store.ledger

    def story(self, guid: str, *, provider: str | None = None) -> TouchedStory:
        """What an act upon the story would touch."""
        return touched_story(self._store, guid.strip(), provider=provider)

    def providers_of(self, guid: str) -> list[str]:
        """Those that use this guid: with more than one, an act must name it."""
        return sorted(self._ledger.stories_called(guid.strip()))

    def act(self, action: Action, stories: Sequence[Address], *, reason: str) -> list[Address]:
        """Kills, holds or releases; the stories whose standing that changed."""
        why, act = needed(reason), {
            Action.KILL: self._store.kill,
            Action.HOLD: self._store.hold,
            Action.RELEASE: self._store.release,
        }[action]  # fmt: skip
        return [
            one for one in stories if act(one.guid, reason=why, actor=self._user.name, provider=one.provider)
        ]

    def name(self, name: str) -> TouchedName:
        """What hiding the name would touch."""
        return touched_name(self._archive, name)

    def suppress(self, name: str, *, reason: str) -> None:
        self._archive.suppress(name, reason=needed(reason), actor=self._user.name)

    def unsuppress(self, name: str, *, reason: str) -> None:
        self._archive.unsuppress(name, reason=needed(reason), actor=self._user.name)

    def suppressions(self) -> list[Suppression]:
        return self._archive.suppressions()

    # -- who did what --------------------------------------------------------------------------

    def acts(
        self, *, containing: str = "", actions: Collection[str] = (), limit: int = 50, offset: int = 0
    ) -> list[LedgerEntry]:
        return self._ledger.acts(containing=containing, actions=actions, limit=limit, offset=offset)

    def count_acts(self, *, containing: str = "", actions: Collection[str] = ()) -> int:
        return self._ledger.count_acts(containing=containing, actions=actions)

    def act_rows(self, *, containing: str = "", actions: Collection[str] = ()) -> Iterator[Sequence[object]]:
        """For a table: when, act, who, why, story, provider, name."""
        for one in self._ledger.all_acts(containing=containing, actions=actions):
            yield (
                one.at.isoformat(), one.action, one.actor, one.reason, one.guid, one.provider, one.name
            )  # fmt: skip
