"""Search over linked stories: one source once, shown by its latest member that may be shown.

Real store, links made by the real linker, real index; the embedder counts words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.query import Filters, Mode, Query
from domain.story import Kind
from ingest.duplicates.linking import Linker
from retrieval.index import SearchIndex
from retrieval.search import Searcher
from tests.retrieval.small_archive import NOW, START, HashedWords, prepared

HOUR = timedelta(hours=1)
TEXT = (
    "The ferry Astrid sank off the harbour of Lisbon on Monday after it had struck a rock in thick fog, the"
    " coast guard said. Boats from the town took all those on board to the shore.\n\nThe owners of the ship"
    " promised an inquiry, and the minister for the sea went to see the families who were waiting there."
)
ALERT = "The ferry Astrid sank off the harbour of Lisbon, the coast guard said."
WRAP = (
    "Divers looked for the wreck of the ferry Astrid, which sank off Lisbon on Monday, and the coast guard closed"
    " the harbour.\n\nNobody was hurt. Fishermen said that the light on the rock had been dark for weeks."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    store: StoryStore
    searcher: Searcher
    clock: list[datetime]

    def found(
        self, text: str = "ferry Astrid Lisbon", **filters: object
    ) -> list[tuple[str, tuple[str, ...]]]:
        query = Query(text=text, filters=Filters(**filters), mode=Mode.HYBRID)  # type: ignore[arg-type]
        return [(hit.guid, tuple(sorted(hit.duplicates))) for hit in self.searcher.search(query).hits]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A chain (alert, lead, wrap), a re-file by another provider, and a story of another ferry."""
    clock = [NOW]
    slug = {"headline": "Ferry Astrid sinks off Lisbon"}
    with StoryStore.open(f"sqlite:///{tmp_path / 'a.sqlite'}", clock=lambda: clock[0]) as store:
        store.add_batch(
            [
                prepared("alert", ALERT, headline="ALERT - Ferry Astrid sinks off Lisbon", kind=Kind.ALERT),
                prepared("lead", TEXT, published=START + HOUR / 2, **slug),
                prepared("refile", TEXT, published=START + HOUR * 2, provider="Two", **slug),
                prepared("wrap", WRAP, published=START + HOUR * 3, headline="Divers look for ferry Astrid off Lisbon"),
                prepared("other", "A ferry left Oslo. It carried corn.", headline="Ferry leaves Oslo"),
            ]
        )  # fmt: skip
        Linker(store.links).catch_up()
        index = SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords())
        index.index_pending()
        yield Archive(
            store=store, searcher=Searcher(index, store, HashedWords(), clock=lambda: clock[0]), clock=clock
        )


def test_a_chain_and_its_copies_are_one_source(archive: Archive) -> None:
    assert archive.found()[0] == ("wrap", ("alert", "lead", "refile"))
    assert [guid for guid, _ in archive.found()] == ["wrap", "other"]


@pytest.mark.parametrize("act", ["kill", "hold", "embargo"])
def test_a_member_that_may_not_be_shown_stands_for_none_and_hides_none(archive: Archive, act: str) -> None:
    if act == "embargo":
        archive.store.add_batch(
            [
                prepared(
                    "wrap", WRAP + " More.", version=2, published=START + HOUR * 4, embargo_until=NOW + HOUR
                )
            ]
        )
    else:
        getattr(archive.store, act)("wrap", "doubt", "test")
    assert archive.found()[0] == ("refile", ("alert", "lead"))
    for guid in ("refile", "lead"):
        archive.store.kill(guid, "doubt", "test")
    assert archive.found()[0] == ("alert", ())


def test_a_member_outside_the_filters_stands_for_none_and_hides_none(archive: Archive) -> None:
    assert archive.found(providers=frozenset({"Two"})) == [("refile", ())]
    assert archive.found(end=START + HOUR)[0] == ("lead", ("alert",))
    # What joins these two is the lead, which was sent before.
    assert set(archive.found(start=START + HOUR)[:2]) == {("wrap", ()), ("refile", ())}


def test_as_of_an_instant_the_latest_of_then_stands(archive: Archive) -> None:
    assert archive.found(as_of=START + HOUR / 4)[0] == ("alert", ())
    assert archive.found(as_of=START + HOUR)[0] == ("lead", ("alert",))
    assert archive.found(as_of=START + HOUR * 5 / 2)[0] == ("refile", ("alert", "lead"))
