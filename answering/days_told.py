"""The day, or the year, that a sentence of a story gives what a question asks the time of.

None rather than a guess: the one date beside the words that tell of it as done, in the same clause. A day on
which something was said, a bound ("since 3 May") and the day of publication are no such date.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from answering.folding import fold
from answering.happenings import Happening, dispute_words, told_in
from answering.lexicon import lexicon
from answering.questions import Asked
from answering.ranking import Ranked
from answering.verify.moments import Moment, find_moments
from answering.verify.names import name_stands

_SAID_ON = re.compile(r"\s*(?:on|am|le|el|na|no|a|em|this|late|early|ce|este|esta)?\s*")
_LED = re.compile(r"([\w'-]+(?:\s[\w'-]+)?)\s*(?:the|dem|den|o|el|le)?\s*$")
_CLOSED_BY = re.compile(r"\s*mit\s*$")  # "teilte die Polizei am Mittwoch mit"


def day_told(asked: Asked, item: Ranked, happening: Happening) -> Moment | None:
    """When it happened by this sentence, its year filled in from the day of the story."""
    story, text = item.story, item.text
    language, published = story.hit.language, story.hit.published.date()
    context = story.context(asked.language)
    if not all(name_stands(name, text, context) for name in asked.names):
        return None
    folded = fold(text)
    if dispute_words(language)["again"].search(folded):
        return None
    moments = _days(text, language, published)
    found = {
        (m.year, m.month, m.day): m
        for a, b in told_in(text, language, happening)
        for m in moments
        if a <= m.start and m.end <= b and not _is_of_something_else(m, folded, a, b, language)
    }
    for known in find_moments(asked.text, asked.language):
        found.pop((known.year, known.month, known.day), None)
    (one,) = found.values() if len(found) == 1 else (None,)
    return one if one and _is_past(one, published) else None


def mentions(text: str, language: str | None, moment: Moment, published: date) -> bool:
    """Whether the text names that day, or that year, in so many words."""
    if moment.day is None:
        return any(m.year == moment.year for m in find_moments(text, language))
    return any(
        (m.month, m.day) == (moment.month, moment.day) and (m.year or moment.year) == moment.year
        for m in find_moments(text, language)
    )


def is_by_night(item: Ranked) -> bool:
    """Whether the sentence puts it between one day and the next."""
    return bool(dispute_words(item.story.hit.language)["night"].search(fold(item.text)))


def as_date(moment: Moment) -> date | None:
    """The day, where the moment is one."""
    if moment.year is None or moment.month is None or moment.day is None:
        return None
    try:
        return date(moment.year, moment.month, moment.day)
    except ValueError:
        return None


def _days(text: str, language: str | None, published: date) -> list[Moment]:
    """The dates of the sentence, with their years. A weekday beside a date is told by the date."""
    found = find_moments(text, language, anchor=published)
    absolute = [m for m in found if not m.relative]
    if any(m.day for m in absolute):
        return [_with_year(m, published) for m in absolute if m.surely]
    relative = [m for m in found if m.relative and m.day and (as_date(m) or published) <= published]
    return [*relative, *(_with_year(m, published) for m in absolute if m.surely)]


def _with_year(moment: Moment, published: date) -> Moment:
    if moment.year is not None or moment.month is None:
        return moment
    ahead = (moment.month, moment.day or 0) > (published.month, published.day if moment.day else 12)
    return replace(moment, year=published.year - ahead)


def _is_past(moment: Moment, published: date) -> bool:
    said = (moment.year or 0, moment.month or 0, moment.day or 0)
    return said <= (
        published.year,
        published.month if moment.month else 0,
        published.day if moment.day else 0,
    )


def _is_of_something_else(moment: Moment, folded: str, start: int, end: int, language: str | None) -> bool:
    """A bound of time, or the day on which it was said."""
    ahead = folded[start : moment.start]
    bounds = dispute_words(language)["bounds"]
    led = _LED.search(ahead)
    if led and any(bounds.fullmatch(w) for w in (led[1], led[1].split()[-1])):
        return True
    said = [m.end() for m in lexicon(language).speech.finditer(folded, start, moment.start)]
    if said and _SAID_ON.fullmatch(folded, said[-1], moment.start):
        return True
    return language == "de" and bool(_CLOSED_BY.fullmatch(folded, moment.end, end))
