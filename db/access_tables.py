"""Tables of who may come in: accounts, sessions, attempts to sign in.

Beside `db.tables` and on the same metadata; importing this module is what declares them. No password and no
session's token is here: only what each can be checked against.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Index, Table, Text

from db.columns import Instant, one_of
from db.tables import metadata
from domain.access import Origin, Role

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True, comment="as typed to sign in, lower case"),
    Column("role", Text, nullable=False, comment="reader, archivist or admin"),
    Column("password", Text, nullable=False, comment="Argon2 hash with its own salt and costs"),
    Column("created_at", Instant, nullable=False, comment="when it was added"),
    Column("password_at", Instant, nullable=False, comment="when the password was last set"),
    Column("disabled_at", Instant, comment="since when it lets nobody in; null: it does"),
    one_of("role", Role),
    CheckConstraint("name <> ''", name="name_given"),
    comment="People who sign in with a password",
)

session = Table(
    "session",
    metadata,
    Column("token", sa.LargeBinary, primary_key=True, comment="SHA-256 of what the browser's cookie holds"),
    Column(
        "name", Text, nullable=False, comment="account.name, or the e-mail address a provider vouched for"
    ),
    Column("origin", Text, nullable=False, comment="local: by password; oidc: by a provider"),
    Column("created_at", Instant, nullable=False, comment="when the person signed in"),
    Column("expires_at", Instant, nullable=False, comment="from then on it is worth nothing"),
    one_of("origin", Origin),
    comment="Sessions in force; signing out deletes the row",
)
Index(None, session.c.name)

sign_in = Table(
    "sign_in",
    metadata,
    Column("name", Text, primary_key=True, comment="as in session"),
    Column("origin", Text, primary_key=True, comment="as in session"),
    Column("last_at", Instant, nullable=False, comment="when the person last signed in"),
    one_of("origin", Origin),
    comment="When each person last signed in, for admins to read; outlives the session",
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("name", sa.LargeBinary, primary_key=True, comment="SHA-256 of the name tried; it may be nobody's"),
    Column("times", sa.Integer, nullable=False, comment="in a row"),
    Column("last_at", Instant, nullable=False, comment="the last of them"),
    CheckConstraint("times >= 1", name="times"),
    comment="Attempts to sign in without success so far, for the wait before the next",
)
