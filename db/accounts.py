"""Accounts, sessions and attempts to sign in, in the database.

Removing an account or setting its password ends its sessions in the same transaction; each change of an
account leaves an audit row with who made it. What a password or a token is worth is decided in
`runtime.access`: here are hashes and digests only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.access_tables import account, session, sign_in_attempt
from db.database import Database, lock_archive, upsert
from db.tables import audit
from domain.access import Origin, Role
from domain.errors import StoreError

FORGOTTEN_AFTER = timedelta(days=1)  # an attempt; rows of names that strangers make up do not pile up


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who signs in with a password. `sessions`: in force now."""

    name: str
    role: Role
    created_at: datetime
    password_at: datetime
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Whose a session is. `role`: of the account as it is now; None where a provider vouches."""

    name: str
    origin: Origin
    role: Role | None


class Accounts:
    """The accounts of one archive. Threads and processes may share it."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    # Accounts

    def add(self, name: str, *, role: Role, password: str, actor: str) -> None:
        now = self._clock()
        with self._database.write() as connection:
            lock_archive(connection)
            if connection.scalar(sa.select(account.c.name).where(account.c.name == name)):
                raise StoreError(f"there is an account {name!r} already", hint="depeche users list")
            row = {
                "name": name, "role": role.value, "password": password, "created_at": now, "password_at": now,
            }  # fmt: skip
            connection.execute(sa.insert(account), row)
            self._note(connection, "account added", name, actor=actor, reason=f"as {role}")

    def remove(self, name: str, *, actor: str) -> None:
        with self._database.write() as connection:
            self._changed(connection, sa.delete(account).where(account.c.name == name), name)
            connection.execute(sa.delete(session).where(session.c.name == name))
            self._note(connection, "account removed", name, actor=actor)

    def set_role(self, name: str, role: Role, *, actor: str) -> None:
        with self._database.write() as connection:
            change = sa.update(account).where(account.c.name == name).values(role=role.value)
            self._changed(connection, change, name)
            self._note(connection, "account role", name, actor=actor, reason=f"now {role}")

    def set_password(self, name: str, password: str, *, actor: str) -> None:
        """Ends the account's sessions: whoever had the old password has them too."""
        with self._database.write() as connection:
            values = {"password": password, "password_at": self._clock()}
            self._changed(connection, sa.update(account).where(account.c.name == name).values(values), name)
            connection.execute(sa.delete(session).where(session.c.name == name))
            self._note(connection, "account password", name, actor=actor)

    def replace_hash(self, name: str, password: str) -> None:
        """The same password hashed anew, at today's costs."""
        with self._database.write() as connection:
            connection.execute(sa.update(account).where(account.c.name == name).values(password=password))

    def all(self) -> list[Account]:
        """By name."""
        in_force = (
            sa.select(sa.func.count())
            .where(session.c.name == account.c.name, session.c.expires_at > self._clock())
            .scalar_subquery()
        )
        with self._database.read() as connection:
            rows = connection.execute(sa.select(account, in_force.label("sessions")).order_by(account.c.name))
            return [
                Account(
                    name=row.name,
                    role=Role(row.role),
                    created_at=row.created_at,
                    password_at=row.password_at,
                    sessions=row.sessions,
                )
                for row in rows
            ]

    def hash_of(self, name: str) -> str | None:
        with self._database.read() as connection:
            return connection.scalar(sa.select(account.c.password).where(account.c.name == name))

    def _changed(self, connection: sa.Connection, statement: sa.Update | sa.Delete, name: str) -> None:
        lock_archive(connection)
        if connection.execute(statement).rowcount == 0:
            raise StoreError(f"there is no account {name!r}", hint="depeche users list")

    def _note(
        self, connection: sa.Connection, action: str, name: str, *, actor: str, reason: str | None = None
    ) -> None:
        row = {"name": name, "at": self._clock(), "action": action, "actor": actor, "reason": reason}
        connection.execute(sa.insert(audit), row)

    # Sessions

    def open_session(self, token: bytes, *, name: str, origin: Origin, lasts: timedelta) -> None:
        """Rows that have run out are swept away on the way."""
        now = self._clock()
        row: dict[str, Any] = {
            "token": token, "name": name, "origin": origin.value, "created_at": now, "expires_at": now + lasts,
        }  # fmt: skip
        with self._database.write() as connection:
            connection.execute(sa.delete(session).where(session.c.expires_at <= now))
            connection.execute(sa.insert(session), row)

    def session(self, token: bytes) -> OpenSession | None:
        """None when it was ended, has run out, or its account is gone."""
        query = (
            sa.select(session.c.name, session.c.origin, account.c.role)
            .outerjoin(account, account.c.name == session.c.name)
            .where(session.c.token == token, session.c.expires_at > self._clock())
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        origin = Origin(row.origin)
        if origin is Origin.OIDC:
            return OpenSession(name=row.name, origin=origin, role=None)
        return None if row.role is None else OpenSession(name=row.name, origin=origin, role=Role(row.role))

    def end_session(self, token: bytes) -> None:
        with self._database.write() as connection:
            connection.execute(sa.delete(session).where(session.c.token == token))

    def end_sessions(self, name: str) -> int:
        """All of one person's, here and in other browsers; how many were in force."""
        now = self._clock()
        with self._database.write() as connection:
            found = connection.scalar(
                sa.select(sa.func.count()).where(session.c.name == name, session.c.expires_at > now)
            )
            connection.execute(sa.delete(session).where(session.c.name == name))
            return int(found or 0)

    # Attempts to sign in

    def count_attempt(self, name: bytes, *, wait_after: Callable[[int], timedelta]) -> timedelta:
        """Zero: the attempt is counted and may be looked at. Otherwise how long to wait; nothing is counted.

        `wait_after`: how long after so many attempts without success the next one has to wait.
        """
        now = self._clock()
        with self._database.write() as connection:
            lock_archive(connection)
            connection.execute(
                sa.delete(sign_in_attempt).where(sign_in_attempt.c.last_at < now - FORGOTTEN_AFTER)
            )
            before = connection.execute(
                sa.select(sign_in_attempt).where(sign_in_attempt.c.name == name)
            ).one_or_none()
            times = before.times if before else 0
            left = before.last_at + wait_after(times) - now if before else timedelta(0)
            if left > timedelta(0):
                return left
            row = {"name": name, "times": times + 1, "last_at": now}
            upsert(connection, sign_in_attempt, [row], key=["name"])
        return timedelta(0)

    def forget_attempts(self, name: bytes) -> None:
        """One of them succeeded."""
        with self._database.write() as connection:
            connection.execute(sa.delete(sign_in_attempt).where(sign_in_attempt.c.name == name))
