"""A saved question reports each match once and misses none, whatever comes in, is held or killed meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.errors import SettingsError, StoreError
from domain.query import Filters
from retrieval.index import SearchIndex
from retrieval.matching import Matcher
from runtime import saved as saved_module
from runtime.saved import Saved, SavedReport
from runtime.suppression import Screen
from tests.retrieval.small_archive import DAY, NOW, START, HashedWords, prepared


class Desk:
    """An archive whose clock the test sets, and its saved questions."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.store = StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}", clock=self.clock)
        self.index = SearchIndex.open(folder / "index", store=self.store, embedder=HashedWords())
        self.saved = Saved(
            self.store,
            Screen(self.store),
            matcher=lambda: Matcher(self.index, self.store, clock=self.clock),
            understand=lambda query: query,
        )

    def clock(self) -> datetime:
        return self.now

    def send(self, guid: str, text: str, *, index: bool = True, **facts: object) -> None:
        self.store.add_batch([prepared(guid, text, **facts)])  # type: ignore[arg-type]
        if index:
            self.index.index_pending()

    def run(self, name: str = "q") -> list[tuple[str, int, bool]]:
        return told(self.saved.run(name))


def told(report: SavedReport) -> list[tuple[str, int, bool]]:
    return [(match.hit.guid, match.hit.version, match.is_change) for match in report.matches]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.send("old", "Wheat was sold last year.")
    yield made
    made.store.close()


def test_what_arrives_and_what_changes_is_reported_once(desk: Desk) -> None:
    desk.saved.add("q", "wheat NOT barley")
    assert desk.run() == []
    desk.send("a", "Wheat was sold.")
    desk.send("b", "Wheat and barley were sold.")
    desk.send("c", "Oats were sold.")
    assert desk.run() == [("a", 1, False)]
    assert desk.run() == []
    desk.send("a", "Wheat was sold. Corrected.", version=2, published=START + DAY)
    desk.send("c", "Wheat, not oats, was sold.", version=2, published=START + DAY)
    desk.send("a", "Wheat was sold.")  # the first version sent again
    assert desk.run() == [("a", 2, True), ("c", 2, False)]
    assert desk.run() == []
    assert told(desk.saved.again("q")) == [("a", 2, True), ("c", 2, False)]


def test_what_was_there_is_reported_when_asked_for(desk: Desk) -> None:
    desk.saved.add("q", "headline:nothing OR wheat", existing=True)
    desk.saved.add("new", "wheat AND sold")
    assert desk.run() == [("old", 1, False)]
    assert desk.run("new") == []


def test_a_version_replaced_before_the_report_is_not_in_it(desk: Desk) -> None:
    desk.saved.add("q", "wheat AND sold")
    desk.send("a", "Wheat was sold.")
    desk.send("a", "Nothing was sold.", version=2, published=START + DAY)
    desk.send("b", "Wheat was sold.")
    desk.send("b", "Wheat was sold again.", version=2, published=START + DAY)
    assert desk.run() == [("b", 2, False)]


def test_killed_is_never_reported_and_held_is_when_released(desk: Desk) -> None:
    desk.send("before", "Wheat was sold in secret.", embargo_until=NOW + DAY)
    desk.saved.add("q", "wheat AND sold")
    for guid in ("killed", "held", "fine"):
        desk.send(guid, "Wheat was sold.")
    desk.send("embargoed", "Wheat was sold.", embargo_until=NOW + 2 * DAY)
    desk.store.kill("killed", "libel", "desk")
    desk.store.hold("held", "doubt", "desk")
    assert desk.run() == [("fine", 1, False)]
    desk.store.release("held", "checked", "desk")
    assert desk.run() == [("held", 1, False)]
    desk.now = NOW + DAY
    assert desk.run() == [("before", 1, False)]
    desk.store.kill("embargoed", "libel", "desk")
    desk.now = NOW + 3 * DAY
    assert desk.run() == []
    desk.store.kill("before", "libel", "desk")
    assert told(desk.saved.again("q")) == []


def test_a_held_story_corrected_before_release_is_reported_as_corrected(desk: Desk) -> None:
    desk.saved.add("q", "wheat AND sold")
    desk.send("held", "Wheat was sold.")
    desk.store.hold("held", "doubt", "desk")
    assert desk.run() == []
    desk.send("held", "Wheat was not sold.", version=2, published=START + DAY)
    desk.store.hold("held", "doubt", "desk")
    assert desk.run() == []
    desk.store.release("held", "checked", "desk")
    assert desk.run() == [("held", 2, False)]
    assert desk.saved.all()[0].waiting == ()


def test_what_is_stored_and_not_indexed_is_reported_later(desk: Desk) -> None:
    desk.send("early", "Wheat was sold.", index=False)
    desk.saved.add("q", "wheat AND sold")
    desk.send("late", "Wheat was sold.", index=False)
    assert desk.run() == []
    desk.index.index_pending()
    assert desk.run() == [("early", 1, False), ("late", 1, False)]


def test_filters_hold(desk: Desk) -> None:
    desk.saved.add("q", "wheat AND sold", filters=Filters(languages=frozenset({"fr"}), start=START))
    desk.send("a", "Wheat sold.", language="fr")
    desk.send("b", "Wheat sold.", language="en")
    desk.send("c", "Wheat sold.", language="fr", published=START - DAY)
    assert desk.run() == [("a", 1, False)]
    assert desk.saved.all()[0].filters == Filters(languages=frozenset({"fr"}), start=START)
    with pytest.raises(SettingsError):
        desk.saved.add("past", "wheat", filters=Filters(as_of=NOW))


def test_a_plain_question_matches_by_its_content_words(desk: Desk) -> None:
    desk.saved.add("q", "How much wheat was sold in Odessa by the Union of farmers?")
    desk.send("most", "The farmers' union sold wheat.")  # four of its five words
    desk.send("some", "Farmers sold wheat.")
    assert desk.run() == [("most", 1, False)]


def test_a_hidden_name_waits(desk: Desk) -> None:
    desk.saved.add("q", "baker AND freed")
    desk.saved.add("named", 'baker AND "Maria Silva"')
    desk.store.suppress("Maria Silva", "order", "desk")
    desk.send("a", "The baker Maria Silva was freed.")
    assert desk.run() == []
    assert desk.run("named") == []
    assert [row.text for row in desk.saved.all()] == ['baker AND "███████████"', "baker AND freed"]
    assert desk.saved.run("named").text == 'baker AND "███████████"'
    assert desk.saved.names() == ["named", "q"]
    desk.store.unsuppress("Maria Silva", "lifted", "desk")
    assert desk.run() == [("a", 1, False)]
    assert desk.run() == []


def test_a_cut_report_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_module, "WINDOW", 3)
    desk.saved.add("q", "wheat AND sold")
    desk.store.add_batch([prepared(f"s{n}", "Wheat sold." if n % 2 else "Oats.") for n in range(21)])
    desk.index.index_pending()
    sizes, seen = [], []
    for _ in range(4):
        report = desk.saved.run("q", limit=4)
        sizes.append((len(report.matches), report.is_cut))
        seen += [match.hit.guid for match in report.matches]
    assert sizes == [(4, True), (4, True), (2, False), (0, False)]
    assert seen == [f"s{n}" for n in range(1, 21, 2)]


def test_two_reports_at_once_share_nothing(desk: Desk) -> None:
    desk.saved.add("q", "wheat AND sold")
    desk.send("a", "Wheat sold.")
    desk.send("held", "Wheat sold.")
    desk.store.hold("held", "doubt", "desk")
    seen = desk.store.saved.get("q")
    assert desk.run() == [("a", 1, False)]
    desk.store.release("held", "checked", "desk")
    late = desk.store.saved.report(seen, matches=[2, 3], withheld=[], reached=3)
    assert late is not None
    assert [one.version_id for one in late.reported] == [3]
    assert desk.run() == []
    anew = replace(seen, created_at=NOW - DAY)
    assert desk.store.saved.report(anew, matches=[2], withheld=[], reached=2) is None


def test_under_concurrent_ingest_nothing_is_missed_or_told_twice(desk: Desk) -> None:
    """One thread takes in and indexes in separate steps while two report."""
    desk.saved.add("q", "wheat AND sold")
    done, reports, faults = threading.Event(), list[tuple[str, int, bool]](), list[BaseException]()

    def report() -> None:
        try:
            while not done.is_set():
                reports.extend(desk.run())
        except BaseException as error:  # noqa: BLE001 - handed to the test
            faults.append(error)

    reporters = [threading.Thread(target=report) for _ in range(2)]
    for thread in reporters:
        thread.start()
    for batch in range(8):
        desk.store.add_batch([prepared(f"s{batch}-{n}", "Wheat was sold.") for n in range(5)])
        if batch % 2:
            desk.index.index_pending()
        desk.store.kill(f"s{batch}-4", "libel", "desk")
    done.set()
    for thread in reporters:
        thread.join()
    assert faults == []
    reports.extend(desk.run())
    guids = [guid for guid, _, _ in reports]
    assert len(guids) == len(set(guids))
    surviving = {f"s{batch}-{n}" for batch in range(8) for n in range(4)}
    assert surviving <= set(guids)


def test_names_and_removal(desk: Desk) -> None:
    desk.saved.add("q", "wheat", existing=True)
    desk.run()
    with pytest.raises(StoreError, match="already"):
        desk.saved.add("q", "oats")
    with pytest.raises(StoreError, match="needs a name"):
        desk.saved.add(" ", "oats")
    desk.saved.remove("q")
    assert desk.saved.all() == []
    with pytest.raises(StoreError, match="no question"):
        desk.saved.run("q")
    desk.saved.add("q", "wheat", existing=True)
    assert len(desk.run()) == 1
    assert desk.now - timedelta(0) == desk.saved.all()[0].last_run_at
