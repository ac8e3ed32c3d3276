"""Thousands of items on their whole way, killed with SIGKILL again and again: the archive is the undisturbed one.

As tests/end_to_end/test_crash.py, but with vectors of hashed words in place of the embedder's, which would
take minutes for so many: reading in processes, storing, both halves of the index and their locks are the
product's. 40 s.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from db.store import StoryStore
from domain.errors import IndexMissing
from domain.query import Mode
from retrieval.index import SearchIndex
from runtime import Archive
from tests.conftest import ROOT
from tests.end_to_end.contents import contents, feed_of
from tests.retrieval.small_archive import HashedWords

STORIES, FILES = 2000, 4
STRIKES = 6
SEED = 20_240_501

# (function, at which of its calls): spread over the whole of the work, one strike after the other.
BORDERS = (
    ("db.store:StoryStore.open", 1),
    ("db.store:StoryStore.add_batch", 1),
    ("db.store:StoryStore.add_batch", 9),
    ("ingest.pool:ReadingPool.__exit__", 1),
    ("retrieval.index:SearchIndex.begin", 1),
    ("retrieval.dense.index:DenseIndex.append", 1),
    ("retrieval.lexical.index:LexicalWriter.add", 2),
    ("retrieval.lexical.index:LexicalWriter.commit", 2),
    ("db.store:StoryStore.mark_indexed", 2),
    ("retrieval.dense.index:DenseIndex.merge", 1),
    ("db.store:StoryStore.mark_indexed", 1),
)

# An ingestion as `runtime.archive` puts it together; `border` is deadly at its n-th call, before or after acting.
INGEST = """
import functools, importlib, inspect, os, signal, sys
from pathlib import Path

def arm(border, calls, when):
    module, _, path = border.partition(":")
    owner = importlib.import_module(module)
    *inner, name = path.split(".")
    for part in inner:
        owner = getattr(owner, part)
    original, left = inspect.getattr_static(owner, name), [calls]
    call = original.__func__ if isinstance(original, classmethod) else original

    @functools.wraps(call)
    def deadly(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **kwargs)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, classmethod(deadly) if isinstance(original, classmethod) else deadly)

folder, feed = Path(sys.argv[1]), Path(sys.argv[2])
from db.store import StoryStore
from ingest.pipeline import ingest
from retrieval.index import SearchIndex
from tests.ingest.samples import count_tokens
from tests.retrieval.small_archive import HashedWords
if len(sys.argv) > 3:
    arm(sys.argv[3], int(sys.argv[4]), sys.argv[5])
with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store, store.writer_lock():
    ingest([feed], store=store, count_tokens=count_tokens, processes=2, batch_size=200)
    index = SearchIndex.unopened(folder / "index", store=store, embedder=HashedWords())
    index.begin()
    index.index_pending(batch=512)
"""


def command(folder: Path, feed: Path, *deadly: str) -> list[str]:
    return [sys.executable, "-c", INGEST, str(folder), str(feed), *deadly]


def run(folder: Path, feed: Path, *deadly: str) -> int:
    done = subprocess.run(
        command(folder, feed, *deadly), cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def held(folder: Path) -> dict[str, Any]:
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store:
        index = SearchIndex.open(folder / "index", store=store, embedder=HashedWords())
        assert index.check().problems == ()
        return contents(store, index)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feed")
    lines = feed_of(STORIES, folder / "all").read_text("utf-8").splitlines()
    (folder / "all").unlink()
    share = -(-len(lines) // FILES)
    for number in range(FILES):
        part = lines[number * share : (number + 1) * share]
        (folder / f"{number}.jsonl").write_text("\n".join(part), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    folder = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    assert run(folder, feed) == 0
    seconds = time.monotonic() - began
    found = held(folder)
    assert len(found["stories"]) == STORIES
    assert found["dense"] == found["lexical"] == found["passages"]
    assert len(found["passages"]) > STORIES
    return found, seconds


def test_killed_at_random_instants(
    feed: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    wanted, seconds = undisturbed
    chance = random.Random(SEED)
    killed = 0
    for _ in range(STRIKES):
        running = subprocess.Popen(
            command(tmp_path, feed), cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            running.wait(timeout=chance.uniform(0.2, 0.9) * seconds)
        except subprocess.TimeoutExpired:
            running.kill()
        killed += running.wait() == -signal.SIGKILL
    assert killed >= STRIKES // 3, "the kills came too late to prove anything"
    assert run(tmp_path, feed) == 0
    assert held(tmp_path) == wanted


def test_killed_at_the_borders_of_each_stage(
    feed: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    """Each strike falls on what the one before it left; the last one on an archive with little left to do."""
    wanted, _ = undisturbed
    for number, (border, calls) in enumerate(BORDERS):
        when = "before" if number % 2 else "after"
        assert run(tmp_path, feed, border, str(calls), when) == -signal.SIGKILL, (border, when)
    assert run(tmp_path, feed) == 0
    assert held(tmp_path) == wanted


def test_of_two_ingestions_at_once_the_second_says_who_holds_the_archive(feed: Path, tmp_path: Path) -> None:
    """And takes nothing away from the first."""
    with Archive.open(tmp_path, embedder=HashedWords()) as archive, archive.store.writer_lock():
        second = subprocess.run(
            [Path(sys.executable).with_name("depeche"), "ingest", str(feed), "-a", str(tmp_path)],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert second.returncode == 1
        assert f"process {os.getpid()} is writing" in second.stderr
        assert "wait for it" in second.stderr
        assert archive.counts().stories == 0
    with Archive.open(tmp_path, embedder=HashedWords()) as archive:
        assert archive.ingest([feed / "0.jsonl"]).new > 0


def test_a_deleted_index_folder_is_said_and_made_again_from_the_database_alone(
    feed: Path, tmp_path: Path
) -> None:
    with Archive.open(tmp_path, embedder=HashedWords()) as archive:
        archive.ingest([feed / "0.jsonl"])
        before = contents(archive.store, archive.index)
    shutil.rmtree(tmp_path / "index")
    with Archive.open(tmp_path, embedder=HashedWords()) as archive:
        for act in (archive.check_index, lambda: archive.search("ferry")):
            with pytest.raises(IndexMissing, match="--rebuild"):
                act()
        archive.rebuild_index()
        assert contents(archive.store, archive.index) == before
        assert archive.check_index().is_whole
        assert archive.search("ferry", mode=Mode.LEXICAL).hits
