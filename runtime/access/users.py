"""Accounts as an admin keeps them: add, list, disable, remove, change role or password.

`keeps_an_admin`: a change that would leave no admin is refused (StoreError). The command line does without:
whoever can run it has the database's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from db.accounts import Account, Accounts, Vouched
from db.store import StoryStore
from domain.access import Role
from runtime.access import account_name
from runtime.access.passwords import Passwords, refuse_weak
from runtime.settings import Settings


class Users:
    """Every change names who made it, for the audit trail."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts, self._passwords = accounts, Passwords()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Those of the archive these settings name."""
        return cls(StoryStore.open(settings.database_url).accounts)

    def all(self) -> Sequence[Account]:
        return self._accounts.all()

    def add(self, name: str, *, role: Role, password: str, actor: str) -> str:
        """The name as it is kept. StoreError when it is taken, SettingsError for a weak password."""
        known_as = account_name(name)
        refuse_weak(password, name=known_as)
        self._accounts.add(known_as, role=role, password=self._passwords.hash(password), actor=actor)
        return known_as

    def set_password(self, name: str, password: str, *, actor: str) -> str:
        """Ends the person's sessions."""
        known_as = account_name(name)
        refuse_weak(password, name=known_as)
        self._accounts.set_password(known_as, self._passwords.hash(password), actor=actor)
        return known_as

    def set_role(self, name: str, role: Role, *, actor: str, keeps_an_admin: bool = False) -> str:
        """In force at the person's next click."""
        known_as = account_name(name)
        self._accounts.set_role(known_as, role, actor=actor, keeps_an_admin=keeps_an_admin)
        return known_as

    def disable(self, name: str, *, actor: str, keeps_an_admin: bool = False) -> str:
        """Ends the person's sessions; nobody signs in under the name until it is enabled."""
        known_as = account_name(name)
        self._accounts.disable(known_as, actor=actor, keeps_an_admin=keeps_an_admin)
        return known_as

    def enable(self, name: str, *, actor: str) -> str:
        """The password is the one it had."""
        known_as = account_name(name)
        self._accounts.enable(known_as, actor=actor)
        return known_as

    def remove(self, name: str, *, actor: str, keeps_an_admin: bool = False) -> str:
        """Ends the person's sessions."""
        known_as = account_name(name)
        self._accounts.remove(known_as, actor=actor, keeps_an_admin=keeps_an_admin)
        return known_as

    def vouched(self) -> Sequence[Vouched]:
        """Whom an OpenID Connect provider has let in so far."""
        return self._accounts.vouched()

    def sign_out(self, name: str, *, actor: str) -> int:
        """Ends all sessions of an account, or of an address that a provider vouched for; how many."""
        return self._accounts.end_sessions(account_name(name), actor=actor)
