"""One question of a run as a reviewer reads it: asked, accepted, answered, found.

Words of stories are read from the archive as it stands now, and pass what keeps killed, held, embargoed and
hidden ones from being shown: the archive that was asked, and the one before the reader. A run's files keep what
was said when it was made; what rests on a story that may no longer be shown is left out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from domain.answer import Outcome, Verdict
from domain.errors import StoryNotFound
from domain.story import Version
from evaluation.judged import Judged
from evaluation.results import CitedSpan, Result
from evaluation.sets import EvalQuery, EvalSet
from runtime.archive import Archive
from runtime.run_choice import Listed
from runtime.runs import RunCard, run_result
from runtime.suppression import Mask

_FOUND_SHOWN = 10
_GOLD_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFound:
    """A story of the ranking, or one that the set judges relevant. `hidden`: it may not be shown now."""

    guid: str
    rank: int | None  # None: relevant, and not among those ranked
    relevant: bool
    hidden: bool
    headline: str | None = None
    published: datetime | None = None
    language: str | None = None
    passage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceShown:
    """A sentence with its verdict; without words where a story it rests on may not be shown now."""

    text: str
    verdict: Verdict | None  # None: a run that did not note it
    reasons: tuple[str, ...]
    citations: tuple[CitedSpan, ...]
    withheld: bool
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShown:
    query: EvalQuery
    judged: Judged
    outcome: Outcome | None
    sentences: tuple[SentenceShown, ...]
    found: tuple[StoryFound, ...]  # those first in the ranking, then relevant ones that are not among them
    scores: tuple[tuple[str, float], ...]
    violations: tuple[str, ...]
    seconds: tuple[tuple[str, float | None], ...]
    tokens: tuple[int, int]  # read, written
    joules: float | None
    joules_measured: bool


def show_question(archive: Archive, card: RunCard, of: EvalSet, listed: Listed) -> QuestionShown:
    """`archive`: the one before the reader, whose orders hold besides those of the one asked."""
    result, query = run_result(card, listed.at), listed.query
    with _asked(archive, card) as asked:
        looking = _Looking(archive, asked)
        found = tuple(_found(looking, result, of))
        sentences = tuple(looking.sentence(one) for one in _sentences(result))
    return QuestionShown(
        query=query,
        judged=listed.judged,
        outcome=result.outcome,
        sentences=sentences,
        found=found,
        scores=listed.scores,
        violations=result.violations,
        seconds=(
            ("retrieve", result.retrieve_seconds),
            ("first_token", result.first_token_seconds),
            ("total", result.total_seconds),
        ),
        tokens=(result.prompt_tokens, result.generated_tokens),
        joules=result.joules,
        joules_measured=result.joules_measured,
    )


class _Looking:
    """Reads versions that both archives allow to be shown."""

    def __init__(self, before_reader: Archive, asked: Archive | None) -> None:
        self._before, self._asked = before_reader, asked
        self._mask: Mask = before_reader.hidden_names().in_full

    def version(self, guid: str, number: int | None = None) -> Version | None:
        """None: it may not be shown, or is not there any more."""
        if self._asked is None or is_refused(self._before, guid):
            return None
        try:
            return self._asked.version(guid, number=number)
        except StoryNotFound:
            return None

    def sentence(self, one: SentenceShown) -> SentenceShown:
        hidden = any(self.version(span.guid, span.version) is None for span in one.citations)
        if hidden or self._mask.hides(one.text, *(span.quote for span in one.citations)):
            return SentenceShown(
                text="", verdict=one.verdict, reasons=(), citations=(), withheld=one.withheld, hidden=True
            )
        return one

    def masked(self, text: str | None) -> str | None:
        return self._mask.optional(text)


def is_refused(archive: Archive, guid: str) -> bool:
    """Whether this archive has the story and may not show it. One it never had is not its to refuse."""
    try:
        archive.version(guid)
    except StoryNotFound:
        return bool(archive.store.links.story_ids([guid]))
    return False


@contextmanager
def _asked(archive: Archive, card: RunCard) -> Iterator[Archive | None]:
    """The archive that was asked, as it stands; None where it has been removed."""
    if card.home.resolve() == archive.settings.archive.resolve():
        yield archive
        return
    if not (card.home / "archive.sqlite").is_file():
        yield None
        return
    with Archive.open(archive.settings.model_copy(update={"archive": card.home, "database": None})) as asked:
        yield asked


def _sentences(result: Result) -> Iterator[SentenceShown]:
    spans = {False: iter(result.shown), True: iter(result.withheld)}
    for said in result.said:
        own = tuple(next(spans[said.withheld]) for _ in range(said.citations))
        yield SentenceShown(
            text=said.text,
            verdict=said.verdict,
            reasons=said.reasons,
            citations=own,
            withheld=said.withheld,
            hidden=False,
        )
    if not result.said and result.text and not result.declined:  # a run of an earlier program
        yield SentenceShown(
            text=result.text, verdict=None, reasons=(), citations=result.shown, withheld=False, hidden=False
        )


def _found(looking: _Looking, result: Result, of: EvalSet) -> Iterator[StoryFound]:
    grades = of.qrels.get(result.query_id, {})
    relevant = {guid for guid, grade in grades.items() if grade > 0}
    places = {place.guid: place for place in reversed(result.evidence)}
    first = result.ranked[:_FOUND_SHOWN]
    ranks = {guid: rank for rank, guid in enumerate(result.ranked, start=1)}
    missed = [guid for guid in grades if guid in relevant and guid not in first][:_GOLD_SHOWN]
    for guid in (*first, *missed):
        place = places.get(guid)
        version = looking.version(guid, place.version if place else None)
        rank = ranks.get(guid)
        if version is None:
            yield StoryFound(guid=guid, rank=rank, relevant=guid in relevant, hidden=True)
            continue
        yield StoryFound(
            guid=guid,
            rank=rank,
            relevant=guid in relevant,
            hidden=False,
            headline=looking.masked(version.headline),
            published=version.published,
            language=version.language,
            passage=looking.masked(version.body[place.start : place.end]) if place else None,
        )
