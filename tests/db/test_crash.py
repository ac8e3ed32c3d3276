"""kill -9 loses no acknowledged batch and leaves none half-stored; running again completes the work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import batch
from db.store import BatchItem, PreparedVersion, StoryStore
from domain.errors import StoreError
from domain.story import Action
from tests.db.stories import batches, order, sent

ROOT = Path(__file__).resolve().parents[2]
STORIES = 600
BATCH = 20


def archive_feed() -> list[BatchItem]:
    """Stories with second versions, kills before and after their story."""
    items: list[BatchItem] = []
    for number in range(STORIES):
        items.append(sent(f"s{number}", f"Text {number}. " * 20, number / 60))
        if number % 10 == 0:
            items.append(sent(f"s{number // 2}", f"Better text {number}.", number / 60, version=2))
        if number % 25 == 0:
            items.append(order(Action.KILL, number / 60, target=f"s{(number * 7) % STORIES}"))
    return items


CHILD = """
from db.store import StoryStore
from tests.db.stories import batches
from tests.db.test_crash import BATCH, archive_feed
import sys
with StoryStore.open(sys.argv[1]) as store:
    for number, batch in enumerate(batches(archive_feed(), BATCH)):
        store.add_batch(batch)
        print(number, flush=True)  # acknowledged
"""


def run(url: str, kill_after: float | None) -> int:
    """Ingests in a process of its own; the number of batches it acknowledged before it died or finished."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    if kill_after is None:
        lines = process.communicate(timeout=120)[0].split()
        assert process.returncode == 0
    else:
        first = process.stdout.readline()
        time.sleep(kill_after)
        os.kill(process.pid, signal.SIGKILL)
        lines = [first, *process.communicate(timeout=60)[0].split()]
    return int(lines[-1]) + 1


def contents(store: StoryStore) -> dict[str, object]:
    stories = {}
    for number in range(STORIES):
        record = store.story(f"s{number}", include_hidden=True)
        stories[record.guid] = (record.status, [(one.version, one.content_hash) for one in record.versions])
    texts = [one for some in store.iter_passages() for one in some]
    return {
        "stories": stories,
        "counts": store.counts(),
        "passages": sorted((one.guid, one.version, one.start, one.end, one.text) for one in texts),
        "waiting": len(store.pending_directives()),
    }


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    url = f"sqlite:///{tmp_path_factory.mktemp('whole') / 'archive.sqlite'}"
    with StoryStore.open(url) as store:
        for items in batches(archive_feed(), BATCH):
            store.add_batch(items)
        return contents(store)


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_instants(sqlite_url: str, uninterrupted: dict[str, object], seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(2):
        acknowledged = run(sqlite_url, kill_after=rng.uniform(0, 0.25))
        with StoryStore.open(sqlite_url) as store:
            counts = store.counts()
            stored = [
                item for item in archive_feed()[: acknowledged * BATCH] if isinstance(item, PreparedVersion)
            ]
            assert counts.versions >= len(stored)
            passages = [one for some in store.iter_passages() for one in some]
            assert len(passages) == counts.passages == counts.pending
    run(sqlite_url, kill_after=None)
    with StoryStore.open(sqlite_url) as store:
        assert contents(store) == uninterrupted


def test_a_batch_that_fails_half_way_leaves_nothing(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last statement of a batch fails: none of the first ones may be seen."""

    def full(*_: object) -> None:
        raise StoreError("disk is full")

    with StoryStore.open(sqlite_url) as store:
        store.add_batch([sent("before")])
        epoch = store.visibility_epoch()
        with monkeypatch.context() as patch:
            patch.setattr(batch, "_quarantine", full)
            with pytest.raises(StoreError):
                store.add_batch([sent("a"), sent("before", "New.", 1, version=2)])
        assert store.counts().versions == 1
        assert store.visibility_epoch() == epoch
        assert store.add_batch([sent("a")]).new == 1


def test_a_full_disk_is_a_store_error_and_nothing_is_lost(sqlite_url: str) -> None:
    with StoryStore.open(sqlite_url) as store:
        store.add_batch([sent("before")])
        with store._database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        # SQLite answers as on a full disk when a file may not grow beyond this many pages.
        sa.event.listen(
            store._database._engine,
            "begin",
            lambda one: one.exec_driver_sql(f"PRAGMA max_page_count={pages}"),
        )
        with pytest.raises(StoreError, match="full") as caught:
            store.add_batch([sent(f"s{n}", "Long. " * 1000) for n in range(50)])
        assert caught.value.hint is not None
        assert "free some space" in caught.value.hint
        assert store.counts().stories == 1
        assert store.version("before").body == "Rain fell on Lisbon."


def test_every_commit_reaches_the_disk(sqlite_url: str) -> None:
    """A power cut cannot be tested here; the settings that survive one can."""
    with StoryStore.open(sqlite_url) as store, store._database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
