"""Periods of the calendar and arithmetic on them: pure, in whole days, Gregorian.

A Period is half-open: `start` is its first day, `end` the day after its last. Whatever
would fall outside years 1 to 9999 is None, never an exception.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum


class Grain(IntEnum):
    """How finely a period was named; larger is coarser."""

    DAY = 1
    WEEK = 2
    MONTH = 3
    SEASON = 4  # also quarters and half-years
    YEAR = 5
    DECADE = 6
    CENTURY = 7


class Part(StrEnum):
    """A third (or half) of a period, as in "early 1987" or "the second half of the year"."""

    EARLY = "early"
    MIDDLE = "middle"
    LATE = "late"
    FIRST_HALF = "first half"
    SECOND_HALF = "second half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start: date
    end: date
    grain: Grain


def day(year: int, month: int, day_of_month: int) -> Period | None:
    """None for 30 February and its like."""
    try:
        first = date(year, month, day_of_month)
        return Period(start=first, end=first + timedelta(days=1), grain=Grain.DAY)
    except (ValueError, OverflowError):
        return None


def month(year: int, number: int) -> Period | None:
    return months(year, number, 1, Grain.MONTH)


def months(year: int, first: int, count: int, grain: Grain) -> Period | None:
    """`count` months from month `first` of `year`; `first` may lie outside 1..12 and carries over."""
    start = month_start(year, first)
    end = month_start(year, first + count)
    return Period(start=start, end=end, grain=grain) if start and end else None


def years(first: int, last: int, grain: Grain = Grain.YEAR) -> Period | None:
    """The years `first` to `last`, both whole."""
    return months(first, 1, 12 * (last - first + 1), grain) if last >= first else None


def month_start(year: int, number: int) -> date | None:
    carried, index = divmod(number - 1, 12)
    return date(year + carried, index + 1, 1) if 1 <= year + carried <= 9999 else None


def week(of: date) -> Period | None:
    """The ISO week, Monday to Sunday, that holds a day."""
    return days(shifted_days(of, -of.weekday()), 7, Grain.WEEK)


def days(first: date | None, count: int, grain: Grain) -> Period | None:
    end = shifted_days(first, count)
    return Period(start=first, end=end, grain=grain) if first and end else None


def shifted_days(from_day: date | None, count: int) -> date | None:
    try:
        return from_day + timedelta(days=count) if from_day else None
    except OverflowError:
        return None


def shifted_months(from_day: date, count: int) -> date | None:
    """The same day `count` months away, or that month's last day when it is shorter."""
    first = month_start(from_day.year, from_day.month + count)
    if first is None:
        return None
    return first.replace(day=min(from_day.day, calendar.monthrange(first.year, first.month)[1]))


def shifted(period: Period, unit: Grain, count: int) -> Period | None:
    """A period moved by whole units: the tenth anniversary of March 1987 is March 1997."""
    if unit in (Grain.DAY, Grain.WEEK):
        step = count * (7 if unit is Grain.WEEK else 1)
        start, end = shifted_days(period.start, step), shifted_days(period.end, step)
    else:
        step = count * MONTHS[unit]
        start = shifted_months(period.start, step)
        if start and period.grain is Grain.DAY:
            return days(start, (period.end - period.start).days, Grain.DAY)
        end = shifted_months(period.end, step)
    return Period(start=start, end=end, grain=period.grain) if start and end else None


MONTHS = {Grain.MONTH: 1, Grain.SEASON: 3, Grain.YEAR: 12, Grain.DECADE: 120, Grain.CENTURY: 1200}


def unit_around(of: date, unit: Grain, offset: int) -> Period | None:
    """The calendar unit `offset` away from the one that holds a day: last month is -1."""
    if unit is Grain.DAY:
        return days(shifted_days(of, offset), 1, unit)
    if unit is Grain.WEEK:
        monday = shifted_days(of, 7 * offset)
        return week(monday) if monday else None
    if unit is Grain.MONTH:
        return months(of.year, of.month + offset, 1, unit)
    if unit is Grain.SEASON:
        return months(of.year, (of.month - 1) // 3 * 3 + 1 + 3 * offset, 3, unit)
    span = {Grain.YEAR: 1, Grain.DECADE: 10, Grain.CENTURY: 100}[unit]
    first = (of.year - (unit is Grain.CENTURY)) // span * span + span * offset + (unit is Grain.CENTURY)
    return years(first, first + span - 1, unit)


def part_of(period: Period, part: Part) -> Period | None:
    """A third or half of a period.

    Thirds of a decade are its years 0-3, 4-6 and 7-9; of a year its months 1-4, 5-8 and 9-12; of a
    month its days 1-10, 11-20 and 21 on; of a century its years 1-33, 34-66 and 67-100. Anything else
    is cut by days. The result's grain is a step finer, so that slack after it stays in proportion.
    """
    halves = part in (Part.FIRST_HALF, Part.SECOND_HALF)
    if period.grain is Grain.DECADE:
        low, high = _DECADE_PARTS[part]
        return years(period.start.year + low, period.start.year + high, Grain.YEAR)
    if period.grain is Grain.YEAR and period.start.month == 1:
        width = 6 if halves else 4
        return months(period.start.year, 1 + width * _INDEX[part], width, Grain.SEASON)
    if period.grain is Grain.MONTH:
        cuts = (0, 15) if halves else (0, 10, 20)
        begin = cuts[_INDEX[part]]
        end = cuts[_INDEX[part] + 1] if _INDEX[part] + 1 < len(cuts) else (period.end - period.start).days
        return days(shifted_days(period.start, begin), end - begin, Grain.WEEK)
    pieces = 2 if halves else 3
    if period.grain is Grain.CENTURY:
        low, high = (100 * (_INDEX[part] + step) // pieces for step in (0, 1))
        return years(period.start.year + low, period.start.year + high - 1)
    length = (period.end - period.start).days
    if length < pieces:
        return period
    low, high = (length * (_INDEX[part] + step) // pieces for step in (0, 1))
    return days(shifted_days(period.start, low), high - low, Grain(max(period.grain - 1, Grain.DAY)))


_INDEX = {Part.EARLY: 0, Part.MIDDLE: 1, Part.LATE: 2, Part.FIRST_HALF: 0, Part.SECOND_HALF: 1}
_DECADE_PARTS = {
    Part.EARLY: (0, 3),
    Part.MIDDLE: (4, 6),
    Part.LATE: (7, 9),
    Part.FIRST_HALF: (0, 4),
    Part.SECOND_HALF: (5, 9),
}


def around(period: Period) -> Period | None:
    """ "Around 1990": one unit more on either side; three days for a day."""
    if period.grain is Grain.DAY:
        start, end = shifted_days(period.start, -3), shifted_days(period.end, 3)
    elif period.grain is Grain.WEEK:
        start, end = shifted_days(period.start, -7), shifted_days(period.end, 7)
    else:
        step = min(MONTHS[period.grain], 12)
        start, end = shifted_months(period.start, -step), shifted_months(period.end, step)
    return Period(start=start, end=end, grain=period.grain) if start and end else None


def instant(of: date) -> datetime:
    """Midnight UTC at which a day begins."""
    return datetime.combine(of, time(), UTC)
