"""Filters are hard and kills absolute while one writer takes in, kills, releases and merges, and readers search.

Real stores, indexes and threads; the interleavings differ from run to run, the promises must not.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from db.store import StoryStore
from domain.query import Filters, Hit, Mode, Query
from domain.story import Kind
from retrieval.dense import build as building
from retrieval.dense import index as indexing
from retrieval.dense import search as searching
from retrieval.dense.index import DenseIndex
from retrieval.dense.rows import Rows
from retrieval.index import SearchIndex
from retrieval.search import Searcher
from tests.retrieval.random_rows import DIMENSIONS, random_rows, scope
from tests.retrieval.small_archive import START, SUBJECTS, HashedWords, varied_stories

READERS = 3
ROUNDS = 6
STORIES_A_ROUND = 12


@dataclass(slots=True)
class Desk:
    """What the writer has done so far. A guid enters `killed` only after `kill` has returned."""

    written: list[str] = field(default_factory=list)
    killed: frozenset[str] = frozenset()
    done: threading.Event = field(default_factory=threading.Event)


def inside(hit: Hit, filters: Filters) -> bool:
    return (
        (filters.start is None or hit.published >= filters.start)
        and (filters.end is None or hit.published < filters.end)
        and (not filters.languages or hit.language in filters.languages)
        and (not filters.providers or hit.provider in filters.providers)
    )


def drawn_filters(rng: random.Random) -> Filters:
    start = START + timedelta(days=rng.randrange(0, 2000))
    return Filters(
        start=rng.choice([None, start]),
        end=rng.choice([None, start + timedelta(days=rng.randrange(1, 1500))]),
        languages=rng.choice([frozenset[str](), frozenset({"en"}), frozenset({"fr", "ar"})]),
        providers=rng.choice([frozenset[str](), frozenset({"Two"})]),
        kinds=frozenset(Kind),
    )


def reading(folder: Path, store: StoryStore, desk: Desk, *, seed: int) -> int:
    """Searches until the writer is done; returns how many hits were looked at."""
    rng, embedder, looked_at = random.Random(seed), HashedWords(), 0
    searcher = Searcher(SearchIndex.open(folder / "index", store=store, embedder=embedder), store, embedder)
    while not desk.done.is_set():
        filters, mode = drawn_filters(rng), rng.choice(tuple(Mode))
        dead = desk.killed  # before the search begins
        hits = searcher.retrieve(
            Query(text=f"{rng.choice(SUBJECTS)} story", filters=filters, mode=mode, limit=30)
        )
        assert not {hit.guid for hit in hits} & dead
        assert all(inside(hit, filters) for hit in hits)
        assert len({hit.story_id for hit in hits}) == len(hits)
        looked_at += len(hits)
    return looked_at


def writing(index: SearchIndex, store: StoryStore, desk: Desk, *, seed: int) -> None:
    rng, stories = random.Random(seed), varied_stories(ROUNDS * STORIES_A_ROUND)
    for start in range(0, len(stories), STORIES_A_ROUND):
        some = stories[start : start + STORIES_A_ROUND]
        store.add_batch(some)
        index.index_pending(batch=16)
        desk.written += [one.version.guid for one in some]
        for guid in rng.sample(desk.written, 3):
            store.kill(guid, "test", "test")
            desk.killed |= {guid}
        held = rng.choice(desk.written)
        if held not in desk.killed:
            store.hold(held, "test", "test")
            store.release(held, "test", "test")


def test_no_reader_ever_sees_a_killed_story_or_one_outside_its_filters(tmp_path: Path) -> None:
    desk = Desk()
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        index = SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords())
        with ThreadPoolExecutor(READERS) as readers:
            tasks = [readers.submit(reading, tmp_path, store, desk, seed=n) for n in range(READERS)]
            try:
                writing(index, store, desk, seed=1)
            finally:
                desk.done.set()
            looked_at = [task.result() for task in tasks]
        assert index.check().is_whole
        assert all(count > 20 for count in looked_at)  # every reader saw something all along
        assert len(desk.killed) > ROUNDS


@contextmanager
def compressing_early(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Merged segments get codes, and codes are searched, at sizes a test can write."""
    with monkeypatch.context() as patch:
        patch.setattr(building, "COMPRESSED_FROM_ROWS", 100)
        patch.setattr(searching, "EXACT_SCAN_ROWS", 60)
        yield


@dataclass(slots=True)
class Growing:
    """Rows of which the first `listed` are in the index; it grows after `append` has returned."""

    rows: Rows
    listed: int = 0
    done: threading.Event = field(default_factory=threading.Event)


def draining(folder: Path, growing: Growing, *, seed: int) -> int:
    """Draws everything a scope allows, again and again; nothing written before may lack, nothing be twice."""
    dense, rng, drawn = DenseIndex(folder, dimensions=DIMENSIONS), np.random.default_rng(seed), 0
    while not growing.done.is_set():
        listed = growing.listed
        hidden = rng.choice(growing.rows.version_ids, size=20)
        limits = scope(languages=frozenset({"fr", "ar"}), hidden=hidden, token=int(rng.integers(1, 1 << 60)))
        query = growing.rows.vectors[rng.integers(len(growing.rows))]
        found = dense.search(query, depth=len(growing.rows), scope=limits).passage_ids.tolist()
        assert len(set(found)) == len(found)
        allowed = np.isin(growing.rows.languages, ("fr", "ar")) & ~np.isin(growing.rows.version_ids, hidden)
        wanted = set(growing.rows.passage_ids[allowed].tolist())
        assert set(found) <= wanted
        assert {i for i in wanted if i <= listed} <= set(found)
        drawn += 1
    return drawn


def test_merging_beside_readers_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reader has opened the index for itself, as another process would."""
    growing = Growing(rows=random_rows(800, seed=3))
    dense = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    with compressing_early(monkeypatch), ThreadPoolExecutor(READERS) as readers:
        tasks = [readers.submit(draining, tmp_path, growing, seed=n) for n in range(READERS)]
        try:
            with dense.merging_aside():
                for start in range(0, len(growing.rows), 40):
                    dense.append(growing.rows.take(np.arange(start, start + 40)))
                    growing.listed = start + 40
                    dense.merge_soon()
            dense.settle()
            time.sleep(0.2)  # a few searches of the settled index
        finally:
            growing.done.set()
        assert all(task.result() > 3 for task in tasks)
    assert len(dense) == len(growing.rows)
    assert dense.problems() == []
    assert any(segment.is_compressed for segment in dense.segments())
    assert len(dense.segments()) <= 3 * 5  # five years
    folders = {folder.name for folder in tmp_path.iterdir() if folder.is_dir()}
    assert folders == {segment.folder.name for segment in dense.segments()}  # merged ones are gone


def test_readers_take_no_lock_while_the_list_stays(tmp_path: Path) -> None:
    """A writer that holds both locks of the index for ever does not stop a search."""
    dense = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    dense.append(random_rows(50, seed=1))
    dense.segments()
    query = random_rows(1, seed=2).vectors[0]
    with dense._opening, dense._changing, ThreadPoolExecutor(1) as reader:
        found = reader.submit(dense.search, query, depth=5, scope=scope()).result(timeout=20)
    assert found.passage_ids.size == 5


def test_a_merge_that_fails_aside_is_reported_and_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dense = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    rows = random_rows(160, seed=1)
    for start in range(0, 160, 10):
        dense.append(rows.take(np.arange(start, start + 10)))

    def full_disk(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "write_segment", full_disk)
        with pytest.raises(OSError, match="No space left"), dense.merging_aside():
            dense.merge_soon()
    assert len(dense) == 160
    assert dense.settle() > 0
    assert len(dense) == 160
    assert dense.problems() == []
