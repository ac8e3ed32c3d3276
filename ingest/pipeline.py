"""Files to the store: read → normalise → cut → one transaction a batch → linked to what is like it.

What is stored is stored for good when a batch ends, and the same input read again changes nothing: an
ingestion that was killed is finished by running it again. Memory does not grow with the input. Reading
runs in processes of its own where the input is large enough to pay for starting them; cutting and storing
stay in the caller's, in the order of the files. (Cutting there too was tried: each process then learns
the same words by the same tokenizer of 300 MB, which costs more than it takes off the one that stores.)
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from db.records import BatchCounts, BatchItem, PreparedVersion
from db.store import StoryStore
from domain.errors import SourceError
from domain.story import IngestReport, SetAside, Version, rides_along
from ingest import readers
from ingest.chunk import CHUNK_TOKENS, cut
from ingest.duplicates.linking import Linker
from ingest.frames import Frame, Task, frames
from ingest.pool import ReadingPool
from ingest.reading import ReadItem
from ingest.sources import files_of
from ingest.tokens import CountTokens, WordCounter

BATCH_CHARACTERS = 16_000_000  # a batch is stored earlier than its size asks where stories are long
PROCESSES_FROM_BYTES = 4 * 1024 * 1024  # a process takes half a second to start: as long as reading 2 MB
MOST_PROCESSES = 3  # read 12,000 stories a second, several times what one process stores; up to 290 MB each
COMPRESSED = frozenset({".gz", ".zst", ".bz2", ".xz", ".zip", ".tgz"})
TIMES_PACKED = 3  # press text, and XML more, is at least as many times as large when unpacked
TASK_FILES, TASK_BYTES = 500, 1024 * 1024  # small files are handed to a process together


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProgress:
    """How far an ingestion is. Bytes are those on disk, compressed as they are; `rate` in items a second."""

    items: int
    bytes_done: int
    bytes_total: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.items / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """By the share of bytes done; None before the first."""
        if not self.bytes_done:
            return None
        return self.seconds * max(0, self.bytes_total - self.bytes_done) / self.bytes_done


def ingest(
    paths: Sequence[str | Path],
    *,
    store: StoryStore,
    count_tokens: CountTokens,
    format: str = "auto",
    provider: str | None = None,
    progress: Callable[[IngestProgress], None] | None = None,
    batch_size: int = 500,
    budget: int = CHUNK_TOKENS,
    processes: int | None = None,
    linking: bool = True,
) -> IngestReport:
    """Takes in every story under `paths`. Raises SourceError for a path or a format that does not exist.

    `processes`: reading processes; None chooses by the input's size and the machine, 0 is none.
    Without `linking`, near-duplicates are left to the next ingestion, which links all that is stored.
    """
    started = time.monotonic()
    named = [Path(path) for path in paths]
    check_named(named, format)
    total, unpacked = _extent(named)
    number = _processes(unpacked) if processes is None else processes
    tasks = _tasks(named, format=format, provider=provider)
    counter = WordCounter(count_tokens)
    tally = _Tally()
    linker = Linker(store.links)
    with _frames(tasks, number) as incoming:
        for batch in _batches(incoming, batch_size, tally):
            counts = store.add_batch([*_prepared(batch, counter, budget)])
            tally.stored += counts
            if linking:
                linker.keep_up()
            if progress:
                progress(
                    IngestProgress(
                        items=tally.read,
                        bytes_done=min(tally.bytes_read, total),
                        bytes_total=total,
                        seconds=time.monotonic() - started,
                    )
                )
    if linking:
        linker.catch_up()  # the last, and what an ingestion that was killed had left
    return IngestReport(
        read=tally.read,
        new=tally.stored.new,
        updated=tally.stored.updated,
        unchanged=tally.stored.unchanged,
        killed=tally.stored.killed,
        quarantined=tally.stored.quarantined,
        passages=tally.stored.passages,
        set_aside=tally.set_aside,
        seconds=time.monotonic() - started,
    )


@dataclass(slots=True)
class _Tally:
    read: int = 0
    set_aside: int = 0
    bytes_read: int = 0
    stored: BatchCounts = BatchCounts()  # noqa: RUF009 frozen


def check_named(paths: Iterable[Path], format: str) -> None:
    """Raises SourceError for a path or a format that does not exist."""
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path} does not exist", hint="check the path")
    if format != "auto" and format not in readers.names():
        raise SourceError(
            f"no format is called {format!r}", hint=f"use one of: auto, {', '.join(readers.names())}"
        )


def _sized(paths: Sequence[Path]) -> Iterator[tuple[Path, int]]:
    for file in files_of(paths):
        try:
            yield file, file.stat().st_size
        except OSError:
            yield file, 0  # reading it will say what is wrong


def _extent(paths: Sequence[Path]) -> tuple[int, int]:
    """Bytes on disk, and about how many these are when unpacked."""
    total = unpacked = 0
    for file, size in _sized(paths):
        total += size
        unpacked += size * (TIMES_PACKED if file.suffix in COMPRESSED else 1)
    return total, unpacked


def _processes(unpacked: int) -> int:
    """As many as there are cores: those that read and the one that stores wait for each other in turn."""
    if unpacked < PROCESSES_FROM_BYTES:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


def _tasks(paths: Sequence[Path], *, format: str, provider: str | None) -> Iterator[Task]:
    files: list[Path] = []
    held = 0
    for file, size in _sized(paths):
        if files and (len(files) >= TASK_FILES or held + size > TASK_BYTES):
            yield Task(tuple(files), format, provider)
            files, held = [], 0
        files.append(file)
        held += size
    if files:
        yield Task(tuple(files), format, provider)


@contextmanager
def _frames(tasks: Iterable[Task], processes: int) -> Iterator[Iterator[Frame]]:
    if not processes:
        yield chain.from_iterable(map(frames, tasks))
        return
    with ReadingPool(processes=processes) as pool:
        yield pool.frames(tasks)


def _batches(incoming: Iterable[Frame], size: int, tally: _Tally) -> Iterator[list[ReadItem]]:
    """Items in batches of `size`, fewer where they are long; counts what goes by."""
    batch: list[ReadItem] = []
    characters = 0
    for frame in incoming:
        tally.bytes_read += frame.bytes_read
        for one in frame.items:
            tally.read += not rides_along(one.item)
            if isinstance(one.item, SetAside):
                tally.set_aside += 1
                continue
            batch.append(one)
            characters += len(one.item.body) if isinstance(one.item, Version) else 0
            if len(batch) >= size or characters >= BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
    if batch:
        yield batch


def _prepared(batch: Iterable[ReadItem], counter: WordCounter, budget: int) -> Iterator[BatchItem]:
    counter.learn(one.item.body for one in batch if isinstance(one.item, Version))
    for one in batch:
        if isinstance(one.item, Version):
            passages = cut(one.item, count_tokens=counter, budget=budget, sentences=one.sentences)
            yield PreparedVersion(version=one.item, passages=passages)
        elif not isinstance(one.item, SetAside):
            yield one.item
