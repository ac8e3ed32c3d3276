"""The numbers a text states: value, unit, and whether it says about, more than or less than.

"1.2 million", "1,200,000", "1 200 000", "1,2 Mio.", "١٬٢٠٠٬٠٠٠" and "douze cent mille" are read
alike. Where a separator can be read two ways ("1.200"), both values are kept. Dates are not
numbers here: what `moments` reads as surely a date is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from answering.folding import fold
from answering.lexicon import LANGUAGES, lexicon, units
from answering.verify.cardinals import cardinal_pattern, cardinal_words
from answering.verify.moments import find_moments
from answering.words import content_stems

_COMMA_GROUPS = frozenset({"en", "ar"})  # "1,200" is twelve hundred; elsewhere the point groups
_DIGITS = re.compile(
    r"(?<![\w.,])(?:(?<=\w-)|(?<!-))"
    r"(?P<number>\d{1,3}(?:[ ']\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:(?:-|\s)(?P<top>\d{1,2})/(?P<bottom>\d{1,2})(?!\d))?"
    r"(?P<ordinal>st|nd|rd|th|er|ere|e|eme|eme|º|ª|o|a)?(?![\d])"
)
_CLOCK = re.compile(r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-4])\s?[:h]\s?(?P<minute>[0-5]\d)(?![\d:])")
_FRACTION = re.compile(r"(?<![\w.,/-])(?P<top>\d{1,2})/(?P<bottom>\d{1,2})(?![\d/])")
_CURRENCY_BEFORE = re.compile(
    r"(?:(?P<us>us\$|\$|usd|u\.s\. \$)|(?P<eur>€|eur)|(?P<gbp>£|gbp)|(?P<jpy>¥))\s?$"
)
# "3-0", "6-2": the parts of a score count nothing that follows them.
_SCORE_BEFORE, _SCORE_AFTER = re.compile(r"\d[-:]$"), re.compile(r"[-:]\d")
# What a number counts stands on its own side of a comma, of "and" and of "against".
_CLAUSE_EDGE = re.compile(
    r"[.;:!?\n()]|,(?!\d)|(?<!\w)(?:and|et|y|e|und|und|while|against|contre|contra|gegen|tandis que|mientras|"
    r"enquanto|wahrend|مقابل|بينما)(?!\w)| و(?=\w)"
)
_COMPANY = 48  # characters on each side taken as what the number counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as stated. `values` holds every reading; the first is the likelier."""

    values: tuple[float, ...]
    start: int  # into the folded text
    end: int
    unit: str | None = None
    per: str | None = None  # the unit of time it is counted by: "200 million positions a second"
    bound: str | None = None  # "about" | "over" | "under" | "exactly"
    ordinal: bool = False
    in_words: bool = False
    after: tuple[str, ...] = ()  # stems that follow, nearest first: what is counted
    before: tuple[str, ...] = ()  # stems that lead up to it, nearest first

    @property
    def value(self) -> float:
        return self.values[0]

    def __str__(self) -> str:
        number = f"{self.value:,.10g}" if self.value < 1e15 else f"{self.value:g}"
        unit = {"percent": " percent", "percentage_points": " percentage points"}.get(
            self.unit or "", f" {self.unit}" if self.unit else ""
        )
        bound = {"about": "about ", "over": "more than ", "under": "less than ", "exactly": "exactly "}.get(
            self.bound or "", ""
        )
        return f"{bound}{number}{unit.replace('_', ' ')}"


@lru_cache(maxsize=8192)
def find_quantities(text: str, language: str | None) -> tuple[Quantity, ...]:
    """The numbers in `text`, in order; surely-dates are left out."""
    folded = fold(text)
    dates = [(m.start, m.end) for m in find_moments(text, language) if m.surely]
    found: list[Quantity] = []
    for raw in sorted(_raw_numbers(folded, language), key=lambda r: (r.start, -r.end)):
        taken = any(raw.start < end and start < raw.end for start, end in dates)
        if taken or any(raw.start < q.end and q.start < raw.end for q in found):
            continue
        found.append(_quantity(raw, folded, language))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Raw:
    values: tuple[float, ...]
    start: int
    end: int
    in_words: bool
    ordinal: bool = False


def _raw_numbers(folded: str, language: str | None) -> Iterator[_Raw]:
    for match in _DIGITS.finditer(folded):
        values = _readings(match["number"], language)
        if match["top"] and int(match["bottom"]):
            values = (values[0] + int(match["top"]) / int(match["bottom"]),)
        yield _scaled(
            _Raw(values, match.start("number"), match.end(), False, bool(match["ordinal"])), folded, language
        )
    for match in _CLOCK.finditer(folded):
        value = int(match["hour"]) + int(match["minute"]) / 100  # as "7.19" reads, which many papers print
        yield _Raw((value,), match.start(), match.end(), False)
    for match in _FRACTION.finditer(folded):
        if int(match["bottom"]):
            value = int(match["top"]) / int(match["bottom"])
            # "3/4" may be three quarters, a score or a day of a month: the parts stand too.
            yield _Raw((value,), match.start(), match.end(), False)
    yield from _word_numbers(folded, language)


def _readings(number: str, language: str | None) -> tuple[float, ...]:
    """ "1.200" → (1200.0, 1.2) in German, (1.2, 1200.0) in English."""
    plain = number.replace(" ", "").replace("'", "")
    separators = [c for c in plain if c in ".,"]
    if not separators:
        return (float(plain),)
    groups = re.split(r"[.,]", plain)
    grouped = all(len(g) == 3 for g in groups[1:]) and 1 <= len(groups[0]) <= 3
    if len(set(separators)) == 2:
        whole, _, fraction = plain.rpartition(separators[-1])
        return (float(re.sub(r"[.,]", "", whole) + "." + fraction),)
    if len(separators) > 1:
        return (float("".join(groups)),) if grouped else tuple(float(g) for g in groups)
    decimal = float(f"{groups[0]}.{groups[1]}")
    if not grouped or groups[0] == "0":
        return (decimal,)
    joined = float("".join(groups))
    grouping = "," if language in _COMMA_GROUPS or language is None else "."
    return (joined, decimal) if separators[0] == grouping else (decimal, joined)


@cache
def _scale_pattern(language: str | None) -> re.Pattern[str]:
    scales: dict[str, int] = {}
    for code in (language,) if language in LANGUAGES else LANGUAGES:
        scales |= lexicon(code).scales
    listed = "|".join(sorted(map(re.escape, scales), key=len, reverse=True))
    return re.compile(rf"[\s-]?(?:de\s)?(?P<scale>{listed})\.?(?!\w)")


def _scale_value(word: str, language: str | None) -> int:
    if language in LANGUAGES:
        return lexicon(language).scales[word]
    return next(lexicon(code).scales[word] for code in LANGUAGES if word in lexicon(code).scales)


def _scaled(raw: _Raw, folded: str, language: str | None) -> _Raw:
    """The number with the scale words after it: "12 thousand million", "3 mil millones"."""
    values, end = raw.values, raw.end
    for _ in range(2):
        match = _scale_pattern(language).match(folded, end)
        if match is None or raw.ordinal:
            break
        factor = _scale_value(match["scale"], language)
        # "1.200 Millionen": with a scale behind it the separator is a decimal far more often than not,
        # but both readings stay.
        values, end = tuple(round(v * factor, 6) for v in values), match.end()
    return _Raw(values, raw.start, end, raw.in_words, raw.ordinal)


def _word_numbers(folded: str, language: str | None) -> Iterator[_Raw]:
    """Number words, joined: "two thousand five hundred", "mil quinientos", "deux cent trente"."""
    pieces = [(m.start("word"), m.end("word"), cardinal_words(language)[m["word"]])
              for m in cardinal_pattern(language).finditer(folded)]  # fmt: skip
    index = 0
    while index < len(pieces):
        start, end, value = pieces[index]
        total = float(value)
        raw = _scaled(_Raw((total,), start, end, True), folded, language)
        total, end = raw.values[0], raw.end
        while index + 1 < len(pieces) and _joins(
            folded[end : pieces[index + 1][0]], total, pieces[index + 1][2]
        ):
            index += 1
            piece = _scaled(_Raw((float(pieces[index][2]),), *pieces[index][:2], True), folded, language)
            step = piece.values[0]
            total, end = (total * step if step in (100, 1000) and total < step else total + step), piece.end
        yield _Raw((total,), start, end, True)
        index += 1


def _joins(between: str, total: float, following: int) -> bool:
    if between.strip(" -") not in ("", "and", "et", "y", "e", "und", "و"):
        return False
    if following in (100, 1000) and total < following:
        return between.strip(" -") == ""
    magnitude = next((m for m in (1e9, 1e6, 1000, 100) if total % m == 0), 0)
    return bool(magnitude) and following < magnitude


def _quantity(raw: _Raw, folded: str, language: str | None) -> Quantity:
    unit, end = _unit_after(folded, raw.end)
    if unit is None:
        unit = _unit_before(folded, raw.start)
    following = _CLAUSE_EDGE.split(folded[end : end + _COMPANY])[0]
    if len(following) == _COMPANY:  # the last word may be cut in half
        following = following.rpartition(" ")[0]
    leading = _CLAUSE_EDGE.split(folded[max(0, raw.start - _COMPANY) : raw.start])[-1]
    if len(leading) == _COMPANY:
        leading = leading.partition(" ")[2]
    score = bool(_SCORE_BEFORE.search(folded[: raw.start][-3:]) or _SCORE_AFTER.match(folded, raw.end))
    return Quantity(
        values=raw.values,
        start=raw.start,
        end=end,
        unit=unit,
        per=_rate(folded[end : end + _COMPANY]),
        in_words=raw.in_words,
        ordinal=raw.ordinal,
        bound=_bound(folded[max(0, raw.start - 28) : raw.start], folded[end : end + 8], language),
        after=() if score else content_stems(following, language)[:4],
        before=() if score else content_stems(leading, language)[::-1][:4],
    )


def _unit_after(folded: str, end: int) -> tuple[str | None, int]:
    pattern, names = units()
    gap = re.compile(r"[\s-]?(?:(?:of|de|d')\s?)?").match(folded, end)
    match = pattern.match(folded, gap.end() if gap else end)
    if match is None:
        return None, end
    return names[next(i for i, g in enumerate(match.groups()) if g)], match.end()


_RATE = re.compile(r"(?<!\w)(?:a|an|per|par|por|pro|je|في)\s")
_TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})


def _rate(following: str) -> str | None:
    """The unit after "per", where the number's own clause has one."""
    pattern, names = units()
    for edge in _RATE.finditer(_CLAUSE_EDGE.split(following)[0]):
        match = pattern.match(following, edge.end())
        name = names[next(i for i, g in enumerate(match.groups()) if g)] if match else None
        if name in _TIMES:
            return name
    return None


def _unit_before(folded: str, start: int) -> str | None:
    match = _CURRENCY_BEFORE.search(folded[max(0, start - 8) : start])
    if match is None:
        return None
    return {"us": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY"}[str(match.lastgroup)]


def _bound(before: str, after: str, language: str | None) -> str | None:
    """The rounding word right before the number (two words may stand between), if any."""
    for name in ("over", "under", "about", "exactly"):
        pattern = lexicon(language).rounding.get(name)
        if pattern is None:
            continue
        for match in pattern.finditer(before):
            compares = _COUNTED.search(before[: match.start()])  # "twelve fewer than the 202" bounds nothing
            if len(before[match.end() :].split()) <= 1 and not compares:
                return name
    return "about" if after.startswith((" or so", " environ")) else None


_COUNTED = re.compile(
    r"(?:\d|twelve|zwolf|doce|doze|douze|\w{2,}ty|one|two|three|four|five|six|seven|eight|nine|ten)\s$|verfug\w*\s$"
)


def matches(claimed: Quantity, stated: Quantity) -> bool:
    """Whether the story's number carries the claim's: equal, or as near as its rounding word allows."""
    return any(_value_matches(c, s, claimed, stated) for c in claimed.values for s in stated.values)


# What "about" and "more than" are taken to allow. Set by hand; data/verification is to calibrate them.
ABOUT, BEYOND = 0.05, 0.25


def _value_matches(claim: float, story: float, claimed: Quantity, stated: Quantity) -> bool:
    if abs(claim - story) <= 1e-9 * max(abs(claim), abs(story), 1):
        return True
    if not story or not claim:
        return False
    if claimed.bound == "about":
        return abs(claim - story) / story <= ABOUT
    if claimed.bound == "over":
        return claim < story <= claim * (1 + BEYOND) and stated.bound != "under"
    if claimed.bound == "under":
        return claim * (1 - BEYOND) <= story < claim and stated.bound != "over"
    return False
