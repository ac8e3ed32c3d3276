"""Killed at any of its steps, indexing run again completes: nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from db.store import StoryStore
from domain.protocols import Embedder
from retrieval.index import CURRENT, SearchIndex
from retrieval.recorded import read_current
from tests.retrieval.small_archive import HashedWords, ShorterHashedWords, prepared, varied_stories

ROOT = Path(__file__).resolve().parents[2]
STORIES = 60
BATCH = 32

# Each step that leaves something on disk, by the function that has just returned when the axe falls.
STEPS = (
    "retrieval.dense.build:write_segment",
    "retrieval.dense.index:DenseIndex._list",
    "retrieval.dense.index:DenseIndex.append",
    "retrieval.lexical.index:LexicalWriter.add",
    "retrieval.lexical.index:LexicalWriter.commit",
    "db.store:StoryStore.mark_indexed",
    "retrieval.dense.index:DenseIndex.merge",
    "retrieval.index:SearchIndex._switch",
)

RUN_AND_DIE = """
import importlib, os, signal, sys
from pathlib import Path
from db.store import StoryStore
from retrieval.index import SearchIndex
import retrieval.dense.index
from tests.retrieval.small_archive import HashedWords, ShorterHashedWords

folder, step, calls, act = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
module, _, path = step.partition(":")
owner = importlib.import_module(module)
*inner, name = path.split(".")
for part in inner:
    owner = getattr(owner, part)
original, left = getattr(owner, name), [calls]

def deadly(*args, **kwargs):
    result = original(*args, **kwargs)
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, name, deadly)
if step.endswith("write_segment"):
    retrieval.dense.index.write_segment = deadly
store = StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}")
index = SearchIndex.unopened(folder / "index", store=store, embedder=HashedWords())
if act == "rebuild":
    index.rebuild(batch=BATCH)
elif act == "re_embed":
    other = SearchIndex.unopened(folder / "index", store=store, embedder=ShorterHashedWords())
    other.re_embed(batch=BATCH)
else:
    index.begin()
    index.index_pending(batch=BATCH)
""".replace("BATCH", str(BATCH))


def killed(folder: Path, step: str, *, calls: int, act: str) -> bool:
    """Run `act` in a process that dies at the step's n-th call; False when it ended before."""
    command = [sys.executable, "-c", RUN_AND_DIE, str(folder), step, str(calls), act]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    return ended.returncode != 0


def assert_whole(folder: Path, *, passages: int, embedder: Embedder | None = None) -> None:
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store:
        index = SearchIndex.open(folder / "index", store=store, embedder=embedder or HashedWords())
        check = index.check()
        assert check.problems == ()
        assert (check.passages, check.pending, check.dense, check.lexical) == (
            passages,
            0,
            passages,
            passages,
        )
        held = np.concatenate([segment.passage_ids() for segment in index.generation().dense.segments()])
        stored = [passage.passage_id for batch in store.iter_passages(1000) for passage in batch]
        assert sorted(held.tolist()) == stored


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        store.add_batch(varied_stories(STORIES))
    return tmp_path


@pytest.mark.parametrize("calls", [1, 3])
@pytest.mark.parametrize("step", STEPS[:-1])
def test_indexing_survives_kill_9(stored: Path, step: str, calls: int) -> None:
    assert killed(stored, step, calls=calls, act="index")
    with StoryStore.open(f"sqlite:///{stored / 'archive.sqlite'}") as store:
        passages = store.counts().passages
        SearchIndex.open(stored / "index", store=store, embedder=HashedWords()).index_pending(batch=BATCH)
    assert_whole(stored, passages=passages)


@pytest.mark.parametrize("step", STEPS)
def test_a_rebuild_survives_kill_9_and_the_old_index_serves_meanwhile(stored: Path, step: str) -> None:
    with StoryStore.open(f"sqlite:///{stored / 'archive.sqlite'}") as store:
        passages = store.counts().passages
        SearchIndex.open(stored / "index", store=store, embedder=HashedWords()).index_pending(batch=BATCH)
    if step.endswith("mark_indexed"):
        assert not killed(stored, step, calls=1, act="rebuild")  # everything was marked before
    else:
        assert killed(stored, step, calls=1, act="rebuild")
    assert_whole(stored, passages=passages)
    with StoryStore.open(f"sqlite:///{stored / 'archive.sqlite'}") as store:
        index = SearchIndex.open(stored / "index", store=store, embedder=HashedWords())
        index.rebuild(batch=BATCH)
    assert_whole(stored, passages=passages)
    assert len([entry for entry in (stored / "index").iterdir() if entry.is_dir()]) == 1
    assert (stored / "index" / CURRENT).exists()


@pytest.mark.parametrize("step", [step for step in STEPS if not step.endswith("mark_indexed")])
def test_another_embedder_survives_kill_9_and_the_old_index_goes_on_growing(stored: Path, step: str) -> None:
    url, folder = f"sqlite:///{stored / 'archive.sqlite'}", stored / "index"
    with StoryStore.open(url) as store:
        SearchIndex.open(folder, store=store, embedder=HashedWords()).index_pending(batch=BATCH)
    assert killed(stored, step, calls=1, act="re_embed")
    switched = step.endswith("_switch")
    with StoryStore.open(url) as store:
        store.add_batch([prepared("urn:meanwhile", "A zeppelin landed.")])
        passages = store.counts().passages
        serving = ShorterHashedWords() if switched else HashedWords()
        SearchIndex.open(folder, store=store, embedder=serving).index_pending(batch=BATCH)
    assert_whole(stored, passages=passages, embedder=serving)
    with StoryStore.open(url) as store:
        other = SearchIndex.unopened(folder, store=store, embedder=ShorterHashedWords())
        assert other.re_embed(batch=BATCH) == (0 if switched else passages)
    assert_whole(stored, passages=passages, embedder=ShorterHashedWords())
    assert len([entry for entry in folder.iterdir() if entry.is_dir()]) == 1


def test_what_was_embedded_before_the_kill_is_not_embedded_again(stored: Path) -> None:
    class Counting(ShorterHashedWords):
        embedded = 0

        def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.embedded += len(texts)
            return super().embed_passages(texts)

    with StoryStore.open(f"sqlite:///{stored / 'archive.sqlite'}") as store:
        SearchIndex.open(stored / "index", store=store, embedder=HashedWords()).index_pending()
        assert killed(stored, "retrieval.lexical.index:LexicalWriter.commit", calls=2, act="re_embed")
        counting = Counting()
        index = SearchIndex.unopened(stored / "index", store=store, embedder=counting)
        done = index.re_embed(batch=BATCH)
        assert counting.embedded == done - 2 * BATCH


def test_a_change_of_mind_leaves_nothing_behind(stored: Path) -> None:
    with StoryStore.open(f"sqlite:///{stored / 'archive.sqlite'}") as store:
        SearchIndex.open(stored / "index", store=store, embedder=HashedWords()).index_pending()
        assert killed(stored, "retrieval.lexical.index:LexicalWriter.commit", calls=1, act="re_embed")
        assert (stored / "index" / "generation-2").exists()
        assert SearchIndex.unopened(stored / "index", store=store, embedder=HashedWords()).re_embed() == 0
        assert not (stored / "index" / "generation-2").exists()


def test_the_switch_waits_for_whoever_writes(stored: Path) -> None:
    folder = stored / "index"
    with StoryStore.open(f"sqlite:///{stored / 'archive.sqlite'}") as store:
        SearchIndex.open(folder, store=store, embedder=HashedWords()).index_pending()
        other = SearchIndex.unopened(folder, store=store, embedder=ShorterHashedWords())
        switching = threading.Thread(target=other.re_embed)
        with store.writer_lock():
            switching.start()
            switching.join(2)
            assert switching.is_alive()
            current = read_current(folder)
            assert current is not None
            assert current.fingerprint == HashedWords.fingerprint
        switching.join(60)
        current = read_current(folder)
        assert current is not None
        assert current.fingerprint == ShorterHashedWords.fingerprint
