"""Readers beside a writer, threads on one store, one ingesting process an archive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.errors import ArchiveLocked, StoreError
from tests.db.stories import at, sent

ROOT = Path(__file__).resolve().parents[2]

HOLDER = """
import sys
from db.store import StoryStore
with StoryStore.open(sys.argv[1]) as store, store.writer_lock():
    print("held", flush=True)
    sys.stdin.readline()
"""

HOLDER_WITH_CHILD = """
import os, sys, time
from db.store import StoryStore
with StoryStore.open(sys.argv[1]) as store, store.writer_lock():
    child = os.fork()
    if child:
        print(child, flush=True)
    time.sleep(60)
    os._exit(0)
"""


def test_readers_see_whole_batches_while_another_writes(store: StoryStore) -> None:
    """Each batch sends every story once more: a reader that saw part of one would find mixed versions."""
    guids = [f"s{n}" for n in range(20)]
    store.add_batch([sent(guid, "Round 0.") for guid in guids])
    done = threading.Event()

    def write() -> None:
        for turn in range(1, 25):
            store.add_batch([sent(guid, f"Round {turn}.", turn, version=turn + 1) for guid in guids])
        done.set()

    def read() -> int:
        looks = 0
        while not done.is_set():
            counts = store.counts()
            assert counts.versions % len(guids) == 0
            passages = store.pending_passages(limit=10_000)
            assert len(passages) % len(guids) == 0
            shown = store.visible_versions({one.version_id for one in passages}, now=at(0))
            assert len(shown) in (0, len(guids))  # none: another round came in between
            store.hidden_version_ids(now=at(0))
            looks += 1
        return looks

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        pool.submit(write).result()
        assert all(one.result() > 0 for one in readers)


def send_in_turns(store: StoryStore, name: str) -> None:
    for turn in range(15):
        store.add_batch([sent(f"{name}{turn}"), sent("both", f"{name} {turn}.", turn)])


def test_two_writers_take_turns(store: StoryStore, url: str) -> None:
    with StoryStore.open(url) as other, ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(send_in_turns, one, name) for one, name in ((store, "x"), (other, "y"))]
        for job in jobs:
            job.result()
        assert store.counts() == other.counts()
    assert store.counts().stories == 31
    assert len(store.story("both").versions) == 30


def test_the_lock_names_its_holder_and_dies_with_it(url: str) -> None:
    StoryStore.open(url).close()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with StoryStore.open(url) as store:
        with pytest.raises(ArchiveLocked, match=str(process.pid)), store.writer_lock():
            pass
        store.add_batch([sent("a")])  # the lock is for long jobs; a kill by hand never waits for it
        assert store.kill("a", "libel", "desk")
        process.kill()
        process.communicate(timeout=30)
        with store.writer_lock(timeout=10):
            pass


def test_the_lock_dies_with_its_process_though_a_child_lives_on(sqlite_url: str) -> None:
    """The workers of a killed ingestion may outlive it for a while: they must not keep the archive."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER_WITH_CHILD, sqlite_url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    process.kill()
    process.wait(timeout=30)
    try:
        with StoryStore.open(sqlite_url) as store, store.writer_lock(timeout=10):
            os.kill(child, 0)  # it still lives
    finally:
        os.kill(child, signal.SIGKILL)
        process.communicate(timeout=30)


def test_the_lock_can_be_had_again(store: StoryStore) -> None:
    with store.writer_lock(), pytest.raises(ArchiveLocked), store.writer_lock():
        pass
    with store.writer_lock():
        pass


def test_a_reader_opens_beside_a_writer_and_cannot_write(url: str, store: StoryStore) -> None:
    store.add_batch([sent("a")])
    with StoryStore.open(url, read_only=True) as reader:
        assert reader.version("a").guid == "a"
        with pytest.raises(StoreError, match="reading only"):
            reader.add_batch([sent("b")])
        store.add_batch([sent("b")])
        assert reader.counts().stories == 2
        assert reader.fingerprint() == store.fingerprint()
