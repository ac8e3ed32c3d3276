"""An archive opened from its folder: what the command line, the pages and scripts call.

Parts are made when first needed: a `story` or `kill` loads no model, a `search` no language model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from db.store import ArchiveCounts, StoredAnswer, StoryStore, Suppression
from domain.answer import Answer, AnswerEvent, AnswerReady
from domain.protocols import Embedder, Generator
from domain.query import Filters, Mode, Query, SearchResult
from domain.story import IngestReport, StoryRecord, Version
from runtime import wiring
from runtime.clock import utc_now
from runtime.settings import Settings, load_settings
from runtime.suppression import Screen

if TYPE_CHECKING:
    from answering.pipeline import Answerer
    from ingest.pipeline import IngestProgress
    from retrieval.index import IndexCheck, IndexProgress, SearchIndex
    from retrieval.search import Searcher


class Archive:
    """One archive folder. Thread-safe for questions; one writer at a time (`ArchiveLocked` names it)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.archive.mkdir(parents=True, exist_ok=True)
        self.store = StoryStore.open(settings.database_url)
        self._screen = Screen(self.store)
        self._making = threading.RLock()  # cached parts are made once, whichever thread asks first

    @classmethod
    def open(cls, folder: str | Path | Settings) -> Self:
        """Opens (and creates, if need be) the archive in `folder`."""
        return cls(folder if isinstance(folder, Settings) else load_settings(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if generator := self.__dict__.get("_generator"):
            wiring.close(generator)
        self.store.close()

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
        from ingest.pipeline import ingest

        started = time.monotonic()
        with self.store.writer_lock():
            report = ingest(
                [Path(path) for path in paths],
                store=self.store,
                count_tokens=self.embedder.count_tokens,
                format=format,
                provider=provider,
                progress=reading,
            )
            self.index.index_pending(progress=indexing)
        return replace(report, seconds=time.monotonic() - started)

    def failures(self, *, limit: int = 1000) -> list[dict[str, Any]]:
        """What was kept aside: path, position, reason, remedy, latest first."""
        return [
            {
                "path": failure.path,
                "position": failure.position,
                "reason": failure.reason,
                "remedy": failure.remedy,
                "last_seen": failure.last_seen,
            }
            for failure in self.store.failures(limit=limit)
        ]

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

    # -- what is asked -------------------------------------------------------------------------

    def understand(self, query: Query) -> Query:
        """The query with what its own words say of time: hard clues narrow the filters, and all are shown."""
        return wiring.with_clues(query, now=utc_now())

    def search(
        self, text: str, *, filters: Filters = Filters(), mode: Mode = Mode.HYBRID, limit: int = 10
    ) -> SearchResult:
        return self.search_query(self.understand(Query(text=text, filters=filters, mode=mode, limit=limit)))

    def search_query(self, query: Query) -> SearchResult:
        """Searches exactly what the query says; no reading of its words."""
        return self._screen.search(query, self.searcher.search)

    def ask(self, question: str, *, filters: Filters = Filters(), extractive: bool = False) -> Answer:
        query = Query(text=question, filters=filters, limit=self.settings.answer.evidence)
        return self.answer_query(self.understand(query), extractive=extractive)

    def answer_query(self, query: Query, *, extractive: bool = False) -> Answer:
        for event in self.stream(query, extractive=extractive):
            if isinstance(event, AnswerReady):
                return event.answer
        raise AssertionError("a stream ends with AnswerReady")

    def stream(
        self, query: Query, *, extractive: bool = False, stop: Callable[[], bool] | None = None
    ) -> Iterator[AnswerEvent]:
        """Evidence first, then the draft as it is written, then the checked answer, which is stored."""
        events = self._answerer(extractive=extractive).stream(query, stop=stop)
        for event in self._screen.stream(events):
            if isinstance(event, AnswerReady):
                answer_id = self.store.save_answer(event.answer, settings=wiring.recorded(self.settings))
                yield AnswerReady(answer=replace(event.answer, answer_id=answer_id))
            else:
                yield event

    def answers(self, *, limit: int = 50, stale_only: bool = False) -> Sequence[StoredAnswer]:
        return [self._screen.stored(one) for one in self.store.answers(limit=limit, stale_only=stale_only)]

    def body(self, guid: str, version: int) -> str:
        """The stored text of a version, whatever its story's status: to check quotes against."""
        return self._screen.version(self.store.version(guid, number=version, include_hidden=True)).body

    # -- derived indexes -----------------------------------------------------------------------

    def index_pending(self, progress: Callable[[IndexProgress], None] | None = None) -> int:
        with self.store.writer_lock():
            return self.index.index_pending(progress=progress)

    def rebuild_index(self, progress: Callable[[IndexProgress], None] | None = None) -> int:
        with self.store.writer_lock():
            return wiring.rebuild_index(self.settings, self.store, self.embedder, progress)

    def check_index(self) -> IndexCheck:
        return self.index.check()

    # -- parts, made when first needed ---------------------------------------------------------

    @property
    def model_installed(self) -> bool:
        return wiring.model_installed(self.settings)

    @cached_property
    def embedder(self) -> Embedder:
        with self._making:
            return wiring.make_embedder(self.settings)

    @cached_property
    def index(self) -> SearchIndex:
        with self._making:
            return wiring.open_index(self.settings, self.store, self.embedder)

    @cached_property
    def searcher(self) -> Searcher:
        with self._making:
            return wiring.make_searcher(self.index, self.store, self.embedder)

    @cached_property
    def _generator(self) -> Generator:
        with self._making:
            return wiring.make_generator(self.settings)

    def _answerer(self, *, extractive: bool) -> Answerer:
        return wiring.make_answerer(
            self.settings,
            search=self.search_query,
            store=self.store,
            embedder=self.embedder,
            generator=None if extractive else self._generator,
        )
