"""The database's own proof: whatever is changed behind its back is named. Takes 3 s."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from db import checking
from db.store import StoryStore
from tests.db.stories import sent


@pytest.fixture
def filled(store: StoryStore) -> StoryStore:
    store.add_batch([sent(f"s{n}", f"Rain fell {n} times. It was {n} degrees.", n) for n in range(30)])
    store.add_batch([sent("s3", "It snowed. Nobody saw it.", 99, version=2, language="fr")])
    return store


def test_a_sound_archive_has_no_problems(filled: StoryStore) -> None:
    assert filled.problems() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE version SET body = 'Rain fell 5 times. It was 6 degrees.' WHERE version_id = 6", "version 1 of s5 is not"),
        ("UPDATE version SET headline = 'x' WHERE version_id = 2", "version 1 of s1 is not the text"),
        ("UPDATE passage SET ends = ends + 100 WHERE passage_id = 4", "passage 1 is not within the text of version 1 of s1"),
        ("UPDATE passage SET begins = 0 WHERE passage_id = 4", "passage 1 is out of its place of version 1 of s1"),
        ("UPDATE passage SET ordinal = 7 WHERE passage_id = 4", "passage 1 is missing of version 1 of s1"),
        ("DELETE FROM passage WHERE passage_id = 62", "61 rows of passage, and 62 were given a number"),
        ("DELETE FROM pending_passage; UPDATE archive SET next_story_id = 40", "30 rows of story, and 39"),
        ("UPDATE tally SET stories = stories + 1 WHERE of = 'language' AND code = 'fr'", "stories by language add up to 31"),
    ],
)  # fmt: skip
def test_what_was_changed_behind_its_back_is_named(filled: StoryStore, statement: str, said: str) -> None:
    with filled._database.write() as connection:
        if filled._database.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for one in ["DELETE FROM pending_passage", *statement.split(";")]:
            connection.execute(sa.text(one))
    problems = filled.problems()
    assert any(said in problem for problem in problems), problems
    assert all("restore a backup" in problem for problem in problems)


def test_many_damaged_versions_are_counted_not_listed(filled: StoryStore) -> None:
    with filled._database.write() as connection:
        connection.execute(sa.text("UPDATE version SET body = body || 'x'"))
    problems = filled.problems()
    assert len(problems) == checking.MOST_NAMED + 1
    assert problems[-1].startswith("21 more versions")


def test_a_damaged_file_is_said(sqlite_url: str, tmp_path: Path) -> None:
    with StoryStore.open(sqlite_url) as store:
        store.add_batch([sent(f"s{n}", "Rain. " * 200, n) for n in range(200)])
    file = tmp_path / "archive.sqlite"
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = bytes(20_000)
    file.write_bytes(content)
    with StoryStore.open(sqlite_url) as store:
        problems = store.problems()
    assert problems
    assert all("restore a backup" in problem for problem in problems)
