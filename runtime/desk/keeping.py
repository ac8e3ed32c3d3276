"""What archivists may do: feed the archive, and take stories off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import User

if TYPE_CHECKING:
    from runtime.archive import Archive


class Keeping:
    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user
