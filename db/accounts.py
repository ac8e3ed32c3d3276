"""Accounts, sessions and attempts to sign in, in the database.

Removing or disabling an account, or setting its password, ends its sessions in the same transaction; each
change of an account leaves an audit row with who made it. A change that is told to keep an admin is refused
(StoreError) where it would leave none: it counts them in its own transaction, so that two changes at once
cannot. What a password or a token is worth is decided in `runtime.access`: here are hashes and digests only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.access_tables import account, session, sign_in, sign_in_attempt
from db.database import Database, lock_archive, upsert
from db.tables import audit
from domain.access import AccountAct, Origin, Role
from domain.errors import StoreError

FORGOTTEN_AFTER = timedelta(days=1)  # an attempt; rows of names that strangers make up do not pile up


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who signs in with a password. `sessions`: in force now. None: never signed in; not disabled."""

    name: str
    role: Role
    created_at: datetime
    password_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A person whom a provider vouched for: the address, the last time, sessions in force now."""

    name: str
    signed_in_at: datetime
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
            self._note(connection, AccountAct.ADDED, name, actor=actor, reason=f"as {role}")

    def remove(self, name: str, *, actor: str, keeps_an_admin: bool) -> None:
        """When the person last signed in goes with the account."""
        with self._changing(name, keeps_an_admin=keeps_an_admin) as connection:
            connection.execute(sa.delete(account).where(account.c.name == name))
            connection.execute(
                sa.delete(sign_in).where(sign_in.c.name == name, sign_in.c.origin == Origin.LOCAL.value)
            )
            self._end_sessions(connection, name)
            self._note(connection, AccountAct.REMOVED, name, actor=actor)

    def set_role(self, name: str, role: Role, *, actor: str, keeps_an_admin: bool) -> None:
        with self._changing(name, keeps_an_admin=keeps_an_admin) as connection:
            connection.execute(self._update(name, role=role.value))
            self._note(connection, AccountAct.ROLE, name, actor=actor, reason=f"now {role}")

    def set_password(self, name: str, password: str, *, actor: str) -> None:
        """Ends the account's sessions: whoever had the old password has them too."""
        with self._changing(name) as connection:
            connection.execute(self._update(name, password=password, password_at=self._clock()))
            self._end_sessions(connection, name)
            self._note(connection, AccountAct.PASSWORD, name, actor=actor)

    def disable(self, name: str, *, actor: str, keeps_an_admin: bool) -> None:
        """Until it is enabled it lets nobody in, as if it were not there. Ends its sessions."""
        with self._changing(name, keeps_an_admin=keeps_an_admin) as connection:
            connection.execute(self._update(name, disabled_at=self._clock()))
            self._end_sessions(connection, name)
            self._note(connection, AccountAct.DISABLED, name, actor=actor)

    def enable(self, name: str, *, actor: str) -> None:
        with self._changing(name) as connection:
            connection.execute(self._update(name, disabled_at=None))
            self._note(connection, AccountAct.ENABLED, name, actor=actor)

    def replace_hash(self, name: str, password: str) -> None:
        """The same password hashed anew, at today's costs."""
        with self._database.write() as connection:
            connection.execute(self._update(name, password=password))

    def all(self) -> list[Account]:
        """By name."""
        last = sa.select(sign_in.c.last_at).where(
            sign_in.c.name == account.c.name, sign_in.c.origin == Origin.LOCAL.value
        )
        query = sa.select(
            account,
            last.scalar_subquery().label("signed_in_at"),
            self._in_force(account.c.name, Origin.LOCAL).label("sessions"),
        ).order_by(account.c.name)
        with self._database.read() as connection:
            return [
                Account(
                    name=row.name,
                    role=Role(row.role),
                    created_at=row.created_at,
                    password_at=row.password_at,
                    signed_in_at=row.signed_in_at,
                    disabled_at=row.disabled_at,
                    sessions=row.sessions,
                )
                for row in connection.execute(query)
            ]

    def vouched(self) -> list[Vouched]:
        """Whom a provider has vouched for so far, by address."""
        query = (
            sa.select(sign_in, self._in_force(sign_in.c.name, Origin.OIDC).label("sessions"))
            .where(sign_in.c.origin == Origin.OIDC.value)
            .order_by(sign_in.c.name)
        )
        with self._database.read() as connection:
            return [
                Vouched(name=row.name, signed_in_at=row.last_at, sessions=row.sessions)
                for row in connection.execute(query)
            ]

    def hash_of(self, name: str) -> str | None:
        """None where nobody has the name, and where the account is disabled."""
        query = sa.select(account.c.password).where(account.c.name == name, account.c.disabled_at.is_(None))
        with self._database.read() as connection:
            return connection.scalar(query)

    @contextmanager
    def _changing(self, name: str, *, keeps_an_admin: bool = False) -> Iterator[sa.Connection]:
        """A transaction that changes an account that there is; it is undone where no admin is left, if asked."""
        with self._database.write() as connection:
            lock_archive(connection)
            if not connection.scalar(sa.select(account.c.name).where(account.c.name == name)):
                raise StoreError(f"there is no account {name!r}", hint="depeche users list")
            yield connection
            is_admin = (account.c.role == Role.ADMIN.value, account.c.disabled_at.is_(None))
            if keeps_an_admin and not connection.scalar(sa.select(account.c.name).where(*is_admin).limit(1)):
                raise StoreError(
                    f"{name} is the last admin: without one nobody could give a role again",
                    hint="Make somebody else an admin first.",
                )

    def _update(self, name: str, **values: object) -> sa.Update:
        return sa.update(account).where(account.c.name == name).values(**values)

    def _note(
        self, connection: sa.Connection, act: AccountAct, name: str, *, actor: str, reason: str | None = None
    ) -> None:
        row = {"name": name, "at": self._clock(), "action": act.value, "actor": actor, "reason": reason}
        connection.execute(sa.insert(audit), row)

    # Sessions

    def open_session(self, token: bytes, *, name: str, origin: Origin, lasts: timedelta) -> None:
        """Keeps when it was. Rows that have run out are swept away on the way."""
        now = self._clock()
        row: dict[str, Any] = {
            "token": token, "name": name, "origin": origin.value, "created_at": now, "expires_at": now + lasts,
        }  # fmt: skip
        with self._database.write() as connection:
            connection.execute(sa.delete(session).where(session.c.expires_at <= now))
            connection.execute(sa.insert(session), row)
            last = {"name": name, "origin": origin.value, "last_at": now}
            upsert(connection, sign_in, [last], key=["name", "origin"])

    def session(self, token: bytes) -> OpenSession | None:
        """None when it was ended, has run out, or its account is gone or disabled."""
        of = sa.and_(account.c.name == session.c.name, account.c.disabled_at.is_(None))
        query = (
            sa.select(session.c.name, session.c.origin, account.c.role)
            .outerjoin(account, of)
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

    def end_sessions(self, name: str, *, actor: str) -> int:
        """All of one person's, here and in other browsers; how many were in force."""
        with self._database.write() as connection:
            found = connection.scalar(sa.select(self._in_force(name)))
            self._end_sessions(connection, name)
            self._note(connection, AccountAct.SIGNED_OUT, name, actor=actor)
            return int(found or 0)

    def _end_sessions(self, connection: sa.Connection, name: str) -> None:
        connection.execute(sa.delete(session).where(session.c.name == name))

    def _in_force(
        self, name: str | sa.ColumnElement[str], origin: Origin | None = None
    ) -> sa.ScalarSelect[int]:
        """How many sessions of that name have not run out."""
        query = (
            sa.select(sa.func.count())
            .select_from(session)
            .where(session.c.name == name, session.c.expires_at > self._clock())
        )
        if origin is not None:
            query = query.where(session.c.origin == origin.value)
        return query.scalar_subquery()

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
