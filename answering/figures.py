"""The number of a sentence that "how many" asks for, told from the other numbers beside it.

A number is taken only where it is the only one that fits: it has the unit asked for, or stands
beside the noun that is counted, or in a clause that speaks of the dead where the question does.
None rather than a guess: what is built on this says that sources contradict each other.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from answering.folding import fold
from answering.lexicon import lexicon
from answering.questions import Asked, Kind
from answering.verify.names import Name, find_names
from answering.verify.quantities import Quantity, find_quantities, matches
from answering.words import same_language, stem

_NOBODY = Path(__file__).with_name("lexicons") / "nobody.toml"
# What people are counted as; a question about one of them takes no number of another.
_FATES = ("dead", "injured", "alive", "arrest")
_EDGE = re.compile(
    r"[.;:!?\n()،؛]|,(?!\d)|(?<!\w)(?:and|et|y|e|und|while|against|contre|contra|gegen|tandis|mientras|enquanto|"
    r"wahrend|ainsi|sowie|مقابل|بينما)(?!\w)| و(?=\w)"
)
# "twelve fewer than", "22 más que", "ten new members": a difference, not the count itself.
_DIFFERENCE = re.compile(
    r"[\s-]*(?:(?:\w+\s+)?(?:fewer|more|less|mas|menos|mais|mehr|weniger|moins|plus)\W+(?:than|que|als|do que)|"
    r"(?:new|more|additional|further|nouve\w*|supplementaires?|nuev\w*|novos|novas|neuen?|weiteren?)(?!\W+than))(?!\w)"
)
# "164 of the 350 seats": what follows is what the number is a part of.
_PART_OF = re.compile(
    r"\W*(?:\w+\W+)?(?:of|out of|de|sur|von|em|dos|das|من|من اصل)\W+(?:the|los|las|les|der|den|os|as)?\W*$"
)
# "from 202 to 190": what stands before the second number is gone.
_FROM = re.compile(r"(?<!\w)(?:from|de|von|من)\W+(?:\w+\W+)?$")
_TO = re.compile(r"\W*(?:\w+\W+)?(?:to|a|auf|para|الي)\W+")
_CURRENCY = re.compile(r"(?:US|R)?[$€£¥]\s?$")
_ROUND_WORDS = 2  # of a noun around the number


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as a story states it, and whether the sentence says that it replaces another."""

    quantity: Quantity
    words: str | None  # as written, with the noun it counts; None where offsets are not those of the text
    replaces: bool


def figure_asked(asked: Asked, text: str, language: str | None, *, of: Sequence[Name] = ()) -> Figure | None:
    """The number of `text` that answers a "how many"; None where there is none, or more than one.

    Of several, the one that follows a name of `of` most closely is taken, if any names are given.
    """
    folded = fold(text)
    fitting = _fitting(asked, folded, text, language)
    if not fitting:
        return None
    best = max(_company(q, asked) for q in fitting)
    left = [q for q in fitting if _company(q, asked) == best]
    if any(not matches(left[0], q) for q in left[1:]):
        behind = _behind(left, text, language, of)
        if behind is None:
            return None
        left = [behind]
    chosen = left[0]
    return Figure(
        quantity=chosen,
        words=_as_written(chosen, text, folded, asked, language),
        replaces=_replaces(folded, language, chosen, text),
    )


def _fitting(asked: Asked, folded: str, text: str, language: str | None) -> list[Quantity]:
    known = {v for q in find_quantities(asked.text, asked.language) for v in q.values}
    stated = find_quantities(text, language)
    joined = "join" in _said(fold(asked.text), asked.language, ("join",))
    fitting: list[Quantity] = []
    for before, q, after in zip((None, *stated), stated, (*stated[1:], None), strict=False):
        if known & set(q.values) or (not joined and _DIFFERENCE.match(folded, q.end)):
            continue
        if after and _FROM.search(folded, 0, q.start) and _TO.fullmatch(folded, q.end, after.start):
            continue
        if before and _PART_OF.fullmatch(folded, before.end, q.start):
            continue
        if after and q.unit is None and _PART_OF.fullmatch(folded, q.end, after.start):
            # "418 of the 659 seats": 418 seats.
            q = replace(q, unit=after.unit, after=(*q.after, *after.after))
        if _fits(q, asked, folded, language):
            fitting.append(q)
    return fitting


def _behind(
    quantities: Sequence[Quantity], text: str, language: str | None, names: Sequence[Name]
) -> Quantity | None:
    """The number that most closely follows one of the names: "Macron … 58 percent, Le Pen … 41"."""
    wanted = {part for name in names for part in name.parts}
    ends = [n.end for n in find_names(text, language) if wanted & set(n.parts)]
    apart = [(q.start - end, q) for q in quantities for end in ends if q.start >= end]
    return min(apart, key=lambda pair: pair[0])[1] if apart else None


def asks_for_change(asked: Asked) -> bool:
    """Whether the question itself is of an earlier figure, or of how a figure moved."""
    return bool(_said(fold(asked.text), asked.language, ("before", "up", "down")))


def counts_people_harmed(asked: Asked) -> bool:
    """Whether it is a toll that is asked for: of one event, where "how many members" is of a state of things."""
    return bool(_fates(fold(asked.text), asked.language))


def meets(asked: Asked, text: str, language: str | None) -> bool:
    """Whether the text has what this kind of question asks for; of the dead where it asks for the dead."""
    if says_none(asked, text, language):
        return True
    return (
        asked.is_met_by(text, language)
        and not _counts_another_fate(asked, text, language)
        and not _counts_only_units(asked, text, language)
    )


def says_none(asked: Asked, text: str, language: str | None) -> bool:
    """Whether the dead are asked for and the text says that there were none, or the injured, or survivors."""
    if asked.kind is not Kind.HOW_MANY or language is None:
        return False
    patterns = [p for fate in _fates(fold(asked.text), asked.language) if (p := _nobody(fate, language))]
    return any(p.search(fold(text)) for p in patterns)


@cache
def _nobody(fate: str, language: str) -> re.Pattern[str] | None:
    words = tomllib.loads(_NOBODY.read_text("utf-8")).get(fate, {}).get(language)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None


def _counts_another_fate(asked: Asked, text: str, language: str | None) -> bool:
    """Whether every number of the text is of the injured where the dead are asked for, or the like."""
    fates, folded = _fates(fold(asked.text), asked.language), fold(text)
    found = [_fates(_clause(folded, q), language) for q in find_quantities(text, language) if not q.ordinal]
    return bool(fates and found) and all(told and not told & fates for told in found)


def _counts_only_units(asked: Asked, text: str, language: str | None) -> bool:
    """Whether visitors are asked for, and all numbers of the text are of days or dollars."""
    if not asked.counted or asked.counted_unit or asked.units:
        return False
    known = {v for q in find_quantities(asked.text, asked.language) for v in q.values}
    found = [q for q in find_quantities(text, language) if not known & set(q.values)]
    return bool(found) and all(q.unit in _MEASURED for q in found)


_MEASURED = frozenset(
    {"day", "week", "month", "year", "hour", "minute", "second", "percent", "USD", "EUR", "GBP"}
)


def conflict(one: Quantity, other: Quantity) -> bool:
    """Whether both cannot stand: "at least 190" goes with 191, and 12 does not go with 17."""
    return not (matches(one, other) or matches(other, one))


def states(text: str, language: str | None, figure: Quantity) -> bool:
    """Whether the text has this number too."""
    return any(set(q.values) & set(figure.values) for q in find_quantities(text, language))


def _fits(quantity: Quantity, asked: Asked, folded: str, language: str | None) -> bool:
    if asked.units or asked.counted_unit:
        wanted = asked.units or {asked.counted_unit}
        return quantity.unit in wanted and not quantity.ordinal
    same = same_language(asked.language, language)
    beside = {*quantity.after[:_ROUND_WORDS], *quantity.before[:_ROUND_WORDS]}
    if fates := _fates(fold(asked.text), asked.language):
        clause = _clause(folded, quantity)
        return not quantity.ordinal and bool(fates & _fates(clause, language))
    if quantity.ordinal:  # "the 31st member"
        return same and bool(set(quantity.after[:1]) & set(asked.counted))
    return same and bool(beside & set(asked.counted))


def _fates(folded: str, language: str | None) -> set[str]:
    return _said(folded, language, _FATES)


def _said(folded: str, language: str | None, names: Sequence[str]) -> set[str]:
    held = lexicon(language).direction
    return {name for name in names if name in held and held[name].search(folded)}


def _clause(folded: str, quantity: Quantity) -> str:
    before = _EDGE.split(folded[: quantity.start])[-1]
    after = _EDGE.split(folded[quantity.end :])[0]
    return f"{before} {after}"


def _company(quantity: Quantity, asked: Asked) -> int:
    after, before = set(quantity.after[:_ROUND_WORDS]), set(quantity.before[:_ROUND_WORDS])
    return 2 * len(after & asked.focus) + len(before & asked.focus)


def _replaces(folded: str, language: str | None, chosen: Quantity, text: str) -> bool:
    """Whether the sentence has a second number and a word for going up or down: "from 202 to 190"."""
    others = [q for q in find_quantities(text, language) if q is not chosen and not q.ordinal]
    held = lexicon(language).direction
    return bool(others) and any(name in held and held[name].search(folded) for name in ("up", "down"))


def _as_written(quantity: Quantity, text: str, folded: str, asked: Asked, language: str | None) -> str | None:
    """ "at least 190 people" in the story's own words, to a reader of the same language."""
    if quantity.ordinal or len(folded) != len(text) or not same_language(asked.language, language):
        return None
    end = quantity.end
    noun = re.match(r"[\s-]+([^\W\d_]+)(?:\s+([^\W\d_]+))?", text[end:])
    # "190 people were", "12 dead.", but not "27 member" of "27 member states".
    if noun and _is_counted(noun[1], asked, language) and _ends_there(noun[2], language):
        end += noun.end(1)
    start = quantity.start
    if quantity.bound:
        patterns = lexicon(language).rounding.values()
        found = [m for p in patterns for m in p.finditer(folded, max(0, start - 28), start)]
        near = [m for m in found if not folded[m.end() : start].strip()]
        if not near:
            return None
        start = min(m.start() for m in near)
    elif before := _CURRENCY.search(text, 0, start):
        start = before.start()
    return text[start:end].strip()


def _is_counted(word: str, asked: Asked, language: str | None) -> bool:
    fates = _fates(fold(asked.text), asked.language)
    return stem(fold(word), language) in asked.counted or bool(fates & _fates(fold(word), language))


def _ends_there(following: str | None, language: str | None) -> bool:
    """Whether the noun is not the first half of a longer one: a small word, a verb of dying or nothing follows."""
    folded = fold(following or "")
    return not folded or folded in lexicon(language).stopwords or bool(_fates(folded, language))
