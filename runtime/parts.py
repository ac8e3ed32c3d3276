"""What an archive is made of: its embedder, its index, its searcher, its language model's process.

Each part is made when it is first needed, once for all threads, and made anew when another process has
replaced the index that it stands on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from db.store import StoryStore
from domain.errors import IndexFault
from domain.protocols import Embedder
from retrieval.recorded import Current, read_current
from runtime import embedders, wiring
from runtime.generators import Generators
from runtime.settings import Settings, load_settings
from runtime.suppression import Screen

if TYPE_CHECKING:
    from answering.verify.closeness import Closeness
    from retrieval.index import SearchIndex
    from retrieval.search import Searcher
    from runtime.health import ModelQueue

T = TypeVar("T")


class Parts:
    """Of one archive folder; `runtime.archive.Archive` is what uses them."""

    def __init__(self, settings: Settings, *, embedder: Embedder | None = None) -> None:
        """`embedder`: an object of the caller's own, in place of the one the index or settings name."""
        self.settings = settings
        self._given = embedder
        settings.make_archive_folder()
        self.store = StoryStore.open(settings.database_url)
        self._screen = Screen(self.store)
        self._followed: Current | None = None  # what the index recorded when it last failed us
        self._generators = Generators(settings)
        self._making = threading.RLock()  # cached parts are made once, whichever thread asks first
        self._readying: threading.Thread | None = None

    @classmethod
    def open(cls, folder: str | Path | Settings, *, embedder: Embedder | None = None) -> Self:
        """Opens (and creates, if need be) the archive in `folder`.

        `embedder` replaces the one that index or settings name; IndexStale at the first search when
        the index was made with another.
        """
        return cls(folder if isinstance(folder, Settings) else load_settings(folder), embedder=embedder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._readying is not None:
            self._readying.join()  # it reads the store
        self._generators.close()
        self.store.close()

    def answer_with(self, model: str) -> None:
        """Questions from now on are answered by this model, in this process."""
        with self._making:
            self.settings = self.settings.answered_by(model)
            self._generators.follow(self.settings)

    def model_processes(self) -> list[int]:
        return self._generators.processes()

    def model_queues(self) -> list[ModelQueue]:
        return self._generators.queues()

    @property
    def model_installed(self) -> bool:
        return wiring.model_installed(self.settings)

    @cached_property
    def embedder(self) -> Embedder:
        with self._making:
            if self._given is not None:
                return embedders.recognised(self._given, self.settings)
            return embedders.make_embedder(self.settings)

    @cached_property
    def _closeness(self) -> Closeness:
        with self._making:
            return wiring.make_closeness(self.embedder)

    @cached_property
    def index(self) -> SearchIndex:
        with self._making:
            return wiring.open_index(self.settings, self.store, self.embedder, called=self._called())

    @cached_property
    def searcher(self) -> Searcher:
        with self._making:
            return wiring.make_searcher(
                self.settings, index=self.index, store=self.store, embedder=self.embedder
            )

    @property
    def embedder_in_use(self) -> str | None:
        """The name of the embedder whose vectors are searched now; None before anything was indexed."""
        current = read_current(self.settings.index_folder)
        return (current.embedder or current.fingerprint) if current else None

    def _called(self) -> str | None:
        return None if self._given is not None else embedders.embedder_name(self.settings)

    def _following(self, work: Callable[[], T]) -> T:
        """What `work` gives; once more, with new parts, where another process replaced the index meanwhile."""
        before = self._followed
        try:
            return work()
        except IndexFault:
            if not self._follow(before):
                raise
            return work()

    def _follow(self, before: Current | None) -> bool:
        """Whether the index is another than `before`; the parts made for an older one are then dropped."""
        with self._making:
            current = read_current(self.settings.index_folder)
            if current == before:
                return False
            if current != self._followed:  # else another thread was here first
                self._followed = current
                self._drop("index", "searcher")
                made = self.__dict__.get("embedder")
                if made is not None and current is not None and made.fingerprint != current.fingerprint:
                    self._drop("embedder", "_closeness")
            return True

    def _drop(self, *parts: str) -> None:
        for part in parts:
            self.__dict__.pop(part, None)
