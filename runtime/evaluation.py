"""Evaluation sets run in archives of their own, cached by the corpus's content, or in one that exists already."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import platformdirs

from answering.verify.checkers import Checker
from answering.verify.closeness import Closeness
from domain.answer import Answer
from domain.errors import SetError
from domain.query import Query, SearchResult
from domain.story import StoryRecord, Version
from evaluation.comparison import compare
from evaluation.runner import Run, rescore, run_set
from evaluation.sets import EvalSet, corpus_lines, find_sets, load_set, with_corpus
from runtime import wiring
from runtime.archive import Archive
from runtime.manifest import archive_digest, manifest
from runtime.settings import Settings, shared_folder

if TYPE_CHECKING:
    from ingest.pipeline import IngestProgress
    from retrieval.index import IndexProgress

__all__ = ["Prepared", "compare", "find_run", "find_sets", "prepare", "rescored"]


@dataclass(slots=True)
class _Measured:
    """An archive as evaluation sees it; `extractive` answers without a model. Nothing asked is stored."""

    archive: Archive
    extractive: bool
    _closeness: Closeness | None = None

    def search_query(self, query: Query) -> SearchResult:
        return self.archive.search_query(self.archive.understand(query))

    def answer_query(self, query: Query) -> Answer:
        understood = self.archive.understand(query)
        return self.archive.answer_query(understood, extractive=self.extractive, kept=False)

    def version(self, guid: str, number: int) -> Version:
        return self.archive.stored_version(guid, number)

    def record(self, guid: str) -> StoryRecord:
        return self.archive.story(guid, history=True)

    def closeness(self) -> Closeness:
        if self._closeness is None:
            self._closeness = Closeness(self.archive.embedder)
        return self._closeness

    def entailment(self) -> Checker | None:
        return wiring.entailment(self.archive.settings)


class Prepared:
    """A set whose stories are in an archive: ready to run, once or several times."""

    def __init__(self, of: EvalSet, archive: Archive) -> None:
        self.set = of
        self.archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()

    def unknown_guids(self) -> list[str]:
        """Stories the set judges relevant that the archive does not have: it can never find them."""
        judged = {guid for grades in self.set.qrels.values() for guid, grade in grades.items() if grade > 0}
        return sorted(judged - self.archive.store.links.story_ids(judged).keys())

    def run(
        self,
        *,
        name: str | None = None,
        retrieval_only: bool = False,
        extractive: bool = False,
        limit: int | None = None,
        jobs: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Run:
        """A named run resumes where it stopped; an unnamed one starts anew in the folder "latest"."""
        settings = self.archive.settings
        folder = settings.archive / "runs" / (name or "latest")
        if name is None:
            shutil.rmtree(folder, ignore_errors=True)
        answering = None if retrieval_only else "extractive" if extractive else settings.model.name
        about = {
            "set": self.set.name,
            "path": str(self.set.folder),
            "format": self.set.format,
            "synthetic": self.set.synthetic,
            "corpus": self.set.fingerprint,
            "review": asdict(self.set.review) if self.set.review else None,
        }
        return run_set(
            self.set,
            _Measured(self.archive, extractive),
            folder=folder,
            manifest=about | manifest(self.archive, model=answering),
            retrieval_only=retrieval_only,
            limit=limit,
            jobs=jobs,
            progress=progress,
        )


def prepare(
    path: Path,
    settings: Settings,
    *,
    format: str | None = None,
    corpus: Sequence[Path] = (),
    cache: Path | None = None,
    reading: Callable[[IngestProgress], None] | None = None,
    indexing: Callable[[IndexProgress], None] | None = None,
) -> Prepared:
    """Loads the set and makes its stories ready: `corpus` in place of its own, else its own, in an archive
    keyed by content and embedder; without either, the archive of the settings is asked as it stands.

    Raises SetError where the set is malformed, or there are no stories to ask.
    """
    of = load_set(path, shared=shared_folder(), format=format)
    if corpus:
        of = with_corpus(of, corpus)
    if not of.has_corpus:
        return _over_archive(of, settings)
    own = own_folder(of, settings, cache=cache)
    archive = Archive.open(settings.model_copy(update={"archive": own, "database": None}))
    paths = of.corpus or (_written(of, own),)
    archive.ingest(paths, reading=reading, indexing=indexing)
    return Prepared(of, archive)


def evaluation_cache() -> Path:
    """Where the archives made of sets' own stories are kept, each with its runs."""
    return platformdirs.user_cache_path("depeche") / "evaluation"


def own_folder(of: EvalSet, settings: Settings, *, cache: Path | None = None) -> Path:
    root = cache or evaluation_cache()
    return root / f"{of.name}-{of.fingerprint}-{Path(settings.embedder.name).name}"


def find_run(named: str, settings: Settings, *, of: EvalSet | None = None, cache: Path | None = None) -> Path:
    """A run's folder, from its path or its name beside the others of the set (or of the archive)."""
    path = Path(named)
    if (path / "results.jsonl").is_file():
        return path
    home = own_folder(of, settings, cache=cache) if of and of.has_corpus else settings.archive
    return home / "runs" / named


def rescored(
    path: Path,
    run: str,
    settings: Settings,
    *,
    format: str | None = None,
    corpus: Sequence[Path] = (),
    cache: Path | None = None,
) -> Run:
    """A run's answers measured anew against the set as it stands; no model and no embedder is loaded."""
    of = load_set(path, shared=shared_folder(), format=format)
    if corpus:
        of = with_corpus(of, corpus)
    return rescore(of, find_run(run, settings, of=of, cache=cache))


def _over_archive(of: EvalSet, settings: Settings) -> Prepared:
    archive = Archive.open(settings)
    if not archive.counts().stories:
        archive.close()
        raise SetError(
            f"{of.folder} has no corpus of its own, and the archive {settings.archive} holds no story",
            hint="name an archive with --archive, or the stories with --corpus",
        )
    return Prepared(replace(of, fingerprint=archive_digest(archive)), archive)


def _written(of: EvalSet, folder: Path) -> Path:
    """The stories that came with the questions, as a file that can be ingested."""
    path = folder / "corpus.jsonl"
    with path.open("wb") as stream:
        stream.writelines(corpus_lines(of.stories))
    return path
