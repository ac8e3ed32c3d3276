"""The ask page as a person uses it: a thread, limits that can be changed, links, feedback, copies; no model needed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from domain.feedback import Judgement
from runtime import Archive
from tests.conftest import quick_settings
from ui import session

pytestmark = pytest.mark.model

STORIES = (
    ("s1", "1994-03-08", "en", "Ferry runs <b>aground</b> off Corran", "The ferry Lady Ann ran aground off Corran on Tuesday "
     "with 214 people on board, the coastguard said. Captain Ewan Reid said a steering fault was to blame."),
    ("s2", "1996-05-14", "fr", "Le port de Corran sera dragué", "Le conseil de Corran a approuvé lundi le dragage du "
     "port pour 3,2 millions de livres. Le ferry Lady Ann, échoué avec 214 personnes à bord, était visé."),
)  # fmt: skip
CHANGING = Path(__file__).parents[1] / "answering" / "changing_stories.jsonl"
FERRY = "How many people were on board the ferry Lady Ann?"


@pytest.fixture(scope="module")
def folder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("thread")
    rows = [
        {
            "id": i,
            "date": d,
            "lang": lang,
            "headline": h,
            "text": t,
            "provider": "reuter" if i == "s2" else "afp",
        }
        for i, d, lang, h, t in STORIES
    ]
    (path / "stories.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    with Archive.open(quick_settings(path / "archive")) as archive:
        archive.ingest([path / "stories.jsonl", CHANGING])
    return path / "archive"


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Archive]:
    """The server's archive: every session of these tests has the same one, as in a server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPECHE_ARCHIVE", str(folder))
        patch.setenv("DEPECHE_ACCESS__OPEN_TO_ALL", "true")  # AppTest has no address of its own
        patch.setenv("DEPECHE_MODEL__NAME", f"http://127.0.0.1:{_closed_port()}/v1")
        patch.setenv("DEPECHE_MODEL__ENDPOINT_MODEL", "any")
        session.archive.clear()
        yield session.archive()
        session.archive().close()
        session.archive.clear()


def _closed_port() -> int:
    """Nobody listens there: a model that is asked fails, and in no other way than a server that is down."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _ask_page() -> None:
    from ui.ask import page

    page()


def new_session(**params: str) -> AppTest:
    app = AppTest.from_function(_ask_page, default_timeout=180)
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def ask(question: str) -> AppTest:
    app = new_session()
    app.text_input(key="question").set_value(question)
    app.checkbox[0].check()  # quoted without a language model
    app.button[0].click().run()
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    """Every word of the page, without what `plain` puts between its characters."""
    kinds = (
        app.title,
        app.header,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
        app.success,
    )
    words = [element.value for kind in kinds for element in kind]
    page = "\n".join([*words, *(one.label for one in app.expander)])
    return page.replace("\\", "").replace("\N{WORD JOINER}", "")


def answer_id(app: AppTest) -> str:
    found = app.query_params["answer"]
    return found if isinstance(found, str) else found[0]


def test_an_answer_says_its_outcome_its_verdicts_and_where_each_word_stands(opened: Archive) -> None:
    app = ask(FERRY)
    page = shown(app)
    assert "Answered" in page
    assert "214 people" in page
    assert "green-badge[supported]" in page
    assert "story?guid=s1&version=1&start=0" in page
    assert "Ferry runs <b>aground</b> off Corran" in page, "a headline is shown as its own characters"
    assert "1994: 1" in page, "the timeline said in words"


def test_a_question_goes_on_from_the_answer_above_and_a_new_one_does_not(opened: Archive) -> None:
    app = ask(FERRY)
    first = answer_id(app)
    app.chat_input(key="follow").set_value("And who was its captain?").run()
    assert not app.exception
    page = shown(app)
    assert FERRY in page, "the answer before stays above"
    assert "And who was its captain?" in page
    assert "understood as: " in page
    assert "Ewan Reid" in page
    assert answer_id(app) != first
    app.button(key="new").click().run()
    assert FERRY not in shown(app)
    assert "answer" not in app.query_params
    assert app.text_input(key="question").value == ""


def test_limits_are_added_and_taken_off_and_the_answer_is_replaced(opened: Archive) -> None:
    app = ask(FERRY)
    assert "reuter" in shown(app)
    app.multiselect(key="chip-providers-chosen").set_value(["afp"])
    app.button(key="chip-providers-apply").click().run()
    assert not app.exception
    assert "reuter" not in shown(app)
    assert len(app.session_state["thread"]) == 1, "in the place of the answer before"
    app.button(key="chip-providers-afp").click().run()
    assert "reuter" in shown(app)

    app.multiselect(key="chip-languages-chosen").set_value(["fr"])
    app.button(key="chip-languages-apply").click().run()
    assert "Le port de Corran" in shown(app)
    assert "aground" not in shown(app)


def test_the_sources_stand_by_rank_or_by_date(opened: Archive) -> None:
    app = ask("How many people died in the bus crash near Huancayo?")
    app.button_group(key="order").set_value("date").run()
    assert not app.exception
    days = [line.split(",")[0].split(" ·")[0] for line in shown(app).splitlines() if line[:2] in ("19", "20")]
    assert days == sorted(days)
    assert len(days) > 3


def test_figures_that_sources_give_differently_are_a_dated_sequence(opened: Archive) -> None:
    page = shown(ask("How many people died in the bus crash near Huancayo?"))
    assert "The sources disagree" in page
    lines = [line for line in page.splitlines() if line.startswith("- 1998")]
    assert [line[2:12] for line in lines] == ["1998-05-03", "1998-05-05"]
    assert "**At least 12 people**" in lines[0]
    assert "**17**" in lines[1] or "**17 " in lines[1]


def test_what_is_not_in_the_archive_is_said_with_the_nearest_stories(opened: Archive) -> None:
    page = shown(ask("Who won the rugby world cup of 2031?"))
    assert "Not in the archive" in page
    assert "Nearest stories" in page


def test_a_link_opens_the_answer_as_it_was_until_its_story_is_killed(opened: Archive) -> None:
    number = answer_id(ask(FERRY))
    linked = new_session(answer=number)
    assert "214 people" in shown(linked)
    try:
        opened.kill("s1", reason="wrong ferry", actor="desk")
        for app in (linked.run(), new_session(answer=number)):
            page = shown(app)
            assert "is killed: s1" in page
            assert "may no longer be shown" in page
            assert "214" not in page
            assert "aground" not in page
            assert not app.code or "aground" not in "".join(one.value for one in app.code)
    finally:
        opened.release("s1", reason="tests go on", actor="desk")
    assert "214 people" in shown(new_session(answer=number))


def test_a_link_says_when_a_cited_story_was_corrected(opened: Archive, tmp_path: Path) -> None:
    number = answer_id(ask("How many people died in the bus crash near Huancayo?"))
    row = orjson.loads(CHANGING.read_bytes().splitlines()[0])
    row |= {
        "version": 2,
        "date": "1998-05-03T16:00:00Z",
        "body": row["body"].replace("12 people", "13 people"),
    }
    (tmp_path / "correction.jsonl").write_bytes(orjson.dumps(row))
    opened.ingest([tmp_path / "correction.jsonl"])
    page = shown(new_session(answer=number))
    assert f"has a later version, which may say otherwise: {row['guid']}" in page
    assert "12 people" in page, "as it was given"


@pytest.mark.parametrize("named", ["999999", "0", "x", "9" * 40, "<script>"])
def test_an_address_that_names_no_answer_is_not_an_error(opened: Archive, named: str) -> None:
    app = new_session(answer=named)
    assert not app.exception
    assert not app.error


def test_feedback_is_kept_and_can_be_taken_home_as_a_set(opened: Archive) -> None:
    app = ask(FERRY)
    number = int(answer_id(app))
    app.radio(key="judgement").set_value(Judgement.RIGHT)
    app.text_input(key="right-answer").set_value("214")
    app.button(key="judge").click().run()
    assert not app.exception
    assert "You said: Right" in shown(app)
    (said,) = opened.given.judgements(number)
    assert (said.judgement, said.answer, said.person) == (Judgement.RIGHT, "214", "local")
    app.button(key="make-set").click().run()
    assert not app.exception
    assert "1 questions" in shown(app)


def test_an_answer_is_copied_with_its_citations(opened: Archive) -> None:
    app = ask(FERRY)
    copies = "\n".join(one.value for one in app.code)
    for mark in ("TY  - NEWS", "@misc{afp-1994-03-08-1", "<article", "[1] Ferry runs <b>aground</b>"):
        assert mark in copies
    assert f"answer={answer_id(app)}" in copies, "and its link"


def test_a_model_that_fails_costs_its_words_and_nobody_else_anything(opened: Archive) -> None:
    other = ask(FERRY)
    app = new_session()
    app.text_input(key="question").set_value(FERRY)
    app.button[0].click().run()
    assert not app.exception
    page = shown(app)
    assert "The language model failed on this question" in page
    assert "214 people" in page, "quoted from the stories instead"
    assert "quoted without a model" in page
    other.run()
    assert "failed" not in shown(other)
    assert "214 people" in shown(other)
