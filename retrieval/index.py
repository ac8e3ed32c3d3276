"""The search index of one archive: dense and lexical side by side, derived from the story store.

`index_pending` may be killed at any instant: run again, it completes without a loss or a
double, because passages are marked as indexed last and each half recognises what it has.
An index that belongs to another database, embedder or recipe is refused with the command
that mends it. A rebuild makes a new generation beside the old one, which serves until the
new one is whole; interrupted, it goes on where it was.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from db.store import StoryStore
from domain.errors import ArchiveLocked, IndexMissing, IndexStale
from domain.protocols import Embedder
from domain.story import StoredPassage
from retrieval.dense.index import DenseIndex
from retrieval.dense.rows import rows_of
from retrieval.dense.segment import FORMAT as DENSE_FORMAT
from retrieval.files import REBUILD, read_json, stamp, write_json
from retrieval.lexical.analysis import RECIPE as ANALYSIS_RECIPE
from retrieval.lexical.index import FORMAT as LEXICAL_FORMAT
from retrieval.lexical.index import LexicalIndex, LexicalWriter
from retrieval.passage_text import passage_text
from retrieval.progress import IndexCheck, IndexProgress

__all__ = ["IndexCheck", "IndexProgress", "SearchIndex"]

CURRENT = "CURRENT.json"
MANIFEST = "generation.json"
LOCK = "writer.lock"

# Writing and committing 1,024 passages takes 0.3 s of one core, embedding them about 90: a crash
# repeats at most that much work.
COMMIT_PASSAGES = 1024
EMBEDDED_AT_ONCE = 128  # progress moves every few seconds

Progress = Callable[[IndexProgress], None]


class Generation:
    """One complete pair of indexes in a folder of its own, and the manifest that says what made it."""

    def __init__(self, folder: Path, *, dense: DenseIndex, lexical: LexicalIndex) -> None:
        self.folder = folder
        self.dense = dense
        self.lexical = lexical

    @classmethod
    def create(cls, folder: Path, *, manifest: dict[str, object], dimensions: int) -> Generation:
        """A new empty generation, or the one begun there with the same manifest."""
        if (folder / MANIFEST).exists() and read_json(folder / MANIFEST) != manifest:
            shutil.rmtree(folder)  # a rebuild begun under other settings and never finished
        dense = DenseIndex.create(folder / "dense", dimensions=dimensions)
        lexical = LexicalIndex.create(folder / "lexical")
        write_json(folder / MANIFEST, manifest)
        return cls(folder, dense=dense, lexical=lexical)

    @classmethod
    def open(cls, folder: Path, *, manifest: dict[str, object], dimensions: int) -> Generation:
        found = read_json(folder / MANIFEST)
        for key, wanted in manifest.items():
            if found.get(key) != wanted:
                raise IndexStale(
                    f"the index in {folder} was made with {key} {found.get(key)}, not {wanted}", hint=REBUILD
                )
        dense = DenseIndex(folder / "dense", dimensions=dimensions)
        return cls(folder, dense=dense, lexical=LexicalIndex.open(folder / "lexical"))


class SearchIndex:
    """The current generation, for any number of reading threads and processes, and its one writer."""

    def __init__(self, folder: Path, *, store: StoryStore, embedder: Embedder) -> None:
        self._folder = folder
        self._store = store
        self._embedder = embedder
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._generation: Generation | None = None

    @classmethod
    def open(cls, folder: Path, *, store: StoryStore, embedder: Embedder) -> SearchIndex:
        """Open the archive's index, or begin an empty one for an archive that has none indexed yet.

        Reads manifests only. Raises IndexMissing or IndexStale when a search could miss stories.
        """
        index = cls(folder, store=store, embedder=embedder)
        if (folder / CURRENT).exists():
            index.generation()
            return index
        counts = store.counts()
        if counts.passages > counts.pending:
            raise IndexMissing(f"{folder} holds no index of this archive's passages", hint=REBUILD)
        index.begin()
        return index

    @classmethod
    def unopened(cls, folder: Path, *, store: StoryStore, embedder: Embedder) -> SearchIndex:
        """The index whatever its state: for `rebuild`, which mends what `open` refuses."""
        return cls(folder, store=store, embedder=embedder)

    def begin(self) -> None:
        """Make the first, empty generation unless there is one."""
        with self._writing():
            if not (self._folder / CURRENT).exists():
                self._create("generation-1")
                self._switch("generation-1")

    def generation(self) -> Generation:
        """The generation that serves now; follows a rebuild made by another process."""
        path = self._folder / CURRENT
        while True:
            seen = stamp(path)
            with self._lock:
                if self._generation is not None and seen == self._seen:
                    return self._generation
                try:
                    self._generation = self._open_generation(str(read_json(path).get("generation")))
                except IndexMissing:
                    if stamp(path) == seen:
                        raise
                    continue  # a rebuild finished between reading the name and opening the folder
                self._seen = seen
                return self._generation

    def _open_generation(self, name: str) -> Generation:
        if Path(name).name != name:
            raise IndexStale(f"{self._folder / CURRENT} names no folder of the index: {name}", hint=REBUILD)
        return Generation.open(
            self._folder / name, manifest=self._manifest(), dimensions=self._embedder.dimensions
        )

    def index_pending(self, progress: Progress | None = None, *, batch: int = COMMIT_PASSAGES) -> int:
        """Embed and index every passage that waits; returns how many. Safe to kill and to repeat."""
        with self._writing():
            generation = self.generation()
            generation.dense.sweep()
            meter = _Meter(total=self._store.count_pending(), report=progress)
            with generation.lexical.writing() as writer:
                while passages := self._store.pending_passages(limit=batch):
                    self._take_in(generation, writer, passages, meter)
                    self._store.mark_indexed([passage.passage_id for passage in passages])
            generation.dense.merge()
            return meter.done

    def rebuild(self, progress: Progress | None = None, *, batch: int = COMMIT_PASSAGES) -> int:
        """Index every passage of the database anew, beside the old index, then switch to it."""
        with self._writing():
            name = self._next_name()
            generation = self._create(name)
            generation.dense.sweep()
            meter = _Meter(total=self._store.counts().passages, report=progress)
            with generation.lexical.writing() as writer:
                for passages in self._store.iter_passages(batch):
                    self._take_in(generation, writer, passages, meter)
            generation.dense.merge()
            self._switch(name)
            while passages := self._store.pending_passages(limit=batch):
                held = generation.dense.contains([passage.passage_id for passage in passages])
                if not held.all():  # stored since the walk passed by: the ordinary way takes them
                    break
                self._store.mark_indexed([passage.passage_id for passage in passages])
            self._remove_other_generations(name)
            return meter.done

    def check(self) -> IndexCheck:
        """Read every file and every passage id; name all that disagrees."""
        generation = self.generation()
        counts = self._store.counts()
        problems = generation.dense.problems()
        lexical_ids = generation.lexical.passage_ids()
        doubled = len(lexical_ids) - len(np.unique(lexical_ids))
        if doubled:
            problems.append(f"{doubled} passages are twice in the lexical index")
        pending = {p.passage_id for p in self._store.pending_passages(limit=counts.pending + 1)}
        problems += _missing(
            generation.dense, lexical_ids, self._store.iter_passages(COMMIT_PASSAGES), pending
        )
        return IndexCheck(
            passages=counts.passages - counts.pending,
            pending=counts.pending,
            dense=len(generation.dense),
            lexical=len(lexical_ids),
            segments=len(generation.dense.segments()),
            problems=tuple(problems),
        )

    def _take_in(
        self, generation: Generation, writer: LexicalWriter, passages: Sequence[StoredPassage], meter: _Meter
    ) -> None:
        """Both halves hold `passages` when this returns; those a half already has are not doubled."""
        known = generation.dense.contains([passage.passage_id for passage in passages])
        fresh = [passage for passage, has in zip(passages, known, strict=True) if not has]
        meter.add(len(passages) - len(fresh))
        vectors = [np.empty((0, self._embedder.dimensions), dtype=np.float32)]
        for start in range(0, len(fresh), EMBEDDED_AT_ONCE):
            part = fresh[start : start + EMBEDDED_AT_ONCE]
            vectors.append(self._embedder.embed_passages([passage_text(passage) for passage in part]))
            meter.add(len(part))
        generation.dense.append(rows_of(fresh, np.concatenate(vectors)))
        generation.dense.merge()
        # The words last: a passage found by its words alone would be ranked without its vector.
        writer.add(passages)
        writer.commit()

    def _manifest(self) -> dict[str, object]:
        return {
            "database": self._store.fingerprint(),
            "embedder": self._embedder.fingerprint,
            "dimensions": self._embedder.dimensions,
            "analysis": ANALYSIS_RECIPE,
            "dense format": DENSE_FORMAT,
            "lexical format": LEXICAL_FORMAT,
        }

    def _create(self, name: str) -> Generation:
        return Generation.create(
            self._folder / name, manifest=self._manifest(), dimensions=self._embedder.dimensions
        )

    def _switch(self, name: str) -> None:
        write_json(self._folder / CURRENT, {"generation": name})

    def _next_name(self) -> str:
        """The generation after the current one; an unfinished rebuild of the same number is taken up."""
        path = self._folder / CURRENT
        current = str(read_json(path).get("generation", "")) if path.exists() else ""
        number = current.removeprefix("generation-")
        return f"generation-{int(number) + 1 if number.isdecimal() else 1}"

    def _remove_other_generations(self, kept: str) -> None:
        for folder in self._folder.glob("generation-*"):
            if folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise ArchiveLocked(
                f"another process is indexing into {self._folder}", hint="wait for it"
            ) from error
        try:
            yield
        finally:
            lock.release()


class _Meter:
    """Counts passages and tells the caller."""

    def __init__(self, *, total: int, report: Progress | None) -> None:
        self.done = 0
        self._total = total
        self._report = report
        self._began = time.perf_counter()

    def add(self, passages: int) -> None:
        self.done += passages
        if self._report is not None and passages:
            seconds = time.perf_counter() - self._began
            self._report(IndexProgress(done=self.done, total=max(self._total, self.done), seconds=seconds))


def _missing(
    dense: DenseIndex,
    lexical_ids: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    batches: Iterable[Sequence[StoredPassage]],
    pending: set[int],
) -> list[str]:
    """Indexed passages that a half lacks, and rows that no passage of the database explains."""
    total = absent_dense = absent_lexical = 0
    for passages in batches:
        ids = np.array([p.passage_id for p in passages if p.passage_id not in pending], dtype=np.int64)
        everything = np.array([p.passage_id for p in passages], dtype=np.int64)
        total += int(dense.contains(everything.tolist()).sum())
        absent_dense += int((~dense.contains(ids.tolist())).sum())
        absent_lexical += int((~np.isin(ids, lexical_ids)).sum())
    found = []
    if absent_dense:
        found.append(f"{absent_dense} passages are missing from the dense index; {REBUILD}")
    if absent_lexical:
        found.append(f"{absent_lexical} passages are missing from the lexical index; {REBUILD}")
    if len(dense) > total:
        found.append(f"{len(dense) - total} dense rows belong to no passage of the database; {REBUILD}")
    return found
