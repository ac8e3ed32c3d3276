"""Figures that sources give differently, through the whole chain: real embedder, index, database; no model.

About 15 s, most of it the embedder's start.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.answer import Answer, Outcome
from runtime import Archive
from runtime.filters import make_filters
from tests.conftest import quick_settings

STORIES = Path(__file__).parents[1] / "answering" / "changing_stories.jsonl"


@pytest.fixture(scope="module")
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(quick_settings(tmp_path_factory.mktemp("changing"))) as opened:
        opened.ingest([STORIES])
        yield opened


def cited(answer: Answer) -> list[list[str]]:
    return [[c.guid.removeprefix("urn:test:") for c in s.citations] for s in answer.sentences]


def assert_exact(answer: Answer, archive: Archive) -> None:
    citations = [c for s in answer.sentences for c in s.citations]
    assert citations
    for one in citations:
        assert one.quote == archive.body(one.guid, one.version)[one.start : one.end]


@pytest.mark.parametrize(
    ("question", "text", "sources"),
    [
        (
            "How many people died in the bus crash near Huancayo?",
            "The archive gives different figures: At least 12 people on 3 May 1998, then 17 on 5 May 1998.",
            [["lima:1"], ["lima:2"]],
        ),
        (
            "Combien de morts a fait le déraillement du train de Vernoux ?",
            "Les archives donnent des chiffres différents : 8 morts le 12 janvier 2003, "
            "puis 11 morts le 14 janvier 2003.",
            [["vern:1"], ["vern:2"]],
        ),
        (
            "¿Cuántos muertos causó el incendio del hotel de Oseira?",
            "El archivo da cifras distintas: 9 muertos el 2 de julio de 2006, "
            "después 14 muertos el 4 de julio de 2006.",
            [["osera:1"], ["osera:2"]],
        ),
        (
            "Wie viele Menschen starben bei der Explosion in der Chemiefabrik in Brunnstedt?",
            "Das Archiv nennt verschiedene Zahlen: 6 Menschen am 5. Februar 1995, dann 10 am 8. Februar 1995.",
            [["brunn:1"], ["brunn:2"]],
        ),
        (
            "Quantos mortos deixou o naufrágio do barco em Ararinha?",
            "O arquivo dá números diferentes: 15 mortos em 6 de março de 2011, depois 22 em 9 de março de 2011.",
            [["arari:1"], ["arari:2"]],
        ),
        (
            "كم عدد القتلى في انهيار المبنى في تافراوت؟",
            "يورد الأرشيف أرقاما مختلفة: 7 في 5 أكتوبر 2008، ثم 13 قتيلا في 7 أكتوبر 2008.",
            [["tafra:1"], ["tafra:2"]],
        ),
    ],
)
def test_a_toll_that_rose_is_told_with_its_dates(
    archive: Archive, question: str, text: str, sources: list[list[str]]
) -> None:
    answer = archive.ask(question, extractive=True)
    assert answer.outcome is Outcome.DISPUTED
    assert answer.text == text
    assert cited(answer) == sources
    assert_exact(answer, archive)


def test_sources_that_disagree_on_one_day_are_named(archive: Archive) -> None:
    answer = archive.ask(
        "How many passengers were aboard the ferry that sank off Stromhaven?", extractive=True
    )
    assert answer.outcome is Outcome.DISPUTED
    assert "140 on 1 September 1990 (north)" in answer.text
    assert "190 on 1 September 1990 (south)" in answer.text


def test_at_least_thirty_goes_with_thirty_one(archive: Archive) -> None:
    answer = archive.ask("How many skiers did the avalanche at Kestrel Pass kill?", extractive=True)
    assert answer.outcome is Outcome.ANSWERED


def test_a_count_of_members_follows_the_day_it_is_asked_as_of(archive: Archive) -> None:
    question = "How many members does the Norrland League have?"
    answer = archive.ask(question, extractive=True)
    assert answer.outcome is Outcome.DISPUTED
    assert cited(answer) == [["norra:1"], ["norra:2"]]
    before = archive.ask(question, extractive=True, filters=make_filters(as_of="1993-01-01"))
    assert before.outcome is Outcome.ANSWERED
    assert before.text.startswith("The latest figure by that day: 14 members on 2 June 1989.")
    assert cited(before) == [["norra:1"], ["norra:1"]]


def test_a_question_about_the_injured_takes_no_number_of_the_dead(archive: Archive) -> None:
    answer = archive.ask("How many people were injured in the bus crash near Huancayo?", extractive=True)
    assert "17" not in answer.text


def test_that_some_died_contradicts_no_question_about_the_others(archive: Archive) -> None:
    for question in (
        "How many people survived the bus crash near Huancayo?",
        "Why were people injured in the bus crash near Huancayo?",
    ):
        answer = archive.ask(question, extractive=True)
        assert "otherwise" not in answer.text, question


def test_a_killed_story_leaves_the_sequence(models_cache: Path, tmp_path: Path) -> None:
    with Archive.open(quick_settings(tmp_path)) as archive:
        archive.ingest([STORIES])
        for guid in ("urn:test:lima:2", "urn:test:lima:3"):
            archive.kill(guid, reason="test", actor="test")
        answer = archive.ask("How many people died in the bus crash near Huancayo?", extractive=True)
        assert answer.outcome is Outcome.ANSWERED
        assert "12" in answer.text
        assert "17" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "How many people were killed in the Madrid bombings?",
        "Combien de morts ont fait les attentats de Madrid ?",
        "¿Cuántos muertos hubo en los atentados de Madrid?",
    ],
)
def test_the_toll_of_madrid_as_the_sample_tells_it(sample_archive: Archive, question: str) -> None:
    answer = sample_archive.ask(question, extractive=True)
    assert answer.outcome is Outcome.DISPUTED
    days = [c.published.date().isoformat() for s in answer.sentences for c in s.citations]
    assert days == ["2004-03-11", "2004-03-24", "2007-10-31"]
    assert_exact(answer, sample_archive)


@pytest.mark.parametrize(
    "question",
    [
        "How many people in all were killed in the crash of the Concorde near Paris in July 2000?",
        "What death toll had been given for the Madrid bombings before it was lowered in March 2004?",
        "By how many minutes did the DART spacecraft shorten the orbit of the asteroid Dimorphos?",
    ],
)
def test_figures_that_agree_or_were_corrected_are_not_disputed(
    sample_archive: Archive, question: str
) -> None:
    answer = sample_archive.ask(question, extractive=True)
    assert answer.outcome is Outcome.ANSWERED
