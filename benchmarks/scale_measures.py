"""What is measured of a built archive, in a process that has opened nothing else."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from retrieval.dense.index import DenseIndex
from retrieval.scope import Scope

EXACT_BLOCK = 65_536
PERCENTILES = (50, 95, 99)
BANDWIDTH_BYTES = 512 << 20  # far over any cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds a question, one after the other: by the clock, and of processor in all threads."""

    clock: tuple[float, ...]
    processor: tuple[float, ...]

    def __str__(self) -> str:
        by_clock, of_processor = (
            " ".join(f"{value:7.1f}" for value in np.percentile(taken, PERCENTILES))
            for taken in (self.clock, self.processor)
        )
        return f"{by_clock}    {of_processor}"


def latency(ask: Callable[[int], object], questions: int) -> Latency:
    """`ask` is called with each question's number; the first is asked once more beforehand, unmeasured."""
    ask(0)
    clock, processor = [], []
    for number in range(questions):
        began, worked = time.perf_counter(), time.process_time()
        ask(number)
        clock.append((time.perf_counter() - began) * 1e3)
        processor.append((time.process_time() - worked) * 1e3)
    return Latency(clock=tuple(clock), processor=tuple(processor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes of this process in memory, by what they hold. `own` cannot be dropped; the rest is files'.

    The program's own code is left out: it is the same whatever the archive's size.
    """

    own: int
    files: dict[str, int]

    def over(self, before: Memory) -> Memory:
        files = {name: size - before.files.get(name, 0) for name, size in self.files.items()}
        return Memory(own=self.own - before.own, files={n: s for n, s in files.items() if s > 0})

    @property
    def total(self) -> int:
        return self.own + sum(self.files.values())


def memory() -> Memory:
    """Linux only: other systems do not say which file a resident page is of."""
    own, files = 0, defaultdict[str, int](int)
    for region in psutil.Process().memory_maps(grouped=False):
        path = Path(region.path)
        if not region.path.startswith("/"):
            own += region.rss
        elif "lexical" in path.parts:
            files["lexical index"] += region.rss
        elif path.suffix in {".faiss", ".bin"} or path.name.startswith("archive.sqlite"):
            files[path.name] += region.rss
    return Memory(own=own, files=dict(files))


def disk_bytes(folder: Path) -> int:
    """Space the files of a folder (or one file) take."""
    paths: Iterable[Path] = folder.rglob("*") if folder.is_dir() else [folder]
    return sum(path.stat().st_blocks * 512 for path in paths if path.is_file())


def exact_nearest(
    dense: DenseIndex, queries: NDArray[np.float32], *, depth: int, scope: Scope
) -> list[list[int]]:
    """Passage ids of the true nearest allowed rows of each query: every vector is multiplied with all."""
    scores = np.full((len(queries), depth), -np.inf, dtype=np.float32)
    ids = np.full((len(queries), depth), -1, dtype=np.int64)
    for segment in dense.segments():
        part = segment.part(scope)
        if part is None:
            continue
        allowed = (
            np.ones(len(segment), dtype=np.bool_) if part.bits is None else _unpacked(part.bits, segment)
        )
        for start in range(0, len(segment), EXACT_BLOCK):
            count = min(EXACT_BLOCK, len(segment) - start)
            products = queries @ segment.vectors(start, count).T
            products[:, ~allowed[start : start + count]] = -np.inf
            keep = min(depth, count)
            best = np.argpartition(-products, keep - 1, axis=1)[:, :keep]
            own = np.broadcast_to(segment.passage_ids()[start : start + count], products.shape)
            scores = np.hstack([scores, np.take_along_axis(products, best, axis=1)])
            ids = np.hstack([ids, np.take_along_axis(own, best, axis=1)])
            order = np.argsort(-scores, axis=1)[:, :depth]
            scores, ids = np.take_along_axis(scores, order, axis=1), np.take_along_axis(ids, order, axis=1)
    return [
        [int(i) for i, s in zip(row, values, strict=True) if np.isfinite(s)]
        for row, values in zip(ids, scores, strict=True)
    ]


def recall(found: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]], *, depth: int) -> float:
    """The share of the true `depth` nearest among the first `depth` found, over all questions."""
    hits = sum(len(set(f[:depth]) & set(w[:depth])) for f, w in zip(found, wanted, strict=True))
    return hits / max(1, sum(len(w[:depth]) for w in wanted))


def bandwidth() -> float:
    """Bytes a second one thread reads from memory, the best of five sums."""
    block = np.ones(BANDWIDTH_BYTES // 8, dtype=np.int64)
    best = np.inf
    for _ in range(5):
        began = time.perf_counter()
        block.max()
        best = min(best, time.perf_counter() - began)
    return float(BANDWIDTH_BYTES / best)


def _unpacked(bits: NDArray[np.uint64], segment: object) -> NDArray[np.bool_]:
    from retrieval.dense.allowed import unpack

    return unpack(bits, len(segment))  # type: ignore[arg-type]
