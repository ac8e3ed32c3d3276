"""Instants as whole microseconds since 1970 UTC, exactly: filters compare integers, never floats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """`instant` must be aware. Stories from before 1970 are negative."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def year_of(instant_microseconds: int) -> int:
    """The calendar year (UTC) an instant falls in."""
    return (EPOCH + timedelta(microseconds=instant_microseconds)).year
