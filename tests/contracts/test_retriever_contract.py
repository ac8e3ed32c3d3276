"""What every retriever promises: each mode of the searcher, reranked, and the LangChain adaptor over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from db.store import StoryStore
from domain.protocols import Retriever
from domain.query import Filters, Hit, Mode, Query
from domain.story import Kind
from retrieval.index import SearchIndex
from retrieval.langchain import ArchiveRetriever
from retrieval.search import Searcher
from tests.retrieval.small_archive import HashedWords, prepared, varied_stories

EVERYTHING = Filters(kinds=frozenset(Kind))
NARROW = (
    Filters(languages=frozenset({"fr"})),
    Filters(providers=frozenset({"Two"})),
    Filters(kinds=frozenset({Kind.ADVISORY})),
    Filters(start=datetime(1986, 1, 1, tzinfo=UTC), end=datetime(1986, 7, 1, tzinfo=UTC)),
    Filters(as_of=datetime(1985, 6, 1, tzinfo=UTC), kinds=frozenset(Kind)),
)


@dataclass(frozen=True, slots=True)
class InMode:
    """The searcher asked in one mode, whatever the query says."""

    searcher: Searcher
    mode: Mode

    def retrieve(self, query: Query) -> Sequence[Hit]:
        return self.searcher.retrieve(replace(query, mode=self.mode))


class SharedWords:
    """A scorer that needs no weights: how many words of the question stand in the text."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        words = set(question.casefold().split())
        return [float(len(words & set(text.casefold().split()))) for text in texts]


@dataclass(frozen=True, slots=True)
class ThroughLangChain:
    """Documents taken for what they say they are: the hits of the same places, in the documents' order."""

    searcher: Searcher

    def retrieve(self, query: Query) -> Sequence[Hit]:
        langchain = ArchiveRetriever(search=self.searcher.search, filters=query.filters, limit=query.limit)
        known = {
            (hit.guid, hit.version, hit.start, hit.end): hit
            for hit in self.searcher.retrieve(replace(query, limit=1000))
        }
        hits = []
        for document in langchain.invoke(query.text):
            of = document.metadata
            hit = known[of["guid"], of["version"], of["start"], of["end"]]
            assert document.page_content == hit.passage
            assert of["published"] == hit.published.isoformat()
            hits.append(replace(hit, score=of["score"]))
        return hits


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoryStore]:
    folder = tmp_path_factory.mktemp("archive")
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as opened:
        opened.add_batch(varied_stories(60))
        opened.add_batch([prepared("urn:killed", "A killed wheat story.")])
        yield opened


@pytest.fixture(scope="module")
def index(store: StoryStore, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    made = SearchIndex.open(tmp_path_factory.mktemp("index"), store=store, embedder=HashedWords())
    made.index_pending()
    store.kill("urn:killed", "libel", "test")
    return made


@pytest.fixture(params=[*Mode, "reranked", "langchain"])
def retriever(request: pytest.FixtureRequest, index: SearchIndex, store: StoryStore) -> Retriever:
    searcher = Searcher(index, store, HashedWords())
    match request.param:
        case "langchain":
            return ThroughLangChain(searcher)
        case "reranked":
            return Searcher(index, store, HashedWords(), scorer=SharedWords())
        case mode:
            return InMode(searcher, mode)


@pytest.mark.parametrize("limit", [0, 1, 5, 500])
def test_at_most_as_many_as_asked_best_first_and_a_story_once(retriever: Retriever, limit: int) -> None:
    hits = retriever.retrieve(Query(text="wheat story", filters=EVERYTHING, limit=limit))
    assert len(hits) <= limit
    assert bool(hits) == bool(limit)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.story_id for hit in hits}) == len(hits)


def test_the_first_are_about_what_was_asked(retriever: Retriever) -> None:
    for word in ("wheat", "treaty"):
        first = retriever.retrieve(Query(text=f"{word} story", filters=EVERYTHING, limit=5))
        # Words hashed into 64 dimensions meet by chance: the first five, not the very first.
        assert sum(word in hit.passage for hit in first) >= 2


@pytest.mark.parametrize("filters", NARROW)
def test_never_outside_the_filters(retriever: Retriever, filters: Filters) -> None:
    hits = retriever.retrieve(Query(text="the story of steel and oil", filters=filters, limit=100))
    assert hits
    for hit in hits:
        assert not filters.languages or hit.language in filters.languages
        assert not filters.providers or hit.provider in filters.providers
        assert filters.start is None or hit.published >= filters.start
        assert filters.end is None or hit.published < filters.end
        assert filters.as_of is None or hit.published <= filters.as_of


def test_filters_that_leave_nothing_give_nothing(retriever: Retriever) -> None:
    nothing = Filters(languages=frozenset({"xx"}))
    assert list(retriever.retrieve(Query(text="wheat", filters=nothing))) == []


def test_a_passage_is_the_words_of_its_version(retriever: Retriever, store: StoryStore) -> None:
    hits = retriever.retrieve(Query(text="wheat budget drought", filters=EVERYTHING, limit=30))
    bodies = store.bodies({hit.version_id for hit in hits})
    for hit in hits:
        assert hit.passage == bodies[hit.version_id][hit.start : hit.end]


def test_a_killed_story_is_never_found(retriever: Retriever) -> None:
    hits = retriever.retrieve(Query(text="A killed wheat story.", filters=EVERYTHING, limit=500))
    assert "urn:killed" not in {hit.guid for hit in hits}


def test_the_same_query_gives_the_same_hits(retriever: Retriever) -> None:
    query = Query(text="oil strike", filters=EVERYTHING, limit=20)
    assert list(retriever.retrieve(query)) == list(retriever.retrieve(query))


@pytest.mark.parametrize("text", ["", "  ", "zzzzqqqq", "?!", '"', "headline:", "( AND", "\x00", "🌾" * 300])
def test_any_text_is_a_query(retriever: Retriever, text: str) -> None:
    for hit in retriever.retrieve(Query(text=text, filters=EVERYTHING, limit=3)):
        assert hit.passage
