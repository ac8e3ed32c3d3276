"""A question to a checked answer: search, pack, generate, verify, decide.

Evidence is given before a word is generated. Nothing is cited that is not visible at the clock's
instant just before the answer is given, whatever happened while it was written. Without a model,
or when the model's engine fails, the answer is quoted from the stories.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Generator as Stream
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter

from answering.as_of import latest_first
from answering.changes import (
    DatedFigure,
    as_sentences,
    changed_figures,
    latest_figure,
    still_disputed,
    without_figures,
)
from answering.evidence import EvidenceStory, gather
from answering.extract import extract
from answering.figures import counts_people_harmed
from answering.languages import not_in_archive, question_language
from answering.options import STORY_TOKENS, AnswerOptions
from answering.outcome import Bearing, bears_on, decide
from answering.pack import PackedPrompt, pack
from answering.parse import parse_draft
from answering.questions import Asked, understand
from answering.ranking import Ranked, rank_sentences
from answering.review import Reviewed, review
from answering.verify.closeness import Closeness
from db.store import StoryStore
from domain.answer import (
    Answer,
    AnswerEvent,
    AnswerReady,
    EvidenceFound,
    Outcome,
    Seconds,
    Sentence,
    TextDelta,
    TokenCount,
)
from domain.errors import ModelError
from domain.protocols import Embedder, Generator
from domain.query import Hit, Order, Query, SearchResult

_log = logging.getLogger(__name__)

_BESIDE = "the archive says so, but it does not seem to answer the question"

Search = Callable[[Query], SearchResult]
Kept = tuple[tuple[Sentence, Bearing], ...]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What came out of the writing stage, before the last look at what may be shown."""

    kept: Kept
    withheld: tuple[Sentence, ...] = ()
    model: str | None = None
    tokens: TokenCount = field(default_factory=TokenCount)
    first_token: float | None = None
    differing: tuple[DatedFigure, ...] = ()  # the figure asked about, where stories give it differently


class Answerer:
    """Answers questions from one archive. Threads may share it; the generator queues them."""

    def __init__(
        self,
        *,
        search: Search,
        store: StoryStore,
        embedder: Embedder,
        generator: Generator | None,
        options: AnswerOptions,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._search = search
        self._store = store
        self._closeness = Closeness(embedder)
        self._generator = None if options.extractive else generator
        self._options = options
        self._clock = clock

    def stream(self, query: Query, *, stop: Callable[[], bool] | None = None) -> Iterator[AnswerEvent]:
        """EvidenceFound, then the draft as TextDelta, then AnswerReady, always last and always there.

        `stop()` ends the writing; what was written until then is checked and given.
        """
        began = perf_counter()
        result = self._search(replace(query, limit=max(query.limit, self._options.evidence)))
        retrieved = perf_counter() - began
        yield EvidenceFound(hits=result.hits, query=result.query, seconds=retrieved)
        language = question_language(query.text, filtered=query.filters.languages)
        asked = understand(query.text, language)
        stories = self._stories(result)
        ranked = rank_sentences(asked, stories, self._closeness)
        written = yield from self._write(asked, stories, ranked, result.query, began, stop)
        differing = self._differing(asked, ranked, result.query)
        written = replace(written, differing=tuple(differing))
        yield AnswerReady(answer=self._finish(asked, result, written, retrieved, began))

    def _stories(self, result: SearchResult) -> tuple[EvidenceStory, ...]:
        hits = result.hits[: self._options.evidence]
        return gather(hits, self._store.bodies([h.version_id for h in hits]))

    def _write(
        self,
        asked: Asked,
        stories: Sequence[EvidenceStory],
        ranked: Sequence[Ranked],
        query: Query,
        began: float,
        stop: Callable[[], bool] | None,
    ) -> Stream[TextDelta, None, _Written]:
        """Streams the draft and returns what stands of it; quotes the stories where there is no model."""
        if self._generator is None or not ranked:
            return self._quoted(asked, ranked, query)
        try:
            return (yield from self._generate(self._generator, asked, stories, ranked, query, began, stop))
        except ModelError as error:
            _log.warning("answering without the model: %s", error)
            return self._quoted(asked, ranked, query)

    def _generate(
        self,
        generator: Generator,
        asked: Asked,
        stories: Sequence[EvidenceStory],
        ranked: Sequence[Ranked],
        query: Query,
        began: float,
        stop: Callable[[], bool] | None,
    ) -> Stream[TextDelta, None, _Written]:
        prompt = self._pack(generator, asked, ranked, query)
        pieces: list[str] = []
        first: float | None = None
        for piece in generator.stream(prompt.messages, max_tokens=self._options.max_tokens, stop=stop):
            if first is None:
                first = perf_counter() - began
            pieces.append(piece)
            yield TextDelta(text=piece)
        draft = "".join(pieces)
        reviewed = review(
            parse_draft(draft), asked=asked, prompt=prompt, stories=stories, closeness=self._closeness,
            options=self._options,
        )  # fmt: skip
        tokens = TokenCount(prompt=prompt.tokens, generated=generator.count_tokens(draft))
        return self._settled(asked, ranked, query, reviewed, generator.name, tokens, first)

    def _settled(
        self,
        asked: Asked,
        ranked: Sequence[Ranked],
        query: Query,
        reviewed: Reviewed,
        model: str,
        tokens: TokenCount,
        first: float | None,
    ) -> _Written:
        """The reviewed draft; where nothing of it answers, the stories' own words if they do."""
        kept = reviewed.kept
        if not any(b.answers(self._options.limits) for _, b in kept) and not reviewed.declined:
            kept = self._quoted(asked, ranked, query).kept or kept
        return _Written(kept=kept, withheld=reviewed.withheld, model=model, tokens=tokens, first_token=first)

    def _pack(
        self, generator: Generator, asked: Asked, ranked: Sequence[Ranked], query: Query
    ) -> PackedPrompt:
        return pack(
            ranked,
            question=asked.text,
            language=asked.language,
            generator=generator,
            budget=self._options.budget or STORY_TOKENS,
            max_tokens=self._options.max_tokens,
            order=Order.NEWEST if _of_a_state(asked, query) else query.order,
            asked_on=query.filters.as_of,
        )

    def _quoted(self, asked: Asked, ranked: Sequence[Ranked], query: Query) -> _Written:
        if _of_a_state(asked, query):
            if figure := latest_figure(asked, ranked, self._options.limits):
                return _Written(kept=figure)
            ranked = latest_first(asked, ranked, self._options.limits)
        quoted = [(sentence, bears_on(asked, item)) for sentence, item in extract(asked, ranked)]
        return _Written(kept=tuple((s, b) for s, b in quoted if b.answers(self._options.limits)))

    def _differing(self, asked: Asked, ranked: Sequence[Ranked], query: Query) -> list[DatedFigure]:
        """Figures that stories contradict each other on. As of a day, how many there are is what the latest
        story says; how many died stays what each story said."""
        if _of_a_state(asked, query) and not counts_people_harmed(asked):
            return []
        return changed_figures(asked, ranked, self._options.limits)

    def _finish(
        self, asked: Asked, result: SearchResult, written: _Written, retrieved: float, began: float
    ) -> Answer:
        """The last look at what may be shown, and the outcome."""
        hits, kept = self._visible(result, written.kept)
        shown = {h.version_id for h in hits}
        steps = [f for f in written.differing if f.item.story.hit.version_id in shown]
        disputed = still_disputed(steps)
        if disputed:
            kept = (*as_sentences(steps, asked), *without_figures(kept, steps, asked))
        outcome = decide(kept, self._options.limits, disputed=disputed)
        answered = outcome is not Outcome.NOT_IN_ARCHIVE
        sentences = tuple(s for s, _ in kept) if answered else ()
        beside = () if answered else tuple(replace(s, reasons=(*s.reasons, _BESIDE)) for s, _ in kept)
        text = " ".join(s.text for s in sentences)
        if not answered:
            text = not_in_archive(asked.language, nearest=bool(hits))
        total = perf_counter() - began
        return Answer(
            question=asked.text,
            outcome=outcome,
            text=text,
            sentences=sentences,
            withheld=(*written.withheld, *beside),
            evidence=hits,
            query=result.query,
            model=written.model,
            tokens=written.tokens,
            language=asked.language,
            seconds=Seconds(retrieve=retrieved, first_token=written.first_token, total=total),
        )

    def _visible(self, result: SearchResult, kept: Kept) -> tuple[tuple[Hit, ...], Kept]:
        """Hits and sentences less those of stories killed, held, replaced or embargoed since the search."""
        now, as_of = self._clock(), result.query.filters.as_of
        allowed = self._store.visible_versions([h.version_id for h in result.hits], now=now, as_of=as_of)
        hits = tuple(h for h in result.hits if h.version_id in allowed)
        shown = {(h.guid, h.provider, h.version) for h in hits}
        stands = tuple(
            (s, b) for s, b in kept if all((c.guid, c.provider, c.version) in shown for c in s.citations)
        )
        return hits, stands


def _of_a_state(asked: Asked, query: Query) -> bool:
    """Asked as of a day, without a year of its own, a question is of how things stood that day."""
    return query.filters.as_of is not None and not asked.years


__all__ = ["AnswerOptions", "Answerer"]
