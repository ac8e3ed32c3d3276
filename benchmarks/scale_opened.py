"""The measurements of one built archive; run by benchmarks.scale in a process of its own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale_measures import (
    PERCENTILES,
    Latency,
    Memory,
    bandwidth,
    exact_nearest,
    latency,
    memory,
    recall,
)
from benchmarks.scale_slope import MEASURED, Measured, save
from benchmarks.synthetic_archive import AskedVectors, Question, is_correction, load_questions, superseded
from benchmarks.synthetic_vectors import DIMENSIONS, PER_STORY
from db.store import StoryStore
from domain.query import Filters, Mode, Query
from retrieval.dense.index import DenseIndex
from retrieval.dense.search import EXACT_SCAN_ROWS, LEAST_PROBED_ROWS, PROBED_SHARE
from retrieval.index import SearchIndex
from retrieval.scope import Scope, Visibility, scope_of
from retrieval.search import Searcher

NOW = datetime(2024, 6, 1, tzinfo=UTC)
FILTERS = {
    "no filter": Filters(),
    "one day": Filters(start=datetime(2005, 3, 9, tzinfo=UTC), end=datetime(2005, 3, 10, tzinfo=UTC)),
    "one year": Filters(start=datetime(2005, 1, 1, tzinfo=UTC), end=datetime(2006, 1, 1, tzinfo=UTC)),
    "one language": Filters(languages=frozenset({"fr"})),
}
CANDIDATES = 100  # what the hybrid draws from each half
KILLS = 15
CODE_BYTES = 56 + 8  # a RaBitQ code of 384 dimensions with its factors, and a row number
HEADING = "(ms)   by the clock: p50, p95, p99    of processor: p50, p95, p99"
DEEPEST = 100  # of recall
RECALL_QUESTIONS = 60  # each is compared with every vector


class Superseded:
    """A visibility source without a database: the stories corrected, and those killed here."""

    def __init__(self, versions: NDArray[np.int64]) -> None:
        self._versions = versions
        self._epoch = 0

    def kill(self, version_id: int) -> None:
        self._versions = np.union1d(self._versions, [version_id])
        self._epoch += 1

    def release(self, version_id: int) -> None:
        self._versions = np.setdiff1d(self._versions, [version_id])
        self._epoch += 1

    def hidden_version_ids(self, *, now: datetime, as_of: datetime | None) -> NDArray[np.int64]:
        return self._versions

    def visibility_epoch(self) -> int:
        return self._epoch

    def next_embargo_end(self, now: datetime) -> datetime | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An archive as it is searched."""

    dense: DenseIndex
    visibility: Visibility
    searcher: Searcher | None
    kill: Callable[[int], object]
    release: Callable[[int], object]  # undoes it: an archive that is kept is measured again
    once: dict[str, float]  # milliseconds


class Notes:
    """What is printed is kept as well, for the slope."""

    def __init__(self, once: dict[str, float]) -> None:
        self.once = once
        self.clock_p95: dict[str, float] = {}
        self.processor_p95: dict[str, float] = {}
        self.resident: dict[str, int] = {}
        self.recall: dict[str, float] = {}

    def latency(self, half: str, filters: str, taken: Latency) -> None:
        print(f"  {filters:<26} {taken}", flush=True)
        self.clock_p95[f"{half}, {filters}"] = float(np.percentile(taken.clock, PERCENTILES[1]))
        self.processor_p95[f"{half}, {filters}"] = float(np.percentile(taken.processor, PERCENTILES[1]))

    def memory(self, name: str, held: Memory, passages: int) -> None:
        parts = {"its own": held.own, **held.files}
        shown = ", ".join(f"{part} {size / passages:.1f}" for part, size in parts.items())
        print(f"memory for {name}: {held.total / passages:.1f} bytes a passage ({shown})", flush=True)
        self.resident[name] = held.total


def measure(folder: Path, *, stories: int, questions: int, whole: bool) -> None:
    """Print, and leave beside the archive, what it costs to search it."""
    asked = load_questions(folder, questions)
    before = memory()
    opening = _opened_whole if whole else _opened_vectors
    with opening(folder, stories, asked) as opened:
        passages, notes = len(opened.dense), Notes(opened.once)
        print(f"\n{passages:,} passages, {len(opened.dense.segments())} dense segments")
        for name, milliseconds in opened.once.items():
            print(f"  {name}: {milliseconds:,.0f} ms")
        _dense(opened, asked, notes)
        notes.memory("dense search", memory().over(before), passages)
        if opened.searcher is not None:
            _whole(opened.searcher, asked, notes)
            notes.memory("everything", memory().over(before), passages)
        _kills(opened, asked, notes)
        _recall(opened, asked, notes)
        _limit(bandwidth(), passages)
    save(
        folder / MEASURED,
        Measured(
            passages=passages,
            clock_p95=notes.clock_p95,
            processor_p95=notes.processor_p95,
            resident=notes.resident,
            recall=notes.recall,
            once=notes.once,
        ),
    )


def _dense(opened: Opened, asked: list[Question], notes: Notes) -> None:
    print(f"\ndense search {HEADING}")
    for name, filters in FILTERS.items():
        scope = _scope(opened, filters)

        def ask(number: int, scope: Scope = scope) -> object:
            return opened.dense.search(asked[number].vector, depth=CANDIDATES, scope=scope)

        notes.latency("dense", name, latency(ask, len(asked)))


def _whole(searcher: Searcher, asked: list[Question], notes: Notes) -> None:
    """From a query's words to stories read and checked in the database; the embedding is not counted."""
    for mode in (Mode.LEXICAL, Mode.HYBRID):
        print(f"\n{mode} search {HEADING}")
        for name, filters in FILTERS.items():
            queries = [Query(text=one.text, filters=filters, mode=mode) for one in asked]

            def ask(number: int, queries: list[Query] = queries) -> object:
                return searcher.retrieve(queries[number])

            notes.latency(mode.value, name, latency(ask, len(asked)))


def _kills(opened: Opened, asked: list[Question], notes: Notes) -> None:
    """From the call to the end of the first search after it, which no longer finds the story."""
    killing, searching = [], []
    chosen = list({one.story: one for one in asked[:KILLS]}.values())
    for one in chosen:
        found = opened.dense.search(one.vector, depth=10, scope=_scope(opened, Filters()))
        began = time.perf_counter()
        opened.kill(one.story)
        killed = time.perf_counter()
        after = opened.dense.search(one.vector, depth=10, scope=_scope(opened, Filters()))
        killing.append((killed - began) * 1e3)
        searching.append((time.perf_counter() - killed) * 1e3)
        gone = set(found.passage_ids.tolist()) - set(after.passage_ids.tolist())
        if not {(int(i) - 1) // PER_STORY for i in gone} <= {one.story}:
            raise AssertionError(f"killing {one.story} took away {gone}")
        if any((int(i) - 1) // PER_STORY == one.story for i in after.passage_ids):
            raise AssertionError(f"{one.story} is found after its kill")
    for one in chosen:
        opened.release(one.story)
    print(
        f"\na kill: {statistics.median(killing):.1f} ms to write; the next search, which obeys it,"
        f" {statistics.median(searching):.1f} ms (longest {max(searching):.1f})"
    )
    notes.once["the dense search after a kill"] = statistics.median(searching)


def _recall(opened: Opened, asked: list[Question], notes: Notes) -> None:
    queries = np.stack([one.vector for one in asked[:RECALL_QUESTIONS]])
    for name in ("no filter", "one year", "one language"):
        scope = _scope(opened, FILTERS[name])
        wanted = exact_nearest(opened.dense, queries, depth=DEEPEST, scope=scope)
        for depth in (10, CANDIDATES):
            found = [opened.dense.search(q, depth=depth, scope=scope).passage_ids.tolist() for q in queries]
            shown = [recall(found, wanted, depth=d) for d in (10, DEEPEST) if d <= depth]
            label = "@10" if depth == 10 else "@10, @100"
            print(
                f"recall{label} drawing {depth:>3}, {name}: {', '.join(f'{r:.3f}' for r in shown)}",
                flush=True,
            )
            notes.recall[name] = shown[0]  # of the last: as many drawn as a hybrid search draws


def _limit(bytes_a_second: float, passages: int) -> None:
    """What reading alone would take, at the rate one thread reads memory."""
    reads = {
        "every vector, single precision": passages * DIMENSIONS * 4,
        "every vector, half precision": passages * DIMENSIONS * 2,
        "every code": passages * CODE_BYTES,
        "the codes probed": round(
            CODE_BYTES * min(passages, max(passages * PROBED_SHARE, LEAST_PROBED_ROWS))
        ),
    }
    print(f"\nthe limit: one thread reads {bytes_a_second / 1e9:.1f} GB a second")
    for name, size in reads.items():
        print(f"  {name}: {size / 1e6:,.0f} MB, {size / bytes_a_second * 1e3:.1f} ms")
    print(f"  (looked at one by one when a filter leaves at most {EXACT_SCAN_ROWS:,} rows)")


def _scope(opened: Opened, filters: Filters) -> Scope:
    return scope_of(Query(text="", filters=filters), now=NOW, visibility=opened.visibility)


@contextmanager
def _opened_whole(folder: Path, stories: int, asked: list[Question]) -> Iterator[Opened]:
    began = time.perf_counter()
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}", clock=lambda: NOW) as store:
        embedder = AskedVectors(asked)
        index = SearchIndex.open(folder / "index", store=store, embedder=embedder)
        searcher = Searcher(index, store, embedder, clock=lambda: NOW)
        dense = index.generation().dense
        dense.segments()
        opened = time.perf_counter()
        searcher.retrieve(Query(text=asked[0].text))
        yield Opened(
            dense=dense,
            visibility=Visibility(store),
            searcher=searcher,
            kill=lambda story: store.kill(_address(story), "benchmark", "benchmark"),
            release=lambda story: store.release(_address(story), "benchmark", "benchmark"),
            once=_opening(began, opened, first="hybrid"),
        )


def _address(story: int) -> str:
    return f"urn:synthetic:{story - 1 if is_correction(story) else story}"


@contextmanager
def _opened_vectors(folder: Path, stories: int, asked: list[Question]) -> Iterator[Opened]:
    began = time.perf_counter()
    source = Superseded(superseded(stories))
    dense, visibility = DenseIndex(folder / "dense", dimensions=DIMENSIONS), Visibility(source)
    dense.segments()
    opened = time.perf_counter()
    scope = scope_of(Query(text=""), now=NOW, visibility=visibility)
    dense.search(asked[0].vector, depth=CANDIDATES, scope=scope)
    yield Opened(
        dense=dense,
        visibility=visibility,
        searcher=None,
        kill=lambda story: source.kill(story + 1),
        release=lambda story: source.release(story + 1),
        once=_opening(began, opened, first="dense"),
    )


def _opening(began: float, opened: float, *, first: str) -> dict[str, float]:
    """The first search works out what is hidden and which rows the default filters allow."""
    return {
        f"opening, before a {first} search": (opened - began) * 1e3,
        f"the first {first} search": (time.perf_counter() - opened) * 1e3,
    }
