"""What everybody may do about their own account: change its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import User
from domain.errors import SettingsError
from runtime.access import Access
from runtime.access.users import Users

if TYPE_CHECKING:
    from runtime.archive import Archive


class Signing:
    def __init__(self, archive: Archive, user: User) -> None:
        self._user, self._settings = user, archive.settings.access
        self._accounts = archive.store.accounts

    @property
    def has_password(self) -> bool:
        """Whether the person signs in here with one."""
        return self._settings.login == "local"

    def change_password(self, old: str, new: str) -> None:
        """Ends all of the person's sessions, this one too: whoever had the old password has them as well.

        SignInRefused for a wrong old one, counted like an attempt to sign in; SettingsError for a weak new one.
        """
        if not self.has_password:
            raise SettingsError(
                f"{self._user.name} has no password here", hint="Change it where it is asked for."
            )
        Access(self._accounts, self._settings).prove(self._user.name, old)
        Users(self._accounts).set_password(self._user.name, new, actor=self._user.name)
