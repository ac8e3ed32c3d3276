"""The dates a text speaks of, as far as it says them: day, month, year, or the weekday.

`find_moments(text, language, anchor=...)` reads absolute dates in six languages and, given the
day the story was published, resolves "Tuesday", "yesterday" and "last year" to dates. Without an
anchor, relative words are left out: a sentence of an answer has no day of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from answering.folding import fold
from answering.lexicon import LANGUAGES, lexicon
from answering.verify.cardinals import cardinal_words

# "The fourth of January", as Arabic writes a day in words; folded.
_ARABIC_DAYS = (
    "الاول",
    "الثاني",
    "الثالث",
    "الرابع",
    "الخامس",
    "السادس",
    "السابع",
    "الثامن",
    "التاسع",
    "العاشر",
)
FIRST_YEAR, LAST_YEAR = 1000, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as said: fields not said are None. `surely` is false for a bare number like 1500."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  # Monday is 0; set when the text says only the weekday
    relative: bool = False  # worked out from the story's date
    surely: bool = True

    def __str__(self) -> str:
        if self.weekday is not None and self.day is None:
            return _WEEKDAYS[self.weekday]
        parts = [str(self.day) if self.day else "", _MONTHS[self.month - 1] if self.month else "",
                 str(self.year) if self.year else ""]  # fmt: skip
        return " ".join(p for p in parts if p)


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def agree(claimed: Moment, found: Moment) -> bool:
    """Whether everything the claim says of the date is said, and said the same."""
    for part in ("year", "month", "day"):
        wanted, had = getattr(claimed, part), getattr(found, part)
        if wanted is not None and wanted != had:
            return False
    if claimed.weekday is not None:
        if found.weekday is not None:
            return claimed.weekday == found.weekday
        return _weekday_of(found) == claimed.weekday
    return True


def contradict(claimed: Moment, found: Moment) -> bool:
    """Whether both say a part of the date and say it differently."""
    return any(
        None not in (one := getattr(claimed, part), other := getattr(found, part)) and one != other
        for part in ("year", "month", "day")
    )


@lru_cache(maxsize=8192)
def find_moments(text: str, language: str | None, *, anchor: date | None = None) -> tuple[Moment, ...]:
    """The dates in `text`, in order; offsets are into `fold(text)`."""
    folded = fold(text)
    found: list[Moment] = []
    for moment in _absolute(folded, language):
        if not any(m.start < moment.end and moment.start < m.end for m in found):
            found.append(moment)
    if anchor is not None:
        found += [m for m in _relative(folded, language, anchor) if not _overlaps(m, found)]
    else:
        found += [m for m in _weekdays(folded, language) if not _overlaps(m, found)]
    return tuple(sorted(found, key=lambda m: m.start))


def _overlaps(moment: Moment, others: list[Moment]) -> bool:
    return any(o.start < moment.end and moment.start < o.end for o in others)


def _absolute(folded: str, language: str | None) -> Iterator[Moment]:
    months, patterns = _date_patterns(language)
    for pattern in patterns:
        for match in pattern.finditer(folded):
            groups = match.groupdict()
            name = groups.get("name")
            month = months.get(re.sub(r"\s+", " ", name)) if name else int(groups.get("month") or 0) or None
            year = _year(groups.get("year"))
            days = [int(d) for d in (groups.get("day"), groups.get("other")) if d]
            if ordinal := groups.get("ordinal"):
                days = [_ARABIC_DAYS.index(ordinal) + 1]
            if (
                (name and month is None)
                or any(not 1 <= d <= 31 for d in days)
                or (month and not 1 <= month <= 12)
            ):
                continue
            for day in days or (None,):
                yield Moment(start=match.start(), end=match.end(), year=year, month=month, day=day)
    yield from _years(folded, language)


@cache
def _date_patterns(language: str | None) -> tuple[dict[str, int], tuple[re.Pattern[str], ...]]:
    held = language if language in LANGUAGES else None
    months: dict[str, int] = {}
    for code in (held,) if held else LANGUAGES:
        months |= {k: v for k, v in lexicon(code).months.items() if held or len(k) > 3}
    full = [m for m in months if len(m) > 3 or not m.isascii()]
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    whole = "|".join(sorted(map(re.escape, full), key=len, reverse=True))
    # Arabic names a month twice, by both calendars of names: "تشرين الثاني/نوفمبر".
    name = rf"(?P<name>{names})(?:\s?[/(]\s?(?:{names})\)?)?\.?"
    of = r"(?:\s?(?:de|do|of|del|d'|من)\s?)?"
    day = r"(?P<day>\d{1,2})(?:er|re|st|nd|rd|th|º|o|a|\.)?"
    to = r"\s?(?:-|/|and|et|y|e|und|to|au|al|bis|a|or|و)\s?(?:the\s)?"
    other = rf"(?:{to}(?P<other>\d{{1,2}})(?:st|nd|rd|th|\.)?)?"
    year = r"(?P<year>\d{4})"
    cues = "|".join(re.escape(c) for code in ((held,) if held else LANGUAGES)
                    for c in _cue_words(code, "month_cues"))  # fmt: skip
    expressions = (
        rf"(?<![\d.,/-]){year}-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"(?<![\d.,/-])(?P<day>\d{{1,2}})[./](?P<month>\d{{1,2}})[./]{year}(?!\d)",
        rf"(?<!\w){day}{other}[\s-]?{of}\s?{name}(?:,?[\s-]?(?:{of}\s?)?(?:عام\s|سنه\s)?{year})?(?!\w)",
        rf"(?<!\w){name}\s{day}(?:\s?[-–]\s?(?P<other>\d{{1,2}}))?(?:,?\s{year})?(?!\w|[.,]\d)",
        rf"(?<!\w){name},?\s?{of}\s?(?:عام\s|سنه\s)?{year}(?!\w)",
        rf"(?<!\w)(?P<ordinal>{'|'.join(_ARABIC_DAYS)})\sمن\s(?:شهر\s)?{name}(?:\s(?:عام\s|سنه\s)?{year})?(?!\w)",
        rf"(?<!\w)(?:{cues})\s(?P<name>{whole})(?!\w)" if cues else r"(?!)",
    )
    return months, tuple(re.compile(e) for e in expressions)


@cache
def _cue_words(language: str | None, key: str) -> tuple[str, ...]:
    pattern = lexicon(language).time.get(key)
    if pattern is None:
        return ()
    inner = pattern.pattern.split("(?:", 2 if language == "ar" else 1)[-1]
    return tuple(w.replace(r"\s+", " ") for w in re.findall(r"[\w']+", inner.rsplit(")(?!", 1)[0]) if w)


def _year(text: str | None) -> int | None:
    return int(text) if text and FIRST_YEAR <= int(text) <= LAST_YEAR else None


_BARE_YEAR = re.compile(
    r"(?<![\d.,$€£/-])(?:(?<=\w-)|(?<!-))(?P<year>1\d{3}|20\d\d)(?P<tail>[-/](?P<two>\d\d)(?!\d))?(?![\d%]|[.,]\d|-\d)"
)
_AFTER_NUMBER = re.compile(
    r"\s?(?:%|\$|€|million|mln|thousand|dollar|euro|people|person|tonne|ton\b|tons\b|km\b|kilom|met(?:er|re)|miles|"
    r"dead|killed|injured|troops|soldiers|workers|years|days|hours|points|shares|morts|blesses|personnes|habitants|"
    r"soldats|ans\b|muertos|heridos|personas|mortos|feridos|pessoas|menschen|tote|verletzte|einwohner|soldaten|"
    r"شخص|قتيل|جريح|متر|كيلومتر|طن|دولار|جندي)"
)  # fmt: skip


def _years(folded: str, language: str | None) -> Iterator[Moment]:
    cue = lexicon(language).time.get("year_cues")
    for match in _BARE_YEAR.finditer(folded):
        if _AFTER_NUMBER.match(folded, match.end()):
            continue
        if folded[match.end() : match.end() + 1] == "s":  # the 1980s
            continue
        before = folded[max(0, match.start() - 14) : match.start()].rstrip(" ('\"")
        cued = bool(cue and re.search(cue.pattern + r"$", before)) or before.endswith((",", "(", "/"))
        start = folded[max(0, match.start() - 1) : match.start()]
        surely = cued or start in "(" or match.end() == len(folded) or folded[match.end()] in ").,;:?"
        yield Moment(start=match.start(), end=match.end(), year=int(match["year"]), surely=surely)


def _weekdays(folded: str, language: str | None) -> Iterator[Moment]:
    pattern, numbers = _weekday_pattern(language)
    for match in pattern.finditer(folded):
        yield Moment(start=match.start(), end=match.end(), weekday=numbers[match["weekday"]])


@cache
def _weekday_pattern(language: str | None) -> tuple[re.Pattern[str], dict[str, int]]:
    numbers = dict(lexicon(language).weekdays)
    # "Segunda" alone is also Portuguese for "second": no noun may follow it ("na segunda parte").
    alone = r"(?=\s*(?:[^\w\s]|\d|$))"
    names = "|".join(
        re.escape(name) + (alone if f"{name}-feira" in numbers else "")
        for name in sorted(numbers, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:و|ل|ب)?(?P<weekday>{names})(?!\w)" if names else r"(?!)"), numbers


def _relative(folded: str, language: str | None, anchor: date) -> Iterator[Moment]:
    words = lexicon(language).time
    pattern, numbers = _weekday_pattern(language)
    for match in pattern.finditer(folded):
        number = numbers[match["weekday"]]
        for day in _nearby(anchor, number):
            yield _of(day, match, weekday=number)
    shifts = {"yesterday": -1, "today": 0, "tomorrow": 1}
    for name, days in shifts.items():
        for match in _found(words.get(name), folded):
            yield _of(anchor + timedelta(days=days), match)
    for name, years in {"last_year": -1, "this_year": 0, "next_year": 1}.items():
        for match in _found(words.get(name), folded):
            yield Moment(start=match.start(), end=match.end(), year=anchor.year + years, relative=True)
    for name, months in {"last_month": -1, "this_month": 0, "next_month": 1}.items():
        for match in _found(words.get(name), folded):
            total = anchor.year * 12 + anchor.month - 1 + months
            yield Moment(
                start=match.start(), end=match.end(), year=total // 12, month=total % 12 + 1, relative=True
            )
    yield from _years_ago(folded, language, anchor)


def _years_ago(folded: str, language: str | None, anchor: date) -> Iterator[Moment]:
    """ "37 years ago", "il y a trois ans", "vor zehn Jahren"."""
    for pattern, sign in _ago_patterns(language):
        for match in pattern.finditer(folded):
            count = int(match["n"]) if match["n"].isdigit() else cardinal_words(language).get(match["n"], 0)
            year = anchor.year + sign * count
            if count and FIRST_YEAR <= year <= LAST_YEAR:
                yield Moment(start=match.start(), end=match.end(), year=year, relative=True)


@cache
def _ago_patterns(language: str | None) -> tuple[tuple[re.Pattern[str], int], ...]:
    words = lexicon(language).time
    number = r"(?P<n>\d{1,3}|" + "|".join(map(re.escape, cardinal_words(language))) + ")"
    patterns: list[tuple[re.Pattern[str], int]] = []
    for name, sign in (("years_ago", -1), ("years_from_now", 1)):
        if name in words:
            patterns.append((re.compile(rf"(?<!\w){number}\s{words[name].pattern}"), sign))
    if "years_ago_before" in words:
        before, unit = words["years_ago_before"].pattern, words["years_unit"].pattern
        patterns.append((re.compile(rf"{before}\s{number}\s{unit}"), -1))
    return tuple(patterns)


def _nearby(anchor: date, weekday: int) -> tuple[date, ...]:
    """The last such day up to the anchor, and the next: "on Tuesday" may be either."""
    back = (anchor.weekday() - weekday) % 7
    last = anchor - timedelta(days=back)
    return (last, last + timedelta(days=7))


def _of(day: date, match: re.Match[str], *, weekday: int | None = None) -> Moment:
    return Moment(start=match.start(), end=match.end(), year=day.year, month=day.month, day=day.day,
                  weekday=weekday, relative=True)  # fmt: skip


def _found(pattern: re.Pattern[str] | None, folded: str) -> Iterator[re.Match[str]]:
    return pattern.finditer(folded) if pattern else iter(())


def _weekday_of(moment: Moment) -> int | None:
    if moment.year is None or moment.month is None or moment.day is None:
        return None
    try:
        return date(moment.year, moment.month, moment.day).weekday()
    except ValueError:
        return None
