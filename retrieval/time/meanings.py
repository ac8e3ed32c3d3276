"""What each kind of date expression means: one function a meaning, words in, Period out.

`READERS` maps the meaning a grammar's rule names to its function. None is the answer to
whatever is no date after all (30 February, a year after 9999, "the 14th month").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dateutil.easter import easter

from retrieval.time import calendar
from retrieval.time.calendar import Grain, Period
from retrieval.time.grammar import plain
from retrieval.time.reading import Reading, roman_number

Reader = Callable[[Reading], Period | None]


def read_date(reading: Reading) -> Period | None:
    """A day, a span of days, a month or several, or a year; days and months with or without their year."""
    year, month = reading.year(), reading.month()
    first = reading.number("d")
    if month is None:
        return calendar.years(year, year) if year else None
    last, last_month = reading.number("d2") or first, reading.number("month2") or reading.number("m2")

    def in_year(of: int) -> Period | None:
        if first is None or last is None:
            count = (last_month - month) % 12 + 1 if last_month else 1
            begin_year = of - 1 if last_month and last_month < month else of
            return calendar.months(begin_year, month, count, Grain.MONTH)
        start, end = calendar.day(of, month, first), calendar.day(of, month, last)
        if not start or not end or end.start < start.start:
            return None
        return Period(start=start.start, end=end.end, grain=Grain.DAY)

    return in_year(year) if year else _without_year(reading, in_year)


def read_numeric(reading: Reading) -> Period | None:
    """3/4/1987 in the language's own order; where both are in use, from the earlier reading to the later."""
    year, first, second = reading.year(), reading.number("d"), reading.number("m")
    if year is None or first is None or second is None:
        return None
    day_first, month_first = calendar.day(year, second, first), calendar.day(year, first, second)
    dotted = reading.slots.get("mark") == "."
    if reading.grammar.month_first is False or dotted:
        return day_first or (None if dotted else month_first)
    if day_first and month_first and day_first != month_first:
        early, late = sorted((day_first, month_first), key=lambda period: period.start)
        return Period(start=early.start, end=late.end, grain=Grain.MONTH)
    return day_first or month_first


def _without_year(reading: Reading, in_year: Callable[[int], Period | None]) -> Period | None:
    """The occurrence meant of something that comes every year."""
    today, direction = reading.reference.today, reading.number("dir")
    found = [period for year in range(today.year - 4, today.year + 5) if (period := in_year(year))]
    past = [period for period in found if period.start <= today]
    ended = [period for period in found if period.end <= today]
    ahead = [period for period in found if period.start > today]
    if direction == 0:
        return in_year(today.year)
    if direction == -1:
        return ended[-1] if ended else None
    if direction == 1:
        return ahead[0] if ahead else None
    if reading.is_ahead:
        coming = [period for period in found if period.end > today]
        return coming[0] if coming else None
    if reading.reference.is_story:
        return min(found, key=lambda period: _distance(period, today)) if found else None
    return past[-1] if past else None


def _distance(period: Period, today: date) -> timedelta:
    if period.start > today:
        return period.start - today
    return max(today - period.end + timedelta(days=1), timedelta())


def read_years(reading: Reading) -> Period | None:
    """1914-1918, 1998-99. Two digits that could be a month are one unless they name the next year."""
    first, last, short = reading.number("y"), reading.number("y2"), reading.number("yy")
    if first is None:
        return None
    if last is None and short is not None:
        if short <= first % 100 and short != (first + 1) % 100:
            return None
        if short <= 12 and short != (first + 1) % 100:
            return None
        last = first + (short - first) % 100
    return calendar.years(first, last) if last else None


def read_decade(reading: Reading) -> Period | None:
    """The 1980s; the 80s and the eighties are the latest that have begun."""
    first = reading.number("y")
    if first is None:
        short = reading.number("dd") if reading.slots.get("dd") else reading.number("decade")
        if short is None:
            return None
        if short > 100:
            first = short
        else:
            today = reading.reference.today
            first = today.year // 100 * 100 + short
            if first > today.year:
                first -= 100
    return calendar.years(first, first + 9, Grain.DECADE) if first % 10 == 0 else None


def read_hundred(reading: Reading) -> Period | None:
    """English "the 1900s" are a century, "the 2000s" and "the 1980s" decades."""
    first = reading.number("y")
    if first is not None and first % 100 == 0 and first < 2000:
        return calendar.years(first, first + 99, Grain.CENTURY)
    return read_decade(reading)


def read_century(reading: Reading) -> Period | None:
    roman = reading.slots.get("roman")
    count = roman_number(roman) if roman else reading.number("ord") or reading.count()
    if not count or not 1 <= count <= 30:
        return None
    return calendar.years(100 * (count - 1) + 1, 100 * count, Grain.CENTURY)


def read_turn_of_century(reading: Reading) -> Period | None:
    """Two years either side of the round one: the last one passed unless a century is named."""
    count = reading.number("ord")
    middle = 100 * (count - 1) if count else reading.reference.today.year // 100 * 100
    return calendar.years(middle - 2, middle + 2)


def read_season(reading: Reading) -> Period | None:
    """Northern seasons. A winter of one year may be either of two: both are covered."""
    first, year = reading.number("season"), reading.year()
    if first is None:
        return None
    if "y2" in reading.slots or ("y" in reading.slots and "yy" in reading.slots):
        return calendar.months(year, first, 3, Grain.SEASON) if year else None
    if year is None:
        return _without_year(reading, lambda of: calendar.months(of, first, 3, Grain.SEASON))
    if first == 12:
        return calendar.months(year - 1, 12, 15, Grain.SEASON)
    return calendar.months(year, first, 3, Grain.SEASON)


def read_quarter(reading: Reading) -> Period | None:
    quarter, year = reading.number("ord") or reading.count(), reading.year()
    if quarter == -1:
        quarter = 4
    if quarter is None or not 1 <= quarter <= 4:
        return None

    def in_year(of: int) -> Period | None:
        return calendar.months(of, 3 * quarter - 2, 3, Grain.SEASON)

    return in_year(year) if year else _without_year(reading, in_year)


def read_relative(reading: Reading) -> Period | None:
    """Last week, this year, next month: whole calendar units."""
    unit, direction = reading.unit(), reading.number("dir")
    if unit is None or direction is None:
        return None
    return calendar.unit_around(reading.reference.today, unit, direction)


def read_phrase(reading: Reading) -> Period | None:
    """Yesterday, the year before last, 先週."""
    unit, offset = reading.grammar.phrases_folded[plain(reading.slots.get("phrase") or "")]
    return calendar.unit_around(reading.reference.today, unit, offset)


def read_ago(reading: Reading) -> Period | None:
    return _units_away(reading, -1)


def read_ahead(reading: Reading) -> Period | None:
    return _units_away(reading, 1)


def _units_away(reading: Reading, sign: int) -> Period | None:
    """Three years ago: that calendar year. Decades and centuries ago are rough."""
    count, unit = reading.count(), reading.unit()
    if unit is None:
        return None
    count = 1 if count is None else count
    today = reading.reference.today
    if unit in (Grain.DECADE, Grain.CENTURY):
        years, leeway = (10, 2) if unit is Grain.DECADE else (100, 10)
        middle = today.year + sign * count * years
        return calendar.years(middle - leeway, middle + leeway)
    return calendar.unit_around(today, unit, sign * count)


def read_to_the_day(reading: Reading) -> Period | None:
    """A year ago today."""
    count, unit = reading.count(), reading.unit()
    today = calendar.unit_around(reading.reference.today, Grain.DAY, 0)
    return calendar.shifted(today, unit, -(1 if count is None else count)) if unit and today else None


def read_hours_ago(reading: Reading) -> Period | None:
    moment = reading.reference.now - timedelta(hours=reading.number("n") or 1)
    return calendar.unit_around(moment.date(), Grain.DAY, 0)


def read_last_hours(reading: Reading) -> Period | None:
    moment = reading.reference.now - timedelta(hours=reading.number("n") or 1)
    return Period(start=moment.date(), end=reading.reference.today + timedelta(days=1), grain=Grain.DAY)


def read_few_ago(reading: Reading) -> Period | None:
    """A few years ago: from five to two units back."""
    unit, today = reading.unit(), reading.reference.today
    early = calendar.unit_around(today, unit, -5) if unit else None
    late = calendar.unit_around(today, unit, -2) if unit else None
    return Period(start=early.start, end=late.end, grain=late.grain) if early and late else None


def read_past(reading: Reading) -> Period | None:
    """The last three weeks: up to and with today."""
    return _stretch(reading, reading.count() or 1, reading.unit())


def read_recent(reading: Reading) -> Period | None:
    """Recently: three months. Recent days, weeks, months, years: seven, six, six, five; decades: three."""
    unit = reading.unit()
    counts = {Grain.DAY: 7, Grain.WEEK: 6, Grain.MONTH: 6, Grain.YEAR: 5, Grain.DECADE: 3}
    return _stretch(reading, 3, Grain.MONTH) if unit is None else _stretch(reading, counts.get(unit, 3), unit)


def _stretch(reading: Reading, count: int, unit: Grain | None) -> Period | None:
    today = calendar.unit_around(reading.reference.today, Grain.DAY, 0)
    begin = calendar.shifted(today, unit, -count) if unit and today else None
    return Period(start=begin.start, end=today.end, grain=unit) if begin and today and unit else None


def read_coming(reading: Reading) -> Period | None:
    """The next three weeks: from today."""
    unit = reading.unit()
    today = calendar.unit_around(reading.reference.today, Grain.DAY, 0)
    end = calendar.shifted(today, unit, reading.count() or 1) if unit and today else None
    return Period(start=today.start, end=end.end, grain=unit) if end and today and unit else None


def read_weekday(reading: Reading) -> Period | None:
    """The day meant by its name, seen from the reference day.

    Named by a story: from five days before to the next day, as agencies write (a story filed in
    Asia late in the UTC day already calls it by the next day's name); after words of the future,
    the next one, today included. Named in a question: the last one, today included.
    """
    weekday = reading.number("weekday")
    if weekday is None:
        return None
    today, direction = reading.reference.today, reading.number("dir")
    back = (today.weekday() - weekday) % 7
    if direction == -1:
        offset = -(back or 7)
    elif direction == 1:
        offset = 7 - back
    elif direction == 0:
        offset = weekday - today.weekday()
    elif reading.is_ahead:
        offset = (weekday - today.weekday()) % 7
    else:
        offset = 1 if reading.reference.is_story and back == 6 else -back
    return calendar.unit_around(today, Grain.DAY, offset)


def read_weekday_of_week(reading: Reading) -> Period | None:
    """Tuesday of last week."""
    weekday, direction = reading.number("weekday"), reading.number("dir")
    if weekday is None or direction is None:
        return None
    monday = calendar.unit_around(reading.reference.today, Grain.WEEK, direction)
    return calendar.days(calendar.shifted_days(monday.start, weekday), 1, Grain.DAY) if monday else None


def read_part_of_month(reading: Reading) -> Period | None:
    """The second week of March 1987: its days 8 to 14; the last week: its last seven; the first Monday."""
    place, month, year = reading.number("ord"), reading.month(), reading.year()
    weekday = reading.number("weekday")
    if place is None or month is None:
        return None

    def in_year(of: int) -> Period | None:
        whole = calendar.month(of, month)
        if whole is None:
            return None
        first = 7 * (place - 1) if place > 0 else (whole.end - whole.start).days - 7
        if weekday is not None:
            first += (weekday - (whole.start + timedelta(days=first)).weekday()) % 7
        width, grain = (1, Grain.DAY) if weekday is not None else (7, Grain.WEEK)
        found = calendar.days(calendar.shifted_days(whole.start, first), width, grain)
        return found if found and found.start < whole.end else None

    return in_year(year) if year else _without_year(reading, in_year)


def read_first_units(reading: Reading) -> Period | None:
    """The first three months of 1987, the last ten days of March 1987."""
    place, count, unit = reading.number("ord"), reading.number("n") or 1, reading.unit()
    whole = read_date(reading)
    if whole is None or unit is None or place not in (1, -1):
        return None
    edge = Period(start=whole.start, end=whole.start, grain=unit)
    if place == -1:
        edge = Period(start=whole.end, end=whole.end, grain=unit)
    moved = calendar.shifted(edge, unit, count * place)
    if moved is None or not whole.start <= moved.start <= whole.end:
        return None
    start, end = sorted((edge.start, moved.start))
    return Period(start=start, end=end, grain=unit)


def read_holiday(reading: Reading) -> Period | None:
    name = reading.grammar.holidays_folded[plain(reading.slots.get("holiday") or "")]
    year = reading.year()
    return _holiday(name, year) if year else _without_year(reading, lambda of: _holiday(name, of))


def _holiday(name: str, year: int) -> Period | None:
    if name == "easter":
        sunday = easter(year) if 1583 <= year <= 4099 else None
        return calendar.days(sunday, 1, Grain.DAY)
    month, day = map(int, name.split("-"))
    return calendar.day(year, month, day)


def read_this_day_in(reading: Reading) -> Period | None:
    """On this day in 1989."""
    year, today = reading.number("y"), reading.reference.today
    return calendar.day(year, today.month, today.day) if year else None


READERS: Mapping[str, Reader] = {
    "date": read_date,
    "year": read_date,
    "bare_year": read_date,
    "numeric": read_numeric,
    "years": read_years,
    "decade": read_decade,
    "hundred": read_hundred,
    "century": read_century,
    "turn": read_turn_of_century,
    "season": read_season,
    "quarter": read_quarter,
    "relative": read_relative,
    "phrase": read_phrase,
    "ago": read_ago,
    "ahead": read_ahead,
    "to_the_day": read_to_the_day,
    "hours_ago": read_hours_ago,
    "last_hours": read_last_hours,
    "few_ago": read_few_ago,
    "past": read_past,
    "recent": read_recent,
    "coming": read_coming,
    "weekday": read_weekday,
    "weekday_of_week": read_weekday_of_week,
    "part_of_month": read_part_of_month,
    "first_units": read_first_units,
    "holiday": read_holiday,
    "this_day_in": read_this_day_in,
}
