"""What stands around a story: only what may be shown, in the order it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.errors import StoryNotFound
from domain.related import Link, Standing, StoryCard
from domain.story import Kind, Status
from ingest.duplicates.linking import Linker
from tests.retrieval.small_archive import DAY, NOW, prepared

TEXT = (
    "Dockers in Marseille began a strike of two days over pay on Thursday and twenty ships waited off the port, "
    "the harbour office said. Their union asked for five percent and the employers offered two. Talks were to "
    "be taken up again on Monday in the town hall, with the mayor between the two sides."
)
SENT = datetime(1987, 4, 2, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}", clock=lambda: NOW) as opened:
        for hours, provider in ((5, "Two"), (0, "One"), (9, "Three")):
            one = prepared(
                f"urn:{provider}", TEXT, headline="Dock strike", published=SENT + timedelta(hours=hours),
                provider=provider,
            )  # fmt: skip
            opened.add_batch([one])
        changed = prepared(
            "urn:One", TEXT + " Corrected.", headline="Dock strike mended", published=SENT + DAY, version=2,
            provider="One",
        )  # fmt: skip
        opened.add_batch([changed, prepared("urn:alone", "Nothing else is like this at all.")])
        Linker(opened.links).catch_up()
        yield opened


def test_copies_stand_in_the_order_they_were_sent_by_their_current_version(store: StoryStore) -> None:
    copies = store.related.copies("urn:Three")
    assert [card.guid for card in copies] == ["urn:One", "urn:Two", "urn:Three"]
    assert (copies[0].headline, copies[0].version) == ("Dock strike mended", 2)
    assert (copies[0].first_sent, copies[0].published) == (SENT, SENT + DAY)
    assert store.related.copies("urn:alone") == []


def test_a_copy_that_may_not_be_shown_is_left_out(store: StoryStore) -> None:
    store.kill("urn:One", "libel", "test")
    assert [card.guid for card in store.related.copies("urn:Three")] == ["urn:Two", "urn:Three"]
    store.hold("urn:Two", "doubt", "test")
    assert [card.guid for card in store.related.copies("urn:Three")] == ["urn:Three"]


def test_standing(store: StoryStore) -> None:
    assert store.related.standing("urn:One").at(NOW) is Standing.SHOWN
    store.hold("urn:One", "doubt", "test")
    assert store.related.standing("urn:One").at(NOW) is Standing.HELD
    store.kill("urn:One", "libel", "test")
    killed = store.related.standing("urn:One")
    assert (killed.at(NOW), killed.since, killed.status) == (Standing.KILLED, NOW, Status.CANCELED)
    store.add_batch([prepared("urn:later", "Not before tomorrow.", embargo_until=NOW + DAY)])
    later = store.related.standing("urn:later")
    assert (later.at(NOW), later.at(NOW + DAY)) == (Standing.EMBARGOED, Standing.SHOWN)
    with pytest.raises(StoryNotFound):
        store.related.standing("urn:none")


@pytest.mark.parametrize(
    ("kind", "urgency", "headline", "expected"),
    [
        (Kind.ALERT, 1, "Shuttle explodes", Link.ALERT),
        (Kind.STORY, 2, "Shuttle explodes after launch", Link.URGENT),
        (Kind.STORY, 3, "2ND LEAD: Shuttle explodes", Link.LEAD),
        (Kind.STORY, 3, "WRAPUP 1-Shuttle explodes", Link.WRAP),
        (Kind.STORY, 3, "Négociations leaders", Link.STORY),
        (Kind.STORY, None, None, Link.STORY),
    ],
)
def test_links_of_a_chain(kind: Kind, urgency: int | None, headline: str | None, expected: Link) -> None:
    card = StoryCard(
        guid="x", provider="p", version=1, published=NOW, first_sent=NOW, kind=kind, urgency=urgency,
        language="en", headline=headline, slugline=None,
    )  # fmt: skip
    assert card.link is expected
    assert replace(card, slugline="ROUNDUP").link in (Link.WRAP, Link.ALERT)
