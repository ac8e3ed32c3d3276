"""What a rule's match gives to the meanings: its slots' words as numbers, units and years.

A word's value is its language's; digits, kanji digits and Roman numerals are read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from retrieval.time.calendar import Grain
from retrieval.time.grammar import Grammar, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The instant words are relative to. A question looks back; a story's dates lie on either side."""

    now: datetime
    is_story: bool = False

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A rule's match: its slots' words, the grammar that knows their values, and the reference.

    `is_ahead`: words before it speak of the future ("will meet on Tuesday").
    """

    slots: Mapping[str, str]
    grammar: Grammar
    reference: Reference
    is_ahead: bool = False

    def number(self, slot: str) -> int | None:
        """A slot's value: digits, kanji digits, or what the grammar's tables say of the word."""
        words = self.slots.get(slot)
        if words is None:
            return None
        if digits := re.match(r"\d+", words):
            return int(digits[0])
        value = self.grammar.tables.get(slot.rstrip("23"), {}).get(plain(words))
        if isinstance(value, int):
            return int(value)
        return kanji_number(words) if words[0] in _KANJI else None

    def count(self) -> int | None:
        return self.number("kanji") if "kanji" in self.slots else self.number("n")

    def unit(self) -> Grain | None:
        words = self.slots.get("unit")
        return self.grammar.units_folded.get(plain(words)) if words else None

    def year(self) -> int | None:
        if (year := self.number("y")) is not None:
            return year
        if (short := self.number("yy")) is not None:
            return full_year(short, self.reference.today)
        if (away := self.number("ydir")) is not None:
            return self.reference.today.year + away
        era, count = self.number("era"), self.number("n")
        if era is not None:
            return era + (count or 1)
        return self.number("kanji") if self.slots.get("kanji") else None

    def month(self) -> int | None:
        return self.number("month") or self.number("m")


def full_year(short: int, today: date) -> int:
    """87 as 1987, 07 as 2007: the latest such year at most ten years ahead."""
    year = today.year // 100 * 100 + short
    return year if year <= today.year + 10 else year - 100


_KANJI = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_KANJI |= {"十": 10, "百": 100, "千": 1000}


def kanji_number(words: str) -> int | None:
    """十五 is 15, 千九百八十九 1989, 一九八九 1989."""
    if any(character not in _KANJI for character in words):
        return None
    if not set(words) & set("十百千"):
        return int("".join(str(_KANJI[character]) for character in words))
    total, digit = 0, 0
    for character in words:
        value = _KANJI[character]
        if value < 10:
            digit = value
        else:
            total += (digit or 1) * value
            digit = 0
    return total + digit


_ROMAN = tuple(
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii".split()  # noqa: SIM905
)


def roman_number(words: str) -> int | None:
    return _ROMAN.index(words) + 1 if words in _ROMAN else None
