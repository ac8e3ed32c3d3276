"""The archivists' query language finds what it says, and reads anything else as words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import StoryStore
from domain.query import Filters, Mode, Query
from domain.story import Kind
from retrieval.index import SearchIndex
from retrieval.search import Searcher
from retrieval.syntax import date_range, is_expression
from tests.retrieval.small_archive import HashedWords, prepared

STORIES = {
    "wheat": prepared(
        "wheat",
        "The Soviet Union bought American wheat and barley.",
        headline="Grain deal signed",
        place="MOSCOW",
        published=datetime(1987, 3, 31, 23, 59, tzinfo=UTC),
        provider="Reuters",
    ),
    "maize": prepared(
        "maize",
        "Maize, not wheat, was sold to the Union of Soviet writers.",
        headline="Maize sold",
        place="PARIS",
        published=datetime(1987, 4, 1, tzinfo=UTC),
        provider="AFP News",
        people=("Helmut Kohl",),
    ),
    "greve": prepared(
        "greve",
        "Les grévistes ont bloqué les élections du syndicat.",
        headline="Grève à Paris",
        place="PARIS",
        published=datetime(1995, 12, 5, tzinfo=UTC),
        language="fr",
        provider="AFP News",
    ),
    "alert": prepared(
        "alert",
        "Helmut Kohl resigns.",
        published=datetime(1998, 10, 27, tzinfo=UTC),
        kind=Kind.ALERT,
        provider="Reuters",
    ),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder: Path = tmp_path_factory.mktemp("syntax")
    store = StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}")
    store.add_batch(list(STORIES.values()))
    embedder = HashedWords()
    index = SearchIndex.open(folder / "index", store=store, embedder=embedder)
    index.index_pending()
    return Searcher(index, store, embedder)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"Soviet Union"', {"wheat"}),
        ('"union soviet"~1', {"maize"}),
        ("wheat AND maize", {"maize"}),
        ("wheat NOT maize", {"wheat"}),
        ("wheat -maize", {"wheat"}),
        ("barley OR grève", {"wheat", "greve"}),
        ("barley OR greve", {"wheat", "greve"}),
        ("(barley OR grévistes) AND lang:fr", {"greve"}),
        ("headline:maize", {"maize"}),
        ("headline:wheat", set()),
        ('headline:"grain deal"', {"wheat"}),
        ("place:paris", {"maize", "greve"}),
        ("person:kohl", {"maize"}),
        ('person:"Helmut Kohl" OR "Helmut Kohl"', {"maize", "alert"}),
        ("provider:reuters", {"wheat", "alert"}),
        ('provider:"afp news" wheat', {"maize"}),
        ("kind:alert", {"alert"}),
        ("date:1987", {"wheat", "maize"}),
        ("date:1987-03", {"wheat"}),
        ("date:1987-04-01", {"maize"}),
        ("date:1987-04..1995", {"maize", "greve"}),
        ("date:..1990", {"wheat", "maize"}),
        ("date:1990..", {"greve", "alert"}),
        ("date:[1987-04 TO 1996]", {"maize", "greve"}),
        ("date:>=1995", {"greve", "alert"}),
        ("date:>1995", {"alert"}),
        ("date:<1987-04", {"wheat"}),
        ("NOT wheat", {"greve", "alert"}),
        ("lang:fr NOT provider:reuters", {"greve"}),
        ("elect*", {"greve"}),
        ("headline:gr*", {"wheat", "greve"}),
        ("date:soon wheat", set()),
        ("nonsense:wheat AND barley", set()),
    ],
)
def test_expressions(searcher: Searcher, expression: str, expected: set[str]) -> None:
    for mode in (Mode.HYBRID, Mode.LEXICAL):
        hits = searcher.retrieve(Query(text=expression, mode=mode, limit=100))
        assert {hit.guid for hit in hits} == expected


def test_expressions_stay_within_filters(searcher: Searcher) -> None:
    query = Query(text="NOT barley", filters=Filters(providers=frozenset({"Reuters"})), limit=100)
    assert {hit.guid for hit in searcher.retrieve(query)} == {"alert"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who bought wheat in 1987?", False),
        ('Who said "read my lips"?', False),
        ("Qui a dit « non » ?", False),
        ("NOT wheat", True),
        ("wheat or barley", False),
        ("WAR AND PEACE", False),
        ("x-ray of Jean-Pierre", False),
        ("Kohl: the end", False),
        ("headline: strike", False),
        ("headline:strike", True),
        ("wheat -maize", True),
        ("price 1987-1988", False),
        ("elect*", True),
        ("ELECT*", True),
        ("M*A*S*H", False),
        ("It was -5 degrees", False),
    ],
)
def test_what_is_an_expression(text: str, expected: bool) -> None:
    assert is_expression(text) is expected


PIECES = [
    *("AND", "OR", "NOT", "(", ")", "[", "]", "{", "}", '"', "wheat", "barley", "headline:", "date:"),
    *("date:1987", "lang:", "[a", "TO", "*]", "~3", "~", "^2", "^", "+", "-", "*", "?", ":", "/", "\\"),
    *("IN", "&&", "||", '"soviet', "date:[", "..", "kind:alert", "wheat*"),
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_no_text_is_an_error(searcher: Searcher, text: str) -> None:
    for mode in Mode:
        searcher.retrieve(Query(text=text, mode=mode))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1987", (1987, 1, 1), (1988, 1, 1)),
        ("1987-12", (1987, 12, 1), (1988, 1, 1)),
        ("1988-02-29", (1988, 2, 29), (1988, 3, 1)),
        ("1987-03..1987-06", (1987, 3, 1), (1987, 7, 1)),
        ("..1990", None, (1991, 1, 1)),
        ("1990-05-01..", (1990, 5, 1), None),
    ],
)
def test_date_ranges(text: str, start: tuple[int, int, int] | None, end: tuple[int, int, int] | None) -> None:
    expected = tuple(datetime(*day, tzinfo=UTC) if day else None for day in (start, end))
    assert date_range(text) == expected


@pytest.mark.parametrize("text", ["soon", "..", "1987-13", "1987-02-30", "87", "1987..soon", ""])
def test_not_dates(text: str) -> None:
    assert date_range(text) is None
