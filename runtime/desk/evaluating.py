"""What archivists may do with evaluation sets: list, run, compare, review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import User

if TYPE_CHECKING:
    from runtime.archive import Archive


class Evaluating:
    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user
