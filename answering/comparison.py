"""The answer to a question of two things, from the best sentence on each.

What is worked out (a difference, which is more) cites both stories and says that it was worked out;
the sentences it rests on follow it, verbatim. Where only one of the two is in the archive, that one is
given and the answer is called partial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from answering.changes import in_figures
from answering.citations import cite
from answering.decompose import Decomposed, Form, Part
from answering.extract import quote
from answering.figures import figure_asked, meets
from answering.outcome import Bearing, Limits, bears_on
from answering.phrases import number_in_figures, phrase
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify.names import find_names
from answering.verify.quantities import Quantity
from domain.answer import Sentence, Verdict

_NUMERIC = frozenset({Form.DIFFERENCE, Form.CHOICE})
_LOOKED_AT = 12  # sentences of a side
# Share of the best sentence's score. Set by hand on data/evaluation.
_NEAR_BEST = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two things: what is asked of it, and the sentences found for it, best first."""

    part: Part
    asked: Asked
    ranked: Sequence[Ranked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Sentences of an answer; `complete` is false where one of the two things was not found."""

    kept: tuple[tuple[Sentence, Bearing], ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    side: Side
    item: Ranked
    bearing: Bearing
    quantity: Quantity | None


def compare(of: Decomposed, sides: Sequence[Side], *, asked: Asked, limits: Limits) -> Compared:
    """What the archive says of each, and what follows from both."""
    found = [f for side in sides if (f := _best(side, numeric=of.form in _NUMERIC, limits=limits))]
    kept = [(quote(f.item, f.side.asked), f.bearing) for f in found]
    complete = len(found) == len(sides)
    if complete and of.form in _NUMERIC and (text := _worked_out(of, found, asked.language)):
        reason = phrase("worked_out", asked.language)
        citations = tuple(cite(f.item.story, *f.item.story.sentences[f.item.index]) for f in found)
        sentence = Sentence(text=text, verdict=Verdict.SUPPORTED, citations=citations, reasons=(reason,))
        kept.insert(0, (sentence, found[0].bearing))
    unique = {s.text: (s, b) for s, b in reversed(kept)}
    return Compared(kept=tuple((s, b) for s, b in kept if unique.pop(s.text, None)), complete=complete)


def _best(side: Side, *, numeric: bool, limits: Limits) -> _Found | None:
    """The best sentence for one of the two; one that names it comes before one that says "he"."""
    found: list[_Found] = []
    for item in side.ranked[:_LOOKED_AT]:
        language = item.story.hit.language
        if item.score < side.ranked[0].score * _NEAR_BEST:
            break
        if not meets(side.asked, item.text, language) or not _is_of_its_year(side.asked, item):
            continue
        figure = figure_asked(side.asked, item.text, language, of=side.asked.names) if numeric else None
        bears = bears_on(side.asked, item)
        if _bears_enough(bears, limits) and (figure or not numeric):
            quantity = figure.quantity if figure else None
            found.append(_Found(side=side, item=item, bearing=bears, quantity=quantity))
    return max(found, key=lambda f: (_names_it(f), f.item.score), default=None)


def _bears_enough(bears: Bearing, limits: Limits) -> bool:
    """As an answer bears, but for the words of the question: a part's question is not a reader's own."""
    near = limits.closeness_across if bears.crosses_languages else limits.closeness
    return bears.names_found >= limits.names_found and bears.time_found and bears.closeness >= near


def _names_it(found: _Found) -> bool:
    wanted = {part for name in found.side.asked.names for part in name.parts}
    named = {
        part for name in find_names(found.item.text, found.item.story.hit.language) for part in name.parts
    }
    return bool(wanted & named)


def _is_of_its_year(asked: Asked, item: Ranked) -> bool:
    """A story of another year that looks back at this one gives its own figures first."""
    return not asked.years or item.story.hit.published.year in asked.years or asked.kind is not Kind.HOW_MANY


def _worked_out(of: Decomposed, found: Sequence[_Found], language: str) -> str | None:
    left, right = (f.quantity for f in found)
    if left is None or right is None or left.unit != right.unit:
        return None
    one, other = in_figures(left, language), in_figures(right, language)
    if left.value == right.value:
        return phrase("equal", language, left=one, right=other)
    if of.form is Form.CHOICE:
        first = (left.value < right.value) == of.least
        name = found[0 if first else 1].side.part.name
        ends = (one, other) if first else (other, one)
        return phrase("choice", language, name=name[0].upper() + name[1:], left=ends[0], right=ends[1])
    if left.bound or right.bound:
        return None  # "more than 180" less 100 is no number
    difference = number_in_figures(abs(round(left.value - right.value, 6)), language)
    name = "more" if left.value > right.value else "fewer"
    return phrase(name, language, difference=difference, left=one, right=other)


def merged(sides: Sequence[Side]) -> list[Ranked]:
    """The sentences of both sides in turn, so that a small prompt holds the best of each."""
    turns = [item for pair in _in_turn([s.ranked for s in sides]) for item in pair]
    seen: set[tuple[int, int]] = set()
    kept: list[Ranked] = []
    for position, item in enumerate(turns):
        key = (item.story.hit.version_id, item.index)
        if key not in seen:
            seen.add(key)
            # Scores of two questions are not comparable: the place in turn is what counts from here on.
            kept.append(replace(item, score=1.0 - position / (len(turns) + 1)))
    return kept


def _in_turn(lists: Sequence[Sequence[Ranked]]) -> list[list[Ranked]]:
    longest = max((len(one) for one in lists), default=0)
    return [[one[i] for one in lists if i < len(one)] for i in range(longest)]
