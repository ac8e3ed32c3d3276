"""Dates and names as a person types them, made into hard filters.

"1987", "1987-03" and "1987-03-26" name whole periods: `--to 1987-03` includes all of March.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from domain.errors import SettingsError
from domain.query import Filters

_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def parse_period(text: str) -> tuple[datetime, datetime]:
    """First instant of the period and of the one after it, UTC. Raises SettingsError."""
    if match := _PERIOD.fullmatch(text.strip()):
        year, month, day = (int(part) if part else None for part in match.groups())
        try:
            start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
            if day:
                return start, start + timedelta(days=1)
            if month:
                return start, (start + timedelta(days=32)).replace(day=1)
            return start, start.replace(year=start.year + 1)
        except (ValueError, OverflowError):
            pass
    else:
        try:
            instant = datetime.fromisoformat(text.strip())
        except ValueError:
            pass
        else:
            instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
            return instant, instant + timedelta(microseconds=1)
    raise SettingsError(f"{text!r} is not a date", hint="write 1987, 1987-03, 1987-03-26 or 1987-03-26T14:00")


def make_filters(
    *,
    start: str | None = None,
    end: str | None = None,
    as_of: str | None = None,
    languages: Iterable[str] = (),
    providers: Iterable[str] = (),
    subjects: Iterable[str] = (),
    places: Iterable[str] = (),
) -> Filters:
    """Filters from typed values; `end` and `as_of` include the period they name."""
    filters = Filters(
        start=parse_period(start)[0] if start else None,
        end=parse_period(end)[1] if end else None,
        as_of=parse_period(as_of)[1] - timedelta(microseconds=1) if as_of else None,
        languages=frozenset(language.lower() for language in languages),
        providers=frozenset(providers),
        subjects=frozenset(subjects),
        places=frozenset(places),
    )
    if filters.start and filters.end and filters.start >= filters.end:
        raise SettingsError(f"--from {start} is after --to {end}", hint="exchange the two dates")
    return filters
