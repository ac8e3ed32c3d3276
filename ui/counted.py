"""Numbers, sizes, spans of time and instants as a reader of this language writes them."""

from __future__ import annotations

from datetime import datetime

from babel.numbers import format_decimal

from ui.strings import language


def number(value: float, *, places: int = 0) -> str:
    """12,345 in English, 12 345 in French."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, format=pattern, locale=language())


def span(seconds: float) -> str:
    """4 s, 3 min 20 s, 2 h 05 min, 3 d 4 h: two units at most."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def instant(at: datetime) -> str:
    """To the minute, in UTC like every date of the archive."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def size(amount: float) -> str:
    """1.5 GiB, 28 KiB: what a machine counts in, to three figures."""
    units = ("B", "KiB", "MiB", "GiB", "TiB")
    for unit in units:
        if amount < 1024 or unit == units[-1]:
            break
        amount /= 1024
    places = 0 if unit == "B" or amount >= 100 else 1 if amount >= 10 else 2
    return f"{number(amount, places=places)} {unit}"
