"""Who comes in: sign-ins, sessions, and whose a session is at this instant.

- A session is a random token in the browser's cookie; the database has its SHA-256. Every look-up asks the
  database, so signing out, removing an account or changing its role acts at the next click.
- An unknown name costs what a wrong password costs, in time and in words.
- After `FREE_ATTEMPTS` wrong passwords in a row under one name, nobody tries that name again before a wait
  that doubles. The rule is the same for names that nobody has.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from db.accounts import Accounts
from db.store import StoryStore
from domain.access import Origin, Role, User
from domain.errors import NotSignedIn, SettingsError, SignInRefused
from runtime.access.passwords import Passwords
from runtime.settings import AccessSettings, Settings

__all__ = ["LOCAL_ADMIN", "Access", "account_name", "role_given"]

LOCAL_ADMIN = User(name="local", role=Role.ADMIN)  # whoever reaches a server that asks for no login

FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=2)  # doubled by each further wrong password
LONGEST_WAIT = timedelta(minutes=15)  # 100 guesses a day: a stranger locks nobody out for longer than that
NAME_LETTERS = 100
TOKEN_BYTES = 32


class Access:
    """The door of one archive. Threads and processes may share it."""

    def __init__(self, accounts: Accounts, settings: AccessSettings) -> None:
        self._accounts, self._settings, self._passwords = accounts, settings, Passwords()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The door of the archive these settings name."""
        return cls(StoryStore.open(settings.database_url).accounts, settings.access)

    @property
    def lasts(self) -> timedelta:
        """How long a session is good for."""
        return timedelta(hours=self._settings.session_hours)

    def sign_in(self, name: str, password: str) -> str:
        """The token of a new session. SignInRefused says no more than that it was refused, and for how long."""
        return self._open(self.prove(name, password), Origin.LOCAL)

    def prove(self, name: str, password: str) -> str:
        """The name as accounts keep it, of somebody who knows its password. SignInRefused as for `sign_in`."""
        known_as = name.strip().casefold()
        key = hashlib.sha256(known_as.encode()).digest()
        # Counted before it is looked at, so that a thousand at once are not a thousand guesses.
        wait = self._accounts.count_attempt(key, wait_after=wait_after)
        if wait > timedelta(0):
            left = wait.total_seconds()
            raise SignInRefused(
                f"too many attempts under this name; the next one is looked at in {left:.0f} s",
                hint="Wait, then try again; an admin can set another password.",
                wait=left,
            )
        kept = self._accounts.hash_of(known_as)
        if not self._passwords.match(kept, password):
            raise SignInRefused(
                "no such name with that password", hint="Check both; an admin can set another."
            )
        self._accounts.forget_attempts(key)
        if kept is not None and self._passwords.is_outdated(kept):
            self._accounts.replace_hash(known_as, self._passwords.hash(password))
        return known_as

    def admit(self, email: str) -> str:
        """The token of a new session for an address that the provider vouches for; SignInRefused without a role."""
        known_as = email.strip().casefold()
        if role_given(known_as, self._settings) is None:
            raise SignInRefused(
                f"{known_as} has no role here",
                hint="An admin gives one in the settings, under [access.roles].",
            )
        return self._open(known_as, Origin.OIDC)

    def _open(self, name: str, origin: Origin) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._accounts.open_session(_digest(token), name=name, origin=origin, lasts=self.lasts)
        return token

    def user(self, token: str | None) -> User:
        """Whose the session is, with the role that person has now. NotSignedIn when it is worth nothing."""
        if self._settings.login == "none":
            return LOCAL_ADMIN
        found = self._accounts.session(_digest(token)) if token else None
        if found is not None and found.origin.value == self._settings.login:
            role = found.role if found.origin is Origin.LOCAL else role_given(found.name, self._settings)
            if role is not None:
                return User(name=found.name, role=role)
        raise NotSignedIn("nobody is signed in here, or the session is over", hint="Sign in again.")

    def sign_out(self, token: str | None) -> None:
        """Ends that session here, whatever the browser keeps."""
        if token:
            self._accounts.end_session(_digest(token))


def role_given(email: str, settings: AccessSettings) -> Role | None:
    """The role of an address, as [access.roles] names it in whatever case; None: it stays outside."""
    given = {name.casefold(): role for name, role in settings.roles.items()}.get(email)
    role = given or settings.default_role
    return None if role == "none" else Role(role)


def wait_after(times: int) -> timedelta:
    """From the last of so many attempts in a row without success to the next one that is looked at."""
    if times < FREE_ATTEMPTS:
        return timedelta(0)
    doublings = min(times - FREE_ATTEMPTS, 20)  # beyond that the number overflows, and the cap rules anyway
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def account_name(given: str) -> str:
    """A name as accounts keep it. SettingsError for one that would not show, or be typed, as it is."""
    name = given.strip().casefold()
    if not name or len(name) > NAME_LETTERS or not name.isprintable() or any(c.isspace() for c in name):
        raise SettingsError(
            f"{given!r} cannot be a name", hint=f"1 to {NAME_LETTERS} visible characters without spaces"
        )
    return name


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
