"""An answer in the stories' own words: what is shown without a model, and what a model's draft falls back on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from answering.accounts import Account, differing_accounts
from answering.as_of import latest_first, not_superseded, that_answer
from answering.changes import DatedFigure, changed_figures, latest_figure
from answering.comparison import compare
from answering.extract import extract
from answering.figures import counts_people_harmed
from answering.gathering import Evidence
from answering.outcome import Bearing, Limits, bears_on
from answering.premise import as_sentence, contradicted
from answering.questions import Asked, Kind
from domain.answer import Sentence, TokenCount
from domain.query import Query

Kept = tuple[tuple[Sentence, Bearing], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came out of the writing stage, before the last look at what may be shown."""

    kept: Kept
    withheld: tuple[Sentence, ...] = ()
    model: str | None = None
    tokens: TokenCount = field(default_factory=TokenCount)
    first_token: float | None = None
    differing: tuple[DatedFigure, ...] = ()  # the figure asked about, where stories give it differently
    accounts: tuple[Account, ...] = ()  # the day or person asked for, where stories give it differently
    incomplete: bool = False  # of two things asked about, one was not found
    model_error: str | None = None  # why the model that was asked gave nothing


def quoted(evidence: Evidence, limits: Limits) -> Written:
    """The sentences that answer: what contradicts a false premise, before all; of two things, one for each
    and what follows from both."""
    asked, ranked = evidence.asked, evidence.ranked
    if correction := correcting(evidence, limits):
        return Written(kept=correction)
    if evidence.of is not None:
        compared = compare(evidence.of, evidence.sides, asked=asked, limits=limits)
        if compared.kept:
            return Written(kept=compared.kept, incomplete=not compared.complete)
    if of_a_state(asked, evidence.query):
        if figure := latest_figure(asked, ranked, limits):
            return Written(kept=figure)
        ranked = latest_first(asked, ranked, limits)
    else:
        ranked = that_answer(asked, ranked, limits)
    found = [(sentence, bears_on(asked, item)) for sentence, item in extract(asked, ranked)]
    kept = tuple((s, b) for s, b in found if b.answers(limits))
    return Written(kept=kept, incomplete=evidence.of is not None)


def correcting(evidence: Evidence, limits: Limits) -> Kept:
    """ "The archive says otherwise: …", where it does."""
    if evidence.of is not None:
        return ()
    found = contradicted(evidence.asked, evidence.ranked, limits)
    return ((as_sentence(found, evidence.asked.language), found.bearing),) if found else ()


def differing_figures(evidence: Evidence, limits: Limits) -> tuple[DatedFigure, ...]:
    """Figures that stories contradict each other on. As of a day, how many there are is what the latest
    story says; how many died stays what each story said."""
    asked = evidence.asked
    if evidence.of is not None or (of_a_state(asked, evidence.query) and not counts_people_harmed(asked)):
        return ()
    return tuple(changed_figures(asked, evidence.ranked, limits))


def accounts_that_differ(evidence: Evidence, limits: Limits) -> tuple[Account, ...]:
    """Days or persons that stories contradict each other on; who holds a post as of a day is no such thing."""
    if evidence.of is not None or of_a_state(evidence.asked, evidence.query):
        return ()
    return differing_accounts(evidence.asked, evidence.ranked, limits)


def as_it_stood(evidence: Evidence, limits: Limits) -> Evidence:
    """Asked who or how many as of a day: the evidence without the stories that a later one has overtaken, so
    that a model neither reads them nor finds support in them."""
    asked = evidence.asked
    if evidence.of is not None or not of_a_state(asked, evidence.query):
        return evidence
    ranked = not_superseded(asked, evidence.ranked, limits)
    versions = {r.story.hit.version_id for r in ranked}
    stories = tuple(s for s in evidence.stories if s.hit.version_id in versions)
    return replace(evidence, ranked=ranked, stories=stories)


def of_a_state(asked: Asked, query: Query) -> bool:
    """Asked as of a day, without a year of its own, who or how many is of how things stood that day.

    What happened, and why, is told best by the story of it, be it the latest or not.
    """
    state = asked.kind in (Kind.WHO, Kind.HOW_MANY) and not asked.years
    return state and query.filters.as_of is not None
