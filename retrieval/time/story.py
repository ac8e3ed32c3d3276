"""The dates that a story's text or an answer's sentence names, by the date it was published.

Offsets are of the text given: `text[date.start:date.end] == date.words`. Read for the verifier:
"on Tuesday" in a story and "3 March 1987" in an answer are the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from retrieval.time import calendar
from retrieval.time.calendar import Grain
from retrieval.time.expressions import find_expressions
from retrieval.time.folding import fold
from retrieval.time.languages import grammars_for
from retrieval.time.reading import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDate:
    """Words at text[start:end] and the time they name: from `begins` to before `ends`, aware UTC."""

    start: int
    end: int
    words: str
    begins: datetime
    ends: datetime
    grain: Grain


def resolve(text: str, *, published: datetime, language: str | None = None) -> list[ResolvedDate]:
    """Date expressions in order, none overlapping. `published` must be aware.

    A year left out is the one that brings the date nearest to `published`; the two ends of a
    range are two dates. Prepositions ("before", "since") are left to the reader.
    """
    folded = fold(text)
    reference = Reference(now=published.astimezone(UTC), is_story=True)
    found = max(
        (find_expressions(folded, grammar, reference) for grammar in grammars_for(folded.text, language)),
        key=lambda expressions: sum(c.isalpha() for e in expressions for c in folded.text[e.start : e.end]),
    )
    dates = []
    for expression in found:
        start, end = folded.span(expression.start, expression.end)
        dates.append(
            ResolvedDate(
                start=start,
                end=end,
                words=text[start:end],
                begins=calendar.instant(expression.period.start),
                ends=calendar.instant(expression.period.end),
                grain=expression.period.grain,
            )
        )
    return dates
