"""Expressions are true of whole stories, subjects stand for what their tables say, and counts are exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import StoryStore
from db.tables import duplicate_group
from domain.query import Filters, Mode, Order, Query
from domain.story import Kind, Subject
from domain.subjects import Concept, Link, Relation
from retrieval.index import SearchIndex
from retrieval.lexical.documents import SUBJECT_CODE
from retrieval.matching import Matcher
from retrieval.search import Searcher
from retrieval.similar import SimilarStories
from tests.retrieval.small_archive import DAY, NOW, START, SUBJECTS, HashedWords, prepared, varied_stories

ECONOMY, TRADE = "medtop:04000000", "medtop:20001164"
STORIES = [
    prepared(
        "far",
        "Wheat was sold in Odessa.\n\nThe harbour was calm.\n\nBarley was not mentioned, maize was.",
        published=datetime(1987, 3, 2, tzinfo=UTC),
        subjects=(
            Subject(code="subj:04000000", name="Wirtschaft"),
            Subject(code="reuters:grain", name="grain"),
        ),
        language="de",
    ),
    prepared(
        "near",
        "Barley and wheat were sold.\n\nOats were not.",
        headline="Grain sold",
        published=datetime(1987, 6, 30, tzinfo=UTC),
        subjects=(Subject(code=TRADE, name="commerce"),),
        places=("Odessa", "Kyiv"),
    ),
    prepared(
        "other",
        "The election was held.",
        headline="Barley prices",
        published=datetime(1995, 1, 1, tzinfo=UTC),
        subjects=(Subject(code=ECONOMY, name="economy"), Subject(code="medtop:11000000", name="politics")),
    ),
]
TABLES = (
    Concept(
        code=ECONOMY,
        names=(("en", "economy, business and finance"), ("fr", "économie et finances")),
        links=(Link(relation=Relation.EXACT, code="subj:04000000"),),
    ),
    Concept(
        code=TRADE,
        names=(("en", "international trade"), ("fr", "commerce international")),
        links=(Link(relation=Relation.BROADER, code=ECONOMY),),
    ),
)


class Parts:
    """An archive's store, index and what is asked of them."""

    def __init__(self, folder: Path) -> None:
        self.store = StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}", clock=lambda: NOW)
        embedder = HashedWords()
        self.index = SearchIndex.open(folder / "index", store=self.store, embedder=embedder)
        self.searcher = Searcher(self.index, self.store, embedder, clock=lambda: NOW)
        self.matcher = Matcher(self.index, self.store, clock=lambda: NOW)

    def found(self, text: str, *, order: Order = Order.RELEVANCE, limit: int = 100) -> list[str]:
        query = Query(text=text, order=order, limit=limit, filters=Filters(kinds=frozenset(Kind)))
        return [hit.guid for hit in self.searcher.retrieve(query)]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    made = Parts(tmp_path_factory.mktemp("whole"))
    made.store.add_batch(STORIES)
    made.index.index_pending()
    made.store.subjects.add(TABLES)  # after indexing: a table needs no index made anew
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("wheat AND barley", {"far", "near"}),
        ("wheat NOT maize", {"near"}),
        ("wheat -oats", {"far"}),
        ("barley NOT election", {"far", "near"}),
        ('"odessa the harbour"', {"far"}),  # across the end of a paragraph
        ('"wheat odessa"~3', {"far"}),
        ('"wheat odessa"~2', set()),
        ("wheat harbour OR oats", {"far", "near"}),
        ("headline:barley wheat", set()),
        ("headline:barley elections*", {"other"}),
        ("place:odessa", {"near"}),
        ("place:kyiv", {"near"}),
        ("subject:04000000", {"far", "near", "other"}),
        ("subject:medtop:04000000", {"far", "near", "other"}),
        ("subject:subj:04000000", {"far", "near", "other"}),
        (f"subject:{TRADE}", {"near"}),
        ('subject:"économie"', {"far", "near", "other"}),
        ('subject:"commerce international"', {"near"}),
        ('subject:"ECONOMIE ET FINANCES" NOT subject:politics', {"far", "near"}),
        ("subject:Wirtschaft", {"far"}),
        ("subject:reuters:grain", {"far"}),
        ("subject:grain", {"far"}),
        ("subject:pol*", {"other"}),
        ("subject:(politics OR grain) date:1987", {"far"}),
        ('subject:"http://cv.iptc.org/newscodes/mediatopic/20001164"', {"near"}),
        ("date:1987-03..1987-06", {"far", "near"}),
        ("date:1987-03..1987-05", {"far"}),
        ("lang:DE OR headline:grain", {"far", "near"}),
    ],
)
def test_an_expression_is_true_of_a_story_or_not(parts: Parts, expression: str, expected: set[str]) -> None:
    assert set(parts.found(expression)) == expected
    counted = parts.matcher.counts(Query(text=expression), values=10)
    assert counted.total == len(expected)


def test_the_passage_shown_is_one_with_the_words(parts: Parts) -> None:
    (hit,) = parts.searcher.retrieve(Query(text="wheat AND maize"))
    assert hit.passage.startswith(("Wheat", "Barley"))
    (hit,) = parts.searcher.retrieve(Query(text="maize AND lang:de NOT oats"))
    assert hit.passage.startswith("Barley was not mentioned")


def test_by_date_the_first_of_all_matches_are_drawn(parts: Parts) -> None:
    expression = "barley OR wheat OR election"
    assert parts.found(expression, order=Order.OLDEST) == ["far", "near", "other"]
    assert parts.found(expression, order=Order.NEWEST) == ["other", "near", "far"]
    assert parts.found(expression, order=Order.OLDEST, limit=1) == ["far"]
    assert parts.found(expression, order=Order.NEWEST, limit=1) == ["other"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who sold barley and wheat?", {"far", "near"}),  # sold, barley, wheat: all of three
        ("Was wheat sold in Odessa's calm harbour?", {"far"}),
        ("Was wheat sold with oats and turnips, barley and rye?", set()),  # of six words four are there
        ("Was wheat sold with oats and barley but no rye?", {"near"}),  # of five, four
        ("", set()),
        ("the of and", set()),
    ],
)
def test_a_question_matches_by_its_words(parts: Parts, question: str, expected: set[str]) -> None:
    found = parts.matcher.versions(Query(text=question), after=0, upto=100).tolist()
    assert {STORIES[version_id - 1].version.guid for version_id in found} == expected


def test_story_counts_of_a_name_can_be_left_out(parts: Parts) -> None:
    assert parts.matcher.counts(Query(text="barley AND NOT nothing"), values=5).total == 3
    assert parts.matcher.counts(Query(text="barley AND NOT nothing"), values=5, without=["Maize"]).total == 2


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Varied stories, of which some are killed, on hold, under embargo, corrected."""
    made = Parts(tmp_path_factory.mktemp("varied"))
    made.store.add_batch(varied_stories(90))
    made.store.add_batch([prepared("urn:later", "The wheat embargo story.", embargo_until=NOW + DAY)])
    for number in (0, 3, 8, 50):
        made.store.kill(f"urn:{number}", "libel", "test")
    for number in (16, 17):
        made.store.hold(f"urn:{number}", "doubt", "test")
    made.index.index_pending()
    yield made
    made.store.close()


instants = st.one_of(st.none(), st.integers(-30, 2200).map(lambda days: START + timedelta(days=days)))
limits_drawn = st.builds(
    Filters,
    start=instants,
    end=instants,
    as_of=instants,
    languages=st.frozensets(st.sampled_from(("en", "fr", "ar"))),
    providers=st.frozensets(st.sampled_from(("One", "Two", "Three"))),
    kinds=st.frozensets(st.sampled_from(tuple(Kind))),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=limits_drawn, subject=st.sampled_from((*SUBJECTS, "NOT wheat", "part OR begins")))
def test_counts_are_of_the_stories_a_search_lists(varied: Parts, filters: Filters, subject: str) -> None:
    """Against the whole list of hits, which other tests compare with the rows."""
    query = Query(text=f"{subject} AND story" if " " not in subject else subject, filters=filters, limit=1000)
    hits = varied.searcher.retrieve(query)
    counted = varied.matcher.counts(query, values=100)
    listed = len(hits) + sum(len(hit.duplicates) for hit in hits)
    assert counted.total == listed
    if not any(hit.duplicates for hit in hits):
        assert dict(counted.by_field["year"]) == Counter(str(hit.published.year) for hit in hits)
        assert dict(counted.by_field["lang"]) == Counter(hit.language or "und" for hit in hits)
        assert dict(counted.by_field["provider"]) == Counter(hit.provider for hit in hits)


def test_counts_by_subject_and_their_cut(parts: Parts) -> None:
    counted = parts.matcher.counts(Query(text="date:1980.."), values=10)
    assert dict(counted.by_field[SUBJECT_CODE]) == {
        "subj:04000000": 1,
        "reuters:grain": 1,
        TRADE: 1,
        ECONOMY: 1,
        "medtop:11000000": 1,
    }
    assert len(parts.matcher.counts(Query(text="date:1980.."), values=2).by_field[SUBJECT_CODE]) == 2


TALE = "The dock strike in Marseille entered its third week as crane drivers met the prefect."
ALIKE = [
    prepared("source", f"{TALE}\n\nShips waited off the harbour.", headline="Strike in Marseille"),
    prepared("refile", f"{TALE}\n\nShips wait.", headline="Marseille dock strike, refiled", provider="Two"),
    prepared(
        "follow", "Crane drivers in Marseille ended the dock strike.", headline="Strike over", language="fr"
    ),
    prepared("grouped", "A dock strike in Marseille, told in other words.", headline="Dockers"),
    prepared("killed", "The dock strike in Marseille grew; crane drivers met.", headline="Strike grows"),
    prepared("unlike", "Snow fell on the Alps.", headline="Weather"),
]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    made = Parts(tmp_path_factory.mktemp("alike"))
    made.store.add_batch(ALIKE)
    with made.store._database.write() as connection:  # as the linking of duplicates leaves it
        rows = [{"story_id": story_id, "group_id": 1} for story_id in (1, 4)]
        connection.execute(sa.insert(duplicate_group), rows)
    made.index.index_pending()
    made.store.kill("killed", "libel", "test")
    yield made
    made.store.close()


def like(parts: Parts, guid: str, **filters: object) -> list[str]:
    finder = SimilarStories(parts.index, parts.store, parts.searcher)
    query = Query(text="", filters=Filters(**filters), limit=5)  # type: ignore[arg-type]
    return [hit.guid for hit in finder.find(parts.store.current_passages(guid), query).hits]


def test_similar_stories_are_neither_the_story_nor_its_copies(alike: Parts) -> None:
    """`refile` has the same text, `grouped` is known as a duplicate, `killed` may not be shown."""
    assert like(alike, "source") == ["follow", "unlike"]
    assert like(alike, "source", languages=frozenset({"en"})) == ["unlike"]
    assert like(alike, "follow")[0] in {"source", "grouped"}
    assert "follow" not in like(alike, "follow")


def test_similar_stories_work_before_their_own_is_indexed(alike: Parts) -> None:
    alike.store.add_batch([prepared("fresh", "Crane drivers strike in Marseille.")])
    assert like(alike, "fresh")[0] in {"source", "refile", "follow", "grouped"}


def test_expressions_keep_to_words_in_hybrid_search(parts: Parts) -> None:
    for mode in (Mode.HYBRID, Mode.LEXICAL):
        query = Query(text="NOT barley", mode=mode, limit=10)
        assert [hit.guid for hit in parts.searcher.retrieve(query)] == []
