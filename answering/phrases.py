"""What the program says in its own words, in the question's language (English where it is not held).

The sentences stand in lexicons/phrases.toml; dates and numbers come in the language's own form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

_FILE = Path(__file__).with_name("lexicons") / "phrases.toml"


def phrase(name: str, code: str, /, **fields: str) -> str:
    """The phrase `name` with its fields filled in."""
    held = _phrases()
    return held.get(code, held["en"])[name].format(**fields)


def day_in_words(day: date, language: str) -> str:
    """ "3 May 1998" as the language writes it."""
    if language == "en":
        return format_date(day, format="d MMMM y", locale="en_GB")
    try:
        return format_date(day, format="long", locale=language)
    except UnknownLocaleError:
        return day.isoformat()


def number_in_figures(value: float, language: str) -> str:
    """ "1,200" as the language groups it; never rounded."""
    try:
        return format_decimal(value, format="#,##0.######", locale=language)
    except UnknownLocaleError:
        return f"{value:,.10g}"


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def in_sequence(text: str, position: int, days: Sequence[date], language: str, *, opening: str) -> str:
    """What stands at `position` of a dated sequence: opened, joined by "and" (the same day) or "then", and closed."""
    if position == 0:
        text = phrase(opening, language, first=text)
    else:
        text = phrase("and" if days[position - 1] == days[position] else "then", language, next=text)
    return text + ("." if position == len(days) - 1 else "،" if language == "ar" else ",")
