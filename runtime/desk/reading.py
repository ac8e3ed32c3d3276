"""What every reader may do: ask, search, read stories that may be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from db.store import ArchiveCounts
from domain.access import User
from domain.answer import AnswerEvent
from domain.query import Query
from domain.story import Version
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.archive import Archive


class Reading:
    """Nothing here changes a story; an answer is stored, as everywhere."""

    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user

    @property
    def settings(self) -> Settings:
        return self._archive.settings

    @property
    def model_installed(self) -> bool:
        return self._archive.model_installed

    def counts(self) -> ArchiveCounts:
        return self._archive.counts()

    def understand(self, query: Query, *, without: Collection[str] = ()) -> Query:
        """See `Archive.understand`."""
        return self._archive.understand(query, without=without)

    def stream(
        self, query: Query, *, extractive: bool = False, stop: Callable[[], bool] | None = None
    ) -> Iterator[AnswerEvent]:
        """See `Archive.stream`."""
        return self._archive.stream(query, extractive=extractive, stop=stop)

    def version(self, guid: str, *, number: int | None = None) -> Version:
        """One version; StoryNotFound when it may not be shown."""
        return self._archive.version(guid, number=number)
