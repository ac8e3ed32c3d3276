"""Corrections that name the other story by its headline: they take its place, in any order, and nobody else's."""

from __future__ import annotations

import itertools

import pytest

from db.store import BatchItem, StoryStore
from domain.story import Action
from tests.db.stories import at, batches, order, place, sent
from tests.db.test_lifecycle import of_provider, visible


def correction(guid: str, headline: str, hours: float, position: int) -> list[BatchItem]:
    """A corrected story and what it says of the other, as the reader of its file gives them."""
    return [
        sent(
            guid,
            f"Corrected text of {guid}.",
            hours,
            headline=f"CORRECTED-{headline}",
            source=place(position),
        ),
        order(Action.CORRECT, hours, reference=headline, replacement=guid, source=place(position)),
    ]


def test_the_story_of_that_headline_is_replaced_in_whatever_order(store: StoryStore) -> None:
    items = [
        sent("old", headline="Storm kills ten", source=place(1)),
        *correction("new", "Storm kills ten", 2, 7),
    ]
    for number, permuted in enumerate(itertools.permutations(items)):
        for size in (1, 3):
            provider = f"{number}-{size}"
            for batch in batches([of_provider(item, provider) for item in permuted], size):
                store.add_batch(batch)
            assert visible(store, "old", provider) == set(), permuted
            assert len(visible(store, "new", provider)) == 1
    assert store.pending_directives() == []


@pytest.mark.parametrize(
    "headline", ["Storm kills ten in Lisbon", "Why the storm kills ten", "Storm kills nine"]
)
def test_a_headline_that_only_holds_the_words_is_another_story(store: StoryStore, headline: str) -> None:
    store.add_batch([sent("other", headline=headline), *correction("new", "Storm kills ten", 2, 7)])
    assert len(visible(store, "other")) == 1
    (waiting,) = store.pending_directives()
    assert waiting.note == "its story has not arrived"


def test_a_story_of_another_week_is_left(store: StoryStore) -> None:
    store.add_batch(
        [sent("old", hours=-24 * 8, headline="Rail strike"), *correction("new", "Rail strike", 0, 7)]
    )
    assert len(visible(store, "old")) == 1


def test_two_stories_of_that_headline_are_left_and_the_correction_waits(store: StoryStore) -> None:
    store.add_batch(
        [sent("a", headline="Briefs"), sent("b", "x", headline="Briefs"), *correction("new", "Briefs", 2, 7)]
    )
    assert len(visible(store, "a")) == len(visible(store, "b")) == 1
    (waiting,) = store.pending_directives()
    assert waiting.note == "2 stories match"


def test_a_correction_sent_as_a_revision_waits_for_nobody(store: StoryStore) -> None:
    store.add_batch([sent("a", headline="Storm kills ten", source=place(1))])
    store.add_batch(correction("a", "Storm kills ten", 2, 7))
    assert store.version("a").body == "Corrected text of a."
    assert store.pending_directives() == []


@pytest.mark.parametrize("items", list(itertools.permutations(range(3))))
def test_corrected_twice_only_the_last_is_left(store: StoryStore, items: tuple[int, ...]) -> None:
    sendings = [
        [sent("old", headline="Storm kills ten", source=place(1))],
        correction("first", "Storm kills ten", 2, 7),
        correction("second", "Storm kills ten", 4, 8),
    ]
    for number in items:
        store.add_batch(sendings[number])
    assert visible(store, "old") == visible(store, "first") == set()
    assert len(visible(store, "second")) == 1
    first = {one.passage_id for some in store.iter_passages() for one in some if one.guid == "first"}
    assert first, "still there to be read"
    shown = store.visible_versions(
        {one.version_id for one in store.passages(first).values()}, now=at(100), as_of=at(3)
    )
    assert shown, "and what was shown between the two"


def test_a_number_names_like_any_other_message(store: StoryStore) -> None:
    store.add_batch([sent("urn:newsml:dpa.com:20010903:010903-99-00345", headline="Zoo öffnet")])
    store.add_batch(
        [
            sent("new", "Der Zoo öffnet am Montag.", 1, headline="Zoo öffnet wieder", source=place(7)),
            order(Action.CORRECT, 1, reference="dpa 0345", replacement="new", source=place(7)),
        ]
    )
    assert visible(store, "urn:newsml:dpa.com:20010903:010903-99-00345") == set()


def test_a_kill_sent_as_a_revision_strikes_its_story_and_not_those_it_resembles(store: StoryStore) -> None:
    """Its slugline is that of a whole series; its guid is the story's own."""
    store.add_batch([sent(guid, guid, headline=f"Day {guid}", slugline="BC-SOCCER-CUP") for guid in "abc"])
    store.add_batch([order(Action.KILL, 1, target="b", reference="BC-SOCCER-CUP")])
    assert [len(visible(store, guid)) for guid in "abc"] == [1, 0, 1]
