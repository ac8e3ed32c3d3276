"""Evaluation through a desk: who may, what is named by keys only, runs and questions read from files, reviews kept."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

import evaluation.questions
import evaluation.results
from domain.access import Role, User
from domain.errors import ArchiveError, NotPermitted, SetError, SettingsError
from evaluation.judged import Judged
from evaluation.sets.review import Decision
from runtime import Archive, load_settings, runs
from runtime.desk import Desk
from runtime.desk.evaluating import Evaluating, RunFile
from runtime.evaluation_jobs import MakeOrder, RunOrder, evaluate, run_order
from runtime.jobs import JobKind, Jobs, JobState
from runtime.jobs.folder import JobFolder
from runtime.jobs.report import Report
from runtime.run_choice import ChangeOrder, Choice, Order
from runtime.sets import Origin, Shelf
from tests.evaluated import KILLED, run_twice
from tests.retrieval.small_archive import HashedWords

PATIENCE = 180.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("evaluated")
    with Archive.open(folder / "archive", embedder=HashedWords()) as opened:
        run_twice(opened, folder)
        yield opened


@pytest.fixture
def desk(archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Evaluating:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # no run of this machine's own
    return Desk(archive, User("anna", Role.ARCHIVIST)).evaluating


@pytest.fixture
def keys(desk: Evaluating) -> tuple[str, str]:
    """Of the run before the kill, and of that after."""
    found = {card.name: card.key for card in desk.runs()}
    return found["before"], found["after"]


def test_a_reader_is_refused(archive: Archive) -> None:
    with pytest.raises(NotPermitted, match="archivist"):
        Desk(archive, User("rob", Role.READER)).evaluating  # noqa: B018


def test_runs_are_found_where_the_command_line_writes_them(desk: Evaluating, keys: tuple[str, str]) -> None:
    cards = {card.name: card for card in desk.runs()}
    assert {"before", "after"} <= cards.keys()
    before = cards["before"]
    assert (before.model, before.questions, before.is_finished) == ("extractive", 4, True)
    found = {one.measure: one for one in desk.figures(keys[0]).measures}
    assert found["answer_accuracy"].questions == 3
    assert found["answer_accuracy"].value == pytest.approx(2 / 3, abs=1e-4)
    low, high = found["answer_accuracy"].low, found["answer_accuracy"].high
    assert low is not None
    assert high is not None
    assert low < found["answer_accuracy"].value < high
    by_language = [s for s in desk.figures(keys[0]).slices if s.dimension == "language"]
    assert {(s.slice, s.value) for s in by_language if s.measure == "answer_accuracy"} == {
        ("en", 1.0),
        ("fr", 0.0),
    }


def test_lists_figures_and_comparisons_read_no_answer(
    desk: Evaluating, keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process that has kept nothing yet: the run's small files do."""
    for kept in (runs._questions, runs._figures, runs._comparison, runs._card):
        kept.cache_clear()
    read: list[object] = []
    for module in (runs, evaluation.questions, evaluation.results):
        monkeypatch.setattr(module, "parse", read.append)
    assert desk.questions(keys[0], Choice(order=Order.SLOWEST)).total == 4
    assert desk.figures(keys[0]).questions == 4
    assert len(desk.compare(*keys).changes) == 1
    assert desk.run(keys[0]).questions == 4
    assert read == []


def test_a_run_of_an_earlier_program_is_read_once_and_then_has_the_small_file(
    desk: Evaluating, keys: tuple[str, str], archive: Archive
) -> None:
    """It lacks questions.npz, and its summary does not say how many questions each measure is of."""
    folder = archive.settings.archive / "runs" / "before"
    listed, found, compared = desk.questions(keys[0], Choice()), desk.figures(keys[0]), desk.compare(*keys)
    (folder / evaluation.questions.FILE).unlink()
    summary = orjson.loads((folder / "summary.json").read_bytes())
    del summary["scored"]
    (folder / "summary.json").write_bytes(orjson.dumps(summary))
    for kept in (runs._questions, runs._figures, runs._comparison):
        kept.cache_clear()
    again = desk.compare(*keys)
    assert (again.measures, again.changes) == (compared.measures, compared.changes)
    assert desk.figures(keys[0]) == found
    assert not (folder / evaluation.questions.FILE).exists()
    assert desk.questions(keys[0], Choice()) == listed
    assert (folder / evaluation.questions.FILE).exists()


def test_a_run_under_way_is_counted_from_where_it_was_left(desk: Evaluating, archive: Archive) -> None:
    runs_folder = archive.settings.archive / "runs"
    lines = (runs_folder / "before" / "results.jsonl").read_bytes().splitlines(keepends=True)
    folder = runs_folder / "growing"
    folder.mkdir()
    (folder / "manifest.json").write_bytes((runs_folder / "before" / "manifest.json").read_bytes())

    def counted(content: bytes) -> int:
        (folder / "results.jsonl").write_bytes(content)
        return next(card for card in desk.runs() if card.name == "growing").questions

    assert counted(lines[0]) == 1
    assert counted(b"".join(lines[:3])) == 3
    assert counted(b"".join(lines[:3]) + lines[3][:20]) == 3, "a line that is being written is none yet"
    assert counted(b"".join(lines)) == 4
    assert counted(b"".join(lines[:2])) == 2, "cut off behind its back"
    shutil.rmtree(folder)


def test_a_run_s_key_leads_to_no_other_archive_s_run(
    desk: Evaluating, keys: tuple[str, str], tmp_path: Path
) -> None:
    with Archive.open(load_settings(tmp_path / "other")) as other:
        elsewhere = Desk(other, User("anna", Role.ARCHIVIST)).evaluating
        with pytest.raises(SetError, match="not here any more"):
            elsewhere.run(keys[0])


def test_failures_are_filtered_and_ordered(desk: Evaluating, keys: tuple[str, str]) -> None:
    before, after = keys

    def ids(key: str, choice: Choice, at: int = 0) -> list[str]:
        return [row.query_id for row in desk.questions(key, choice, at=at).rows]

    assert ids(before, Choice()) == ["ferry", "wall", "pont", "moon"]
    assert ids(before, Choice(failed_only=True)) == ["pont"]
    assert ids(after, Choice(failed_only=True)) == ["ferry", "pont"]
    assert ids(after, Choice(order=Order.FAILED)) == ["ferry", "pont", "wall", "moon"]
    assert ids(after, Choice(order=Order.WORST, measure="answer_accuracy")) == [
        "ferry",
        "pont",
        "wall",
        "moon",
    ]
    assert ids(before, Choice(judged=Judged.RIGHTLY_DECLINED)) == ["moon"]
    assert ids(before, Choice(language="fr")) == ["pont"]
    assert ids(before, Choice(kind="date")) == ["wall"]
    assert ids(before, Choice(words="LADY ann")) == ["ferry"]
    assert ids(before, Choice(), at=3) == ["moon"]
    assert desk.questions(before, Choice(), at=3).total == 4


def test_a_question_is_shown_with_gold_verdicts_words_and_ranks(
    desk: Evaluating, keys: tuple[str, str]
) -> None:
    shown = desk.question(keys[0], "wall")
    assert shown.judged is Judged.RIGHT
    assert shown.query.answers == ("9 November 1989",)
    sentence = next(one for one in shown.sentences if not one.withheld)
    assert sentence.verdict == "supported"
    assert sentence.citations[0].exact
    assert sentence.citations[0].quote in sentence.text
    gold = next(one for one in shown.found if one.relevant)
    assert (gold.guid, gold.rank, gold.headline) == ("urn:test:wall", 1, "Berlin Wall opened")
    assert gold.passage is not None
    assert "Schabowski" in gold.passage
    assert dict(shown.scores)["answer_accuracy"] == 1.0
    with pytest.raises(SetError, match="no question"):
        desk.question(keys[0], "elsewhere")


def test_words_of_a_story_killed_since_are_not_shown(desk: Evaluating, keys: tuple[str, str]) -> None:
    shown = desk.question(keys[0], "ferry")  # it was answered by the story that is now killed
    assert shown.judged is Judged.RIGHT
    assert [one.hidden for one in shown.sentences if not one.withheld] == [True]
    told = " ".join(f"{one.text} {one.citations}" for one in shown.sentences)
    told += " ".join(f"{one.headline} {one.passage}" for one in shown.found)
    assert "214" not in told
    assert "coastguard" not in told
    assert [one.hidden for one in shown.found if one.guid == KILLED] == [True]


def test_two_runs_are_compared_question_by_question(desk: Evaluating, keys: tuple[str, str]) -> None:
    found = desk.compare(*keys)
    moved = found.measures["answer_accuracy"]
    assert (moved.better, moved.worse) == (0, 1)
    assert moved.holm == 1.0, "one question is no proof"
    lost = desk.changes(*keys, measure="answer_accuracy", order=ChangeOrder.LOST)
    assert [(row.query_id, row.moved, row.before, row.after) for row in lost.rows] == [
        ("ferry", -1.0, "answered", "not_in_archive")
    ]
    assert "Lady Ann" in lost.rows[0].text
    assert desk.changes(*keys, measure="answer_accuracy", order=ChangeOrder.GAINED).total == 0
    assert desk.changes(*keys, measure="answer_accuracy", order=ChangeOrder.MOST).rows[0].query_id == "ferry"
    with pytest.raises(SetError, match="same run"):
        desk.compare(keys[0], keys[0])


def test_files_are_opened_when_they_are_asked_for(desk: Evaluating, keys: tuple[str, str]) -> None:
    for kind, within in (
        (RunFile.ANSWERS, b'"query_id":"ferry"'), (RunFile.RANKING, b"ferry Q0 "),
        (RunFile.MANIFEST, b'"embedder"'), (RunFile.REPORT, b"<!doctype html>"),
    ):  # fmt: skip
        opened = desk.file(keys[0], kind)
        assert opened is not None
        with opened() as stream:
            assert within in stream.read()
    with pytest.raises(SetError, match="not here any more"):
        desk.file("../../etc/passwd", RunFile.REPORT)


def test_what_cannot_be_run_is_refused_before_a_process_is_started(desk: Evaluating) -> None:
    card = desk.upload(b"question\nWho?\n", called="mine.csv")
    with pytest.raises(SettingsError, match="not installed"):
        desk.start(card.key, answering="model", model="os:system")
    with pytest.raises(SettingsError, match="not installed"):
        desk.start(card.key, answering="model", model="https://example.org/v1")
    for name in ("../../x", "a/b", ".hidden", "-x", "a" * 65):
        with pytest.raises(SetError, match="cannot be a run's name"):
            desk.start(card.key, answering="extractive", name=name)
    with pytest.raises(SetError, match="not here any more"):
        desk.start("/etc/passwd", answering="extractive")
    assert desk.jobs() == []


def test_orders_survive_as_arguments() -> None:
    order = RunOrder(
        path=Path("/x/-y.csv"), title="--title -- x", name="a", answering="model", model="m", limit=3
    )
    assert run_order(order.arguments()) == order
    made = MakeOrder(path=Path("/x"), title="-t", by="-b", questions=1, stories=2, seed=3)
    assert run_order(made.arguments()) is None


def a_report(folder: Path) -> Report:
    import threading

    folder.mkdir(parents=True)
    return Report(JobFolder(folder), stop=threading.Event())


def test_only_the_archives_own_sets_are_made_and_only_evaluations_cancelled(
    desk: Evaluating, archive: Archive, tmp_path: Path
) -> None:
    order = MakeOrder(path=tmp_path / "elsewhere", title="t", by="b", questions=1, stories=1, seed=1)
    with pytest.raises(SetError, match="not among the archive's own"):
        evaluate(archive.settings, order.arguments(), a_report(tmp_path / "job"))
    other = Jobs(archive.settings.archive / "jobs").start(
        JobKind.INGEST, ("--", str(tmp_path / "none")), actor="x"
    )
    with pytest.raises(SetError, match="no evaluation"):
        desk.cancel(other.job_id)
    Jobs(archive.settings.archive / "jobs").cancel(other.job_id)


def test_an_interrupted_run_is_told_from_a_finished_one(desk: Evaluating, archive: Archive) -> None:
    before = archive.settings.archive / "runs" / "before"
    half = archive.settings.archive / "runs" / "half"
    half.mkdir()
    (half / "manifest.json").write_bytes((before / "manifest.json").read_bytes())
    lines = (before / "results.jsonl").read_bytes().splitlines(keepends=True)
    (half / "results.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:20])
    card = next(card for card in desk.runs() if card.name == "half")
    assert (card.is_finished, card.questions) == (False, 2)
    assert [row.query_id for row in desk.questions(card.key, Choice()).rows] == ["ferry", "wall"]
    with pytest.raises(SetError, match="has not ended"):
        desk.figures(card.key)
    (half / "manifest.json").unlink()
    assert "half" not in [card.name for card in desk.runs()]


def test_a_review_shows_stories_and_keeps_decisions_under_the_reviewers_name(
    desk: Evaluating, archive: Archive
) -> None:
    folder = archive.settings.archive / "sets" / "set-made"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": "a", "text": "gap?", "metadata": {"type": "cloze_removed", "removed": [KILLED, "urn:test:wall"]}},
            {"_id": "b", "text": "bridge", "metadata": {}}]  # fmt: skip
    (folder / "queries.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "answers.jsonl").write_text('{"_id": "a", "answers": [], "answerable": false}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nb\tonly-here\t1\nb\tnowhere\t1\n")
    (folder / "corpus.jsonl").write_text('{"_id": "only-here", "title": "T", "text": "The bridge."}\n')
    (folder / "set.toml").write_text("synthetic = true\n")
    card = next(card for card in desk.sets() if card.path == folder)
    assert desk.is_made(card.key)
    review = desk.review(card.key)
    first, second = review.open()
    assert [(one.guid, one.removed, one.hidden) for one in review.stories(first)] == [
        (KILLED, True, True), ("urn:test:wall", True, False),
    ]  # fmt: skip
    assert review.stories(first)[1].body.startswith("The Berlin Wall")
    assert [(one.guid, one.hidden, one.body) for one in review.stories(second)] == [
        ("only-here", False, "The bridge."), ("nowhere", True, ""),
    ]  # fmt: skip
    review.decide("a", Decision.REJECTED)
    counts = review.decide("b", Decision.EDITED, text=" which bridge? ")
    assert (counts.reviewed, counts.edited, counts.rejected) == (2, 1, 1)
    assert review.decisions()["a"].by == "anna"
    assert review.open() == ()
    inside = desk.contents(card.key)
    assert (inside.questions, inside.reviewed, inside.rejected) == (1, 2, 1)
    uploaded = desk.upload(b"question\nWho?\n", called="mine.csv")
    assert not desk.is_made(uploaded.key)
    with pytest.raises(SetError, match="not a made set"):
        desk.review(uploaded.key)


def test_a_set_made_by_a_job_is_listed_when_it_is_whole(tmp_path: Path) -> None:
    rows = [
        {"guid": f"urn:test:{i}", "provider": "test", "headline": f"Bridge of Town{i} opens", "language": "en",
         "date": "1994-03-08T10:00:00Z", "version": "1",
         "body": f"Mayor Name{i} of Town{i} opened bridge Number{i} on Monday before a crowd of {1000 + 7 * i} people, "
                 f"who had waited for it since the flood. It is called Span{i}. " + "Nothing more was said. " * 4}
        for i in range(6)
    ]  # fmt: skip
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    with Archive.open(tmp_path / "archive", embedder=HashedWords()) as archive:
        archive.ingest([feed])
        desk = Desk(archive, User("anna", Role.ARCHIVIST)).evaluating
        shelf = Shelf(archive.settings)
        order = MakeOrder(path=shelf.drawn(), title="-mine", by="anna", questions=5, stories=6, seed=1)
        told = evaluate(archive.settings, order.arguments(), a_report(tmp_path / "job"))
        card = next(card for card in desk.sets() if card.origin is Origin.MADE)
        assert (card.title, card.by, card.path) == ("-mine", "anna", order.path)
        assert desk.is_made(card.key)
        assert desk.contents(card.key).questions == told["questions"] > 0
        with pytest.raises(SetError, match="exists already"):
            evaluate(archive.settings, order.arguments(), a_report(tmp_path / "again"))
        assert [path.name for path in shelf.own.iterdir() if path.name.startswith(".")] == []


@pytest.mark.model
def test_a_job_runs_an_uploaded_set_and_goes_on_where_it_was_stopped(
    desk: Evaluating, archive: Archive, models_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process with the real embedder; the set's own story, in an archive of its own."""
    monkeypatch.setenv("DEPECHE_MODELS", str(models_cache))
    squad = {"data": [{"title": "Wall", "paragraphs": [{
        "context": "The Berlin Wall was opened on 9 November 1989 by East Germany, and crowds crossed it that night.",
        "qas": [{"id": f"q{i}", "question": "When was the Berlin Wall opened?",
                 "answers": [{"text": "9 November 1989", "answer_start": 30}]} for i in range(3)],
    }]}]}  # fmt: skip
    card = desk.upload(orjson.dumps(squad), called="wall.json")
    with pytest.raises(ArchiveError):
        desk.run("none")
    first = ended(desk, desk.start(card.key, answering="extractive", name="wall", limit=1).job_id)
    assert first.state is JobState.DONE, first.error
    run = desk.run_named("wall")
    assert run is not None
    assert (run.questions, run.limit, run.set_name) == (1, 1, "wall.json")
    assert run.home != archive.settings.archive
    results = run.folder / "results.jsonl"
    told = results.read_bytes()
    second = ended(desk, desk.start(card.key, answering="extractive", name="wall").job_id)
    assert (second.state, second.done, second.total) == (JobState.DONE, 3, 3)
    assert results.read_bytes().startswith(told), "the first question was not asked again"
    assert results.read_bytes().count(b"\n") == 3
    shown = desk.question(run.key, "q2")
    assert shown.judged is Judged.RIGHT
    assert shown.found[0].passage is not None


def ended(desk: Evaluating, job_id: str):  # type: ignore[no-untyped-def]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        job = next(job for job in desk.jobs() if job.job_id == job_id)
        if job.is_finished:
            return job
        time.sleep(0.3)
    raise AssertionError(f"job {job_id} did not end")
