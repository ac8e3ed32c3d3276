"""The ingest page: files come in by jobs of their own, failures can be tried again, acts are confirmed and told."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.errors import StoryNotFound
from domain.story import Action, Directive
from runtime import Archive
from runtime.jobs import FINISHED, JobState
from tests.conftest import quick_settings
from tests.end_to_end.contents import feed_of
from ui import session

pytestmark = pytest.mark.model
STORIES = 12
PATIENCE = 120.0
NOON = datetime(2001, 2, 3, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> [x](http://example.org) **bold**"


@pytest.fixture(scope="module")
def made(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive with stories, a copy of one, a failure and a message that waits."""
    path = tmp_path_factory.mktemp("ingest-page")
    stories = path / "stories.jsonl"
    feed_of(STORIES, stories)
    long = (
        "The old lighthouse of Lisbon burned for nine hours on Tuesday and nobody was hurt, firemen said. "
        * 4
    )
    rows = [
        {"guid": guid, "provider": "test", "version": "1", "language": "en", "headline": HOSTILE,
         "date": "2002-01-01T10:00:00Z", "body": long}
        for guid in ("urn:test:fire", "urn:test:fire-copy")
    ]  # fmt: skip
    rows.append({"guid": "urn:test:silva", "provider": "test", "version": "1", "language": "en",
                 "headline": "Lawyer wins", "date": "2002-01-02T10:00:00Z",
                 "body": "The lawyer Maria Silva won her case in Porto on Wednesday."})  # fmt: skip
    with stories.open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(map(json.dumps, rows)) + "\n")
    (path / "broken.txt").write_text("A text without a date of its own.\n\nIt says nothing of when.")
    with Archive.open(quick_settings(path / "archive")) as archive:
        archive.ingest([stories, path / "broken.txt"])
        waits = Directive(action=Action.KILL, provider="test", issued=NOON, target="urn:test:absent")
        archive.store.add_batch([waits])
        yield path / "archive"


@pytest.fixture
def page(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("DEPECHE_ARCHIVE", str(made))
    session.archive.clear()
    yield AppTest.from_function(_ingest_page, default_timeout=120).run()
    session.archive().close()
    session.archive.clear()


def _ingest_page() -> None:
    from ui.ingest_page import page

    page()


def open_part(page: AppTest, part: str) -> AppTest:
    page.session_state["ingest_part"] = part
    page.run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    parts = (page.markdown, page.caption, page.text, page.info, page.success, page.warning, page.error)
    return "\n".join(str(one.value) for part in parts for one in part)


def until(page: AppTest, is_so: Callable[[str], bool]) -> str:
    end = time.monotonic() + PATIENCE
    while not is_so(shown := words(page.run())):
        assert time.monotonic() < end, shown
        time.sleep(0.3)
    return shown


def test_an_upload_is_taken_in_by_a_job_and_found_by_the_next_question(page: AppTest) -> None:
    archive = session.archive()
    assert (
        not archive.search("zeppelin hangar").hits
        or archive.search("zeppelin hangar").hits[0].guid != "urn:z:1"
    )
    row = {"guid": "urn:z:1", "provider": "sky", "version": "1", "language": "en", "headline": "Hangar",
           "date": "2003-03-03T10:00:00Z", "body": "The zeppelin hangar of Friedrichshafen was sold."}  # fmt: skip
    page.file_uploader[0].upload("a story.jsonl", json.dumps(row).encode(), "application/json")
    page.button[-1].click().run()
    assert not page.exception
    shown = until(page, lambda one: "new: 1" in one)
    assert "a story" in shown.replace("\\", "")
    assert "started by local" in shown.replace("\\", "")
    # The server's own process, which opened the archive before, follows by itself.
    assert archive.search("zeppelin hangar").hits[0].guid == "urn:z:1"
    assert "sky" in archive.holdings().by_provider
    (job, *_) = session.desk().keeping.ingestions()
    assert job.actor == "local"
    kept = session.desk().keeping.order(job).paths[0]
    assert not kept.exists(), "what is taken in wholly need not be kept twice"
    assert kept.parent.parent == archive.settings.incoming_folder


def test_an_ingestion_is_followed_after_a_reload_cancelled_and_started_again(page: AppTest) -> None:
    archive = session.archive()
    with archive.store.writer_lock():  # so that it stands still while it is looked at
        page.file_uploader[0].upload("held <b>.jsonl", b"{}", "application/json")
        page.button[-1].click().run()
        shown = until(page, lambda one: "is writing to" in one)
        assert f"process {os.getpid()} is writing to" in shown
        reloaded = AppTest.from_function(_ingest_page, default_timeout=120).run()
        assert "is writing to" in words(reloaded), "it is in no session but in its files"
        cancel = next(one for one in reloaded.button if one.label == "Cancel")
        cancel.click().run()
        assert not reloaded.exception
        until(reloaded, lambda one: "What was stored until then stays." in one)
    again = next(one for one in reloaded.button if one.label == "Start again")
    again.click().run()
    assert not reloaded.exception
    until(reloaded, lambda one: one.count("**Done**") > shown.count("**Done**"))


def test_a_folder_of_the_server_that_is_not_there_is_told(page: AppTest) -> None:
    page.radio(key="ingest_from").set_value("server").run()
    page.text_area[0].input("/no/such/folder")
    page.button[-1].click().run()
    assert not page.exception
    assert "/no/such/folder does not exist" in words(page)


def test_a_failure_is_shown_and_leaves_the_list_when_it_is_mended(page: AppTest, made: Path) -> None:
    open_part(page, "failures")
    shown = words(page)
    assert "broken.txt" in shown
    assert "Remedy" in shown
    page.text_input(key="failures_filter").input("nosuchword").run()
    assert "None has these words." in words(page)
    page.text_input(key="failures_filter").input("BROKEN").run()
    assert "broken.txt" in words(page)

    broken = made.parent / "broken.txt"
    broken.write_text("2004-05-06\n\nA text with a date of its own.\n\nIt says when it was written.")
    (again,) = (one for one in page.button if one.key.startswith("try-"))
    again.click().run()
    assert not page.exception
    jobs = session.desk().keeping
    end = time.monotonic() + PATIENCE
    while (job := jobs.ingestions(1)[0]).state not in FINISHED:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert job.state is JobState.DONE, jobs.log(job.job_id)
    open_part(page, "failures")  # another test's may stand there
    assert "broken.txt" not in words(page)


def test_a_kill_is_looked_at_confirmed_and_told(page: AppTest) -> None:
    open_part(page, "withdraw")
    page.text_input(key="withdraw_guid").input("urn:test:fire")
    page.button[0].click().run()
    assert "Both fields are needed." in words(page), "a kill has a reason"

    page.text_input(key="withdraw_guid").input("urn:test:fire")
    page.text_input(key="withdraw_reason_kill").input("withdrawn by the agency")
    page.button[0].click().run()
    assert not page.exception
    shown = words(page)
    assert HOSTILE not in shown.replace(f"{HOSTILE}\n", ""), "a headline in Markdown is escaped"
    assert "Copies under other guids: 1" in shown
    assert session.archive().version("urn:test:fire"), "nothing is done before it is confirmed"

    (copy,) = page.checkbox
    copy.check().run()
    assert "Kill (stories: 2)" in page.button(key="withdraw_go").label
    page.button(key="withdraw_go").click().run()
    page.button(key="withdraw_yes").click().run()
    assert not page.exception
    assert "Stories changed: 2 of 2" in words(page)
    for guid in ("urn:test:fire", "urn:test:fire-copy"):
        with pytest.raises(StoryNotFound):
            session.archive().version(guid)

    open_part(page, "trail")
    table = page.dataframe[0].value
    mine = table[table["By whom"] == "local"]
    assert set(mine["Story or name"]) == {"urn:test:fire", "urn:test:fire-copy"}
    assert set(mine["Reason"]) == {"withdrawn by the agency"}
    page.text_input(key="trail_filter").input("fire-copy").run()
    assert len(page.dataframe[0].value) == 1


def test_a_name_is_hidden_and_shown_again(page: AppTest) -> None:
    open_part(page, "withdraw")
    page.radio(key="withdraw_act").set_value("suppress").run()
    page.text_input(key="withdraw_name").input("Maria Silva")
    page.text_input(key="withdraw_reason_suppress").input("court order")
    page.button[0].click().run()
    assert not page.exception
    assert "Stories with these words in this order: 1" in words(page)
    page.button(key="withdraw_go").click().run()
    page.button(key="withdraw_yes").click().run()
    assert not page.exception
    assert "Silva" not in session.archive().version("urn:test:silva").body
    page.radio(key="withdraw_act").set_value("unsuppress").run()
    page.selectbox[0].set_value("Maria Silva")
    page.text_input(key="withdraw_reason_unsuppress").input("order lifted")
    page.button[0].click().run()
    page.button(key="withdraw_go").click().run()
    page.button(key="withdraw_yes").click().run()
    assert not page.exception
    assert "Silva" in session.archive().version("urn:test:silva").body


def test_a_waiting_message_is_dismissed_with_a_reason(page: AppTest) -> None:
    open_part(page, "waiting")
    shown = words(page)
    assert "Messages that wait: 1" in shown
    assert "urn:test:absent" in shown
    dismiss = next(one for one in page.button if one.label == "Dismiss")
    dismiss.click().run()
    assert "a reason is needed" in words(page)
    page.text_input[0].input("it was never ours")
    next(one for one in page.button if one.label == "Dismiss").click().run()
    assert not page.exception
    assert "No message waits." in words(page)
