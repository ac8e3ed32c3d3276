"""Every date of the sentence is said by the span, or is the day the story was published.

Weekdays and "yesterday" of the story are resolved by its date. Where the span gives no date at
all, the event is taken to be of the day of publication, the day before, or that month or year.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from answering.verify.moments import Moment, agree, contradict, find_moments
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.verify.quantities import find_quantities


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claimed = find_moments(sentence, context.claim_language)
    if not claimed:
        return []
    stated = find_moments(span, context.language, anchor=context.day)
    numbers = {v for q in find_quantities(span, context.language) for v in q.values}
    objections: list[Objection] = []
    for moment in claimed:
        if not moment.surely and (moment.year in numbers or any(m.year == moment.year for m in stated)):
            continue
        objection = _one(moment, stated, context)
        if objection:
            objections.append(objection)
    return objections


def _one(claim: Moment, stated: tuple[Moment, ...], context: Context) -> Objection | None:
    if any(agree(claim, s) for s in stated):
        return None
    filled = [_filled(s, context.day) for s in stated]
    this_year = [replace(s, year=context.day.year) for s in stated if s.year is None and s.month]
    if any(agree(claim, s) for s in this_year):
        return None
    if any(agree(claim, f) for f in filled):
        return None
    published = _of(context.day)
    explicit = [s for s in stated if s.year or s.month or s.day]
    # The story's day stands for the event's only where the span names none that rivals it.
    rivals = [f for f in filled if _as_fine(f, claim) and contradict(claim, f)]
    near_publication = any(agree(claim, _of(context.day - timedelta(days=n))) for n in (0, 1))
    if near_publication and not any(r.day or r.weekday is not None for r in rivals):
        return None
    if rivals:
        shown = next((s for s, f in zip(stated, filled, strict=True) if f in rivals), rivals[0])
        return veto(ErrorKind.DATE, f"the story says {_shown(shown, context.day)}, not {claim}")
    if agree(_coarse(claim), published) and claim.day is not None and not explicit:
        return doubt(ErrorKind.DATE, f"the story is of {published}; it does not say {claim}")
    elsewhere = find_moments(context.body, context.language, anchor=context.day)
    if any(agree(claim, m) for m in elsewhere):
        return doubt(ErrorKind.DATE, f"{claim} stands elsewhere in the story, not in these words")
    return veto(ErrorKind.DATE, f"the story, of {published}, does not say {claim}")


def _filled(moment: Moment, day: date) -> Moment:
    """ "9 November" of a story of 1989 is 9 November 1989; December told in January is last year's."""
    if moment.year is not None or moment.month is None:
        return moment
    year = day.year
    if moment.month - day.month > 6:
        year -= 1
    elif day.month - moment.month > 6:
        year += 1
    return Moment(start=moment.start, end=moment.end, year=year, month=moment.month, day=moment.day)


def _as_fine(found: Moment, claim: Moment) -> bool:
    """Whether the span's date says as much as the claim's: a year beside a full date is no rival."""
    return all(
        getattr(found, part) is not None
        for part in ("year", "month", "day")
        if getattr(claim, part) is not None
    )


def _coarse(moment: Moment) -> Moment:
    return Moment(start=moment.start, end=moment.end, year=moment.year, month=moment.month)


def _of(day: date) -> Moment:
    return Moment(start=0, end=0, year=day.year, month=day.month, day=day.day)


def _shown(moment: Moment, day: date) -> str:
    return str(_filled(moment, day)) if moment.day else str(moment)
