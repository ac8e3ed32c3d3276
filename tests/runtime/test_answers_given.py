"""An answer opened again is the answer that was given; what may not be shown since is gone from it, for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from answering.exporting import Format
from domain.access import Role, User
from domain.answer import Answer, AnswerReady, Outcome
from domain.errors import AnswerNotFound, NotPermitted
from domain.feedback import Judgement
from domain.protocols import Embedder
from domain.query import Filters, Query
from evaluation.sets import load_set
from runtime import Archive, load_settings
from runtime.desk import Desk
from runtime.evaluation import Prepared
from runtime.feedback import feedback_set_of, write

pytestmark = pytest.mark.model

STORIES = (
    ("s1", "1994-03-08", "Ferry runs aground off Corran", "The ferry Lady Ann ran aground off Corran on Tuesday "
     "with 214 people on board, the coastguard said. Captain Ewan Reid said a steering fault was to blame."),
    ("s2", "1996-05-14", "Corran harbour to be dredged", "The council of Corran approved on Monday a plan to "
     "dredge its harbour at a cost of 3.2 million pounds. Work is to begin in September."),
    ("s3", "2005-08-21", "Chess title for Marta Lindqvist", "Marta Lindqvist won the Nordic chess title in Bergen "
     "on Sunday, beating Olaf Strand in 41 moves. It is her third title."),
)  # fmt: skip
FERRY = "How many people were on board the ferry Lady Ann?"
CHESS = "Who won the Nordic chess title?"
CRASH = "How many people died in the bus crash near Huancayo?"
CHANGING = Path(__file__).parents[1] / "answering" / "changing_stories.jsonl"
ABSENT = "Who painted the ceiling of Corran town hall?"


@pytest.fixture(scope="module")
def embedder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """Loaded once: each test changes an archive of its own."""
    with Archive.open(load_settings(tmp_path_factory.mktemp("embedder"))) as opened:
        return opened.embedder


@pytest.fixture
def archive(embedder: Embedder, tmp_path: Path) -> Iterator[Archive]:
    rows = [
        {"id": i, "date": d, "lang": "en", "headline": h, "text": t, "provider": "t"}
        for i, d, h, t in STORIES
    ]
    (tmp_path / "stories.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    with Archive.open(load_settings(tmp_path / "archive"), embedder=embedder) as opened:
        opened.ingest([tmp_path / "stories.jsonl", CHANGING])
        yield opened


def ask(archive: Archive, question: str, *, by: str | None = None) -> Answer:
    query = archive.understand(Query(text=question, filters=Filters(languages=frozenset({"en"}))))
    for event in archive.stream(query, extractive=True, asked_by=by):
        if isinstance(event, AnswerReady):
            return event.answer
    raise AssertionError("a stream ends with an answer")


def bare(answer: Answer) -> Answer:
    """Without what only the search of that moment knew."""
    hits = tuple(replace(hit, dense=None, lexical=None, duplicates=()) for hit in answer.evidence)
    return replace(answer, evidence=hits)


def identifier(answer: Answer) -> int:
    assert answer.answer_id is not None
    return answer.answer_id


def test_an_answer_opened_again_is_the_one_that_was_given(archive: Archive) -> None:
    for question in (FERRY, CRASH, ABSENT):
        answer = ask(archive, question)
        given = archive.given.get(identifier(answer))
        assert bare(given.answer) == bare(answer)
        assert (given.stale, given.withdrawn) == ((), False)
    crash = ask(archive, CRASH)
    assert crash.outcome is Outcome.DISPUTED
    figures = [one.figure for one in archive.given.get(identifier(crash)).answer.sentences if one.figure]
    assert [figure.value for figure in figures] == [12.0, 17.0], "a dated sequence, kept as such"


def test_a_kill_takes_everything_of_an_answer_away_and_a_release_brings_it_back(archive: Archive) -> None:
    number = identifier(ask(archive, FERRY))
    archive.kill("s1", reason="wrong ferry", actor="desk")
    given = archive.given.get(number)
    assert given.withdrawn
    assert [(one.cause, one.guid) for one in given.stale] == [("killed", "s1")]
    assert (given.answer.text, given.answer.sentences, given.answer.evidence) == ("", (), ())
    with pytest.raises(AnswerNotFound, match="may not be shown"):
        archive.given.exports(number)
    archive.release("s1", reason="right after all", actor="desk")
    assert "214" in archive.given.exports(number)[Format.TEXT]


def test_a_kill_of_a_story_only_found_takes_that_story_away(archive: Archive) -> None:
    answer = ask(archive, FERRY)
    assert "s2" in {hit.guid for hit in answer.evidence}
    archive.kill("s2", reason="libel", actor="desk")
    given = archive.given.get(identifier(answer))
    assert given.answer.text == answer.text
    assert "s2" not in {hit.guid for hit in given.answer.evidence}


def test_a_name_hidden_since_is_in_nothing_that_is_given_back(archive: Archive) -> None:
    answer = ask(archive, CHESS)
    number = identifier(answer)
    assert "Lindqvist" in answer.text
    archive.given.judge(number, Judgement.RIGHT, person="ana", answer="Lindqvist")
    archive.suppress("Marta Lindqvist", reason="court", actor="desk")
    shown = repr(archive.given.get(number).answer)
    assert "Lindqvist" not in shown
    assert all("Lindqvist" not in text for text in archive.given.exports(number).values())
    assert "Lindqvist" not in repr(feedback_set_of(archive))


def test_who_may_open_an_answer(archive: Archive) -> None:
    number = identifier(ask(archive, FERRY, by="ana"))
    ana, bo = (Desk(archive, User(name=name, role=Role.READER)).reading for name in ("ana", "bo"))
    admin = Desk(archive, User(name="root", role=Role.ADMIN)).reading
    assert ana.answer(number).answer.question == FERRY
    assert admin.answer(number).asked_by == "ana"
    for act in (
        bo.answer,
        lambda one: bo.judge(one, Judgement.RIGHT),
        lambda one: bo.share(one, shared=True),
        lambda one: bo.written_out("and in 1996?", after=one),
    ):
        with pytest.raises(AnswerNotFound, match=f"no answer {number} that bo may open"):
            act(number)
    with pytest.raises(AnswerNotFound, match=r"no answer 999 that bo may open"):
        bo.answer(999)
    ana.share(number, shared=True)
    assert bo.answer(number).answer.question == FERRY
    with pytest.raises(NotPermitted):
        bo.share(number, shared=False)
    ana.share(number, shared=False)
    with pytest.raises(AnswerNotFound):
        bo.answer(number)
    with pytest.raises(NotPermitted):
        ana.feedback_set()


def test_what_readers_judged_can_be_run_as_an_evaluation(archive: Archive, tmp_path: Path) -> None:
    for question, judgement, right in (
        (FERRY, Judgement.RIGHT, "214"),
        (CHESS, Judgement.WRONG, "Ewan Reid"),
        (ABSENT, Judgement.RIGHT, None),
        (CRASH, Judgement.WRONG, None),
    ):
        number = identifier(ask(archive, question))
        archive.given.judge(number, judgement, person="ana", answer=right, comment="  ")
    made = feedback_set_of(archive)
    assert sum(made.left_out.values()) == 1
    write(made, tmp_path / "judged")
    prepared = Prepared(load_set(tmp_path / "judged", shared=None), archive)
    assert prepared.unknown_guids() == []
    summary = prepared.run(name="feedback", extractive=True).summary
    assert summary["queries"] == 3
    assert summary["answer_accuracy"] == 0.5, "of two with an answer, the reader said one was wrong"
    assert summary["citation_precision"] == 1.0
    assert summary["abstention"]["recall"] == 1.0
