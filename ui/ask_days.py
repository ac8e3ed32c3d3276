"""Days on the ask page: fields to choose them, and the instants between which they lie."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_EARLIEST, _LATEST = date(1600, 1, 1), date(2100, 12, 31)


def day_field(
    label: str, *, value: date | None = None, key: str | None = None, at: DeltaGenerator | None = None
) -> date | None:
    """A field that may stay empty."""
    place = at.date_input if at is not None else st.date_input
    return place(label, value=value, min_value=_EARLIEST, max_value=_LATEST, format="YYYY-MM-DD", key=key)


def midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """The instant a day begins, or so many days later."""
    return datetime.combine(day + timedelta(days=days), time(), tzinfo=UTC) if day else None


def last_day(end: datetime | None) -> date | None:
    """The last day that an exclusive bound lets in."""
    return (end - timedelta(microseconds=1)).date() if end else None


def span_shown(start: datetime | None, end: datetime | None) -> str:
    """Both ends as days, the last one inclusive."""
    first = f"{start:%Y-%m-%d}" if start else "…"
    return f"{first} – {last_day(end) or '…'}"
