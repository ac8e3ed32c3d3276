"""Every number of the sentence stands in the span, with its unit, its rounding word and its noun.

What people argue about: "about 1.2 million" is carried by 1,187,000 (5 percent), "more than 1,000"
by 1,023, a plain 1,000 not by "more than 1,000" (doubt). A number found beside another noun than
in the sentence ("21 dead" from "12 dead and 21 injured") is refused.
"""

from __future__ import annotations

import re

from answering.folding import fold
from answering.verify.moments import find_moments
from answering.verify.names import find_names
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.verify.quantities import Quantity, find_quantities, matches

# What a number may be said to be without the other side saying it: the noun around it decides there.
_COUNTED = frozenset({None, "share", "seat", "vote", "goal", "magnitude", "degree", "point", "year", "day"})
# Two names of nearly one thing: votes fill seats, a goal is a point, a tenure is counted in either.
_ALIKE = (
    frozenset({"point", "goal", "seat", "vote", "share"}),
    frozenset({"percentage_points", "point"}),
)
_SMALL = 4  # number words up to here often count what the story lists by name


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claimed = find_quantities(sentence, context.claim_language)
    if not claimed:
        return []
    stated = find_quantities(span, context.language)
    years = {m.year for m in find_moments(span, context.language, anchor=context.day) if m.year}
    listed = _listed(span, context.language)
    # "Eight years", where the story says "from 2009 to 2017" and counts none itself.
    counted = any(s.unit == "year" for s in stated)
    spells = set() if counted else {b - a for a in years for b in years if b > a}
    objections: list[Objection] = []
    # Arabic has a form of the noun for two: "هدفين" is two goals without a number.
    dual = "ar" in (context.language, context.claim_language)
    for quantity in claimed:
        if quantity.value in years or (dual and quantity.value == 2):
            continue
        if quantity.unit == "year" and quantity.value in spells:
            continue
        if quantity.value in listed and not any(quantity.value in s.values for s in stated):
            continue  # "seven countries", where the story names seven
        also = {v for q in claimed if q is not quantity for v in q.values}
        objection = _one(quantity, stated, context, also=also)
        if objection:
            objections.append(objection)
    return objections


def _one(
    claim: Quantity, stated: tuple[Quantity, ...], context: Context, *, also: set[float]
) -> Objection | None:
    found = [s for s in stated if matches(claim, s)]
    if claim.bound and (limits := [s for s in stated if (s.bound, s.unit) == (claim.bound, claim.unit)]):
        # The story has its own "more than": the claim's is that one, not one that another number would allow.
        found = [s for s in found if s in limits or set(s.values) & set(claim.values)]
    if not found:
        return _absent(claim, stated)
    agreeing = [s for s in found if _units_agree(claim, s, stated)]
    if not agreeing:
        return veto(ErrorKind.NUMBER, _reason(found[0], claim))
    if not context.crosses_languages and (rival := _exchanged(claim, agreeing, stated, also=also)):
        return veto(ErrorKind.NUMBER, f"the story says {rival} of that, not {claim}")
    if (
        not any(_bounds_agree(claim.bound, s.bound) for s in agreeing)
        and claim.values[0] == agreeing[0].values[0]
    ):
        return doubt(ErrorKind.NUMBER, f"the story says {agreeing[0]}, not {claim}")
    return None


_BETWEEN = re.compile(
    r"\s*(?:,|;)?\s*(?:and|et|y|e|und|o|u)?\s*(?:the|le|la|les|l'|el|los|die|der|das|a|o|os)?\s*"
)


def _listed(span: str, language: str | None) -> frozenset[int]:
    """How long the span's lists of names are: "Estonia, Latvia and Lithuania" counts three."""
    lengths, run, end = set(), 0, -1
    for name in find_names(span, language):
        joined = end >= 0 and _BETWEEN.fullmatch(fold(span[end : name.start]))
        run = run + 1 if joined and span[end : name.start].strip() else 1
        lengths.add(run)
        end = name.end
    return frozenset(n for n in lengths if n > 1)


def _absent(claim: Quantity, stated: tuple[Quantity, ...]) -> Objection:
    rivals = [s for s in stated if s.unit == claim.unit and not s.ordinal] or list(stated)
    if rivals:
        nearest = max(
            rivals, key=lambda s: (len(set(s.after[:2]) & set(claim.after[:2])), _likeness(claim, s))
        )
        reason = f"the story says {nearest}, not {claim}"
    else:
        reason = f"the story does not say {claim}"
    alike = any(set(s.after[:2]) & set(claim.after[:2]) for s in stated)
    if claim.in_words and claim.value <= _SMALL and not alike:
        return doubt(ErrorKind.NUMBER, reason)
    if claim.ordinal and claim.in_words:
        return doubt(ErrorKind.NUMBER, reason)
    return veto(ErrorKind.NUMBER, reason)


def _likeness(claim: Quantity, stated: Quantity) -> float:
    low, high = sorted((abs(claim.value), abs(stated.value)))
    return low / high if high else 1.0


def _units_agree(claim: Quantity, story: Quantity, stated: tuple[Quantity, ...]) -> bool:
    if claim.per and story.per and claim.per != story.per:
        return False
    one, other = claim.unit, story.unit
    if one == other:
        return True
    if one in _COUNTED and other in _COUNTED:
        return None in (one, other) or any({one, other} <= alike for alike in _ALIKE)
    if other is None:  # "19 moves" is not 19 hours; "10 to 12 percent" is 10 percent
        return not story.after or story.after[0][:1].isdigit() or any(s.unit == one for s in stated)
    if one is None:
        return other not in _MONEY or not claim.after
    return {one, other} <= {"percentage_points", "point"}


_MONEY = frozenset(
    {"USD", "EUR", "GBP", "JPY", "FRF", "DEM", "ITL", "ESP", "PTE", "RUB", "CNY", "BRL", "SEK"}
)


def _reason(story: Quantity, claim: Quantity) -> str:
    said, wanted = str(story), str(claim)
    if story.per and claim.per and story.per != claim.per:
        said, wanted = f"{said} a {story.per}", f"{wanted} a {claim.per}"
    elif said == wanted or story.unit is None:
        said = " ".join([said, *story.after[:1]])
    return f"the story says {said}, not {wanted}"


def _bounds_agree(claim: str | None, story: str | None) -> bool:
    """ "about" may be left out or put in, but not made "exactly"; "more than" and "less than" change what is said."""
    strict = {"over", "under"}
    if claim == "exactly":
        return story in (None, "exactly")
    return claim == story or (claim not in strict and story not in strict)


def _exchanged(
    claim: Quantity, found: list[Quantity], stated: tuple[Quantity, ...], *, also: set[float]
) -> Quantity | None:
    """Another number of the span that keeps the claim's company, when the matched one keeps none of it."""
    if any(_shared_company(claim, s) for s in found):
        return None
    rivals = [
        s for s in stated
        if s not in found and _units_agree(claim, s, stated) and not set(s.values) & also and not s.ordinal
    ]  # fmt: skip
    best = max(rivals, key=lambda s: _shared_company(claim, s), default=None)
    return best if best is not None and _shared_company(claim, best) > 1 else None


def _shared_company(one: Quantity, other: Quantity) -> int:
    """Words around both numbers: what is counted tells more than what leads up to it."""
    after, before = set(one.after[:3]), set(one.before[:3])
    other_after, other_before = set(other.after[:3]), set(other.before[:3])
    return len(after & other_after) * 2 + len(before & other_before)
