"""Killed at any of its steps, indexing run again completes: nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from db.store import StoryStore
from retrieval.index import CURRENT, SearchIndex
from tests.retrieval.small_archive import HashedWords, varied_stories

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
from tests.retrieval.small_archive import HashedWords

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


def assert_whole(folder: Path, *, passages: int) -> None:
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store:
        index = SearchIndex.open(folder / "index", store=store, embedder=HashedWords())
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
