"""Near-duplicate groups, event chains and MinHash bands."""

from __future__ import annotations

import pytest

from db.groups import CROWDED_BAND
from db.store import StoryStore
from domain.errors import StoreError
from tests.db.stories import sent


@pytest.fixture
def stories(store: StoryStore) -> list[int]:
    store.add_batch([sent(f"s{n}") for n in range(CROWDED_BAND + 2)])
    return sorted({one.story_id for one in store.pending_passages(limit=1000)})


def test_groups_are_set_moved_and_read(store: StoryStore, stories: list[int]) -> None:
    a, b, c, d, *_ = stories
    store.set_duplicates({a: a, b: a, c: c})
    store.set_duplicates({c: a})
    store.set_event_chains({a: a, d: a})
    store.set_duplicates({})
    assert store.duplicate_groups([a, b, c, d]) == {a: a, b: a, c: a}
    assert store.duplicate_members([a, c]) == {a: [a, b, c]}
    assert store.event_chains([a, b, d]) == {a: a, d: a}
    assert store.event_chain_members([a]) == {a: [a, d]}
    assert store.duplicate_groups([]) == {}


def test_candidates_share_bands(store: StoryStore, stories: list[int]) -> None:
    a, b, c, *_ = stories
    low, high = -(2**63), 2**63 - 1
    store.add_signatures({a: [low, 0, high], b: [0, high, 5], c: [6]})
    store.add_signatures({a: [low, 0, high]})
    assert store.candidates([low, 0, high, 77]) == {a: 3, b: 2}
    assert store.candidates([]) == {}


def test_a_band_that_everyone_has_tells_nothing(store: StoryStore, stories: list[int]) -> None:
    store.add_signatures({one: [1] for one in stories})
    store.add_signatures({stories[0]: [2]})
    assert store.candidates([1, 2]) == {stories[0]: 1}


def test_groups_of_unknown_stories_are_refused(store: StoryStore) -> None:
    with pytest.raises(StoreError):
        store.set_duplicates({12345: 1})
