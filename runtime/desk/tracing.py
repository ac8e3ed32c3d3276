"""What archivists may know of a story whatever became of it: its history, its file, the answers that rest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.store import StoredAnswer
from domain.access import User
from domain.story import StoryRecord

if TYPE_CHECKING:
    from ingest.original import Original
    from runtime.archive import Archive

MOST_ANSWERS = 20


class Tracing:
    """Reads alone. Names hidden by order stay hidden here, too."""

    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user

    def record(self, guid: str) -> StoryRecord:
        """All versions of a story, killed or not, and what was done to it: when, by whom, why."""
        return self._archive.story(guid, history=True)

    def original(self, guid: str, *, number: int) -> Original:
        """The item that a version was read from. SourceError says why it cannot be had."""
        return self._archive.original(guid, number)

    def answers(self, guid: str) -> list[StoredAnswer]:
        """The latest answers that quote the story, each with the reasons for which it no longer stands."""
        ids = self._archive.store.related.answers_citing(guid, limit=MOST_ANSWERS)
        return [self._archive.given.stored(one) for one in ids]
