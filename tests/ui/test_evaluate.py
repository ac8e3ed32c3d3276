"""The evaluate page: sets with what is wrong in them, a run's figures and failures, two runs compared, a review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from runtime import Archive
from runtime.jobs import JobKind, Jobs
from tests.evaluated import run_twice
from tests.retrieval.small_archive import HashedWords
from tests.ui.pages import before, html_of, opened, said

HOSTILE = "</textarea><script>alert(1)</script> **b** :smile: [x](javascript:alert(1))"


def _page() -> None:
    from ui.evaluate import page

    page()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The archive's folder, open for the pages of this module."""
    path = tmp_path_factory.mktemp("evaluate")
    with Archive.open(path / "archive", embedder=HashedWords()) as archive:
        run_twice(archive, path)
    _made_set(path / "archive" / "sets" / "set-made")
    broken = path / "archive" / "sets" / "set-broken.csv"
    broken.write_text("question,answerable\nWho?,yes\nWhen?,perhaps\n")
    with pytest.MonkeyPatch.context() as patched, before(path / "archive"):
        patched.setenv("XDG_CACHE_HOME", str(path / "cache"))  # no run of this machine's own
        yield path / "archive"


def _made_set(folder: Path) -> None:
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": "a", "text": HOSTILE, "metadata": {"lang": "en", "removed": ["urn:test:wall"]}},
            {"_id": "b", "text": "What opened on ____?", "metadata": {"lang": "en"}}]  # fmt: skip
    (folder / "queries.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    answers = [{"_id": "a", "answers": [], "answerable": False}, {"_id": "b", "answers": ["2004"]}]
    (folder / "answers.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in answers))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nb\turn:test:bridge\t1\n")
    (folder / "corpus.jsonl").write_text('{"_id": "urn:test:bridge", "text": "The bridge opened in 2004."}\n')
    (folder / "set.toml").write_text("synthetic = true\n")


def page(view: str) -> AppTest:
    return opened(_page, {"view": view})


def cells(app: AppTest, *columns: str) -> list[dict[str, object]]:
    """The rows of the first table with these columns."""
    found = next(one.value for one in app.dataframe if set(columns) <= set(one.value.columns))
    return [dict(row) for _, row in found.iterrows()]


def chosen(app: AppTest, key: str, label: str) -> AppTest:
    """Chooses the option that begins so."""
    box = app.selectbox(key=key)
    return box.select_index(next(i for i, one in enumerate(box.options) if one.startswith(label))).run()


def test_sets_are_told_or_what_is_wrong_with_them(folder: Path) -> None:
    app = page("sets")
    assert "150 questions (beir)" in said(app)
    app = chosen(app, "evaluate_set", "set-broken.csv")
    assert not app.exception
    assert any("line 3: 'answerable' is not yes or no: 'perhaps'" in one.value for one in app.text)
    assert not any(one.key == "evaluate_answering" for one in app.radio), "nothing to run"
    app = chosen(app, "evaluate_set", "set-made")
    assert "made by a program" in said(app)


def test_an_uploaded_set_is_kept_and_chosen(folder: Path) -> None:
    app = page("sets")
    app.file_uploader(key="evaluate_upload").upload(
        "mine.csv", b"question,answer\nWho?,Kohl\n", "text/csv"
    ).run()
    app.button(key="evaluate_upload_go").click().run()
    assert not app.exception
    assert (
        app.selectbox(key="evaluate_set")
        .options[app.selectbox(key="evaluate_set").index]
        .startswith("mine.csv")
    )
    assert "1 questions (csv)" in said(app)
    app.file_uploader(key="evaluate_upload").upload("bad.csv", b"answer\nKohl\n", "text/csv").run()
    app.button(key="evaluate_upload_go").click().run()
    assert any("bad.csv, line 1: no column 'question'" in one.value for one in app.text)


def test_a_run_is_ordered_as_a_job_and_may_be_stopped(folder: Path) -> None:
    app = chosen(page("sets"), "evaluate_set", "evaluation ·")
    app.radio(key="evaluate_answering").set_value("retrieval")
    app.number_input(key="evaluate_limit").set_value(3)
    app.text_input(key="evaluate_name").set_value("mine")
    next(one for one in app.button if one.label == "Run").click().run()
    assert not app.exception
    assert "run mine" in said(app)
    jobs = [job for job in Jobs(folder / "jobs").all() if job.kind is JobKind.EVALUATE]
    assert {"--name=mine", "--answering=retrieval", "--limit=3"} <= set(jobs[0].arguments)
    app.button(key=f"evaluate_cancel_{jobs[0].job_id}").click().run()
    app.text_input(key="evaluate_name").set_value("../up")
    next(one for one in app.button if one.label == "Run").click().run()
    assert any("cannot be a run's name" in one.value for one in app.text)


def test_a_set_without_feedback_is_refused_in_words(folder: Path) -> None:
    app = page("sets")
    app.button(key="evaluate_feedback_go").click().run()
    assert not app.exception
    assert any("no judged answer gives a question" in one.value for one in app.text)


def test_a_runs_figures_stand_in_tables_beside_their_charts(folder: Path) -> None:
    app = chosen(page("run"), "evaluate_run", "before")
    assert not app.exception
    rows = {row["measure"]: row for row in cells(app, "measure", "what it is")}
    assert rows["answer_accuracy"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert rows["answer_accuracy"]["from"] < rows["answer_accuracy"]["value"] < rows["answer_accuracy"]["to"]
    assert rows["answer_accuracy"]["what it is"] == "an accepted answer is said"
    charts = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert len(charts) == 3
    assert all(charts)
    slices = {row["value of it"]: row["value"] for row in cells(app, "value of it")}
    assert slices == {"en": 1.0, "fr": 0.0}
    counted = {(row["of"], row["counted"]): row["value"] for row in cells(app, "counted")}
    assert counted["stories that must not be shown", "killed"] == "0"
    assert len(app.get("download_button")) == 4


def test_failures_are_drilled_into(folder: Path) -> None:
    app = chosen(page("run"), "evaluate_run", "after")
    app.toggle(key="evaluate_failed").set_value(True).run()
    assert [row["id"] for row in cells(app, "came out")] == ["ferry", "pont"]
    app = chosen(app, "evaluate_question", "pont")
    assert not app.exception
    assert "wrongly declined" in said(app)
    assert "Accepted answers" in said(app)
    assert "Jacques Chirac" in said(app)
    found = cells(app, "relevant")
    assert [row["relevant"] for row in found if row["id"] == "urn:test:bridge"] == ["yes"]
    assert "Qui a inauguré" in html_of(app)


def test_words_of_a_story_killed_since_are_nowhere_on_the_page(folder: Path) -> None:
    app = chosen(page("run"), "evaluate_run", "before")
    app = chosen(app, "evaluate_question", "ferry")
    assert "may not be shown now" in said(app)
    assert "coastguard" not in said(app) + html_of(app)
    assert not any("coastguard" in str(row) for row in cells(app, "relevant"))


def test_two_runs_are_compared_and_what_was_lost_is_shown_twice(folder: Path) -> None:
    app = page("compare")
    app = chosen(app, "evaluate_after", "after")
    app = chosen(app, "evaluate_before", "before")
    assert not app.exception
    moved = {row["measure"]: row for row in cells(app, "p (Holm)")}
    assert (moved["answer_accuracy"]["worse"], moved["answer_accuracy"]["more than luck"]) == (1, "no")
    rows = cells(app, "moved")
    assert (rows[0]["id"], rows[0]["moved"]) == ("ferry", -1.0)
    assert (rows[0]["outcome before"], rows[0]["outcome after"]) == ("Answered", "Not in the archive")
    assert "wrongly declined" in said(app)
    app.selectbox(key="evaluate_change_order").select_index(1).run()
    assert "No question changed like that." in said(app)


def test_a_made_set_is_reviewed_question_by_question(folder: Path) -> None:
    app = page("review")
    assert "Question 1 of 2" in said(app)
    assert app.text_area(key="evaluate_text_a").value == HOSTILE, "data, in a field"
    assert "<script>" not in html_of(app)
    assert "Schabowski" in html_of(app), "the story left out is shown"
    app.button(key="evaluate_reject").click().run()
    assert "Question 2 of 2" in said(app)
    app.text_area(key="evaluate_answers_b").set_value(" ")
    app.button(key="evaluate_edit").click().run()
    assert any("would have no answer" in one.value for one in app.text)
    app.text_area(key="evaluate_answers_b").set_value("2004\nin 2004")
    app.button(key="evaluate_edit").click().run()
    assert "Every question has been decided on." in said(app)
    lines = (folder / "sets" / "set-made" / "review.jsonl").read_bytes().splitlines()
    kept = [(one["_id"], one["decision"], one.get("answers")) for one in map(orjson.loads, lines)]
    assert kept == [("a", "rejected", None), ("b", "edited", ["2004", "in 2004"])]
    app.toggle(key="evaluate_only_open").set_value(False).run()
    assert "Edited by local" in said(app)
    app.button(key="evaluate_previous").click().run()
    assert "Rejected by local" in said(app)


def test_a_long_list_ends_and_an_older_run_is_opened_by_its_address(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = page("run").selectbox(key="evaluate_run").options
    assert len(whole) == 2
    oldest = chosen(page("run"), "evaluate_run", whole[1]).selectbox(key="evaluate_run").value
    monkeypatch.setattr("ui.evaluate_choice.LISTED", 1)
    app = page("run")
    assert app.selectbox(key="evaluate_run").options == whole[:1]
    assert "The latest 1 of 2 runs." in said(app)
    again = opened(_page, {"view": "run", "run": oldest}).selectbox(key="evaluate_run")
    assert (again.options, again.value) == (whole, oldest)


def test_the_address_says_where_the_reader_was(folder: Path) -> None:
    app = chosen(page("run"), "evaluate_run", "after")
    key = app.query_params["run"][0] if isinstance(app.query_params["run"], list) else app.query_params["run"]
    again = opened(_page, {"view": "run", "run": key})
    box = again.selectbox(key="evaluate_run")
    assert box.options[box.index].startswith("after")
    assert not opened(_page, {"view": "run", "run": "../../etc"}).exception
