"""An answer without a model: the story's own sentences, verbatim and cited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from babel.core import UnknownLocaleError
from babel.dates import format_date

from answering.citations import cite
from answering.figures import meets
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify.moments import find_moments
from answering.verify.names import find_names
from answering.words import same_language, stem_set
from domain.answer import Sentence, Verdict

_MOST = 3  # sentences quoted
# A further sentence is quoted when its score is at least this share of the best one's, and its words are
# not already said. Set by hand on the sample archive.
_NEAR_BEST, _ALREADY_SAID = 0.80, 0.6


def extract(asked: Asked, ranked: Sequence[Ranked]) -> tuple[tuple[Sentence, Ranked], ...]:
    """The best sentences, best first; those that cannot answer (no number for "how many") only if none can.

    Beside a sentence in the question's own language none in another is quoted: it would say the same again.
    """
    able = [r for r in ranked if meets(asked, r.text, r.story.hit.language)] or list(ranked)
    if asked.listed:
        able = _lists_first(able, asked, asked.listed)
    chosen: list[Ranked] = []
    for item in able:
        if len(chosen) == _MOST or (chosen and item.score < chosen[0].score * _NEAR_BEST):
            break
        if chosen and _in_language_asked(chosen[0], asked) and not _in_language_asked(item, asked):
            continue
        if not any(_says_the_same(item, other) for other in chosen):
            chosen.append(item)
    return tuple((quote(item, asked), item) for item in chosen)


def _lists_first(able: Sequence[Ranked], asked: Asked, listed: int) -> list[Ranked]:
    """ "Which five states": the best sentence that names so many, where one near the best does."""
    asked_parts = {part for name in asked.names for part in name.parts}
    for item in able:
        if item.score < able[0].score * _NEAR_BEST:
            break
        names = find_names(item.text, item.story.hit.language)
        if len({n.parts for n in names if n.surely and not asked_parts & set(n.parts)}) >= listed:
            return [item, *(other for other in able if other is not item)]
    return list(able)


def quote(item: Ranked, asked: Asked) -> Sentence:
    """A sentence of the story as a sentence of the answer: its words are their own support.

    To a question of time, "on Friday" is no answer: the day it stands for follows in brackets.
    """
    start, end = item.story.sentences[item.index]
    citation = cite(item.story, start, end)
    text = dated(citation.quote, item, asked.language) if asked.kind is Kind.WHEN else citation.quote
    return Sentence(text=text, verdict=Verdict.SUPPORTED, citations=(citation,))


def dated(text: str, item: Ranked, language: str) -> str:
    """The story's words, with the day that a weekday in them stands for in brackets."""
    day = _day_meant(text, item)
    return f"{text} ({_in_words(day, language)})" if day else text


def _day_meant(text: str, item: Ranked) -> date | None:
    """The day that a weekday or "today" of the sentence stands for, when it names no date itself."""
    published = item.story.hit.published.date()
    moments = find_moments(text, item.story.hit.language, anchor=published)
    if any(m.day and not m.relative for m in moments):
        return None
    days = [date(m.year, m.month, m.day) for m in moments if m.relative and m.year and m.month and m.day]
    return max((d for d in days if d <= published), default=None)


def _in_words(day: date, language: str) -> str:
    try:
        return format_date(day, format="long", locale=language)
    except UnknownLocaleError:
        return day.isoformat()


def _in_language_asked(item: Ranked, asked: Asked) -> bool:
    return same_language(asked.language, item.story.hit.language)


def _says_the_same(one: Ranked, other: Ranked) -> bool:
    a, b = stem_set(one.text, one.story.hit.language), stem_set(other.text, other.story.hit.language)
    return bool(a and b) and len(a & b) / min(len(a), len(b)) >= _ALREADY_SAID
