"""Dates as feeds write them to aware UTC instants, or a refusal that says why.

A time without a zone is taken as UTC, a day without a time as its first instant; a year or a
month alone likewise. Nothing is guessed from ambiguous forms such as 03/04/1987.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from domain.errors import SourceError

EARLIEST = datetime(1600, 1, 1, tzinfo=UTC)  # the first newspapers
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

_REMEDY = "give the date as ISO 8601, for example 1987-03-26T15:01:01Z"
_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(
    r"(\d{1,2})[-\s]([A-Za-z]{3})[a-z]*\.?[-\s](\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?))?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH_MILLISECONDS = 100_000_000_000  # larger than any epoch second before year 5138


def parse_instant(value: str | float | datetime, *, latest: datetime = LATEST) -> datetime:
    """The instant `value` names. Raises SourceError, with the remedy as hint."""
    try:
        instant = _parse(value)
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError) as error:
        raise SourceError(f"date {str(value)[:80]!r} cannot be read: {error}", hint=_REMEDY) from error
    if not EARLIEST <= instant <= latest:
        raise SourceError(
            f"date {str(value)[:80]!r} is out of range ({EARLIEST.year} to {latest.year})", hint=_REMEDY
        )
    return instant


def parse_embargo(value: str | float | datetime) -> datetime:
    """Like parse_instant, but "for ever" (9999-12-31 in any zone) is a date."""
    if isinstance(value, str) and value.strip().startswith("9999-"):
        return FOREVER
    return parse_instant(value, latest=FOREVER)


def _parse(value: str | float | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value / 1000 if abs(value) >= _EPOCH_MILLISECONDS else value, tz=UTC)
    text = " ".join(value.split())
    if match := _YEAR_OR_MONTH.fullmatch(text):
        return datetime(int(match[1]), int(match[2] or 1), 1, tzinfo=UTC)
    if match := _COMPACT.fullmatch(text):
        return datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC").removesuffix(" GMT"))
    except ValueError:
        pass
    if match := _DAY_FIRST.fullmatch(text):
        month = _MONTHS.index(match[2].lower()) + 1  # ValueError where no month is called so
        day = datetime(int(match[3]), month, int(match[1]), tzinfo=UTC)
        return day + _time_of_day(match[4]) if match[4] else day
    return parsedate_to_datetime(text)


def _time_of_day(text: str) -> timedelta:
    parts = [float(part) for part in text.split(":")]
    hours, minutes, seconds = (*parts, 0.0)[:3]
    if hours > 24 or minutes > 59 or seconds >= 61:
        raise ValueError(f"no time is {text}")
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
