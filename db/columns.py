"""Columns that mean the same on every database: keys, instants, codes of an enumeration.

An instant read back equals the one written, to the microsecond, and is aware UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite makes a key of the type INTEGER, and of no other, its row id.
Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

Names = sa.JSON(none_as_null=True)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC. Refuses a naive datetime: it would silently mean local time."""
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant.isoformat()}: give it a zone")
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


class Instant(sa.types.TypeDecorator[datetime]):
    """Microseconds since 1970 UTC in an integer: exact, ordered, and indexed alike everywhere.

    SQLite has no time type, and text in its place costs more to parse than the whole row.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


def one_of(column: str, codes: type[StrEnum]) -> sa.CheckConstraint:
    """The check that a text column holds one of an enumeration's codes."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def given_key(name: str, comment: str) -> sa.Column[int]:
    """A primary key whose values the store hands out itself, rising and never twice."""
    return sa.Column(name, Key, primary_key=True, autoincrement=False, comment=comment)


def counted_key(name: str) -> sa.Column[int]:
    """A primary key that counts up with every row."""
    return sa.Column(name, Key, primary_key=True, autoincrement=True, comment="order of arrival")


def refers(name: str, target: str, comment: str, *, primary_key: bool = False) -> sa.Column[int]:
    """A column that holds the key of a row of another table: `target`, as "table.column"."""
    return sa.Column(
        name,
        Key,
        sa.ForeignKey(target),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
        comment=comment,
    )
