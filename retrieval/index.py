"""The search index of one archive: dense and lexical side by side, derived from the story store.

`index_pending` may be killed at any instant: run again, it completes without a loss or a
double, because passages are marked as indexed last and each half recognises what it has.
An index that belongs to another database, embedder or recipe is refused with the command
that mends it. A rebuild makes a new generation beside the old one, which serves until the
new one is whole; interrupted, it goes on where it was. `re_embed` does the same with another
embedder while the old index goes on growing.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from db.store import StoryStore
from db.visibility import among
from domain.errors import ArchiveLocked, IndexMissing, IndexStale
from domain.protocols import Embedder
from domain.story import StoredPassage
from retrieval.dense.index import DenseIndex
from retrieval.dense.manifest import FORMAT as DENSE_FORMAT
from retrieval.dense.rows import rows_of
from retrieval.files import REBUILD, read_json, stamp, write_json
from retrieval.language_neutral import neutral_for
from retrieval.lexical.analysis import RECIPE as ANALYSIS_RECIPE
from retrieval.lexical.index import FORMAT as LEXICAL_FORMAT
from retrieval.lexical.index import LexicalIndex, LexicalWriter
from retrieval.passage_text import passage_text
from retrieval.progress import IndexCheck, IndexProgress
from retrieval.recorded import CURRENT, Current, read_current, write_current

__all__ = ["CURRENT", "IndexCheck", "IndexProgress", "SearchIndex"]

MANIFEST = "generation.json"
LOCK = "writer.lock"  # held while the serving generation changes
MAKING_LOCK = "making.lock"  # held while a new generation is made beside it
LOCKED_SECONDS = 0.5  # between two tries for a lock that is waited for

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
    def open(
        cls, folder: Path, *, manifest: dict[str, object], dimensions: int, called: str | None
    ) -> Generation:
        found = read_json(folder / MANIFEST)
        for key, wanted in manifest.items():
            if found.get(key) != wanted:
                raise IndexStale(
                    f"the index in {folder} was made with {key} {found.get(key)}, not {wanted}",
                    hint=_switch_to(called) if key == "embedder" and called else REBUILD,
                )
        dense = DenseIndex(folder / "dense", dimensions=dimensions)
        return cls(folder, dense=dense, lexical=LexicalIndex.open(folder / "lexical"))


class SearchIndex:
    """The current generation, for any number of reading threads and processes, and its one writer."""

    def __init__(
        self, folder: Path, *, store: StoryStore, embedder: Embedder, called: str | None = None
    ) -> None:
        """`called`: the embedder's name in the settings, recorded with the generations made here."""
        self._folder = folder
        self._store = store
        self._embedder = embedder
        self._called = called
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._generation: Generation | None = None

    @classmethod
    def open(
        cls, folder: Path, *, store: StoryStore, embedder: Embedder, called: str | None = None
    ) -> SearchIndex:
        """Open the archive's index, or begin an empty one for an archive that has none indexed yet.

        Reads manifests only. Raises IndexMissing or IndexStale when a search could miss stories.
        """
        index = cls(folder, store=store, embedder=embedder, called=called)
        if (folder / CURRENT).exists():
            index.generation()
            return index
        counts = store.counts()
        if counts.passages > counts.pending:
            raise IndexMissing(f"{folder} holds no index of this archive's passages", hint=REBUILD)
        index.begin()
        return index

    @classmethod
    def unopened(
        cls, folder: Path, *, store: StoryStore, embedder: Embedder, called: str | None = None
    ) -> SearchIndex:
        """The index whatever its state: for `rebuild` and `re_embed`, which mend what `open` refuses."""
        return cls(folder, store=store, embedder=embedder, called=called)

    def begin(self) -> None:
        """Make the first, empty generation unless there is one."""
        with self._writing():
            if not (self._folder / CURRENT).exists():
                self._create("generation-1")
                self._switch("generation-1")

    def generation(self) -> Generation:
        """The generation that serves now; follows a rebuild made by another process."""
        path = self._folder / CURRENT
        current = self._generation
        if current is not None and stamp(path) == self._seen:  # without a lock: nearly every time
            return current
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
            self._folder / name,
            manifest=self._manifest(),
            dimensions=self._embedder.dimensions,
            called=self._called,
        )

    def index_pending(self, progress: Progress | None = None, *, batch: int = COMMIT_PASSAGES) -> int:
        """Embed and index every passage that waits; returns how many. Safe to kill and to repeat."""
        with self._writing():
            generation = self.generation()
            generation.dense.sweep()
            meter = _Meter(total=self._store.count_pending(), report=progress)
            with generation.dense.merging_aside(), generation.lexical.writing() as writer:
                while passages := self._store.pending_passages(limit=batch):
                    self._take_in(generation, writer, passages, meter)
                    self._store.mark_indexed([passage.passage_id for passage in passages])
            generation.dense.settle()
            return meter.done

    def rebuild(self, progress: Progress | None = None, *, batch: int = COMMIT_PASSAGES) -> int:
        """Index every passage of the database anew, beside the old index, then switch to it."""
        with self._making(), self._writing():
            meter = _Meter(total=self._store.counts().passages, report=progress)
            name = self._next_name()
            generation = self._create(name)
            generation.dense.sweep()
            self._fill(generation, meter, batch=batch, after=0)
            self._replace_by(generation, batch=batch)
            return meter.done

    def re_embed(self, progress: Progress | None = None, *, batch: int = COMMIT_PASSAGES) -> int:
        """Like `rebuild`, with another embedder and while the old index serves and is written to.

        Passages stored meanwhile are taken in too; only the last of them, and the switch, need the
        writer's locks, which are waited for: do not hold them. Returns the passages embedded or found embedded; 0 when
        this embedder's index is the one that serves.
        """
        with self._making():
            current = read_current(self._folder)
            if current is not None and current.fingerprint == self._embedder.fingerprint:
                self._remove_other_generations(current.generation)  # a change of mind, half made
                return 0
            meter = _Meter(total=self._store.counts().passages, report=progress)
            generation = self._create(self._next_name())
            generation.dense.sweep()
            reached = self._fill(generation, meter, batch=batch, after=0)
            with self._sole_writer():
                self._fill(generation, meter, batch=batch, after=reached)
                self._replace_by(generation, batch=batch)
            return meter.done

    def _fill(self, generation: Generation, meter: _Meter, *, batch: int, after: int) -> int:
        """Take in every passage with an id above `after`; returns the last one's."""
        with generation.dense.merging_aside(), generation.lexical.writing() as writer:
            for passages in self._store.iter_passages(batch, after=after):
                self._take_in(generation, writer, passages, meter)
                after = passages[-1].passage_id
        return after

    def _replace_by(self, generation: Generation, *, batch: int) -> None:
        """Let `generation` serve; what it holds waits no longer, and the others' folders go."""
        generation.dense.settle()
        self._switch(generation.folder.name)
        while passages := self._store.pending_passages(limit=batch):
            held = generation.dense.contains([passage.passage_id for passage in passages])
            if not held.all():  # stored since the walk passed by: the ordinary way takes them
                break
            self._store.mark_indexed([passage.passage_id for passage in passages])
        self._remove_other_generations(generation.folder.name)

    def check(self) -> IndexCheck:
        """Read every file and every passage id; name all that disagrees."""
        generation = self.generation()
        counts = self._store.counts()
        problems = generation.dense.problems()
        problems += generation.lexical.damaged_files()
        lexical_ids = generation.lexical.passage_ids()
        doubled = len(lexical_ids) - len(np.unique(lexical_ids))
        if doubled:
            problems.append(f"{doubled} passages are twice in the lexical index")
        pending = {p.passage_id for p in self._store.pending_passages(limit=counts.pending + 1)}
        story_ids = generation.lexical.stories.version_ids()
        problems += _missing(
            generation.dense, lexical_ids, story_ids, self._store.iter_passages(COMMIT_PASSAGES), pending
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
        neutral = neutral_for(generation.folder, self._embedder, writing=True)
        vectors = [np.empty((0, self._embedder.dimensions), dtype=np.float32)]
        for start in range(0, len(fresh), EMBEDDED_AT_ONCE):
            part = fresh[start : start + EMBEDDED_AT_ONCE]
            embedded = self._embedder.embed_passages([passage_text(passage) for passage in part])
            vectors.append(neutral.passage_vectors(embedded, [passage.language for passage in part]))
            meter.add(len(part))
        generation.dense.append(rows_of(fresh, np.concatenate(vectors)))
        generation.dense.merge_soon()
        # The words last: a passage found by its words alone would be ranked without its vector.
        writer.add(passages, versions=self._store.versions({passage.version_id for passage in passages}))
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
        write_current(
            self._folder,
            Current(generation=name, fingerprint=self._embedder.fingerprint, embedder=self._called),
        )

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

    def _writing(self, *, waiting: bool = False) -> AbstractContextManager[None]:
        """`waiting`: for as long as another process writes, instead of ArchiveLocked at once."""
        return self._holding(LOCK, "indexing into", waiting=waiting)

    @contextmanager
    def _sole_writer(self) -> Iterator[None]:
        """Archive and index held for writing, after whoever ingests, indexes or takes a backup."""
        with ExitStack() as held:
            while True:
                try:
                    held.enter_context(self._store.writer_lock())
                    break
                except ArchiveLocked:
                    time.sleep(LOCKED_SECONDS)
            held.enter_context(self._writing(waiting=True))
            yield

    def _making(self) -> AbstractContextManager[None]:
        return self._holding(MAKING_LOCK, "making a new index in")

    @contextmanager
    def _holding(self, name: str, doing: str, *, waiting: bool = False) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / name, timeout=-1 if waiting else 0)
        try:
            lock.acquire()
        except Timeout as error:
            raise ArchiveLocked(f"another process is {doing} {self._folder}", hint="wait for it") from error
        try:
            yield
        finally:
            lock.release()


def _switch_to(embedder: str) -> str:
    return f"run: depeche index --switch {embedder}, or take that embedder out of the settings"


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
    lexical_ids: NDArray[np.int64],
    story_ids: NDArray[np.int64],
    batches: Iterable[Sequence[StoredPassage]],
    pending: set[int],
) -> list[str]:
    """Indexed passages that a half lacks, and rows that no passage of the database explains.

    `lexical_ids` and `story_ids` are sorted: each passage is looked up in them, none is gone through.
    """
    total = absent_dense = absent_lexical = 0
    unindexed: set[int] = set()  # versions that expressions and counts would miss
    for passages in batches:
        versions = np.array([p.version_id for p in passages if p.passage_id not in pending], dtype=np.int64)
        unindexed.update(versions[~among(story_ids, versions)].tolist())
        ids = np.array([p.passage_id for p in passages if p.passage_id not in pending], dtype=np.int64)
        everything = np.array([p.passage_id for p in passages], dtype=np.int64)
        total += int(dense.contains(everything.tolist()).sum())
        absent_dense += int((~dense.contains(ids.tolist())).sum())
        absent_lexical += int((~among(lexical_ids, ids)).sum())
    found = []
    if absent_dense:
        found.append(f"{absent_dense} passages are missing from the dense index; {REBUILD}")
    if unindexed:
        found.append(f"{len(unindexed)} stories are missing from the lexical index; {REBUILD}")
    if absent_lexical:
        found.append(f"{absent_lexical} passages are missing from the lexical index; {REBUILD}")
    if len(dense) > total:
        found.append(f"{len(dense) - total} dense rows belong to no passage of the database; {REBUILD}")
    return found
