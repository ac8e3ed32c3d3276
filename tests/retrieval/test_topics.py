"""Subjects and places are hard filters in every mode: what is found has them, and nothing that has them is missed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.query import Filters, Mode, Query
from domain.story import Kind
from retrieval import topics
from retrieval.lexical import index as lexical_index
from tests.retrieval.small_archive import PLACES, varied_stories
from tests.retrieval.test_stories_searched_whole import STORIES, TABLES, Parts


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    made = Parts(tmp_path_factory.mktemp("topics"))
    made.store.add_batch(STORIES)
    made.store.add_batch(varied_stories(60))
    made.index.index_pending()
    made.store.subjects.add(TABLES)
    yield made
    made.store.close()


def found(parts: Parts, text: str, mode: Mode, filters: Filters) -> set[str]:
    query = Query(text=text, mode=mode, limit=1000, filters=filters)
    return {hit.guid for hit in parts.searcher.retrieve(query)}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("text", ["wheat part begins", "wheat OR strike OR begins OR barley"])
@pytest.mark.parametrize("at_once", [lexical_index.MOST_NAMED, 0])
def test_what_is_found_is_what_is_there_and_of_the_place(
    parts: Parts, text: str, mode: Mode, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the wanted versions are passed over while drawing, and looked up a few at a time."""
    monkeypatch.setattr(lexical_index, "MOST_NAMED", at_once)
    monkeypatch.setattr(topics, "WINDOW", 7)
    whole = found(parts, text, mode, Filters(kinds=frozenset(Kind)))
    for place in (*PLACES, "odessa"):
        there = set(parts.found(f"place:{place}", limit=1000))
        limited = found(parts, text, mode, Filters(kinds=frozenset(Kind), places=frozenset({place})))
        assert limited == whole & there
        assert limited, f"nothing in {place} would show nothing"


@pytest.mark.parametrize("mode", list(Mode))
def test_places_and_subjects_both_hold(parts: Parts, mode: Mode) -> None:
    odessa = Filters(places=frozenset({"odessa"}))
    assert found(parts, "wheat barley", mode, odessa) == {"near"}
    both = Filters(places=frozenset({"Odessa", "Paris"}), subjects=frozenset({"commerce international"}))
    assert found(parts, "wheat barley", mode, both) == {"near"}
    neither = Filters(places=frozenset({"odessa"}), subjects=frozenset({"politics"}))
    assert found(parts, "wheat barley", mode, neither) == set()


def test_counts_keep_to_the_topics(parts: Parts) -> None:
    for filters in (Filters(places=frozenset({"kyiv"})), Filters(subjects=frozenset({"reuters:grain"}))):
        query = Query(text="wheat OR maize", filters=filters)
        counted = parts.matcher.counts(query, values=10)
        assert counted.total == len(found(parts, query.text, Mode.LEXICAL, filters)) == 1
