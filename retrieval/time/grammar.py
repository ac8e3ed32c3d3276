"""What a language file declares, and how its templates become patterns.

A Grammar is data: words with their values, and rules as (meaning, template). A template is a
regular expression over folded text in which `{month}` stands for any month word, `{n}` for a number
in digits or words, `{y}` for a year of four digits, and so on (Grammar.slots); a slot's name followed
by 2 ("{month2}") is a second one of its kind. The same slot may stand in several alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import count
from typing import TypeVar

from retrieval.time.calendar import Grain, Part
from retrieval.time.folding import fold_key


class Bound(StrEnum):
    """How a preposition opens a period on one side."""

    BEFORE = "before"  # ends where the period starts
    AFTER = "after"  # starts where it ends
    SINCE = "since"  # starts where it starts
    UNTIL = "until"  # ends where it ends


Value = TypeVar("Value")
Words = Mapping[str, int]
NEVER = r"(?!)"  # a pattern that matches nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    meaning: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, kw_only=True, eq=False)  # one instance a language: compared by identity
class Grammar:
    """One language's words of time. Patterns are templates; "before" and "after" say where they stand."""

    code: str
    function_words: str  # tells the language of a question; space-separated
    months: Words
    weekdays: Words  # Monday is 0
    units: Mapping[str, Grain]
    numbers: Words
    ordinals: Words  # -1: last
    directions: Words = field(default_factory=dict)  # -1 last, 0 this, 1 next
    years_away: Words = field(default_factory=dict)  # "last year": -1, after a month or season
    phrases: Mapping[str, tuple[Grain, int]] = field(default_factory=dict)  # "yesterday": (DAY, -1)
    seasons: Words = field(default_factory=dict)  # first month; northern hemisphere
    decades: Words = field(default_factory=dict)  # "eighties": 80
    holidays: Mapping[str, str] = field(default_factory=dict)
    eras: Words = field(default_factory=dict)  # the year before an era's first
    rules: tuple[tuple[str, str], ...]
    day_suffix: str = ""
    month_first: bool | None = False  # of 3/4/1987; None: written both ways

    parts_before: Mapping[str, Part] = field(default_factory=dict)
    part_link: str = " "
    parts_after: Mapping[str, Part] = field(default_factory=dict)
    around_before: str = NEVER
    around_after: str = NEVER
    moved_before: str = NEVER  # "ten years after "; groups n or ordinal, unit, and `back` when earlier
    moved_after: str = NEVER

    prepositions: str  # plain ones, articles, "the year", that may stand between a cue and a date
    leads: str  # what makes a number after it a year: "in", "since"
    bounds_before: Mapping[Bound, str] = field(default_factory=dict)
    bounds_after: Mapping[Bound, str] = field(default_factory=dict)
    range_open: str = NEVER  # "between", "from"
    range_joint: str = "-"  # joins two dates with or without an opener
    range_weak_joint: str = NEVER  # only with an opener or a close: "and"
    range_close: str = NEVER  # "の間"
    list_joint: str = NEVER  # "March and April 1987": the year is shared

    published_before: str = NEVER  # right before a date: "articles from"
    published_after: str = NEVER  # right after it: "の記事"
    published_apart: str = NEVER  # earlier in the question: "written about … in"
    works: str = NEVER  # what is published but is no story: "novel"
    known_before: str = NEVER  # "as known on"
    known_after: str = NEVER

    oldest: str = NEVER
    newest: str = NEVER

    counted: str = NEVER  # right after a number: "people"
    counting: str = NEVER  # right before it: "more than", "resolution"
    clashes_before: str = NEVER  # before a weekday, season or month that is a name: "Black Friday"
    clashes_after: str = NEVER
    bare_years: bool = False  # a year commonly stands without a preposition: "Wer gewann 1990"
    future: str = NEVER  # words that put a weekday ahead: "will"
    spaced: bool = True  # words are separated by spaces
    proclitics: str = ""  # what is written as one with the next word

    @cached_property
    def tables(self) -> Mapping[str, Mapping[str, object]]:
        """Folded word to value, for each slot that stands for words."""
        named: dict[str, Mapping[str, object]] = {
            "month": self.months,
            "weekday": self.weekdays,
            "unit": self.units,
            "n": self.numbers,
            "ord": self.ordinals,
            "d": {word: value for word, value in self.ordinals.items() if 0 < value <= 31},
            "dir": self.directions,
            "ydir": self.years_away,
            "phrase": self.phrases,
            "season": self.seasons,
            "decade": self.decades,
            "holiday": self.holidays,
            "era": self.eras,
            "part": self.parts_before,
            "partafter": self.parts_after,
        }
        return {slot: _folded(words) for slot, words in named.items()}

    @cached_property
    def units_folded(self) -> Mapping[str, Grain]:
        return _folded(self.units)

    @cached_property
    def phrases_folded(self) -> Mapping[str, tuple[Grain, int]]:
        return _folded(self.phrases)

    @cached_property
    def holidays_folded(self) -> Mapping[str, str]:
        return _folded(self.holidays)

    @cached_property
    def slots(self) -> Mapping[str, str]:
        """Slot name to the pattern it stands for."""
        words = {slot: _alternation(table) for slot, table in self.tables.items()}
        suffix = f"(?:{self.day_suffix})?" if self.day_suffix else ""
        day = rf"(?:0?[1-9]|[12]\d|3[01])(?!\d){suffix}"
        return words | {
            "y": r"(?:1\d{3}|20\d\d)(?!\d)",
            "yy": r"\d\d(?!\d)",
            "dd": r"\d0(?!\d)",
            "m": r"(?:0?[1-9]|1[0-2])(?!\d)",
            "d": rf"(?:{day}|{words['d']})",
            "n": rf"(?:\d{{1,3}}(?![\d.,]\d|\d)|{words['n']})",
            "ord": rf"(?:\d{{1,3}}(?!\d){suffix}|{words['ord']})",
            "kanji": r"[〇一二三四五六七八九十百千]+",
            "roman": r"[ivx]{1,5}(?!\w)",
        }

    @cached_property
    def compiled(self) -> tuple[Rule, ...]:
        return tuple(Rule(meaning=m, pattern=self.template(t)) for m, t in (*self.rules, *COMMON_RULES))

    def template(self, template: str, *, ends: bool = False, starts: bool = False) -> re.Pattern[str]:
        """A compiled template. `ends`: it reaches where the search ends; `starts`: it is matched in place."""
        numbers = count()
        body = _SLOT.sub(self._slot, template)
        body = _GROUP.sub(lambda group: f"(?P<{group[1]}_{next(numbers)}>", body)
        body = _SAME.sub(lambda same: rf"(?P={same[1]}_{_last_number(body, same[1])})", body)
        left = "" if starts else (rf"(?<!\w)(?P<proclitic>{self.proclitics})" if self.spaced else r"(?<!\d)")
        right = r"\Z" if ends else (r"(?!\w)" if self.spaced and not starts else "")
        return re.compile(f"{left}(?:{body}){right}")

    def _slot(self, match: re.Match[str]) -> str:
        name = match[1]
        return f"(?P<{name}>{self.slots[name.rstrip('23')]})"


_SLOT = re.compile(r"\{([a-z]+[23]?)\}")
_GROUP = re.compile(r"\(\?P<([a-z]+[23]?)>")
_SAME = re.compile(r"\(\?P=([a-z]+)\)")


def _last_number(body: str, name: str) -> str:
    return str(re.findall(rf"\(\?P<{name}_(\d+)>", body)[-1])


def slots_of(match: re.Match[str]) -> dict[str, str]:
    """The words of a template's slots. One slot may stand in several of its alternatives."""
    return {name.rsplit("_", 1)[0]: words for name, words in match.groupdict().items() if words is not None}


# Written alike everywhere.
COMMON_RULES = (
    ("date", r"{y}[-/]{m}[-/]{d}"),
    ("date", r"{y}-(?P<m>0[1-9]|1[0-2])"),
    ("numeric", r"{d}(?P<mark>[./-])(?P<m>\d{1,2})(?P=mark)(?:{y}|{yy})"),
    ("years", r"{y}-{y2}"),
    ("years", r"{y}[-/]{yy}"),
    ("bare_year", r"{y}"),
)


def plain(words: str) -> str:
    """Runs of spaces made one: the form of the tables' keys."""
    return " ".join(words.split())


def _folded(words: Mapping[str, Value]) -> dict[str, Value]:
    return {plain(fold_key(word)): value for word, value in words.items()}


def _alternation(words: Mapping[str, object]) -> str:
    if not words:
        return NEVER
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) for word in longest_first) + ")"


def preceded(words: str) -> str:
    """A pattern that looks back for any of the words and a space; "_" is a space within one."""
    return "(?:" + "|".join(f"(?<={fold_key(word.replace('_', ' '))} )" for word in words.split()) + ")"


def forms(stem: str, endings: str) -> tuple[str, ...]:
    """`forms("letzt", "e er en")`: the stem with each ending; "-" is none."""
    return tuple(stem + ("" if ending == "-" else ending) for ending in endings.split())


def table(lines: str) -> dict[str, int]:
    """`"1 january jan; 2 february feb"`: every word after a number has that value; "_" is a space."""
    words: dict[str, int] = {}
    for entry in lines.replace("\n", " ").split(";"):
        value, *spellings = entry.split()
        words |= {spelling.replace("_", " "): int(value) for spelling in spellings}
    return words
