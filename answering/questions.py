"""What a question asks for: its kind (who, when, how many), and the names and years it turns on.

An answer to "how many" states a number that the question does not; the story it cites speaks of
the question's names and years. This is how a right fact about another event is told from an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from answering.folding import fold
from answering.lexicon import lexicon, units
from answering.verify.moments import FIRST_YEAR, LAST_YEAR, find_moments
from answering.verify.names import Name, find_names
from answering.verify.quantities import Quantity, find_quantities
from answering.words import stem, words
from domain.query import TimeClue


class Kind(StrEnum):
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how_many"
    WHY = "why"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, understood."""

    text: str
    language: str
    kind: Kind | None
    names: tuple[Name, ...]
    years: frozenset[int]
    focus: frozenset[str]  # stems of its other words: what is asked about the names
    units: frozenset[str] = frozenset()  # units the number asked for may have; none: any
    counted: tuple[str, ...] = ()  # stems of what "how many" counts: ("member", "state")
    listed: int | None = None  # "which three countries": how many an answer names
    counted_unit: str | None = None  # where what is counted is a unit: "how many kilometres"
    numbers: tuple[Quantity, ...] = ()  # that the question itself states: "an $87 million settlement"
    choices_missing: bool = False  # "which of these", and nothing to choose from
    days: tuple[date, date] | None = None  # "this week": its first day and the day after its last

    def is_met_by(self, text: str, language: str | None) -> bool:
        """Whether the text has what this kind of question asks for, beyond what the question says itself."""
        if self.kind is Kind.HOW_MANY:
            known = {v for q in find_quantities(self.text, self.language) for v in q.values}
            stated = [q for q in find_quantities(text, language) if not known & set(q.values)]
            if self.units:
                return any(q.unit in self.units for q in stated)
            return bool(stated) or bool({m.year for m in find_moments(text, language)} - {None} - self.years)
        if self.kind is Kind.WHEN:
            known_dates = {(m.year, m.month, m.day) for m in find_moments(self.text, self.language)}
            return any((m.year, m.month, m.day) not in known_dates for m in find_moments(text, language))
        if self.kind in (Kind.WHO, Kind.WHERE) and language != "ar":
            asked_parts = {p for n in self.names for p in n.parts}
            return any(set(n.parts) - asked_parts for n in find_names(text, language))
        return True


def of_its_days(asked: Asked, clues: Sequence[TimeClue]) -> Asked:
    """With the days that "this week" or "on Thursday" was taken to mean, where the question itself says it.

    What is told ahead of the question ("The Queen died on Thursday. When was she crowned?") is of other days,
    and so may be what has a year of its own.
    """
    itself = _SENTENCE_END.split(asked.text.strip())[-1]
    days = [
        (clue.start.date(), clue.end.date())
        for clue in clues
        if clue.start and clue.end and not clue.hard and clue.end - clue.start <= _AT_MOST
        and clue.words in itself
    ]  # fmt: skip
    return replace(asked, days=days[0]) if len(days) == 1 and not asked.years else asked


_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+")
_AT_MOST = timedelta(days=366)  # "this year"


@lru_cache(maxsize=512)
def understand(question: str, language: str) -> Asked:
    """What the question asks for, in its language."""
    held = lexicon(language)
    folded = fold(question)
    kind = next(
        (Kind(name) for name in _ORDER if name in held.question and _asks(held.question[name], folded)), None
    )
    measures = [name for name, pattern in held.measure.items() if pattern.search(folded)]
    if measures and kind in (None, Kind.HOW_MANY, Kind.LIST):
        kind = Kind.HOW_MANY
    names = tuple(n for n in find_names(question, language) if n.surely)
    years = frozenset(m.year for m in find_moments(question, language) if m.year)
    name_parts = {p for n in names for p in n.parts}
    filler = held.question.get("filler")
    patterns = [held.question[name] for name in _ORDER if name in held.question]
    question_words = {w for p in patterns for match in p.finditer(folded) for w in words(match.group())}
    focus = frozenset(
        stem(w, language)
        for w in words(question)
        if w not in held.stopwords
        and w not in name_parts
        and not w.isdigit()
        and len(w) > 1
        and w not in question_words
        and not (filler and filler.fullmatch(w))
    )
    allowed = (
        frozenset(u for name in measures for u in _UNITS[name]) if kind is Kind.HOW_MANY else frozenset()
    )
    counted, unit = _counted(folded, language, focus) if kind is Kind.HOW_MANY else ((), None)
    return Asked(
        text=question, language=language, kind=kind, names=names, years=years, focus=focus, units=allowed,
        counted=counted, counted_unit=unit, numbers=_stated(question, language),
        choices_missing=_misses_choices(folded, language), listed=_listed(question, language) if kind is not Kind.HOW_MANY else None,
    )  # fmt: skip


def _stated(question: str, language: str) -> tuple[Quantity, ...]:
    """The numbers of two and more digits, and those with a unit, that the question gives: not "the two teams"."""
    found = find_quantities(question, language)
    found = tuple(q for q in found if q.unit or not (FIRST_YEAR <= q.value < LAST_YEAR))
    return tuple(q for q in found if not q.ordinal and (q.value >= _TELLING or q.unit))


def _misses_choices(folded: str, language: str) -> bool:
    pattern = lexicon(language).question.get("choices")
    match = pattern.search(folded) if pattern else None
    return match is not None and not _CHOICES.search(folded[match.end() :])


_TELLING = 10  # smaller numbers stand in most stories
_CHOICES = re.compile(r":\s*\S|(?<!\w)(?:or|ou|o|oder|او|ام)(?!\w)")


def _counted(folded: str, language: str, focus: frozenset[str]) -> tuple[tuple[str, ...], str | None]:
    """What "how many" counts: the stems of one or two words close behind it, and the unit they name, if any."""
    pattern = lexicon(language).question.get("how_many")
    match = pattern.search(folded) if pattern else None
    if match is None:
        return (), None
    rest = _CLAUSE_END.split(folded[match.end() :])[0]
    near = list(_WORD.finditer(rest))[:_NEAR]
    stems = [(stem(w.group(), language), w) for w in near]
    counted = tuple(s for s, _ in stems if s in focus)[:_COUNTED]
    unit_pattern, unit_names = units()
    for _, word in ((s, w) for s, w in stems if s in counted[:1] or s not in focus):
        if len(word.group()) > 2 and (named := unit_pattern.match(rest, word.start())):
            return counted, next(n for n, g in zip(unit_names, named.groups(), strict=True) if g)
    return counted, None


def _listed(question: str, language: str) -> int | None:
    """The number right behind the question word, from two on."""
    folded = fold(question)
    for quantity in find_quantities(question, language):
        ahead = folded[: quantity.start].split()
        if len(ahead) <= _BEFORE_NUMBER and not quantity.ordinal and 2 <= quantity.value <= _MOST_LISTED:
            return int(quantity.value)
    return None


_BEFORE_NUMBER, _MOST_LISTED = 4, 20  # words: "who were the seven", "quels sont les cinq"
_NEAR = 5  # words after "how many": "of the House of Commons seats"
_COUNTED = 2  # "member states", "Abgeordnete stimmten"
_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE_END = re.compile(r"[.,;:?!\n]")


_UNITS = {
    "money": ("USD", "EUR", "GBP", "JPY", "FRF", "DEM", "ITL", "ESP", "PTE", "RUB", "CNY", "BRL"),
    "percent": ("percent", "percentage_points"),
    "temperature": ("degree",),
    "age": ("year", "month"),
    "speed": ("kilometre", "mile", "metre"),
    "length": ("kilometre", "metre", "mile", "foot"),
}
# "How many" before "who": "how many people, which countries" asks for a number first.
_ORDER = ("how_many", "when", "why", "where", "list", "who")


def _asks(pattern: re.Pattern[str], folded: str) -> bool:
    """Whether the question word stands where it asks: in the first words, or after a comma or a full stop."""
    for match in pattern.finditer(folded):
        before = folded[: match.start()].rstrip(" ¿«\"'(")
        if len(before.split()) <= 3 or before.endswith((",", ".", ":", ";", "?")):
            return True
    return False
