"""Date expressions found in folded text: where they stand and which period they name.

Expressions never overlap; of two readings the longer wins. A number is a year only where nothing
near it says that it counts, measures or names something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval.time import calendar
from retrieval.time.calendar import Part, Period
from retrieval.time.folding import Folded
from retrieval.time.grammar import Grammar, plain, slots_of
from retrieval.time.meanings import READERS
from retrieval.time.reading import Reading, Reference

REACH = 60  # characters looked at on either side of an expression: bounds the time on hostile text


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """Folded offsets, the period, and the reading behind it (to read it again with another's year)."""

    start: int
    end: int
    period: Period
    meaning: str
    reading: Reading

    @property
    def names_year(self) -> bool:
        return any(self.reading.slots.get(slot) for slot in ("y", "yy", "era", "kanji", "ydir"))

    @property
    def lacks_year(self) -> bool:
        slots = self.reading.slots
        return self.meaning in _YEARLY and not self.names_year and not slots.get("dir")

    def in_year(self, year: int) -> Expression | None:
        """The same words as if they were followed by a year."""
        reading = replace(self.reading, slots={**self.reading.slots, "y": str(year)})
        period = READERS[self.meaning](reading)
        return replace(self, period=period, reading=reading) if period else None


_YEARLY = frozenset({"date", "season", "quarter", "part_of_month", "holiday", "first_units"})


@lru_cache(maxsize=4096)
def pattern(grammar: Grammar, template: str, side: str) -> re.Pattern[str]:
    """A grammar's context pattern: `side` is "before" (up to a place), "after" (from it) or "within"."""
    return grammar.template(template, ends=side == "before", starts=side == "after")


def before(
    folded: Folded, grammar: Grammar, template: str, at: int, *, reach: int = REACH
) -> re.Match[str] | None:
    """The match of `template` that ends at `at`."""
    return pattern(grammar, template, "before").search(folded.text, max(0, at - reach), at)


def after(folded: Folded, grammar: Grammar, template: str, at: int) -> re.Match[str] | None:
    """The match of `template` that starts at `at`."""
    return pattern(grammar, template, "after").match(folded.text, at, at + REACH)


def find_expressions(folded: Folded, grammar: Grammar, reference: Reference) -> list[Expression]:
    """All date expressions, in order, with what modifies them ("early", "ten years after")."""
    found: list[Expression] = []
    taken = bytearray(len(folded.text))
    candidates = sorted(_candidates(folded, grammar), key=lambda pair: pair[1].start() - pair[1].end())
    for meaning, match in candidates:
        start, end = span_of(match)
        if any(taken[start:end]) or not _is_date(folded, grammar, meaning, match, reference):
            continue
        slots = slots_of(match)
        reading = Reading(
            slots=slots,
            grammar=grammar,
            reference=reference,
            is_ahead=_is_ahead(folded, grammar, start),
        )
        period = READERS[meaning](reading)
        if period is not None and "part" in slots:
            period = _part(grammar, "part", match, period)
        if period is not None:
            taken[start:end] = b"\x01" * (end - start)
            found.append(Expression(start=start, end=end, period=period, meaning=meaning, reading=reading))
    found.sort(key=lambda expression: expression.start)
    return _modified(folded, grammar, _with_shared_years(folded, grammar, found))


def _candidates(folded: Folded, grammar: Grammar) -> Iterator[tuple[str, re.Match[str]]]:
    for rule in grammar.compiled:
        for match in rule.pattern.finditer(folded.text):
            if match.end() > match.start():
                yield rule.meaning, match


def span_of(match: re.Match[str]) -> tuple[int, int]:
    """Where the date stands, without what is written as one with it (Arabic "and", "in")."""
    return match.end("proclitic") if "proclitic" in match.re.groupindex else match.start(), match.end()


def _is_ahead(folded: Folded, grammar: Grammar, at: int) -> bool:
    sentence = max(folded.text.rfind(stop, max(0, at - REACH), at) for stop in (". ", "\n", "。"))
    begin = max(0, at - REACH, sentence)
    return pattern(grammar, grammar.future, "within").search(folded.text, begin, at) is not None


# --- what is no date ---------------------------------------------------------------------------

_GLUED_BEFORE = re.compile(
    r"[$€£¥#@/.,:+=&]\Z|\d[ ]\Z"
    r"|(?<!\bpre)(?<!\bpost)(?<!\bmid)(?<!\bmi)(?<!\bpos)(?<!early)(?<!late)-\Z"
)
_IN_NAMES = frozenset({"weekday", "season", "date"})
_GLUED_AFTER = re.compile(r"[.,:/]\d|[ ]?[%°$€£¥‰]|-\w|[ ]\d{3}(?!\d)|/\w")
_EARLIEST_UNPREFIXED = 1800  # "1600 Pennsylvania Avenue", "the 1500 metres"
_FURTHEST_AHEAD = 10  # years: "the 2030 World Cup" is spoken of, a "2050" without preposition is a count


def _is_date(
    folded: Folded, grammar: Grammar, meaning: str, match: re.Match[str], reference: Reference
) -> bool:
    if meaning in ("bare_year", "years"):
        return _is_year(folded, grammar, match, reference)
    return meaning not in _IN_NAMES or not _is_part_of_name(folded, grammar, match)


def _is_year(folded: Folded, grammar: Grammar, match: re.Match[str], reference: Reference) -> bool:
    text, (start, end) = folded.text, span_of(match)
    if _GLUED_BEFORE.search(text, max(0, start - REACH), start) or _GLUED_AFTER.match(text, end):
        return False
    counted = rf"[ -]?(?:{grammar.counted})(?!\w)" if grammar.spaced else grammar.counted
    if after(folded, grammar, counted, end):
        return False
    if before(folded, grammar, rf"(?:{grammar.counting})[ ]?", start):
        return False
    if before(folded, grammar, f"(?:{grammar.leads})[ ]*", start):
        return True
    year = int(slots_of(match)["y"])
    if grammar.bare_years:
        return year <= reference.today.year + _FURTHEST_AHEAD
    if not _EARLIEST_UNPREFIXED <= year <= reference.today.year + _FURTHEST_AHEAD:
        return False
    one_word_between = r" [^\W\d_]+ (?:" + grammar.counted + r")(?!\w)"
    if grammar.spaced and after(folded, grammar, one_word_between, end):
        return False
    # "2000 tractors" but "Euro 2000", "2000 Olympics", "1987 budget"
    return year % 100 != 0 or _stands_in_name(folded, start, end)


def _stands_in_name(folded: Folded, start: int, end: int) -> bool:
    """Whether what follows a round number is no word in small letters, or a capitalised one precedes it."""
    first, last = folded.span(start, end)
    following = _WORD_AFTER.match(folded.original, last)
    if following is None or not following[1][0].islower():
        return True
    return _CAPITAL_BEFORE.search(folded.original, max(0, first - REACH), first) is not None


_WORD_AFTER = re.compile(r"\s+([^\W\d_]+)")
_CAPITAL_BEFORE = re.compile(r"(?:^|[\s(«“\"'’])[A-ZÀ-Þ]\w+\s\Z")


def _is_part_of_name(folded: Folded, grammar: Grammar, match: re.Match[str]) -> bool:
    """ "Black Friday", "Sunday Times", "Prague Spring": words of time that belong to a name."""
    start, end = span_of(match)
    if before(folded, grammar, f"(?:{grammar.clashes_before})[ -]", start):
        return True
    return after(folded, grammar, rf"[ -](?:{grammar.clashes_after})(?!\w)", end) is not None


# --- years shared and periods modified -----------------------------------------------------------


def _with_shared_years(folded: Folded, grammar: Grammar, found: Sequence[Expression]) -> list[Expression]:
    """ "From March to June 1987", "November 1989 and May": a date without a year takes its neighbour's."""
    shared = list(found)
    joints = f"{grammar.list_joint}|{grammar.range_joint}|{grammar.range_weak_joint}"
    for at in range(len(shared) - 2, -1, -1):
        left, right = shared[at], shared[at + 1]
        if left.lacks_year == right.lacks_year or not _joined(folded, grammar, joints, left, right):
            continue
        if left.lacks_year and right.names_year:
            whole = left.in_year(right.period.start.year)
            if whole and whole.period.start > right.period.start:
                whole = left.in_year(right.period.start.year - 1)
            shared[at] = whole or left
        elif right.lacks_year and left.names_year:
            whole = right.in_year(left.period.start.year)
            if whole and whole.period.start < left.period.start:
                whole = right.in_year(left.period.start.year + 1)
            shared[at + 1] = whole or right
    return shared


def _joined(folded: Folded, grammar: Grammar, joints: str, left: Expression, right: Expression) -> bool:
    match = after(folded, grammar, rf"[ ]*(?:{joints})[ ]*(?:(?:{grammar.prepositions})[ ]*)*", left.end)
    return match is not None and match.end() == right.start


def _modified(folded: Folded, grammar: Grammar, found: Sequence[Expression]) -> list[Expression]:
    result: list[Expression] = []
    for at, expression in enumerate(found):
        floor = result[-1].end if result else 0
        ceiling = found[at + 1].start if at + 1 < len(found) else len(folded.text)
        for _ in range(3):  # "around the end of the year", no deeper
            changed = _modify_once(folded, grammar, expression, floor, ceiling)
            if changed is None:
                break
            expression = changed
        result.append(expression)
    return result


def _modify_once(
    folded: Folded, grammar: Grammar, expression: Expression, floor: int, ceiling: int
) -> Expression | None:
    """The expression with the nearest modifier on either side taken in; None when there is none."""
    link = grammar.part_link
    sides: tuple[tuple[str, str, Callable[[re.Match[str]], Period | None]], ...] = (
        ("before", "{part}" + link, lambda m: _part(grammar, "part", m, expression.period)),
        ("after", "{partafter}", lambda m: _part(grammar, "partafter", m, expression.period)),
        ("before", grammar.around_before, lambda _: calendar.around(expression.period)),
        ("after", grammar.around_after, lambda _: calendar.around(expression.period)),
        ("before", grammar.moved_before, lambda m: _moved(expression, m)),
        ("after", grammar.moved_after, lambda m: _moved(expression, m)),
    )
    for side, template, change in sides:
        look = before if side == "before" else after
        match = look(folded, grammar, template, expression.start if side == "before" else expression.end)
        if match is None or match.start() < floor or match.end() > ceiling:
            continue
        period = change(match)
        if period is not None:
            start, end = min(match.start(), expression.start), max(match.end(), expression.end)
            return replace(expression, start=start, end=end, period=period)
    return None


def _part(grammar: Grammar, slot: str, match: re.Match[str], period: Period) -> Period | None:
    part = grammar.tables[slot].get(plain(slots_of(match)[slot]))
    return calendar.part_of(period, part) if isinstance(part, Part) else None


def _moved(expression: Expression, match: re.Match[str]) -> Period | None:
    """ "Ten years after …", "the tenth anniversary of …"."""
    slots = slots_of(match)
    reading = replace(expression.reading, slots=slots)
    unit = reading.unit() or calendar.Grain.YEAR
    count = reading.number("ord") or reading.number("n") or 1
    period = expression.period
    if unit < period.grain:
        return None  # "three days after 1987" names no day
    return calendar.shifted(period, unit, -count if slots.get("back") else count)
