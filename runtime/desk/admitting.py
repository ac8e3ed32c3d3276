"""What admins may do about who comes in: list people, add and change accounts, end sessions.

Where a provider vouches for people, nothing here gives anybody a role: the settings do, on the server's machine.
No change leaves the archive without an admin, and no password is kept or given a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from domain.access import Role, User
from domain.errors import SettingsError
from runtime.access import role_given
from runtime.access.passwords import drawn_password
from runtime.access.users import Users

if TYPE_CHECKING:
    from runtime.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in, or could once. `role` None: none here now. `sessions`: in force now."""

    name: str
    role: Role | None
    signed_in_at: datetime | None  # the last time; None: not yet
    password_at: datetime | None  # None: a provider vouches
    disabled_at: datetime | None
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """Shown once to the admin who asked for it: the database has its hash alone."""

    name: str
    password: str


class Admitting:
    def __init__(self, archive: Archive, user: User) -> None:
        self._user, self._settings = user, archive.settings.access
        self._users = Users(archive.store.accounts)

    @property
    def login(self) -> Literal["none", "local", "oidc"]:
        """How people sign in at this server."""
        return self._settings.login

    def people(self) -> list[Person]:
        """By name: accounts, or where a provider vouches, whom it has vouched for and whom the settings name."""
        if self._settings.login == "oidc":
            return self._vouched()
        return [
            Person(
                name=one.name,
                role=one.role,
                signed_in_at=one.signed_in_at,
                password_at=one.password_at,
                disabled_at=one.disabled_at,
                sessions=one.sessions,
            )
            for one in self._users.all()
        ]

    def add(self, name: str, role: Role) -> NewPassword:
        """StoreError where the name is taken, SettingsError where it cannot be one."""
        self._need_accounts()
        password = drawn_password()
        known_as = self._users.add(name, role=role, password=password, actor=self._user.name)
        return NewPassword(name=known_as, password=password)

    def give_password(self, name: str) -> NewPassword:
        """A new one in place of the old, which ends the person's sessions."""
        self._need_accounts()
        if name == self._user.name:  # it would end the session in which it was to be read
            raise SettingsError(
                "your own password cannot be drawn here: it would sign you out before you saw it",
                hint=f"Let another admin do it, or run: depeche users password {name}",
            )
        password = drawn_password()
        self._users.set_password(name, password, actor=self._user.name)
        return NewPassword(name=name, password=password)

    def set_role(self, name: str, role: Role) -> None:
        """In force at the person's next click. StoreError where it would leave no admin."""
        self._need_accounts()
        self._users.set_role(name, role, actor=self._user.name, keeps_an_admin=True)

    def disable(self, name: str) -> None:
        """Ends the person's sessions too. StoreError where it would leave no admin."""
        self._need_accounts()
        self._users.disable(name, actor=self._user.name, keeps_an_admin=True)

    def enable(self, name: str) -> None:
        self._need_accounts()
        self._users.enable(name, actor=self._user.name)

    def remove(self, name: str) -> None:
        """Ends the person's sessions too. StoreError where it would leave no admin."""
        self._need_accounts()
        self._users.remove(name, actor=self._user.name, keeps_an_admin=True)

    def sign_out(self, name: str) -> int:
        """Ends all of a person's sessions; how many there were."""
        return self._users.sign_out(name, actor=self._user.name)

    def _need_accounts(self) -> None:
        if self._settings.login != "local":
            raise SettingsError(
                f"accounts let nobody in here: [access] login is {self._settings.login}",
                hint="depeche serve --login local"
                if self._settings.login == "none"
                else "Roles stand in the settings of the server's machine, under [access.roles].",
            )

    def _vouched(self) -> list[Person]:
        came = {one.name: one for one in self._users.vouched()}
        named = {name.casefold() for name in self._settings.roles}
        return [
            Person(
                name=name,
                role=role_given(name, self._settings),
                signed_in_at=came[name].signed_in_at if name in came else None,
                password_at=None,
                disabled_at=None,
                sessions=came[name].sessions if name in came else 0,
            )
            for name in sorted(came.keys() | named)
        ]
