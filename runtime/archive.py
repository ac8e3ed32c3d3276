"""An archive opened from its folder: what the command line, the pages and scripts call.

A `story` or `kill` loads no model, a `search` no language model: `runtime.parts`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.store import ArchiveCounts, Holdings, StoredAnswer, Suppression
from domain.answer import Answer, AnswerEvent, AnswerReady, EvidenceFound, checked_answer
from domain.errors import ArchiveError
from domain.facets import Facets
from domain.protocols import Embedder
from domain.query import Filters, Mode, Query, SearchResult, TimeClue
from domain.story import IngestReport, StoryRecord, Version
from runtime import embedders, threads, wiring
from runtime.clock import utc_now
from runtime.parts import Parts
from runtime.quarantine import clear_mended
from runtime.statistics import read_own_meter, spent_since, with_children

if TYPE_CHECKING:
    from answering.langchain import AnswerRunnable
    from ingest.original import Original
    from ingest.pipeline import IngestProgress
    from retrieval.index import IndexCheck, IndexProgress
    from retrieval.langchain import ArchiveRetriever
    from retrieval.matching import Matcher
    from runtime.answers import Answers
    from runtime.saved import Saved
    from runtime.subjects import Subjects
    from runtime.suppression import HiddenNames


class Archive(Parts):
    """One archive folder. Thread-safe for questions; one writer at a time (`ArchiveLocked` names it)."""

    # -- what comes in -------------------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[str | Path],
        *,
        format: str = "auto",
        provider: str | None = None,
        reading: Callable[[IngestProgress], None] | None = None,
        indexing: Callable[[IndexProgress], None] | None = None,
    ) -> IngestReport:
        """Reads, stores, embeds and indexes. Interrupted anywhere, the same call finishes the work.

        Raises ArchiveLocked when another process is writing. Bad items do not raise: they are
        counted in `quarantined` and listed by `failures()`.
        """
        from ingest.pipeline import check_named, ingest

        started, since = time.monotonic(), utc_now()
        named = [Path(path) for path in paths]
        check_named(named, format)  # before the embedder is loaded, or missed
        with self.store.writer_lock():
            report = ingest(
                named,
                store=self.store,
                count_tokens=self.embedder.count_tokens,
                format=format,
                provider=provider,
                progress=reading,
            )
            clear_mended(self.store.ledger, named, since=since)
            self._following(lambda: self.index.index_pending(progress=indexing))
        return replace(report, seconds=time.monotonic() - started)

    def failures(self, *, limit: int = 1000) -> list[dict[str, Any]]:
        """What was kept aside: path, position, reason, remedy, latest first."""
        told = ("path", "position", "reason", "remedy", "last_seen")
        return [{name: getattr(one, name) for name in told} for one in self.store.failures(limit=limit)]

    def waiting(self) -> list[dict[str, Any]]:
        """Kills, holds and corrections whose story is not known yet, or that fit several; kills first."""
        return [
            {
                "id": one.directive_id,
                "action": one.directive.action.value,
                "provider": one.directive.provider,
                "issued": one.directive.issued,
                "target": one.directive.target,
                "reference": one.directive.reference,
                "reason": one.directive.reason,
                "note": one.note,
            }
            for one in self.store.pending_directives()
        ]

    def dismiss(self, directive_id: int, *, reason: str, actor: str) -> None:
        """Takes a waiting message off the list; StoreError when none has that id."""
        self.store.dismiss_directive(directive_id, reason=reason, actor=actor)

    # -- what may be shown ---------------------------------------------------------------------

    def story(self, guid: str, *, version: int | None = None, history: bool = False) -> StoryRecord:
        """A story with its versions. A killed, held or embargoed one is StoryNotFound, unless its
        history is asked for: that is an archivist's question."""
        record = self.store.story(guid, include_hidden=history)
        if version is not None:
            self.store.version(guid, number=version, include_hidden=history)
        return self._screen.record(record)

    def version(self, guid: str, *, number: int | None = None) -> Version:
        """One version (the current one by default). StoryNotFound when it may not be shown."""
        return self._screen.version(self.store.version(guid, number=number))

    def counts(self) -> ArchiveCounts:
        return self.store.counts()

    def holdings(self) -> Holdings:
        """Of `counts`, what costs milliseconds at any size."""
        return self.store.holdings()

    def kill(self, guid: str, *, reason: str, actor: str) -> None:
        self.store.kill(guid, reason=reason, actor=actor)

    def hold(self, guid: str, *, reason: str, actor: str) -> None:
        self.store.hold(guid, reason=reason, actor=actor)

    def release(self, guid: str, *, reason: str, actor: str) -> None:
        self.store.release(guid, reason=reason, actor=actor)

    def suppress(self, name: str, *, reason: str, actor: str) -> None:
        """Hides a person's name from the next question on; see `runtime.suppression`."""
        self.store.suppress(name, reason=reason, actor=actor)

    def unsuppress(self, name: str, *, reason: str, actor: str) -> None:
        self.store.unsuppress(name, reason=reason, actor=actor)

    def suppressions(self) -> list[Suppression]:
        return self.store.suppressions()

    def hidden_names(self) -> HiddenNames:
        """The names hidden now, as patterns that are made once for each change of them."""
        return self._screen.names()

    # -- what is asked -------------------------------------------------------------------------

    def understand(
        self, query: Query, *, without: Collection[str] = (), instead: Collection[TimeClue] = ()
    ) -> Query:
        """The query with what its own words say of time: hard clues narrow the filters, and all are shown.

        `without`: the words of clues that the reader does not want taken so; `instead`: clues that the reader
        changed, each in the place of the one read from the same words.
        """
        return wiring.with_clues(query, now=utc_now(), without=without, instead=instead)

    def search(
        self, text: str, *, filters: Filters = Filters(), mode: Mode = Mode.HYBRID, limit: int = 10
    ) -> SearchResult:
        return self.search_query(self.understand(Query(text=text, filters=filters, mode=mode, limit=limit)))

    def make_ready(self) -> None:
        """Begins to load what a question needs, its model apart, and returns at once: the first need not wait for it."""
        if self._readying is None:
            self._readying = threading.Thread(target=self._load, name="make-ready", daemon=True)
            self._readying.start()

    def _load(self) -> None:
        with suppress(ArchiveError):  # the first question says what is wrong, to whoever asks it
            self.search("ready", limit=1)
            wiring.load_reading(self._closeness, languages=self.store.holdings().by_language)

    def search_query(self, query: Query) -> SearchResult:
        """Searches exactly what the query says; no reading of its words."""
        return self._following(lambda: self._screen.search(query, self.searcher.search))

    def _glance(self, query: Query) -> SearchResult:
        return self._following(lambda: self._screen.search(query, self.searcher.glance))

    def facets(self, query: Query, *, values: int = 20) -> Facets:
        """How many stories match, by year, language, provider and subject; see `retrieval.matching`."""
        from runtime.facets import count

        return self._following(
            lambda: count(
                query, matcher=self._matcher(), store=self.store, screen=self._screen, values=values
            )
        )

    def similar(self, guid: str, *, filters: Filters = Filters(), limit: int = 10) -> SearchResult:
        """Stories like this one, without itself and its copies; see `retrieval.similar`."""
        from retrieval.similar import SimilarStories

        own = self.store.current_passages(guid)
        query = Query(text="", filters=filters, limit=limit)
        return self._following(
            lambda: self._screen.search(
                query, partial(SimilarStories(self.index, self.store, self.searcher).find, own)
            )
        )

    @property
    def subjects(self) -> Subjects:
        """The code tables: load, all, show."""
        from runtime.subjects import Subjects

        return Subjects(self.store, self._screen)

    @property
    def saved(self) -> Saved:
        """Saved questions: add, all, run, again, remove."""
        from runtime.saved import Saved

        return Saved(self.store, self._screen, matcher=self._matcher, understand=self.understand)

    def _matcher(self) -> Matcher:
        return wiring.make_matcher(self.index, self.store)

    def ask(
        self, question: str, *, filters: Filters = Filters(), extractive: bool = False,
        after: Answer | int | None = None,
    ) -> Answer:  # fmt: skip
        text = self.written_out(question, after=after)
        query = Query(text=text, filters=filters, limit=self.settings.answer.evidence)
        return self.answer_query(self.understand(query), extractive=extractive)

    def written_out(self, question: str, *, after: Answer | int | None) -> str:
        """The question in full: "and in 1991?", after the answer it follows (or that answer's id)."""
        return threads.written_out(question, after, self.given.stored)

    def answer_query(self, query: Query, *, extractive: bool = False, kept: bool = True) -> Answer:
        """`kept` False: the answer is not stored; an evaluation's questions are not the desk's."""
        return checked_answer(self.stream(query, extractive=extractive, kept=kept))

    def stream(
        self,
        query: Query,
        *,
        extractive: bool = False,
        stop: Callable[[], bool] | None = None,
        kept: bool = True,
        asked_by: str | None = None,
    ) -> Generator[AnswerEvent, None, None]:
        """Evidence first, then the draft as it is written, then the checked answer, which is stored."""
        before = read_own_meter()
        answerer = wiring.make_answerer(
            self.settings, search=self.search_query, glance=self._glance, store=self.store,
            closeness=self._closeness, generator=None if extractive else self._generators.answering(query),
        )  # fmt: skip
        for event in self._screen.stream(answerer.stream(query, stop=stop)):
            if isinstance(event, AnswerReady):
                answer = replace(event.answer, energy=spent_since(before))
                if kept:
                    recorded = wiring.recorded(self.settings, embedder=self.embedder, model=answer.model)
                    stored = self.store.save_answer(answer, settings=recorded, asked_by=asked_by)
                    answer = replace(answer, answer_id=stored)
                yield AnswerReady(answer=answer)
            else:
                yield event
            if isinstance(event, EvidenceFound) and event.settled:
                # Only now: what is found need not wait for it, and the model has not begun.
                before = with_children(before)

    def answers(self, *, limit: int = 50, stale_only: bool = False) -> Sequence[StoredAnswer]:
        return self.given.all(limit=limit, stale_only=stale_only)

    @property
    def given(self) -> Answers:
        """The answers given: get, share, judge."""
        from runtime.answers import Answers

        return Answers(self.store, self._screen)

    def stored_version(self, guid: str, number: int) -> Version:
        """A version as stored, whatever its story's status: to check quotes against."""
        return self._screen.version(self.store.version(guid, number=number, include_hidden=True))

    def original(self, guid: str, number: int) -> Original:
        """The item that a version was read from, in its file; SourceError says why it cannot be had."""
        from ingest.original import read_original

        version = self.store.version(guid, number=number, include_hidden=True)
        found = read_original(version)
        return replace(found, text=self._screen.text_of(version, found.text))

    def body(self, guid: str, version: int) -> str:
        return self.stored_version(guid, version).body

    def questions_before(self) -> int | None:
        """How many answers come before the one that this thread waits for; None while it waits for none."""
        return self._generators.questions_before()

    # -- as parts of LangChain -------------------------------------------------------------------

    def as_retriever(
        self, *, filters: Filters = Filters(), mode: Mode = Mode.HYBRID, limit: int = 10
    ) -> ArchiveRetriever:
        """A LangChain BaseRetriever. What a question says of time counts, as in `search`."""
        from retrieval.langchain import ArchiveRetriever

        return ArchiveRetriever(
            search=lambda query: self.search_query(self.understand(query)),
            filters=filters,
            mode=mode,
            limit=limit,
        )

    def as_runnable(self, *, extractive: bool = False) -> AnswerRunnable:
        """A LangChain Runnable: a question in, the checked and stored answer out."""
        from answering.langchain import AnswerRunnable

        limit = self.settings.answer.evidence
        return AnswerRunnable(
            lambda query: self.stream(query, extractive=extractive),
            understand=lambda query: self.understand(replace(query, limit=limit)),
        )

    # -- derived indexes -----------------------------------------------------------------------

    def index_pending(self, progress: Callable[[IndexProgress], None] | None = None) -> int:
        with self.store.writer_lock():
            return self._following(lambda: self.index.index_pending(progress=progress))

    def rebuild_index(self, progress: Callable[[IndexProgress], None] | None = None) -> int:
        with self.store.writer_lock():
            return wiring.rebuild_index(
                self.settings, self.store, self.embedder, progress, called=self._called()
            )

    def switch_embedder(
        self, embedder: str | Embedder, progress: Callable[[IndexProgress], None] | None = None
    ) -> int:
        """Embeds every passage anew with another embedder, beside the index that serves, then switches.

        Searches and ingestion, here and in other processes, go on with the old index meanwhile and
        follow the switch by themselves. Interrupted anywhere, the same call goes on where it was.
        Returns the passages embedded; 0 when that embedder is in use already.
        """
        if isinstance(embedder, str):
            called, other = embedder, embedders.make_embedder(self.settings, embedder)
        else:
            called, other = None, embedders.recognised(embedder, self.settings)
        done = wiring.any_index(self.settings, self.store, other, called=called).re_embed(progress)
        with self._making:
            self._given = None if called else other
            if called:  # else this process would go on asking for the one it named before
                self.settings = embedders.named(called, self.settings)
            self._drop("embedder", "_closeness", "index", "searcher")
        return done

    def check_index(self) -> IndexCheck:
        """The database by itself, then both halves of the index by themselves and against it."""
        found = self._following(lambda: self.index.check())  # noqa: PLW0108 - the index too is made anew
        return replace(found, problems=(*self.store.problems(), *found.problems))
