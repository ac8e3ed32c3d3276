"""Hidden versions: the cached arrays, the database and the definition agree after every write."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
import sqlalchemy as sa

from db.store import BatchItem, StoryStore
from db.tables import story, version
from db.visibility import _restricting, superseded_since
from domain.story import Action, Status
from tests.db.conftest import Clock
from tests.db.stories import at, order, sent

GUIDS = ("a", "b", "c", "d")
HOURS = range(8)


def feed(rng: random.Random) -> Iterator[list[BatchItem]]:
    """Batches of a muddled feed: versions out of order, kills, holds, embargoes, corrections."""
    for batch in range(60):
        items: list[BatchItem] = []
        for number in range(rng.randint(1, 4)):
            hours, guid = rng.choice(HOURS), rng.choice(GUIDS)
            roll = rng.random()
            if roll < 0.7:
                items.append(
                    sent(
                        guid, f"Text {batch} {number}." if rng.random() < 0.9 else " ", hours,
                        version=rng.randint(0, 3),
                        status=Status.WITHHELD if rng.random() < 0.1 else Status.USABLE,
                        embargo_until=at(rng.choice(HOURS)) if rng.random() < 0.15 else None,
                    )
                )  # fmt: skip
            elif roll < 0.9:
                items.append(order(rng.choice([Action.HOLD, Action.RELEASE]), hours, target=guid))
            elif roll < 0.95:
                items.append(order(Action.CORRECT, hours, target=guid, replacement=rng.choice(GUIDS)))
            elif batch > 30:
                items.append(order(Action.KILL, hours, target=guid))
        yield items


@pytest.mark.parametrize("seed", range(4))
def test_hidden_versions_agree_with_the_definition(url: str, seed: int, clock: Clock) -> None:
    rng = random.Random(seed)
    with StoryStore.open(url, clock=clock) as store, StoryStore.open(url, clock=clock) as occasional:
        epoch, hidden = store.visibility_epoch(), set[int]()
        for number, items in enumerate(feed(rng)):
            store.add_batch(items)
            now, as_of = at(rng.choice(HOURS)), rng.choice([None, at(rng.choice(HOURS))])
            expected = brute_force(store, now, as_of)
            found = store.hidden_version_ids(now=now, as_of=as_of)
            everyone = published_by(store, as_of)
            assert set(found.tolist()) & everyone == expected & everyone
            assert store.visible_versions(everyone, now=now, as_of=as_of) == everyone - expected
            assert np.array_equal(found, np.unique(found))
            if number % 7 == 0:  # a reader that looks rarely catches up with all it missed
                assert np.array_equal(occasional.hidden_version_ids(now=now, as_of=as_of), found)
            after = set(store.hidden_version_ids(now=at(0)).tolist())
            if store.visibility_epoch() == epoch:
                assert after == hidden, "what may be shown changed, the epoch did not"
            epoch, hidden = store.visibility_epoch(), after
        with StoryStore.open(url, clock=clock) as fresh:
            for as_of in (None, *map(at, HOURS)):
                expected_array = fresh.hidden_version_ids(now=at(3), as_of=as_of)
                assert np.array_equal(store.hidden_version_ids(now=at(3), as_of=as_of), expected_array)


def rows(store: StoryStore) -> list[sa.Row[tuple[object, ...]]]:
    with store._database.read() as connection:
        return list(
            connection.execute(
                sa.select(
                    version,
                    story.c.status.label("now"),
                    story.c.embargo_until.label("closed"),
                    story.c.replaced_at,
                ).join(story, story.c.story_id == version.c.story_id)
            )
        )


def published_by(store: StoryStore, as_of: datetime | None) -> set[int]:
    return {row.version_id for row in rows(store) if as_of is None or row.published <= as_of}


def brute_force(store: StoryStore, now: datetime, as_of: datetime | None) -> set[int]:
    """By the design: neither killed, held nor closed, and the current one of what was published by then."""
    stories: dict[int, list[sa.Row[tuple[object, ...]]]] = {}
    hidden: set[int] = set()
    for row in rows(store):
        stories.setdefault(row.story_id, []).append(row)
    for versions in stories.values():
        known = [row for row in versions if as_of is None or row.published <= as_of]
        latest = max(known, key=lambda row: (row.standing, row.published, row.number), default=None)
        for row in versions:
            closed = row.closed is not None and row.closed > now
            corrected = (
                row.replaced_at is not None
                and row.published <= row.replaced_at
                and (as_of is None or row.replaced_at <= as_of)
            )
            if row is not latest or row.now != Status.USABLE or closed or corrected:
                hidden.add(row.version_id)
    return hidden


def test_an_ordinary_story_changes_nothing_for_readers(store: StoryStore) -> None:
    epoch = store.visibility_epoch()
    store.add_batch([sent(f"s{n}") for n in range(50)])
    store.add_batch([sent(f"s{n}") for n in range(50)])
    assert store.visibility_epoch() == epoch


def test_the_array_is_shared_and_cannot_be_written_to(store: StoryStore) -> None:
    store.add_batch([sent("a"), sent("a", "New.", 1, version=2)])
    hidden = store.hidden_version_ids(now=at(0))
    assert hidden.dtype == np.int64
    assert store.hidden_version_ids(now=at(1)) is hidden
    with pytest.raises(ValueError, match="read-only"):
        hidden[0] = 7


def test_restricted_stories_are_found_through_their_indexes(sqlite_url: str) -> None:
    """Among 38 million stories the few killed ones must not cost a scan."""
    with StoryStore.open(sqlite_url) as store, store._database.read() as connection:
        for query in (*_restricting(), superseded_since(3)):
            compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
            outer = plan[0]
            assert "ix_" in outer, plan
            assert all("SEARCH" in step for step in plan[1:]), plan
