"""`depeche ingest` killed with SIGKILL, at random instants and at each stage's border, and run again:
the archive is the same as one whose ingestion nobody disturbed, to the last passage and index row.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from runtime import Archive
from tests.conftest import ROOT, quick_settings
from tests.end_to_end.contents import contents_of, feed_of

pytestmark = pytest.mark.model

STORIES = 80
KILLS = 8
SEED = 20_240_501
PROGRAM = Path(sys.executable).with_name("depeche")

# Each act that leaves something on disk, in the order of an ingestion.
BORDERS = (
    "db.store:StoryStore.open",
    "db.store:StoryStore.add_batch",
    "retrieval.index:SearchIndex.begin",
    "retrieval.dense.index:DenseIndex.append",
    "retrieval.lexical.index:LexicalWriter.add",
    "retrieval.lexical.index:LexicalWriter.commit",
    "db.store:StoryStore.mark_indexed",
)

# The command itself, but that a function of it is deadly: before it acts, or when it has acted.
RUN_AND_DIE = """
import functools, importlib, inspect, os, signal, sys
border, when = sys.argv[1:3]
module, _, path = border.partition(":")
owner = importlib.import_module(module)
*inner, name = path.split(".")
for part in inner:
    owner = getattr(owner, part)
original = inspect.getattr_static(owner, name)
call = original.__func__ if isinstance(original, classmethod) else original

@functools.wraps(call)
def deadly(*args, **kwargs):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    call(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, classmethod(deadly) if isinstance(original, classmethod) else deadly)
sys.argv[1:] = sys.argv[3:]
from cli.main import run
run()
"""


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return feed_of(STORIES, tmp_path_factory.mktemp("feed") / "feed.jsonl")


@pytest.fixture(scope="module")
def undisturbed(
    models_cache: Path, feed: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], float]:
    """What the archive should hold, and the seconds that the command takes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    finished(feed, folder)
    seconds = time.monotonic() - began
    with Archive.open(quick_settings(folder)) as archive:
        contents = contents_of(archive)
    assert len(contents["stories"]) == STORIES
    assert contents["dense"] == contents["lexical"] == contents["passages"]
    return contents, seconds


def finished(feed: Path, folder: Path) -> None:
    done = subprocess.run(
        [PROGRAM, "ingest", str(feed), "-a", str(folder), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def assert_same(folder: Path, wanted: dict[str, Any]) -> None:
    checked = subprocess.run(
        [PROGRAM, "index", "--check", "--json", "-a", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert json.loads(checked.stdout)["problems"] == []
    with Archive.open(quick_settings(folder)) as archive:
        found = contents_of(archive)
    for part, value in wanted.items():
        assert found[part] == value, part


def test_killed_at_random_instants(
    feed: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    """The same archive is struck again and again; what one attempt had done, the next finds."""
    wanted, seconds = undisturbed
    chance = random.Random(SEED)
    killed = 0
    for _ in range(KILLS):
        running = subprocess.Popen(
            [PROGRAM, "ingest", str(feed), "-a", str(tmp_path), "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            running.wait(timeout=chance.uniform(0.1, 0.8) * seconds)
        except subprocess.TimeoutExpired:
            running.kill()
        killed += running.wait() == -signal.SIGKILL
    # What one attempt has embedded the next need not: later ones may end before they are struck.
    assert killed >= 2, "the kills came too late to prove anything"
    finished(feed, tmp_path)
    assert_same(tmp_path, wanted)


@pytest.mark.parametrize("border", BORDERS)
def test_killed_at_the_borders_of_a_stage(
    border: str, feed: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    """First before the act, then, on what that left, just after it."""
    wanted, _ = undisturbed
    for when in ("before", "after"):
        struck = subprocess.run(
            [sys.executable, "-c", RUN_AND_DIE, border, when, "ingest", str(feed), "-a", str(tmp_path)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert struck.returncode == -signal.SIGKILL, struck.stderr
    finished(feed, tmp_path)
    assert_same(tmp_path, wanted)
