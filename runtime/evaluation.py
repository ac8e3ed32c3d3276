"""Evaluation sets run in archives of their own, cached by the corpus's content."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import platformdirs

from domain.answer import Answer
from domain.query import Query, SearchResult
from evaluation.results import read
from evaluation.runner import Run, run_set
from evaluation.sets import EvalSet, load_set
from runtime import wiring
from runtime.archive import Archive
from runtime.settings import Settings, shared_folder

if TYPE_CHECKING:
    from ingest.pipeline import IngestProgress
    from retrieval.index import IndexProgress


@dataclass(frozen=True, slots=True)
class _Measured:
    """An archive as evaluation sees it; `extractive` answers without a model."""

    archive: Archive
    extractive: bool

    def search_query(self, query: Query) -> SearchResult:
        return self.archive.search_query(self.archive.understand(query))

    def answer_query(self, query: Query) -> Answer:
        return self.archive.answer_query(self.archive.understand(query), extractive=self.extractive)

    def body(self, guid: str, version: int) -> str:
        return self.archive.body(guid, version)


class Prepared:
    """A set whose corpus has been ingested: ready to run, once or several times."""

    def __init__(self, of: EvalSet, archive: Archive) -> None:
        self.set = of
        self.archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()

    def run(
        self,
        *,
        name: str | None = None,
        retrieval_only: bool = False,
        extractive: bool = False,
        limit: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Run:
        """A named run resumes where it stopped; an unnamed one starts anew in the folder "latest"."""
        settings = self.archive.settings
        folder = settings.archive / "runs" / (name or "latest")
        if name is None:
            shutil.rmtree(folder, ignore_errors=True)
        answering = None if retrieval_only else "extractive" if extractive else settings.model.name
        manifest = {
            "set": self.set.name,
            "corpus": self.set.fingerprint,
            "embedder": self.archive.embedder.fingerprint,
            "model": answering,
            "settings": wiring.recorded(settings, embedder=self.archive.embedder),
        }
        return run_set(
            self.set,
            _Measured(self.archive, extractive),
            folder=folder,
            manifest=manifest,
            retrieval_only=retrieval_only,
            limit=limit,
            progress=progress,
        )


def prepare(
    folder: Path,
    settings: Settings,
    *,
    cache: Path | None = None,
    reading: Callable[[IngestProgress], None] | None = None,
    indexing: Callable[[IndexProgress], None] | None = None,
) -> Prepared:
    """Loads the set and ingests its corpus into an archive keyed by corpus and embedder.

    Raises SetError where the set is malformed.
    """
    of = load_set(folder, shared=shared_folder())
    root = cache or platformdirs.user_cache_path("depeche") / "evaluation"
    own = root / f"{of.name}-{of.fingerprint}-{Path(settings.embedder.name).name}"
    archive = Archive.open(settings.model_copy(update={"archive": own, "database": None}))
    archive.ingest(of.corpus, reading=reading, indexing=indexing)
    return Prepared(of, archive)


def compare(before: Path, after: Path) -> list[dict[str, Any]]:
    """Questions whose outcome or text differs between two run folders, in the order of the later one."""
    old, new = read(before / "results.jsonl"), read(after / "results.jsonl")
    return [
        {
            "query_id": q,
            "before": old[q].outcome,
            "after": result.outcome,
            "text_before": old[q].text,
            "text": result.text,
        }
        for q, result in new.items()
        if q in old and (old[q].outcome, old[q].text) != (result.outcome, result.text)
    ]
