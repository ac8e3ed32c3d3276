"""What the words of a question say of time.

Publication date, event time and dateline are three things. A plain date in a question is the
event's: a boost from its start to some slack after it, because stories about it may come later.
Only words that speak of publication ("articles from 1987") or of the archive's state ("as of …")
give hard clues. No clue is made without words: no question is given a preference for recent stories.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from domain.query import Order, TimeClue
from retrieval.time import calendar
from retrieval.time.calendar import Grain
from retrieval.time.expressions import Expression, after, before, find_expressions, pattern, span_of
from retrieval.time.folding import Folded, fold
from retrieval.time.grammar import Bound, Grammar
from retrieval.time.languages import grammars_for
from retrieval.time.reading import Reference

# Slack after an event, in proportion to how finely it was named. Chosen by what agencies file, not
# tuned: a day's event is followed up for a week, a month's for a month, a year's reviewed the year after.
_SLACK = {Grain.DAY: (Grain.DAY, 7), Grain.WEEK: (Grain.DAY, 7), Grain.MONTH: (Grain.MONTH, 1),
          Grain.SEASON: (Grain.MONTH, 1), Grain.YEAR: (Grain.YEAR, 1), Grain.DECADE: (Grain.YEAR, 1),
          Grain.CENTURY: (Grain.YEAR, 1)}  # fmt: skip
_CUE_REACH = 120  # characters before a date in which "what was written about …" is looked for
_LONGEST_QUESTION = 4000  # characters read: a pasted article is no question


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Folded offsets of all the words concerned, and the days they name: None is open."""

    start: int
    end: int
    first: date | None
    after: date | None
    grain: Grain
    date_start: int


def understand(text: str, *, as_of: datetime, language: str | None = None) -> tuple[TimeClue, ...]:
    """Clues in the order of their words. `as_of` must be aware: relative words are reckoned from its UTC day.

    `language` None: told from the question's own words; of languages equally likely, the one
    that understands most.
    """
    folded = fold(text[:_LONGEST_QUESTION])
    reference = Reference(now=as_of.astimezone(UTC))
    readings = [_clues(folded, grammar, reference) for grammar in grammars_for(folded.text, language)]
    return max(readings, key=lambda clues: (_letters(clues), -len(clues)))


def _letters(clues: Sequence[TimeClue]) -> int:
    """Letters understood. Digits speak for no language: where there are no letters, the fewest clues win."""
    return sum(character.isalpha() for clue in clues for character in clue.words)


def _clues(folded: Folded, grammar: Grammar, reference: Reference) -> tuple[TimeClue, ...]:
    expressions = _sharing_the_only_year(find_expressions(folded, grammar, reference))
    placed: list[tuple[int, int, TimeClue]] = []
    for limits in _limits(folded, grammar, expressions):
        floor = placed[-1][1] if placed else 0
        follows_hard = bool(placed) and placed[-1][2].hard and not placed[-1][2].as_known
        placed.append(_clue(folded, grammar, limits, floor, follows_hard, reference))
    for start, end, order in _orders(folded, grammar):
        at = next((at for at, (a, b, _) in enumerate(placed) if a < end and start < b), None)
        if at is not None and not (start <= placed[at][0] and placed[at][1] <= end):
            continue  # "the last week", "the first three months"
        if at is None:
            first, last = folded.span(start, end)
            words = folded.original[first:last]
            placed.append((start, end, TimeClue(words=words, start=None, end=None, hard=False, order=order)))
        else:
            placed[at] = (*placed[at][:2], replace(placed[at][2], order=order))
    return tuple(clue for _, _, clue in sorted(placed, key=lambda place: place[0]))


def _sharing_the_only_year(expressions: list[Expression]) -> list[Expression]:
    """ "In 1989, what happened on 9 November?": the one year named is everyone's."""
    years = {e.period.start.year for e in expressions if e.names_year and e.period.grain <= Grain.YEAR}
    if len(years) != 1:
        return expressions
    (year,) = years
    return [(e.in_year(year) or e) if e.lacks_year else e for e in expressions]


def _limits(folded: Folded, grammar: Grammar, expressions: Sequence[Expression]) -> Iterator[_Limits]:
    """Ranges and bounds: two dates joined, or one that a preposition opens, or one as it is."""
    at, floor = 0, 0
    while at < len(expressions):
        pair = _range(folded, grammar, expressions[at : at + 2], floor)
        limits = pair or _bounded(folded, grammar, expressions[at], floor)
        yield limits
        floor = limits.end
        at += 2 if pair else 1


def _filler(grammar: Grammar) -> str:
    """Plain prepositions and articles that may stand between a cue and its date."""
    return f"[ ]*(?:(?:{grammar.prepositions})[ ]*)*"


def _range(folded: Folded, grammar: Grammar, pair: Sequence[Expression], floor: int) -> _Limits | None:
    if len(pair) < 2:
        return None
    left, right = pair
    filler = _filler(grammar)
    opener = before(folded, grammar, f"(?:{grammar.range_open}){filler}", left.start)
    if opener and opener.start() < floor:
        opener = None
    close = after(folded, grammar, grammar.range_close, right.end)
    joints = f"{grammar.range_joint}|{grammar.range_weak_joint}" if opener or close else grammar.range_joint
    joint = after(folded, grammar, f"[ ]*(?:{joints}){filler}", left.end)
    if joint is None or joint.end() != right.start or right.period.end < left.period.start:
        return None
    return _Limits(
        start=opener.start() if opener else left.start,
        end=close.end() if close else right.end,
        first=left.period.start,
        after=right.period.end,
        grain=right.period.grain,
        date_start=left.start,
    )


def _bounded(folded: Folded, grammar: Grammar, expression: Expression, floor: int) -> _Limits:
    period = expression.period
    plain = _Limits(
        start=expression.start, end=expression.end, first=period.start, after=period.end,
        grain=period.grain, date_start=expression.start,
    )  # fmt: skip
    filler = _filler(grammar)
    for bound in Bound:
        if template := grammar.bounds_after.get(bound):
            match = after(folded, grammar, f"(?:{template})", expression.end)
            if match:
                return replace(_opened(plain, bound), end=match.end())
        if template := grammar.bounds_before.get(bound):
            match = before(folded, grammar, f"(?:{template}){filler}", expression.start)
            if match and match.start() >= floor:
                return replace(_opened(plain, bound), start=match.start())
    return plain


def _opened(limits: _Limits, bound: Bound) -> _Limits:
    if bound is Bound.BEFORE:
        return replace(limits, first=None, after=limits.first)
    if bound is Bound.AFTER:
        return replace(limits, first=limits.after, after=None)
    return replace(limits, after=None) if bound is Bound.SINCE else replace(limits, first=None)


def _clue(
    folded: Folded, grammar: Grammar, limits: _Limits, floor: int, follows_hard: bool, reference: Reference
) -> tuple[int, int, TimeClue]:
    start, end, hard, as_known = limits.start, limits.end, False, False
    filler = _filler(grammar)
    known = before(folded, grammar, f"(?:{grammar.known_before}){filler}", start, reach=_CUE_REACH)
    if known and known.start() >= floor:
        start, as_known = known.start(), True
    elif (
        limits.first
        and limits.after
        and limits.after <= reference.today
        and (known := after(folded, grammar, grammar.known_after, end))
    ):
        end, as_known = known.end(), True
    else:
        start, end, hard = _publication(folded, grammar, limits, floor, follows_hard)
    first, last = folded.span(start, end)
    words = folded.original[first:last]
    if as_known:
        until = limits.after or limits.first
        return (
            start,
            end,
            TimeClue(
                words=words,
                start=None,
                end=calendar.instant(until) if until else None,
                hard=True,
                as_known=True,
            ),
        )
    begins, ends = (limits.first, limits.after) if hard else _with_slack(limits, reference)
    clue = TimeClue(
        words=words,
        start=calendar.instant(begins) if begins else None,
        end=calendar.instant(ends) if ends else None,
        hard=hard,
    )
    return start, end, clue


def _publication(
    folded: Folded, grammar: Grammar, limits: _Limits, floor: int, follows_hard: bool
) -> tuple[int, int, bool]:
    """Where the words reach and whether they speak of publication."""
    start, end = limits.start, limits.end
    filler = _filler(grammar)
    cue = before(folded, grammar, f"(?:{grammar.published_before}){filler}", start)
    is_led = start < limits.date_start or before(folded, grammar, f"(?:{grammar.leads})[ ]*", start)
    if cue is None and is_led:
        cue = before(folded, grammar, f"(?:{grammar.published_apart}){filler}", start, reach=_CUE_REACH)
    if cue and cue.start() >= floor:
        # a novel published in 1987 is an event
        is_work = pattern(grammar, grammar.works, "within").search(folded.text, 0, cue.start())
        return (start, end, False) if is_work else (cue.start(), end, True)
    if cue := after(folded, grammar, grammar.published_after, end):
        is_work = pattern(grammar, grammar.works, "within").search(folded.text)
        return (start, end, False) if is_work else (start, cue.end(), True)
    joint = before(folded, grammar, f"[ ]*(?:{grammar.list_joint}){filler}", start)
    return start, end, follows_hard and joint is not None and joint.start() <= floor + 1


def _with_slack(limits: _Limits, reference: Reference) -> tuple[date | None, date | None]:
    """The boost for an event's period. Open sides stay as they are.

    What lies ahead of the question has been written of before it: the boost opens a slack earlier.
    Slack ends with the question's own day, beyond which there is nothing to find.
    """
    if limits.first is None or limits.after is None:
        return limits.first, limits.after
    unit, count = _SLACK[limits.grain]
    edge = calendar.Period(start=limits.after, end=limits.after, grain=Grain.DAY)
    moved = calendar.shifted(edge, unit, count)
    tomorrow = calendar.shifted_days(reference.today, 1)
    ends = limits.after
    if moved and tomorrow:
        ends = max(limits.after, min(moved.start, tomorrow))
    if limits.first > reference.today:
        now = calendar.Period(start=reference.today, end=reference.today, grain=Grain.DAY)
        earlier = calendar.shifted(now, unit, -count)
        return (earlier.start if earlier else limits.first), ends
    return limits.first, ends


def _orders(folded: Folded, grammar: Grammar) -> Iterator[tuple[int, int, Order]]:
    for template, order in ((grammar.oldest, Order.OLDEST), (grammar.newest, Order.NEWEST)):
        for match in pattern(grammar, template, "within").finditer(folded.text):
            yield *span_of(match), order
