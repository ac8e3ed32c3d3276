"""What the commands say to a person at a terminal: warnings, remedies and numbers. No weights are needed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from cli.main import run
from cli.text import clue_lines
from domain.query import TimeClue
from runtime import Archive, load_settings

EMBEDDER = "tests.runtime.word_embeddings:WordEmbeddings"
STORIES = (
    (
        "urn:test:wheat",
        "1987-03-26",
        "Wheat exports rise",
        "Wheat exports rose by a third, Maria Silva said.",
    ),
    ("urn:test:steel", "1988-05-02", "Steel strike ends", "Steel workers ended their strike after an offer."),
)

Depeche = Callable[..., tuple[int, str, str]]


@pytest.fixture
def depeche(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Depeche:
    """Runs a command as the script does: exit status, standard output, standard error."""
    monkeypatch.setenv("DEPECHE_EMBEDDER__NAME", EMBEDDER)
    monkeypatch.setenv("DEPECHE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("DEPECHE_ARCHIVE", str(tmp_path / "archive"))

    def call(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["depeche", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return call


@pytest.fixture
def archive(depeche: Depeche, tmp_path: Path) -> Path:
    lines = [
        {"guid": guid, "date": day, "language": "en", "headline": headline, "body": body}
        for guid, day, headline, body in STORIES
    ]
    feed = tmp_path / "feed.jsonl"
    feed.write_text("".join(json.dumps(line) + "\n" for line in lines))
    status, out, err = depeche("ingest", feed)
    assert (status, "2 new" in out) == (0, True)
    assert err.startswith("at work"), "in a pipe there is a word at the start"
    return tmp_path / "archive"


@pytest.mark.usefixtures("archive")
def test_suppressing_says_how_many_stories_hold_the_name(depeche: Depeche) -> None:
    order = ("--reason", "court order 1/2001")
    status, out, err = depeche("suppress", "Jane Roe", *order)
    assert (status, "no story holds" in out) == (0, True)
    assert "warning" in err
    assert "“Jane Roe”" in err
    status, out, err = depeche("suppress", "Maria Silva", *order)
    assert (status, err) == (0, "")
    assert "1 story holds the name" in out
    assert "hidden already since" in depeche("suppress", "Maria Silva", *order)[1]
    assert all(name in depeche("suppressions")[1] for name in ("Jane Roe", "Maria Silva")), (
        "both are recorded"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("search", "wheat"), ("ask", "who?"), ("story", "urn:x"), ("answers",), ("stats",), ("waiting",),
        ("index", "--check"), ("kill", "urn:x", "--reason", "r"), ("suppress", "A B", "--reason", "r"),
        ("ingest", "--failures"), ("saved", "list"), ("feedback",), ("similar", "urn:x"),
        ("eval", "make", "new-set"),
    ],
)  # fmt: skip
def test_a_mistyped_archive_is_not_made(depeche: Depeche, tmp_path: Path, words: tuple[str, ...]) -> None:
    nowhere = tmp_path / "nowhere"
    status, out, err = depeche("--archive", nowhere, *words)
    assert (status, out) == (1, "")
    assert f"no archive in {nowhere}" in err
    assert "depeche ingest" in err
    assert not nowhere.exists()


def test_what_cannot_be_a_folder_is_told_plainly(depeche: Depeche, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no archive")
    for place in (file, file / "below"):
        status, _, err = depeche("ingest", file, "--archive", place)
        assert status == 2
        assert f"{place} cannot be an archive's folder" in err
        assert "--archive" in err


@pytest.mark.usefixtures("archive")
def test_an_answer_ends_with_its_number(depeche: Depeche) -> None:
    _, out, _ = depeche("ask", "Who ended their strike after an offer?", "--extractive")
    last = out.strip().splitlines()[-1]
    number = re.match(r"\(answer (\d+); ", last)
    assert number, last
    assert "tokens" not in last, "nothing was read by a model"
    assert "strike" in depeche("answers", number[1])[1]


def test_pulling_in_a_pipe_has_a_first_line(depeche: Depeche) -> None:
    status, _, err = depeche("models", "pull", "none")
    assert status == 1
    assert err.startswith("none: fetching")


@pytest.mark.usefixtures("archive")
def test_a_server_that_is_down_cannot_be_reached(depeche: Depeche) -> None:
    status, _, err = depeche("ask", "Who ended their strike?", "--model", "http://127.0.0.1:9/v1")
    assert status == 1
    assert "http://127.0.0.1:9/v1 cannot be reached" in err
    assert "names no model" not in err


def test_the_path_is_looked_at_before_the_embedder(
    depeche: Depeche, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEPECHE_EMBEDDER__NAME", "multilingual-e5-small")  # it is not in this cache
    status, _, err = depeche("ingest", tmp_path / "missing.xml")
    assert (status, "missing.xml does not exist" in err) == (1, True)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "bad.jsonl",
            '{"guid": "a", "date": "2001-01-01", "body": "A text."}\n\n{broken\n',
            "line 3: not JSON",
        ),
        ("bad.csv", "guid,date,body\na,2001-01-01,Text\nb,2001-01-01\n", "line 3: the row has 2 fields"),
    ],
)
def test_what_is_kept_aside_is_told_by_its_line(
    depeche: Depeche, tmp_path: Path, name: str, content: str, said: str
) -> None:
    bad = tmp_path / name
    bad.write_text(content)
    assert "1 kept aside" in depeche("ingest", bad)[1]
    told = depeche("ingest", "--failures")[1]
    assert f"{name}, item 2: {said}" in told, told


@pytest.mark.usefixtures("archive")
def test_the_words_of_the_desk(depeche: Depeche) -> None:
    assert "nothing was done to it" in depeche("story", "urn:test:wheat", "--history")[1]
    assert depeche("kill", "urn:test:wheat", "--reason", "r")[1] == "urn:test:wheat is now killed\n"
    assert "[test]  killed" in depeche("story", "urn:test:wheat", "--history")[1]
    assert re.match(
        "“1988”: stories published .* rank a little higher\n", depeche("search", "strike 1988")[1]
    )


@pytest.mark.parametrize(
    ("start", "end", "hard", "said"),
    [
        ("1988-01-01", "1989-01-01", False, "stories published in 1988 rank a little higher"),
        ("1988-01-01", "1990-01-01", True, "only stories published from 1988 to 1989"),
        ("1988-02-01", "1988-03-01", True, "only stories published in 1988-02"),
        ("1988-02-03", "1988-02-04", True, "only stories published on 1988-02-03"),
        ("1988-02-03", "1988-03-01", True, "only stories published from 1988-02-03 to 1988-02-29"),
        (None, "1988-03-01", True, "only stories published until 1988-02-29"),
        ("1988-02-03", None, True, "only stories published from 1988-02-03"),
    ],
)
def test_a_clue_says_what_it_does(start: str | None, end: str | None, hard: bool, said: str) -> None:
    first, last = (datetime.fromisoformat(f"{day}T00:00Z") if day else None for day in (start, end))
    assert list(clue_lines([TimeClue(words="then", start=first, end=last, hard=hard)])) == [f"“then”: {said}"]


def test_embedders_are_offered_for_an_index(depeche: Depeche, archive: Path) -> None:
    status, _, err = depeche("index", "--switch", "nosuch")
    assert (status, "multilingual-e5-small" in err, "qwen" in err) == (1, True, False)
    with Archive.open(load_settings(archive)) as opened:
        assert opened.holdings().stories == len(STORIES)


def test_the_chosen_models_are_marked(depeche: Depeche) -> None:
    lines = depeche("models", "list")[1].splitlines()
    assert lines[0].split() == ["model", "kind", "size", "here", "licence"]
    assert [line.split()[1] for line in lines if line.startswith("*")] == ["qwen2.5-coder-1.5b"]


def test_doctor_begins_with_what_there_is_to_do(depeche: Depeche, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPECHE_EMBEDDER__NAME", "multilingual-e5-small")
    status, out, _ = depeche("doctor")
    assert status == 0
    first, second, *rest = out.splitlines()
    assert "depeche models pull qwen2.5-coder-1.5b" in first
    assert "depeche models pull multilingual-e5-small" in second
    assert "KiB" in "\n".join(rest), "the arithmetic of this machine"
    longer = depeche("doctor", "--other-machines")[1]
    assert len(longer.splitlines()) > len(out.splitlines()) + 10


def test_a_set_whose_corpus_is_not_here_is_no_fault(
    depeche: Depeche, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEPECHE_SHARED", str(tmp_path / "none"))
    status, out, _ = depeche("eval", "sets", Path(__file__).resolve().parents[2] / "data")
    assert status == 0
    assert "NOT VALID" not in out
    assert re.search(r"evaluation-reuters: its corpus is not here: .*none", out)


@pytest.mark.usefixtures("archive")
def test_an_evaluation_prints_what_applies(depeche: Depeche, tmp_path: Path) -> None:
    questions = tmp_path / "questions.csv"
    questions.write_text("question,guid\nwheat exports,urn:test:wheat\n")
    status, out, err = depeche("eval", questions, "--retrieval-only")
    assert (status, "ndcg@10" in out) == (0, True), err
    assert "None" not in out
    assert "multihop" not in out
    assert "hits@4" not in out
