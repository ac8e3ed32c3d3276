"""Filters are hard and hidden versions never appear, in every mode, compared with the rows one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import StoryStore
from domain.query import Filters, Mode, Query, TimeClue
from domain.story import Kind, StoredPassage
from retrieval.index import SearchIndex
from retrieval.search import Searcher
from tests.retrieval.small_archive import DAY, NOW, START, SUBJECTS, HashedWords, prepared, varied_stories

STORIES = 120
EVERYTHING = frozenset(Kind)


class Clock:
    """An instant the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    store: StoryStore
    index: SearchIndex
    searcher: Searcher
    clock: Clock


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Varied stories, of which some are killed, held and under embargo."""
    with opened(tmp_path_factory.mktemp("archive")) as made:
        made.store.add_batch(varied_stories(STORIES))
        made.store.add_batch([prepared("urn:held-back", "The wheat embargo story.", embargo_until=NOW + DAY)])
        for number in (0, 3, 8, 50):
            made.store.kill(f"urn:{number}", "libel", "test")
        for number in (16, 17):
            made.store.hold(f"urn:{number}", "doubt", "test")
        made.index.index_pending()
        yield made


class opened:  # noqa: N801 - read as a verb: with opened(folder)
    """An empty archive in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Archive:
        self.store = StoryStore.open(f"sqlite:///{self._folder / 'archive.sqlite'}")
        embedder, clock = HashedWords(), Clock()
        index = SearchIndex.open(self._folder / "index", store=self.store, embedder=embedder)
        searcher = Searcher(index, self.store, embedder, clock=clock)
        return Archive(store=self.store, index=index, searcher=searcher, clock=clock)

    def __exit__(self, *_: object) -> None:
        self.store.close()


def inside(passage: StoredPassage, filters: Filters) -> bool:
    """The filters' meaning for one row, without the indexes."""
    return (
        (filters.start is None or passage.published >= filters.start)
        and (filters.end is None or passage.published < filters.end)
        and (filters.as_of is None or passage.published <= filters.as_of)
        and (not filters.languages or passage.language in filters.languages)
        and (not filters.providers or passage.provider in filters.providers)
        and (not filters.kinds or passage.kind in filters.kinds)
    )


instants = st.one_of(
    st.none(), st.integers(-30, STORIES * 23 + 60).map(lambda days: START + timedelta(days=days))
)
filters_drawn = st.builds(
    Filters,
    start=instants,
    end=instants,
    as_of=instants,
    languages=st.frozensets(st.sampled_from(("en", "fr", "ar", "zz"))),
    providers=st.frozensets(st.sampled_from(("One", "Two", "Three"))),
    kinds=st.frozensets(st.sampled_from(tuple(Kind))),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=filters_drawn, subject=st.sampled_from(SUBJECTS), mode=st.sampled_from(tuple(Mode)))
def test_every_allowed_story_and_no_other(
    shared_archive: Archive, filters: Filters, subject: str, mode: Mode
) -> None:
    """Drawn without a limit, the stories found are those allowed (lexical: and that hold the word)."""
    store = shared_archive.store
    rows = [passage for batch in store.iter_passages(1000) for passage in batch if inside(passage, filters)]
    visible = store.visible_versions({row.version_id for row in rows}, now=NOW, as_of=filters.as_of)
    expected = {
        row.guid
        for row in rows
        if row.version_id in visible
        and (mode is not Mode.LEXICAL or subject in row.text + (row.headline or ""))
    }
    query = Query(text=f"{subject} story", filters=filters, mode=mode, limit=1000)
    hits = shared_archive.searcher.retrieve(query)
    if mode is Mode.LEXICAL:  # "story" finds the others too: every one of them must be allowed
        assert expected <= {hit.guid for hit in hits}
        assert {hit.version_id for hit in hits} <= visible
    else:
        assert {hit.guid for hit in hits} == expected
    assert len({hit.story_id for hit in hits}) == len(hits)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=filters_drawn, subject=st.sampled_from(SUBJECTS), limit=st.integers(1, 5))
def test_a_cut_list_is_the_head_of_the_whole(
    shared_archive: Archive, filters: Filters, subject: str, limit: int
) -> None:
    """Filters act before the cut: asking for few gives the first of asking for all."""
    for mode in (Mode.DENSE, Mode.LEXICAL):
        whole = Query(text=subject, filters=filters, mode=mode, limit=1000)
        cut = Query(text=subject, filters=filters, mode=mode, limit=limit)
        everything = [hit.guid for hit in shared_archive.searcher.retrieve(whole)]
        assert [hit.guid for hit in shared_archive.searcher.retrieve(cut)] == everything[:limit]


def guids(archive: Archive, text: str, **filters: object) -> dict[Mode, set[str]]:
    limits = Filters(kinds=EVERYTHING, **filters)  # type: ignore[arg-type]
    return {
        mode: {hit.guid for hit in archive.searcher.retrieve(Query(text=text, filters=limits, mode=mode))}
        for mode in Mode
    }


def test_a_kill_takes_effect_at_the_next_question(archive: Archive) -> None:
    archive.store.add_batch(
        [prepared("urn:a", "Wheat sold abroad."), prepared("urn:b", "Wheat bought at home.")]
    )
    archive.index.index_pending()
    assert set(map(frozenset, guids(archive, "wheat").values())) == {frozenset({"urn:a", "urn:b"})}
    archive.store.kill("urn:a", "libel", "test")
    assert set(map(frozenset, guids(archive, "wheat").values())) == {frozenset({"urn:b"})}
    assert set(map(frozenset, guids(archive, "wheat", as_of=NOW).values())) == {frozenset({"urn:b"})}


def test_a_released_story_comes_back(archive: Archive) -> None:
    archive.store.add_batch([prepared("urn:a", "Wheat sold abroad.")])
    archive.index.index_pending()
    archive.store.hold("urn:a", "doubt", "test")
    assert not any(guids(archive, "wheat").values())
    archive.store.release("urn:a", "cleared", "test")
    assert all(guids(archive, "wheat").values())


def test_an_embargo_ends_by_the_clock_alone(archive: Archive) -> None:
    archive.store.add_batch([prepared("urn:a", "Wheat sold abroad.", embargo_until=NOW + DAY)])
    archive.index.index_pending()
    assert not any(guids(archive, "wheat").values())
    archive.clock.now = NOW + DAY
    assert all(guids(archive, "wheat").values())
    archive.clock.now = NOW
    assert not any(guids(archive, "wheat").values())


def test_answers_use_the_version_of_the_day(archive: Archive) -> None:
    first = prepared("urn:a", "The strike killed two.", published=START)
    second = prepared("urn:a", "The strike killed three.", published=START + 2 * DAY, version=2)
    archive.store.add_batch([first, second])
    archive.index.index_pending()
    for mode in Mode:
        now = archive.searcher.retrieve(Query(text="strike killed", mode=mode))
        then = archive.searcher.retrieve(
            Query(text="strike killed", mode=mode, filters=Filters(as_of=START + DAY))
        )
        assert [hit.passage for hit in now] == ["The strike killed three."]
        assert [hit.passage for hit in then] == ["The strike killed two."]


def test_hidden_stories_cost_visible_ones_no_place(archive: Archive) -> None:
    """Two thousand better hits are hidden; the one visible story is still found."""
    crowd = [prepared(f"urn:{n}", "wheat wheat wheat", published=START + n * DAY) for n in range(2000)]
    lone = prepared("urn:lone", "Much was said of prices, of ports, of ships, of rail and a little of wheat.")
    archive.store.add_batch([*crowd, lone])
    archive.index.index_pending()
    for number in range(2000):
        archive.store.kill(f"urn:{number}", "test", "test")
    assert guids(archive, "wheat") == {mode: {"urn:lone"} for mode in Mode}


def test_hard_clues_limit_and_soft_ones_lift(archive: Archive) -> None:
    archive.store.add_batch(
        [
            prepared("urn:old", "The wheat deal was signed.", published=START),
            prepared("urn:new", "The wheat deal was signed again.", published=START + 400 * DAY),
        ]
    )
    archive.index.index_pending()
    hard = TimeClue(words="in 1985", start=START - DAY, end=START + DAY, hard=True)
    soft = TimeClue(words="later", start=START + 399 * DAY, end=None, hard=False)
    query = Query(text="wheat deal signed")
    with_hard = Query(text=query.text, clues=(hard,))
    with_soft = Query(text=query.text, clues=(soft,))
    assert [hit.guid for hit in archive.searcher.retrieve(with_hard)] == ["urn:old"]
    plain = {hit.guid: hit.score for hit in archive.searcher.retrieve(query)}
    lifted = {hit.guid: hit.score for hit in archive.searcher.retrieve(with_soft)}
    assert lifted["urn:new"] > plain["urn:new"]
    assert lifted["urn:old"] == plain["urn:old"]
