"""Near-duplicate groups, event chains, the keys under which stories meet, and how far linking has come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.groups import Unlinked
from db.store import StoryStore
from domain.errors import StoreError
from domain.story import Kind, Status
from tests.db.stories import at, sent

CHARACTERS = 1_000


def link(store: StoryStore, **found: object) -> bool:
    """Writes links of the next two versions."""
    of = store.links.unlinked(limit=2, characters=CHARACTERS)
    given = {"keys": (), "duplicates": {}, "chains": {}} | found
    return store.links.add(of, **given)  # type: ignore[arg-type]


@pytest.fixture
def stories(store: StoryStore) -> list[int]:
    store.add_batch([sent(f"s{n}") for n in range(8)])
    return sorted(store.links.story_ids([f"s{n}" for n in range(8)]).values())


def test_groups_are_set_moved_and_read(store: StoryStore, stories: list[int]) -> None:
    a, b, c, d, *_ = stories
    assert link(store, duplicates={a: a, b: a, c: c}, chains={a: a, d: a})
    assert link(store, duplicates={c: a})
    assert link(store)
    assert store.duplicate_groups([a, b, c, d]) == {a: a, b: a, c: a}
    assert store.links.duplicates.members([a, c]) == {a: [a, b, c]}
    assert store.event_chains([a, b, d]) == {a: a, d: a}
    assert store.links.chains.members([a]) == {a: [a, d]}
    assert store.duplicate_groups([]) == {}


def test_keys_name_the_stories_under_them(store: StoryStore, stories: list[int]) -> None:
    a, b, c, *_ = stories
    low, high = -(2**63), 2**63 - 1
    assert link(store, keys=[(key, b) for key in (0, high, 5)] + [(key, a) for key in (low, 0, high)])
    assert link(store, keys=[(6, c), (0, a)])
    assert store.links.stories_under([low, 0, high, 77]) == {low: [a], 0: [a, b], high: [a, b]}
    assert store.links.stories_under([]) == {}


def test_what_is_not_linked_is_given_in_order_until_nothing_is_left(store: StoryStore) -> None:
    store.add_batch([sent(f"s{n}", body=f"Text {n}.", hours=-n, kind=Kind.ALERT) for n in range(5)])
    seen = []
    while store.links.backlog():
        of = store.links.unlinked(limit=2, characters=4)
        seen += [(one.version_id, one.body, one.kind, one.published) for one in of.sent]
        assert store.links.add(of, keys=(), duplicates={}, chains={})
    assert seen == [(n + 1, "Text", Kind.ALERT, at(-n)) for n in range(5)]
    nothing = store.links.unlinked(limit=2, characters=4)
    assert (nothing.since, nothing.until, nothing.sent) == (5, 5, [])


def test_only_the_first_of_two_that_link_the_same_writes(store: StoryStore, stories: list[int]) -> None:
    a, b, *_ = stories
    of = store.links.unlinked(limit=2, characters=CHARACTERS)
    assert store.links.add(of, keys=[(1, a)], duplicates={a: a}, chains={})
    assert not store.links.add(of, keys=[(1, b)], duplicates={b: a}, chains={b: b})
    assert store.duplicate_groups([a, b]) == {a: a}
    assert store.event_chains([b]) == {}
    assert store.links.stories_under([1]) == {1: [a]}
    assert store.links.backlog() == 6


def test_links_are_written_wholly_or_not_at_all(store: StoryStore, stories: list[int]) -> None:
    with pytest.raises(StoreError):
        link(store, keys=[(1, stories[0])], duplicates={12345: 1})
    assert store.links.stories_under([1]) == {}
    assert store.links.backlog() == 8


def test_versions_of_stories_up_to_one_without_withdrawals(store: StoryStore) -> None:
    store.add_batch([sent("a", body="First."), sent("b", body="Other.")])
    store.add_batch([sent("a", body="Second.", hours=1, version=2)])
    store.add_batch([sent("a", body="KILL", hours=2, version=3, status=Status.CANCELED)])
    of = store.links.unlinked(limit=9, characters=CHARACTERS)
    assert [one.body for one in of.sent] == ["First.", "Other.", "Second.", ""]
    ids = store.links.story_ids(["a", "b"])
    assert [one.body for one in store.links.sent([ids["a"]], until=2, characters=CHARACTERS)] == ["First."]
    assert [one.body for one in store.links.sent(ids.values(), until=9, characters=3)] == [
        "Fir",
        "Oth",
        "Sec",
    ]
    assert of.sent[2].published - of.sent[0].published == timedelta(hours=1)
    assert isinstance(of, Unlinked)
