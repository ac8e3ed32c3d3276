"""False premises, comparisons, follow-ups, stale answers and what may not be cited, through the whole chain.

Real embedder, index and database; answers are quoted, no model. About 40 s beside the sample's ingestion.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from answering.evidence import EvidenceStory
from answering.languages import question_language
from answering.options import AnswerOptions
from answering.pack import NumberedSource, PackedPrompt
from answering.parse import DraftSentence
from answering.questions import understand
from answering.review import review
from answering.verify.closeness import Closeness
from cli.main import app
from domain.answer import Answer, Outcome
from runtime import Archive
from runtime.filters import make_filters
from tests.conftest import quick_settings

STORIES = Path(__file__).parents[1] / "answering" / "changing_stories.jsonl"


@pytest.fixture
def archive(models_cache: Path, tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(quick_settings(tmp_path / "archive")) as opened:
        opened.ingest([STORIES])
        yield opened


def cited(answer: Answer) -> set[str]:
    sentences = (*answer.sentences, *answer.withheld)
    return {c.guid for s in sentences for c in s.citations} | {h.guid for h in answer.evidence}


@pytest.mark.parametrize(
    ("question", "begins", "quotes"),
    [
        ("How did Argentina manage to win the 2014 World Cup final?", "The archive says otherwise: ", "Germany won"),
        ("Pourquoi François Mitterrand a-t-il été battu au second tour de l'élection présidentielle de mai 1988 ?", "Les archives disent autre chose : ", "réélu"),
        ("¿Por qué perdió España la final del Mundial de 2010 contra los Países Bajos?", "El archivo dice otra cosa: ", "al vencer por 1-0 a los Países Bajos"),
    ],
)  # fmt: skip
def test_a_false_premise_is_corrected(
    sample_archive: Archive, question: str, begins: str, quotes: str
) -> None:
    answer = sample_archive.ask(question, extractive=True)
    (first, *_) = answer.sentences
    assert first.text.startswith(begins)
    assert quotes in first.text
    (one,) = first.citations
    assert first.text == begins + one.quote
    assert one.quote == sample_archive.body(one.guid, one.version)[one.start : one.end]


@pytest.mark.parametrize(
    "question",
    [
        "How did Germany win the 2014 World Cup final?",
        "How many people were killed in the crash of Concorde flight AF4590?",
        "Who won the presidential election in France in May 1988?",
    ],
)
def test_a_true_premise_is_not_corrected(sample_archive: Archive, question: str) -> None:
    answer = sample_archive.ask(question, extractive=True)
    assert "otherwise" not in answer.text


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("How many more House of Commons seats did Labour win in 1997 than the Conservatives in 2010?", "112 more: 418 against 306."),
        ("Qui a été élu avec le pourcentage le plus élevé, François Mitterrand en 1988 ou Jacques Chirac en 1995 ?", "François Mitterrand en 1988 : 54,02 % contre 52,64 %."),
        ("¿Cuántos escaños más obtuvo el PP en las elecciones de 2011 que el PSOE en las de 2004?", "22 más: 186 frente a 164."),
    ],
)  # fmt: skip
def test_a_comparison_is_worked_out_from_both_stories(
    sample_archive: Archive, question: str, begins: str
) -> None:
    answer = sample_archive.ask(question, extractive=True)
    assert answer.outcome is Outcome.ANSWERED
    first, left, right = answer.sentences
    assert first.text == begins
    assert first.reasons  # it says that it was worked out
    assert first.citations == (*left.citations, *right.citations)
    assert left.citations[0].guid != right.citations[0].guid


def test_a_comparison_of_which_one_side_is_missing_is_partial(sample_archive: Archive) -> None:
    question = "How many more seats did Labour win in 1997 than the Pirates in 1933?"
    answer = sample_archive.ask(question, extractive=True)
    assert answer.outcome in (Outcome.PARTIAL, Outcome.NOT_IN_ARCHIVE)
    assert not any(s.text.endswith("against 306.") for s in answer.sentences)


def test_a_follow_up_is_written_out_and_answered(sample_archive: Archive) -> None:
    first = sample_archive.ask("Who was elected chancellor of Germany in 1998?", extractive=True)
    assert "Schröder" in first.text
    second = sample_archive.ask("and in 2005?", extractive=True, after=first)
    assert second.question == "Who was elected chancellor of Germany in 2005?"
    assert "Merkel" in second.text
    third = sample_archive.ask("and in 2021?", extractive=True, after=second.answer_id)
    assert third.question == "Who was elected chancellor of Germany in 2021?"
    assert "Scholz" in third.text


def test_the_command_line_shows_how_it_understood_a_follow_up(archive: Archive) -> None:
    folder = str(archive.settings.archive)
    first = archive.ask("How many members does the Norrland League have?", extractive=True)
    words = ["--archive", folder, "ask", "and in 1989?", "--after", str(first.answer_id), "--extractive"]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    assert "understood as: How many members does the Norrland League have in 1989?" in done.stderr
    assert json.loads(done.stdout)["question"] == "How many members does the Norrland League have in 1989?"
    unknown = CliRunner().invoke(app, [*words[:4], "--after", "4711"])
    assert unknown.exit_code == 1


def test_a_disputed_answer_goes_stale_when_a_story_is_corrected_and_when_one_is_killed(
    archive: Archive, tmp_path: Path
) -> None:
    folder = str(archive.settings.archive)

    def stale() -> list[dict[str, Any]]:
        done = CliRunner().invoke(app, ["--archive", folder, "answers", "--stale", "--json"])
        assert done.exit_code == 0, done.output
        rows: list[dict[str, Any]] = json.loads(done.stdout)["answers"]
        return rows

    answer = archive.ask("How many people died in the bus crash near Huancayo?", extractive=True)
    other = archive.ask("How many members does the Norrland League have?", extractive=True)
    assert answer.outcome is Outcome.DISPUTED
    assert stale() == []
    story = json.loads(STORIES.read_text("utf-8").splitlines()[1])
    corrected = story | {
        "version": 2,
        "date": "1998-05-05T12:00:00Z",
        "headline": f"CORRECTED-{story['headline']}",
        "body": story["body"].replace("17", "18"),
    }
    feed = tmp_path / "corrected.jsonl"
    feed.write_text(json.dumps(corrected), "utf-8")
    archive.ingest([feed])
    (row,) = stale()
    assert row["answer_id"] == answer.answer_id
    assert [(one["cause"], one["guid"]) for one in row["stale"]] == [("corrected", "urn:test:lima:2")]
    assert row["text"] == answer.text
    again = archive.ask("How many people died in the bus crash near Huancayo?", extractive=True)
    assert "18" in again.text
    archive.kill("urn:test:lima:1", reason="test", actor="test")
    rows = {one["answer_id"]: one for one in stale()}
    assert {(one["cause"], one["guid"]) for one in rows[answer.answer_id]["stale"]} == {
        ("corrected", "urn:test:lima:2"),
        ("killed", "urn:test:lima:1"),
    }
    assert rows[answer.answer_id]["text"] is None
    assert other.answer_id not in rows


QUESTIONS = (
    "How many people died in the bus crash near Huancayo?",
    "How many more people died in the bus crash near Huancayo than in the avalanche at Kestrel Pass?",
    "Combien de morts a fait le déraillement du train de Vernoux ?",
    "How many members does the Norrland League have?",
    "Why did nobody die in the bus crash near Huancayo?",
)


def test_nothing_killed_held_embargoed_or_later_is_ever_cited(archive: Archive, tmp_path: Path) -> None:
    """12 rounds of random acts, drawn with a fixed seed; every question in each, with and without a day."""
    embargoed = {
        "guid": "urn:test:embargoed", "provider": "a", "date": "1998-05-07T09:00:00Z", "language": "en",
        "headline": "Huancayo bus crash: final toll", "embargo": "2999-01-01T00:00:00Z",
        "body": "In all 19 people died in the bus crash near Huancayo, police said on Thursday.",
    }  # fmt: skip
    feed = tmp_path / "embargoed.jsonl"
    feed.write_text(json.dumps(embargoed), "utf-8")
    archive.ingest([feed])
    published = {
        one["guid"]: datetime.fromisoformat(one["date"].replace("Z", "+00:00"))
        for one in map(json.loads, STORIES.read_text("utf-8").splitlines())
    }
    draw = random.Random(7)
    hidden: set[str] = {"urn:test:embargoed"}
    shown = 0
    for number in range(12):
        guid = draw.choice(sorted(published))
        if guid in hidden:
            archive.release(guid, reason="test", actor="test")
            hidden.discard(guid)
        elif number % 3:
            archive.hold(guid, reason="test", actor="test")
            hidden.add(guid)
        day = draw.choice([None, *sorted(published.values())])
        filters = make_filters(as_of=day.date().isoformat()) if day else make_filters()
        for question in QUESTIONS:
            named = cited(archive.ask(question, extractive=True, filters=filters))
            assert not named & hidden, question
            if day:
                end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
                assert all(published[one] <= end for one in named), question
            shown += len(named)
    archive.kill("urn:test:lima:2", reason="test", actor="test")
    assert "urn:test:lima:2" not in cited(archive.ask(QUESTIONS[0], extractive=True))
    assert shown > 60  # the property is of answers that do cite


def test_a_translated_quotation_is_marked_in_a_reviewed_draft(sample_archive: Archive) -> None:
    """The draft is written here; everything that checks it is the product's."""
    hit = next(
        h
        for h in sample_archive.search("LIGO gravitational waves Einstein").hits
        if h.language == "en" and "ligo" in h.guid
    )
    story = EvidenceStory(hit=hit, body=sample_archive.body(hit.guid, hit.version))
    question = "Qu'ont annoncé les physiciens sur les ondes gravitationnelles ?"
    asked = understand(question, question_language(question))
    source = NumberedSource(number=1, story=story, kept=tuple(range(len(story.sentences))))
    text = "Les physiciens ont détecté « des ondes gravitationnelles un siècle après »."
    reviewed = review(
        [DraftSentence(text=text, sources=(1,))],
        asked=asked,
        prompt=PackedPrompt(messages=(), sources=(source,), tokens=0),
        stories=[story],
        closeness=Closeness(sample_archive.embedder),
        options=AnswerOptions(),
    )
    for sentence, _ in reviewed.kept:
        assert sentence.text.startswith(text)
        assert "citation traduite ; en anglais dans l'original" in sentence.text
    assert reviewed.kept or reviewed.withheld
