"""A hidden name leaves the archive in nothing: hits, answers, drafts, story pages, earlier answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.answer import AnswerEvent, AnswerReady, EvidenceFound, TextDelta
from domain.query import Query
from runtime import Archive
from runtime.suppression import BLOCK, HiddenNames
from tests.conftest import quick_settings

NAME = "María Núñez Olarte"
FOLDED = ("núñez", "nuñez", "nunez", "olarte")
STORIES = [
    ("1", "Court frees baker in Tarragona", "A court in Tarragona freed a baker on Tuesday. "
     "MARIA NUNEZ OLARTE, 41, had been held for nine months over the harbour fire. "
     "Olarte said that she would reopen her bakery in May."),
    ("2", "Harbour fire in Tarragona kills four", "Fire destroyed the harbour market of Tarragona on Monday. "
     "Four people were killed in the harbour fire, officials in Tarragona said."),
    ("3", "Mari\u0301a Nu\u0301n\u0303ez Olarte appeals", "The baker accused over the Tarragona harbour fire has "
     "appealed. Her lawyer filed the appeal in Madrid on Friday."),
]  # fmt: skip


def hidden(text: str) -> str:
    return HiddenNames((NAME,)).within(text).mask(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("María Núñez Olarte left.", f"{BLOCK * 18} left."),
        ("maria nunez-olarte's bakery", f"{BLOCK * 18}'s bakery"),
        ("MARIA\nNUNEZ  OLARTE", BLOCK * 19),
        ("Nu\u0301n\u0303ez, Mari\u0301a Nu\u0301n\u0303ez Olarte", f"Nu\u0301n\u0303ez, {BLOCK * 21}"),
        ("OLARTE, María Núñez", BLOCK * 19),
        ("Mar\u00adía Núñez Ol\u200barte", BLOCK * 20),
        ("María Núñez Olarte said so. Olarte left.", f"{BLOCK * 18} said so. {BLOCK * 6} left."),
        ("Ana María Núñez lives in Olarte.", "Ana María Núñez lives in Olarte."),
        ("María Núñez Olartegui is another", "María Núñez Olartegui is another"),
    ],
)
def test_names_are_masked_length_for_length(text: str, shown: str) -> None:
    assert hidden(text) == shown
    assert len(hidden(text)) == len(text)


def test_other_scripts() -> None:
    arabic = HiddenNames(("أحمد منصور",)).in_full
    assert arabic.mask("قال احمد منصور اليوم") == f"قال {BLOCK * 10} اليوم"
    assert arabic.mask("وأحمد منصور") == BLOCK * 11
    assert HiddenNames(("山田太郎",)).in_full.mask("被告の山田太郎氏は") == f"被告の{BLOCK * 4}氏は"
    straße = HiddenNames(("Otto Strauß",)).in_full
    assert straße.mask("(Otto STRAUSS) Otto Strauß") == f"({BLOCK * 12}) {BLOCK * 11}"


@pytest.fixture(scope="module")
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("suppressed")
    rows = [
        {"guid": f"urn:test:{n}", "provider": "test", "headline": headline, "body": body, "language": "en",
         "date": f"2001-03-0{n}T10:00:00Z", "people": [NAME] if n == "3" else []}
        for n, headline, body in STORIES
    ]  # fmt: skip
    feed = folder / "feed.jsonl"
    feed.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with Archive.open(quick_settings(folder / "archive")) as opened:
        opened.ingest([feed])
        before = opened.ask("Who was held for nine months over the harbour fire?", extractive=True)
        assert not no_name(before.text), "without an order the archive names the person"
        opened.suppress("Maria Núñez Olarte", reason="court order 12/2001", actor="desk")
        yield opened


@pytest.mark.model
def test_search_shows_no_name_and_finds_nothing_by_it(archive: Archive) -> None:
    by_name = {hit.guid for hit in archive.search("Maria Nunez Olarte").hits}
    assert by_name <= {"urn:test:2"}
    hits = archive.search("harbour fire in Tarragona").hits
    assert "urn:test:2" in {hit.guid for hit in hits}
    assert no_name(*(f"{hit.headline} {hit.passage}" for hit in hits))


@pytest.mark.model
def test_answers_and_earlier_answers_say_no_name(archive: Archive) -> None:
    for question in (
        "Who was held for nine months over the harbour fire?",
        "How many people were killed in the harbour fire?",
    ):
        answer = archive.ask(question, extractive=True)
        said = (*answer.sentences, *answer.withheld)
        assert no_name(answer.text, *(s.text for s in said), *(c.quote for s in said for c in s.citations))
        assert no_name(*(str(c.headline) for s in said for c in s.citations))
    assert "four" in answer.text.casefold(), "what is not about the person is still answered"
    assert no_name(*(str(row.text) for row in archive.answers()))


@pytest.mark.model
def test_story_pages_keep_offsets(archive: Archive) -> None:
    master = archive.store.version("urn:test:1").body
    shown = archive.version("urn:test:1").body
    assert "NUNEZ" in master
    assert len(shown) == len(master)
    assert no_name(shown, *(v.body for v in archive.story("urn:test:1").versions))
    other = archive.version("urn:test:3")
    assert no_name(str(other.headline))
    assert other.people == ()
    assert archive.version("urn:test:2").body == archive.store.version("urn:test:2").body


@pytest.mark.model
def test_a_draft_never_shows_the_name_however_it_is_cut(archive: Archive) -> None:
    evidence = archive.search("harbour fire in Tarragona")
    assert "urn:test:3" in {hit.guid for hit in evidence.hits}, "its headline names the person"
    answer = archive.ask("How many people were killed in the harbour fire?", extractive=True)
    draft = f"The baker {NAME} was freed. Olarte will reopen her bakery in May."
    for size in (1, 2, 3, 7, 200):
        events: list[AnswerEvent] = [
            EvidenceFound(hits=evidence.hits, query=Query(text="?"), seconds=0.0),
            *(TextDelta(text=draft[at : at + size]) for at in range(0, len(draft), size)),
            AnswerReady(answer=answer),
        ]
        given = "".join(e.text for e in archive._screen.stream(iter(events)) if isinstance(e, TextDelta))
        assert no_name(given)
        assert len(given) == len(draft)


@pytest.mark.model
def test_the_order_can_be_lifted_and_is_on_record(archive: Archive) -> None:
    (one,) = archive.suppressions()
    assert (one.reason, one.actor) == ("court order 12/2001", "desk")
    archive.unsuppress("Maria Núñez Olarte", reason="order lifted", actor="chief")
    assert archive.version("urn:test:1").body == archive.store.version("urn:test:1").body
    archive.suppress("Maria Núñez Olarte", reason="court order 12/2001", actor="desk")


def no_name(*texts: str) -> bool:
    return not any(part in text.casefold() for text in texts for part in FOLDED)
