"""A figure that sources give differently, or that a later story changed, told as a dated sequence.

Each part of the sequence is one sentence that cites one story, and its number is found in the very
words cited. The day is that of the story. A story that gives both numbers contradicts nobody, and
"at least 190" goes with 191.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from answering.citations import cite
from answering.figures import Figure, asks_for_change, conflict, figure_asked, states
from answering.outcome import Bearing, Limits, bears_on
from answering.phrases import day_in_words, in_sequence, number_in_figures, phrase
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify.moments import find_moments
from answering.verify.names import name_stands
from answering.verify.quantities import Quantity
from answering.words import same_language, stem_set
from domain.answer import Citation, Sentence, StatedFigure, Verdict

# Sentences looked at for figures; of 48 ranked the later ones bear on something else.
_LOOKED_AT = 24
# Share of the best sentence's score from which a story's figure counts. Set by hand on the sample archive.
_NEAR_BEST = 0.6
_BESIDE_UNITS = (
    0.75  # share of the question's other words; at 0.5 fares of two airlines contradict each other
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFigure:
    """What one story says the figure is."""

    figure: Figure
    item: Ranked
    bearing: Bearing

    @property
    def quantity(self) -> Quantity:
        return self.figure.quantity


def dated_figures(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> list[DatedFigure]:
    """The figure asked about in each story that gives it, the earliest story first."""
    if asked.kind is not Kind.HOW_MANY:
        return []
    found: dict[int, DatedFigure] = {}
    for item in ranked[:_LOOKED_AT]:
        version = item.story.hit.version_id
        if item.score < ranked[0].score * _NEAR_BEST or version in found:
            continue
        figure = figure_asked(asked, item.text, item.story.hit.language)
        if figure and _same_event(asked, item):
            bears = bears_on(asked, item)
            if bears.answers(limits):
                found[version] = DatedFigure(figure=figure, item=item, bearing=bears)
    return sorted(found.values(), key=lambda f: f.item.story.hit.published)


def changed_figures(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> list[DatedFigure]:
    """The figures in the order of their stories, where they differ; none where they agree."""
    told = [] if asks_for_change(asked) else dated_figures(asked, ranked, limits)
    if not any(_contradict(a, b) for i, a in enumerate(told) for b in told[i + 1 :]):
        return []
    steps: list[DatedFigure] = []
    for one in _told_best(told, asked):
        if not steps or not _same(steps[-1].quantity, one.quantity):
            steps.append(one)
    return steps


def as_sentences(steps: Sequence[DatedFigure], asked: Asked) -> tuple[tuple[Sentence, Bearing], ...]:
    """ "The archive gives different figures: 12 on 3 May 1998," [1] "then 17 on 5 May 1998." [2]"""
    sentences = []
    for position, step in enumerate(steps):
        text = _dated(step, asked.language, provider=_one_day(step, steps))
        days = [_day(s) for s in steps]
        text = in_sequence(text, position, days, asked.language, opening="figures_differ")
        sentence = Sentence(
            text=text, verdict=Verdict.SUPPORTED, citations=(_citation(step),), figure=_stated(step, asked)
        )
        sentences.append((sentence, step.bearing))
    return tuple(sentences)


def latest_figure(
    asked: Asked, ranked: Sequence[Ranked], limits: Limits
) -> tuple[tuple[Sentence, Bearing], ...]:
    """The figure of the latest story that gives it, with that story's own sentence; none where none does."""
    told = _told_best(dated_figures(asked, ranked, limits), asked)
    if not told:
        return ()
    last = told[-1]
    figure, day = _figure_in_words(last, asked.language), day_in_words(_day(last), asked.language)
    citation = _citation(last)
    lead = phrase("latest_figure", asked.language, figure=figure, date=day)
    return tuple(
        (Sentence(text=text, verdict=Verdict.SUPPORTED, citations=(citation,)), last.bearing)
        for text in (lead, citation.quote)
    )


def still_disputed(steps: Sequence[DatedFigure]) -> bool:
    """Whether what is left of a sequence, once stories are taken away, still differs."""
    return any(not _same(a.quantity, b.quantity) for a, b in itertools.pairwise(steps))


def without_figures(
    kept: Sequence[tuple[Sentence, Bearing]], steps: Sequence[DatedFigure], asked: Asked
) -> tuple[tuple[Sentence, Bearing], ...]:
    """The sentences that do not state one of the figures as if it were the only one."""
    return tuple(
        (s, b) for s, b in kept if not any(states(s.text, asked.language, f.quantity) for f in steps)
    )


def _same_event(asked: Asked, item: Ranked) -> bool:
    """Whether what stands around the sentence speaks of the names, the years and most of the other words
    of the question: a story may tell of several events, and a figure belongs to one."""
    story, language = item.story, item.story.hit.language
    start, end = story.sentences[item.index]
    near = f"{story.hit.headline or ''}. {story.hit.place or ''}. {story.around(start, end, sentences=1)}"
    if not all(name_stands(name, near, story.context(asked.language)) for name in asked.names):
        return False
    day = story.hit.published.date()
    years = {day.year} | {m.year for m in find_moments(near, language, anchor=day)}
    if asked.years and not asked.years & years:
        return False
    if not same_language(asked.language, language):
        return True
    wanted = asked.focus - set(asked.counted)
    if asked.units:  # dollars and percent count anything: what they count stands beside them
        return len(wanted & stem_set(near, language)) >= len(wanted) * _BESIDE_UNITS
    return len(wanted & stem_set(f"{near} {story.body}", language)) >= len(wanted) / 2


def _contradict(one: DatedFigure, other: DatedFigure) -> bool:
    if not conflict(one.quantity, other.quantity):
        return False
    earlier, later = sorted((one, other), key=lambda f: f.item.story.hit.published)
    if states(earlier.item.story.body, earlier.item.story.hit.language, later.quantity):
        return False
    both = states(later.item.story.body, later.item.story.hit.language, earlier.quantity)
    return not both or (
        later.figure.replaces and states(later.item.text, later.item.story.hit.language, earlier.quantity)
    )


def _told_best(told: Sequence[DatedFigure], asked: Asked) -> list[DatedFigure]:
    """Of stories of one day that go together, the one in the question's language, else the nearest."""
    best: list[DatedFigure] = []
    for one in sorted(told, key=lambda f: _nearness(f, asked), reverse=True):
        if not any(_day(one) == _day(b) and not conflict(one.quantity, b.quantity) for b in best):
            best.append(one)
    return sorted(best, key=lambda f: f.item.story.hit.published)


def _nearness(one: DatedFigure, asked: Asked) -> tuple[bool, float]:
    return one.item.story.hit.language == asked.language, one.item.score


def _same(one: Quantity, other: Quantity) -> bool:
    return bool(set(one.values) & set(other.values)) and one.bound == other.bound


def _citation(step: DatedFigure) -> Citation:
    return cite(step.item.story, *step.item.story.sentences[step.item.index])


def _dated(step: DatedFigure, language: str, *, provider: bool) -> str:
    figure, day = _figure_in_words(step, language), day_in_words(_day(step), language)
    if provider:
        return phrase("from_provider", language, figure=figure, date=day, provider=_provider(step))
    return phrase("on_date", language, figure=figure, date=day)


def _figure_in_words(step: DatedFigure, language: str) -> str:
    return step.figure.words or in_figures(step.quantity, language)


def in_figures(quantity: Quantity, language: str) -> str:
    """The number alone, for readers of another language than the story's; "more than" becomes the weaker
    "at least", so that nothing is said that the story does not say."""
    number = number_in_figures(quantity.value, language)
    number += {"percent": " %", "USD": " USD", "EUR": " EUR"}.get(quantity.unit or "", "")
    name = {"over": "at_least", "under": "at_most", "about": "about"}.get(quantity.bound or "")
    return phrase(name, language, number=number) if name else number


def _stated(step: DatedFigure, asked: Asked) -> StatedFigure:
    words = _figure_in_words(step, asked.language)
    return StatedFigure(words=words, value=step.quantity.value, unit=step.quantity.unit)


def _one_day(step: DatedFigure, steps: Sequence[DatedFigure]) -> bool:
    """Whether another provider gives another figure that very day."""
    return any(s is not step and _day(s) == _day(step) and _provider(s) != _provider(step) for s in steps)


def _provider(step: DatedFigure) -> str:
    return step.item.story.hit.provider


def _day(step: DatedFigure) -> date:
    return step.item.story.hit.published.date()
