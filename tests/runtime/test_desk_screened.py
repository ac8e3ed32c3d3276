"""Counts, code tables and similar stories through an Archive: what is hidden by order shows in none of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import SourceError, StoreError, StoryNotFound
from domain.query import Order, Query
from runtime import Archive
from tests.retrieval.small_archive import HashedWords

NAME = "Maria Silva Duarte"
STORIES = [
    ("1", "Baker freed", f"The baker {NAME} was freed in Tarragona.", ["medtop:02000000"], []),
    (
        "2",
        "Harbour fire",
        "A harbour fire in Tarragona; a baker was held.",
        ["keyword:maria silva duarte"],
        [],
    ),
    ("3", "Appeal filed", "The baker in Tarragona appealed.", ["medtop:20000121"], [NAME]),
    ("4", "Silva wins", "Joana Silva won the race in Tarragona.", ["medtop:15000000"], []),
]
TABLE = {
    "conceptSet": [
        {"qcode": "medtop:02000000", "prefLabel": {"en": "crime, law and justice", "es": "justicia"}},
        {
            "qcode": "medtop:20000121",
            "prefLabel": {"en": f"case of {NAME}"},
            "broader": ["medtop:02000000"],
        },
    ]
}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    rows = [
        {
            "guid": f"urn:{n}", "provider": "test", "headline": headline, "body": body, "language": "en",
            "date": f"2001-03-0{n}T10:00:00Z", "subjects": subjects, "people": people,
        }
        for n, headline, body, subjects, people in STORIES
    ]  # fmt: skip
    feed = tmp_path / "feed.jsonl"
    feed.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with Archive.open(tmp_path / "archive", embedder=HashedWords()) as opened:
        opened.ingest([feed])
        yield opened


def counted(archive: Archive, text: str) -> int:
    return archive.facets(Query(text=text)).stories


def load(archive: Archive, folder: Path) -> None:
    file = folder / "table.json"
    file.write_text(json.dumps(TABLE), encoding="utf-8")
    archive.subjects.load(file)


def test_counts(archive: Archive, tmp_path: Path) -> None:
    load(archive, tmp_path)
    facets = archive.facets(Query(text="headline:* OR tarragona"))
    assert facets.stories == 4
    assert [(one.value, one.stories) for one in facets.years] == [("2001", 4)]
    assert [(one.value, one.stories) for one in facets.providers] == [("test", 4)]
    names = {one.value: one.name for one in facets.subjects}
    assert names["medtop:02000000"] == "crime, law and justice"
    assert names["medtop:15000000"] is None
    assert archive.facets(Query(text="baker in Tarragona")).stories == 3
    archive.kill("urn:1", reason="libel", actor="desk")
    assert archive.facets(Query(text="baker in Tarragona")).stories == 2


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        f'"{NAME}"',
        "duarte",
        "silva duarte",
        "DUAR*",
        "freed AND duarte",
        "person:duarte",
        "subject:duarte",
    ],
)
def test_no_count_tells_of_a_hidden_name(archive: Archive, text: str) -> None:
    assert counted(archive, text) > 0
    archive.suppress(NAME, reason="order", actor="desk")
    assert counted(archive, text) == 0


def test_counts_without_the_name_stay_whole(archive: Archive) -> None:
    archive.suppress(NAME, reason="order", actor="desk")
    assert counted(archive, "tarragona AND baker") == 3
    assert counted(archive, "silva AND race") == 1


def test_no_subject_says_a_hidden_name(archive: Archive, tmp_path: Path) -> None:
    load(archive, tmp_path)
    archive.suppress(NAME, reason="order", actor="desk")
    facets = archive.facets(Query(text="date:2001"))
    assert {one.value for one in facets.subjects} == {"medtop:02000000", "medtop:15000000"}
    shown = [*archive.subjects.all(), *(page.concept for page in archive.subjects.show("medtop:20000121"))]
    shown += [one for page in archive.subjects.show("justicia") for one in page.narrower]
    names = [name for one in shown for _, name in one.names]
    assert f"case of {'█' * len(NAME)}" in names
    assert not any("Silva" in name for name in names)


def test_similar_stories_say_no_hidden_name(archive: Archive) -> None:
    assert "urn:1" in [hit.guid for hit in archive.similar("urn:2").hits]
    archive.suppress(NAME, reason="order", actor="desk")
    assert NAME not in " ".join(hit.passage for hit in archive.similar("urn:2").hits)
    assert "urn:1" not in [hit.guid for hit in archive.similar("urn:2").hits]
    archive.kill("urn:2", reason="libel", actor="desk")
    with pytest.raises(StoryNotFound):
        archive.similar("urn:2")


def test_tables_through_the_archive(archive: Archive, tmp_path: Path) -> None:
    assert {hit.guid for hit in archive.search("subject:justicia").hits} == set()
    load(archive, tmp_path)
    assert {hit.guid for hit in archive.search("subject:justicia").hits} == {"urn:1", "urn:3"}
    (page,) = archive.subjects.show("justicia")
    assert page.concept.code == "medtop:02000000"
    assert [one.code for one in page.narrower] == ["medtop:20000121"]
    assert page.searched == ("medtop:02000000", "medtop:20000121")
    report = archive.subjects.load(tmp_path / "table.json")
    assert (report.new, report.updated, report.unchanged) == (0, 0, 2)
    with pytest.raises(StoreError, match="no table has"):
        archive.subjects.show("nothing")
    empty = tmp_path / "empty.json"
    empty.write_text('{"conceptSet": []}')
    with pytest.raises(SourceError, match="holds no subject"):
        archive.subjects.load(empty)


def test_dates_in_an_expression_are_its_own(archive: Archive) -> None:
    """A question's words on time become clues; "NOT date:2001" must not become a wish for 2001."""
    assert archive.search("NOT date:2001").hits == ()
    assert archive.understand(Query(text="baker NOT date:2001-03-01")).clues == ()
    found = archive.search_query(Query(text="date:2001 tarragona", order=Order.NEWEST)).hits
    assert [hit.guid for hit in found] == ["urn:4", "urn:3", "urn:2", "urn:1"]
