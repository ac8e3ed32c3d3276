"""A code stands for itself, its equals and all that is narrower; a table loaded twice is one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.subjects import Concept, Link, Relation

BROADER, NARROWER, EXACT, CLOSE = Relation.BROADER, Relation.NARROWER, Relation.EXACT, Relation.CLOSE


def concept(code: str, *links: tuple[Relation, str], **names: str) -> Concept:
    return Concept(
        code=code,
        names=tuple(names.items()) or (("en", code),),
        links=tuple(Link(relation=relation, code=target) for relation, target in links),
    )


TABLES = (
    concept("medtop:04000000", (EXACT, "subj:04000000"), en="economy, business", fr="économie et finances"),
    concept(
        "medtop:2001", (BROADER, "medtop:04000000"), (CLOSE, "subj:04001000"), en="economy", fr="économie"
    ),
    concept("medtop:2002", (BROADER, "medtop:2001"), (CLOSE, "subj:04001000"), fr="banque", ar="بنك"),
    concept("medtop:2003", (CLOSE, "subj:04001000"), en="banking law"),
    concept("medtop:2004", (BROADER, "medtop:2001"), (NARROWER, "medtop:2005"), en="trade"),
    concept("medtop:2005", en="customs"),
    concept("medtop:loop", (BROADER, "medtop:loop2"), en="loop"),
    concept("medtop:loop2", (BROADER, "medtop:loop"), en="loop two"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as opened:
        opened.subjects.add(TABLES)
        yield opened


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("medtop:2002", {"medtop:2002", "subj:04001000"}),
        (
            "subj:04001000",
            {"subj:04001000", "medtop:2001", "medtop:2002", "medtop:2003", "medtop:2004", "medtop:2005"},
        ),
        (
            "04000000",
            {"medtop:04000000", "subj:04000000", "subj:04001000"} | {f"medtop:200{n}" for n in (1, 2, 4, 5)},
        ),
        ("économie", {"medtop:2001", "medtop:2002", "medtop:2004", "medtop:2005", "subj:04001000"}),
        ("ECONOMIE", {"medtop:2001", "medtop:2002", "medtop:2004", "medtop:2005", "subj:04001000"}),
        ("banking", {"medtop:2003", "subj:04001000"}),
        ("bank", set()),
        ("بنك", {"medtop:2002", "subj:04001000"}),
        ("medtop:loop", {"medtop:loop", "medtop:loop2"}),
        ("http://cv.iptc.org/newscodes/mediatopic/2005", {"medtop:2005"}),
        ("%", set()),
        ("", set()),
    ],
)
def test_what_a_subject_stands_for(store: StoryStore, asked: str, codes: set[str]) -> None:
    """One old code near two new topics does not make the topics one: 2002 is not found by 2003."""
    assert set(store.subjects.codes(asked)) == codes


def test_a_table_loaded_again_changes_nothing(store: StoryStore) -> None:
    before = store.subjects.concepts()
    counts = store.subjects.add(TABLES)
    assert (counts.new, counts.updated, counts.unchanged) == (0, 0, len(TABLES))
    assert store.subjects.concepts() == before
    assert {one.code for one in before} == {one.code for one in TABLES}
    assert next(one for one in before if one.code == "medtop:2002").names == TABLES[2].names


def test_a_newer_table_replaces_what_it_says(store: StoryStore) -> None:
    counts = store.subjects.add([replace(TABLES[2], names=(("fr", "crédit"),), links=())])
    assert (counts.new, counts.updated, counts.unchanged) == (0, 1, 0)
    assert store.subjects.codes("banque") == ()
    assert store.subjects.codes("crédit") == ("medtop:2002",)
    assert "medtop:2002" not in store.subjects.codes("medtop:2001")
