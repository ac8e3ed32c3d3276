"""A question to a checked answer: search, pack, generate, verify, decide.

Evidence is given before a word is generated. Nothing is cited that is not visible at the clock's
instant just before the answer is given, whatever happened while it was written. Without a model,
or when the model's engine fails, the answer is quoted from the stories.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Generator as Stream
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

from answering.accounts import accounts_as_sentences, still_differing, without_accounts
from answering.changes import as_sentences, still_disputed, without_figures
from answering.decompose import asks_for_synthesis
from answering.gathering import Evidence, Found, Search, read, search_parts
from answering.generation.waiting import budget_for
from answering.languages import not_in_archive, question_language
from answering.options import STORY_TOKENS, AnswerOptions
from answering.outcome import decide
from answering.pack import PackedPrompt, pack
from answering.parse import parse_draft
from answering.questions import Asked, of_its_days, understand
from answering.quoting import (
    Kept,
    Written,
    accounts_that_differ,
    as_it_stood,
    correcting,
    differing_figures,
    of_a_state,
    quoted,
)
from answering.review import Reviewed, review
from answering.verify.checkers import Bounds, Checker, second_looks
from answering.verify.closeness import Closeness
from db.store import StoryStore
from domain.answer import (
    Answer,
    AnswerEvent,
    AnswerReady,
    EvidenceFound,
    Outcome,
    Seconds,
    TextDelta,
    TokenCount,
)
from domain.errors import ModelError
from domain.protocols import Generator
from domain.query import Hit, Order, Query, SearchResult

_log = logging.getLogger(__name__)

_BESIDE = "the archive says so, but it does not seem to answer the question"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Answerer:
    """Answers questions from one archive. Threads may share it; the generator queues them."""

    def __init__(
        self,
        *,
        search: Search,
        store: StoryStore,
        closeness: Closeness,
        generator: Generator | None,
        options: AnswerOptions,
        glance: Search | None = None,
        checkers: Sequence[tuple[Checker, Bounds]] = (),
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        """`glance`: a quicker search, whose hits are shown while the order of `search` is worked out."""
        self._search = search
        self._glance = glance
        self._store = store
        self._closeness = closeness
        self._generator = None if options.extractive else generator
        self._options = options
        self._checkers = tuple(checkers)
        self._clock = clock

    def stream(self, query: Query, *, stop: Callable[[], bool] | None = None) -> Iterator[AnswerEvent]:
        """EvidenceFound (settled, or twice), the draft as TextDelta, then AnswerReady, always last and always there.

        `stop()` ends the writing; what was written until then is checked and given.
        """
        began = perf_counter()
        language = question_language(query.text, filtered=query.filters.languages)
        asked = of_its_days(understand(query.text, language), query.clues)
        wanted = replace(query, limit=max(query.limit, self._options.evidence))
        if self._glance is not None and self._generator is not None:
            first = self._glance(wanted)
            yield EvidenceFound(
                hits=first.hits, query=first.query, seconds=perf_counter() - began, settled=False
            )
        found = search_parts(asked, wanted, self._search)
        retrieved = perf_counter() - began
        yield EvidenceFound(hits=found.whole.hits, query=found.whole.query, seconds=retrieved)
        evidence = self._read(asked, found)
        written = yield from self._write(evidence, began, stop)
        limits = self._options.limits
        written = replace(
            written,
            differing=differing_figures(evidence, limits),
            accounts=accounts_that_differ(evidence, limits),
        )
        yield AnswerReady(answer=self._finish(asked, found.whole, written, retrieved, began))

    def _read(self, asked: Asked, found: Found) -> Evidence:
        return read(
            asked, found, store=self._store, closeness=self._closeness, stories=self._options.evidence
        )

    def _write(
        self, evidence: Evidence, began: float, stop: Callable[[], bool] | None
    ) -> Stream[TextDelta, None, Written]:
        """Streams the draft and returns what stands of it; quotes the stories where there is no model."""
        if self._generator is None or not evidence.ranked:
            return quoted(evidence, self._options.limits)
        try:
            return (yield from self._generate(self._generator, evidence, began, stop))
        except ModelError as error:
            _log.warning("answering without the model: %s", error)
            return replace(quoted(evidence, self._options.limits), model_error=str(error))

    def _generate(
        self, generator: Generator, evidence: Evidence, began: float, stop: Callable[[], bool] | None
    ) -> Stream[TextDelta, None, Written]:
        if not _loaded(generator, stop):
            return quoted(evidence, self._options.limits)
        evidence = as_it_stood(evidence, self._options.limits)
        prompt = self._pack(generator, evidence)
        pieces: list[str] = []
        first: float | None = None
        for piece in generator.stream(prompt.messages, max_tokens=self._options.max_tokens, stop=stop):
            if first is None:
                first = perf_counter() - began
            pieces.append(piece)
            yield TextDelta(text=piece)
        draft = "".join(pieces)
        reviewed = review(
            parse_draft(draft), asked=evidence.asked, prompt=prompt, stories=evidence.stories,
            closeness=self._closeness, options=self._options, looks=second_looks(self._checkers),
        )  # fmt: skip
        tokens = TokenCount(prompt=prompt.tokens, generated=generator.count_tokens(draft))
        return self._settled(evidence, reviewed, generator.name, tokens, first)

    def _settled(
        self, evidence: Evidence, reviewed: Reviewed, model: str, tokens: TokenCount, first: float | None
    ) -> Written:
        """The reviewed draft, behind what contradicts a false premise; where nothing of it answers, the
        stories' own words if they do. A comparison is worked out from the stories, not by the model."""
        kept, incomplete = (*correcting(evidence, self._options.limits), *reviewed.kept), False
        answers = any(b.answers(self._options.limits) for _, b in kept)
        if evidence.of is not None or (not answers and not reviewed.declined):
            own = quoted(evidence, self._options.limits)
            kept, incomplete = own.kept or kept, own.incomplete
        return Written(
            kept=kept, withheld=reviewed.withheld, model=model, tokens=tokens, first_token=first,
            incomplete=incomplete,
        )  # fmt: skip

    def _pack(self, generator: Generator, evidence: Evidence) -> PackedPrompt:
        asked, query = evidence.asked, evidence.query
        return pack(
            evidence.ranked,
            question=asked.text,
            language=asked.language,
            generator=generator,
            budget=budget_for(
                generator,
                budget=self._options.budget,
                otherwise=STORY_TOKENS,
                max_wait=self._options.max_wait,
            ),
            max_tokens=self._options.max_tokens,
            order=Order.NEWEST if of_a_state(asked, query) else query.order,
            asked_on=query.filters.as_of,
            spread=asks_for_synthesis(asked),
        )

    def _finish(
        self, asked: Asked, result: SearchResult, written: Written, retrieved: float, began: float
    ) -> Answer:
        """The last look at what may be shown, and the outcome."""
        hits, kept = self._visible(result, written.kept)
        told = _as_told(asked, written, kept, shown={h.version_id for h in hits})
        disputed, kept = told is not None, told or kept
        outcome = decide(kept, self._options.limits, disputed=disputed)
        if outcome is Outcome.ANSWERED and written.incomplete:
            outcome = Outcome.PARTIAL
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
            model_error=written.model_error,
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


def _as_told(asked: Asked, written: Written, kept: Kept, *, shown: set[int]) -> Kept | None:
    """What stories say differently, ahead of what else was written; None where nothing shown differs."""
    figures = [f for f in written.differing if f.item.story.hit.version_id in shown]
    if still_disputed(figures):
        return (*as_sentences(figures, asked), *without_figures(kept, figures, asked))
    accounts = [a for a in written.accounts if a.story.hit.version_id in shown]
    if still_differing(accounts):
        return (*accounts_as_sentences(accounts, asked), *without_accounts(kept, accounts))
    return None


def _loaded(generator: Generator, stop: Callable[[], bool] | None) -> bool:
    """Waits for a model that is still loading, which nothing else could interrupt; False once `stop()` is true."""
    until_loaded = getattr(generator, "until_loaded", None)
    return stop is None or until_loaded is None or bool(until_loaded(stop))


__all__ = ["AnswerOptions", "Answerer"]
