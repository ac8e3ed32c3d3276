"""A story's life in the archive: kills, holds, embargoes, corrections, in whatever order they arrive."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from db.store import BatchItem, PreparedVersion, StoryStore
from domain.errors import StoreError, StoryNotFound
from domain.story import Action, Directive, Status
from tests.db.conftest import Clock
from tests.db.stories import NOON, at, batches, order, place, sent

KILL, HOLD, RELEASE, CORRECT = Action.KILL, Action.HOLD, Action.RELEASE, Action.CORRECT


@dataclass(frozen=True)
class Life:
    """What a feed sends about story "a", and what must be left whatever the order of arrival."""

    name: str
    items: tuple[BatchItem, ...]
    status: Status


LIVES = [
    Life("plain", (sent("a"),), Status.USABLE),
    Life("killed by a message", (sent("a"), order(KILL, 1, target="a")), Status.CANCELED),
    Life(
        "killed by its own status",
        (sent("a"), sent("a", "Gone.", 1, status=Status.CANCELED)),
        Status.CANCELED,
    ),
    Life("arrives canceled", (sent("a", status=Status.CANCELED),), Status.CANCELED),
    Life(
        "sent again after a kill",
        (sent("a"), order(KILL, 1, target="a"), sent("a", "Again.", 2, version=2)),
        Status.CANCELED,
    ),
    Life(
        "released by the feed after a kill",
        (sent("a"), order(KILL, 1, target="a"), order(RELEASE, 2, target="a")),
        Status.CANCELED,
    ),
    Life("held", (sent("a"), order(HOLD, 1, target="a")), Status.WITHHELD),
    Life(
        "held by its own status",
        (sent("a"), sent("a", "Wait.", 1, status=Status.WITHHELD)),
        Status.WITHHELD,
    ),
    Life(
        "held and lifted",
        (sent("a"), order(HOLD, 1, target="a"), order(RELEASE, 2, target="a")),
        Status.USABLE,
    ),
    Life(
        "held, lifted, held",
        (
            sent("a"), order(HOLD, 1, target="a"), order(RELEASE, 2, target="a"),
            order(HOLD, 3, target="a"),
        ),
        Status.WITHHELD,
    ),
    Life(
        "lifted by a usable sending",
        (sent("a", "Wait.", 1, status=Status.WITHHELD), sent("a", "Go on.", 2, version=2)),
        Status.USABLE,
    ),
    Life(
        "held after the last usable sending",
        (sent("a", "Go on.", 1), sent("a", "Wait.", 2, version=2, status=Status.WITHHELD)),
        Status.WITHHELD,
    ),
    Life(
        "held, then killed",
        (sent("a"), order(HOLD, 1, target="a"), order(KILL, 2, target="a")),
        Status.CANCELED,
    ),
    Life("killed by its headline", (sent("a"), order(KILL, 1, reference="“About A”")), Status.CANCELED),
]  # fmt: skip


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_a_life_ends_alike_in_any_order_and_any_batches(store: StoryStore, life: Life) -> None:
    orders = list(itertools.permutations(life.items))
    for number, items in enumerate(orders):
        for size in (1, len(items)):
            provider = f"{number}-{size}"
            for batch in batches([of_provider(item, provider) for item in items], size):
                store.add_batch(batch)
            record = store.story("a", provider=provider, include_hidden=True)
            assert record.status is life.status, items
            shown = visible(store, "a", provider)
            assert len(shown) == (1 if life.status is Status.USABLE else 0)
    assert store.pending_directives() == []


def of_provider(item: BatchItem, provider: str) -> BatchItem:
    """The same item in another provider's feed, so that one archive serves every order."""
    if isinstance(item, PreparedVersion):
        return replace(item, version=replace(item.version, provider=provider))
    assert isinstance(item, Directive)
    return replace(item, provider=provider)


def ids(store: StoryStore, guid: str, provider: str = "agency") -> set[int]:
    return {
        one.version_id
        for batch in store.iter_passages()
        for one in batch
        if one.guid == guid and one.provider == provider
    }


def visible(store: StoryStore, guid: str, provider: str = "agency", hours: float = 100) -> set[int]:
    """By the cached arrays and by the database, which must agree."""
    everyone, now = ids(store, guid, provider), at(hours)
    shown = store.visible_versions(everyone, now=now)
    assert shown == everyone - set(store.hidden_version_ids(now=now).tolist())
    assert shown == {one for one in everyone if store.is_visible(one, now)}
    return shown


def test_a_killed_story_is_gone_from_every_door(store: StoryStore) -> None:
    store.add_batch([sent("a", "One.", 0), sent("a", "Two.", 1, version=2)])
    assert store.kill("a", "libel", "desk")
    for number in (None, 1, 2):
        with pytest.raises(StoryNotFound, match="killed"):
            store.version("a", number=number)
    with pytest.raises(StoryNotFound, match="killed"):
        store.story("a")
    assert visible(store, "a") == set()
    record = store.story("a", include_hidden=True)
    assert [one.body for one in record.versions] == ["One.", "Two."]
    assert [(one.action, one.actor, one.reason) for one in record.history] == [("kill", "desk", "libel")]
    assert store.counts().killed == 1


def test_a_kill_takes_versions_that_arrive_after_it_too(store: StoryStore) -> None:
    store.add_batch([sent("a")])
    store.kill("a", "libel", "desk")
    epoch = store.visibility_epoch()
    store.add_batch([sent("a", "Sent once more.", 9, version=2)])
    assert visible(store, "a") == set()
    assert store.visibility_epoch() > epoch


def test_by_hand(store: StoryStore, clock: Clock) -> None:
    store.add_batch([sent("a")])
    assert store.hold("a", "checking", "desk")
    assert not store.hold("a", "checking", "desk")
    store.add_batch([sent("a", "A usable sending.", 3, version=2)])
    assert visible(store, "a") == set(), "a person's hold is not the feed's to lift"
    clock.now += timedelta(hours=5)
    assert store.release("a", "checked", "chief")
    assert len(visible(store, "a")) == 1
    assert store.kill("a", None, "desk")
    assert not store.kill("a", None, "desk")
    assert store.release("a", "appeal won", "chief")
    assert store.version("a").body == "A usable sending."
    acts = [(one.at, one.action, one.actor, one.reason) for one in store.story("a").history]
    assert acts[0] == (NOON, "hold", "desk", "checking")
    assert acts[-1] == (clock.now, "release", "chief", "appeal won")
    with pytest.raises(StoryNotFound):
        store.kill("nowhere", "x", "desk")


def test_a_file_read_again_does_not_kill_a_released_story_again(store: StoryStore) -> None:
    feed: list[BatchItem] = [
        sent("a"),
        order(KILL, 1, target="a"),
        sent("b"),
        sent("b", "Off.", 1, status=Status.CANCELED),
    ]
    store.add_batch(feed)
    store.release("a", "mistaken kill", "chief")
    store.release("b", "mistaken kill", "chief")
    assert store.add_batch(feed).killed == 0
    assert len(visible(store, "a")) == len(visible(store, "b")) == 1
    assert store.version("b").body == "Rain fell on Lisbon."
    assert store.add_batch([order(KILL, 2, target="a")]).killed == 1


def test_an_embargo_ends_by_the_clock(store: StoryStore, clock: Clock) -> None:
    store.add_batch([sent("a", "Early words.", 0), sent("free")])
    epoch = store.visibility_epoch()
    store.add_batch([sent("a", "Under embargo.", 1, version=2, embargo_until=at(10))])
    assert store.visibility_epoch() > epoch
    assert visible(store, "a", hours=9.99) == set()
    assert store.next_embargo_end(at(9)) == at(10)
    with pytest.raises(StoryNotFound, match="embargo"):
        store.version("a", number=1)
    clock.now = at(10)
    assert len(visible(store, "a", hours=10)) == 1
    assert store.next_embargo_end(at(10)) is None
    assert store.version("a").body == "Under embargo."
    assert visible(store, "a", hours=9) == set(), "asked of an earlier instant, it is still closed"


def test_a_later_sending_cannot_shorten_an_embargo(store: StoryStore) -> None:
    store.add_batch([sent("a", embargo_until=at(10)), sent("a", "More.", 1, version=2, embargo_until=at(5))])
    store.add_batch([sent("a", "Still more.", 2, version=3)])
    assert visible(store, "a", hours=7) == set()
    assert len(visible(store, "a", hours=11)) == 1


def test_releasing_a_kill_leaves_the_embargo(store: StoryStore) -> None:
    store.add_batch([sent("a", embargo_until=at(10))])
    store.kill("a", "x", "desk")
    store.release("a", "x", "desk")
    assert visible(store, "a", hours=7) == set()


def test_a_correction_replaces_and_as_of_still_knows_the_old_text(store: StoryStore) -> None:
    store.add_batch([sent("a", "Ten died.", 0)])
    first = ids(store, "a")
    store.add_batch([sent("a", "Twelve died.", 4, version=2)])
    (second,) = ids(store, "a") - first
    now = at(100)
    for as_of, shown in [
        (None, {second}),
        (at(4), {second}),
        (at(3.9), first),
        (at(0), first),
        (at(-1), set()),
    ]:
        assert store.visible_versions(ids(store, "a"), now=now, as_of=as_of) == shown
        hidden = set(store.hidden_version_ids(now=now, as_of=as_of).tolist())
        published = {second, *first} if as_of is None or as_of >= at(4) else first
        if as_of != at(-1):
            assert published - hidden == shown
    assert store.version("a", number=1).body == "Ten died."


def test_a_kill_counts_as_of_any_date(store: StoryStore) -> None:
    store.add_batch([sent("a")])
    store.kill("a", "libel", "desk")
    assert store.visible_versions(ids(store, "a"), now=at(100), as_of=at(50)) == set()
    assert ids(store, "a") <= set(store.hidden_version_ids(now=at(100), as_of=at(50)).tolist())


CORRECTION = (
    sent("old", "Ten died in Lisbon.", 0, headline="Storm in Lisbon"),
    sent("new", "Twelve died in Lisbon.", 2, source=place(7)),
    order(CORRECT, 2, target="old", source=place(7), replacement="new"),
)


@pytest.mark.parametrize("items", list(itertools.permutations(CORRECTION)))
@pytest.mark.parametrize("size", [1, 3])
def test_a_correction_under_another_guid(store: StoryStore, items: tuple[BatchItem, ...], size: int) -> None:
    for batch in batches(items, size):
        store.add_batch(batch)
    assert visible(store, "old") == set()
    assert len(visible(store, "new")) == 1
    assert store.visible_versions(ids(store, "old"), now=at(100), as_of=at(1)) == ids(store, "old")
    assert store.version("old").body == "Ten died in Lisbon.", "still there to be read"
    assert [one.action for one in store.story("old").history] == ["correct"]
    assert store.pending_directives() == []
    store.add_batch([sent("old", "A late copy of the old text.", 1, version=0)])
    assert visible(store, "old") == set()


def test_a_correction_finds_its_own_text_by_its_place_in_the_file(store: StoryStore) -> None:
    store.add_batch([sent("old")])
    store.add_batch(
        [sent("new", "Other words.", 2, source=place(7)), order(CORRECT, 2, target="old", source=place(7))]
    )
    assert visible(store, "old") == set()


def test_a_correction_without_a_text_waits_on_the_list(store: StoryStore) -> None:
    store.add_batch([sent("old"), order(CORRECT, 2, target="old")])
    assert len(visible(store, "old")) == 1
    (waiting,) = store.pending_directives()
    assert waiting.note == "the corrected text has not arrived"


def test_a_kill_without_its_story_waits_and_then_strikes(store: StoryStore) -> None:
    counts = store.add_batch([order(KILL, 3, target="a", reason="libel", source=place(1))])
    assert (counts.unchanged, counts.killed) == (1, 0)
    (waiting,) = store.pending_directives()
    assert waiting.directive == order(KILL, 3, target="a", reason="libel", source=place(1))
    assert waiting.note == "its story has not arrived"
    counts = store.add_batch([sent("a"), sent("b")])
    assert (counts.new, counts.killed) == (1, 1)
    assert visible(store, "a") == set()
    assert store.pending_directives() == []


def test_a_waiting_directive_can_be_dismissed(store: StoryStore) -> None:
    store.add_batch([order(KILL, 3, target="a")])
    (waiting,) = store.pending_directives()
    store.dismiss_directive(waiting.directive_id, "not our story", "desk")
    assert store.pending_directives() == []
    assert store.add_batch([sent("a")]).killed == 0
    with pytest.raises(StoreError, match="no directive"):
        store.dismiss_directive(waiting.directive_id, "again", "desk")


def test_words_that_fit_several_stories_hold_them_all(store: StoryStore) -> None:
    store.add_batch(
        [sent("a", headline="Storm in Lisbon"), sent("b", "Same storm.", headline="Storm in Lisbon")]
    )
    counts = store.add_batch([order(KILL, 1, reference="Storm in Lisbon")])
    assert counts.killed == 1
    for guid in ("a", "b"):
        assert store.story(guid, include_hidden=True).status is Status.WITHHELD
    (waiting,) = store.pending_directives()
    assert waiting.note is not None
    assert waiting.note.startswith("2 stories match")
    store.kill("a", "this one", "desk")
    store.release("b", "not this one", "desk")
    store.dismiss_directive(waiting.directive_id, "done", "desk")
    assert len(visible(store, "b")) == 1


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("story_first", [True, False])
def test_a_notice_does_not_kill_itself(store: StoryStore, together: bool, story_first: bool) -> None:
    """Kill notices carry the slugline of the story they kill."""
    story = [sent("a", slugline="BC-LISBON-STORM")]
    notice: list[BatchItem] = [
        sent("n", "Kill the story.", 1, slugline="BC-LISBON-STORM", source=place(7)),
        order(KILL, 1, reference="BC-LISBON-STORM", source=place(7)),
    ]
    items = [*story, *notice] if story_first else [*notice, *story]
    for batch in batches(items, len(items) if together else 1):
        store.add_batch(batch)
    assert store.story("a", include_hidden=True).status is Status.CANCELED
    assert store.story("n", include_hidden=True).status is Status.USABLE
    assert store.pending_directives() == []


def test_a_provider_cannot_kill_anothers_story(store: StoryStore) -> None:
    store.add_batch(
        [sent("a", provider="other"), order(KILL, 1, target="a"), order(KILL, 1, reference="About a")]
    )
    assert len(visible(store, "a", "other")) == 1
    assert len(store.pending_directives()) == 2


def test_words_reach_the_last_days_before_older_stories(store: StoryStore) -> None:
    store.add_batch(
        [
            sent("recent", hours=-24, headline="Storm in Lisbon"),
            sent("older", "x y", hours=-24 * 30, headline="Storm in Lisbon"),
            sent("ancient", "x y z", hours=-24 * 300, headline="Flood in Porto"),
        ]
    )
    store.add_batch([order(KILL, 0, reference="STORM IN LISBON"), order(KILL, 0, reference="Flood in Porto")])
    assert visible(store, "recent") == set()
    assert len(visible(store, "older")) == 1
    assert len(visible(store, "ancient")) == 1
    assert [one.directive.reference for one in store.pending_directives()] == ["Flood in Porto"]


def test_names_are_suppressed_and_restored_with_an_audit_trail(store: StoryStore, clock: Clock) -> None:
    epoch = store.visibility_epoch()
    store.suppress("  Maria   Silva ", "court order 12/2001", "desk")
    store.suppress("Maria Silva", "court order 13/2001", "chief")
    (one,) = store.suppressions()
    assert (one.name, one.reason, one.actor, one.since) == (
        "Maria Silva",
        "court order 13/2001",
        "chief",
        NOON,
    )
    assert store.visibility_epoch() > epoch
    store.unsuppress("Maria Silva", "order lifted", "chief")
    assert store.suppressions() == []
    with pytest.raises(StoreError, match="not suppressed"):
        store.unsuppress("Maria Silva", "order lifted", "chief")
    with pytest.raises(StoreError, match="empty name"):
        store.suppress("  ", "x", "y")
