"""A stranger's own table of questions in one command: over an archive, over stories named, compared, scored again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from runtime import Archive, load_settings

pytestmark = pytest.mark.model

STORIES = (
    ("s1", "1994-03-08", "en", "Ferry runs aground off Corran", "The ferry Lady Ann ran aground off Corran on Tuesday "
     "with 214 people on board, the coastguard said. Captain Ewan Reid said a steering fault was to blame."),
    ("s2", "1996-05-14", "en", "Corran harbour to be dredged", "The council of Corran approved on Monday a plan to "
     "dredge its harbour at a cost of 3.2 million pounds. Work is to begin in September."),
    ("s3", "2005-08-21", "en", "Chess title for Marta Lindqvist", "Marta Lindqvist won the Nordic chess title in Bergen "
     "on Sunday, beating Olaf Strand in 41 moves. It is her third title."),
    ("s4", "1999-11-03", "en", "Tram line opens in Ostrava", "A new tram line of 7 kilometres opened in Ostrava on "
     "Wednesday, two years late. It cost 900 million crowns."),
)  # fmt: skip
QUESTIONS = """Question;Answer;GUID;Date;Lang;Type;Answerable
How many people were on board the ferry Lady Ann?;214;s1;;en;number;
What will the dredging of Corran harbour cost?;3.2 million;s2 s99;;en;number;
Who won the Nordic chess title?;Lindqvist;s3;2006-01-01;en;name;
Who won the Nordic chess title?;;;2000-01-01;en;name;no
Who painted the ceiling of Corran town hall?;;;;en;name;no
"""


@pytest.fixture(scope="module")
def folder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    rows = [
        {"id": i, "date": d, "lang": lang, "headline": h, "text": t, "provider": "t"}
        for i, d, lang, h, t in STORIES
    ]
    (folder / "stories.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "mine.csv").write_text(QUESTIONS, encoding="utf-8")
    with Archive.open(load_settings(folder / "archive")) as archive:
        archive.ingest([folder / "stories.jsonl"])
    return folder


def depeche(folder: Path, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("depeche"), "eval", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ
        | {"XDG_CACHE_HOME": str(folder / "cache"), "DEPECHE_MODELS": str(load_settings().models_cache)},
    )
    assert done.returncode == status, done.stderr
    return done


def test_a_table_of_questions_over_an_archive(folder: Path) -> None:
    done = depeche(folder, "mine.csv", "--archive", "archive", "--extractive", "--report", "report", "--json")
    found = orjson.loads(done.stdout)
    assert found["queries"] == 5
    assert found["answer_accuracy"] == 1.0
    assert found["abstention"]["recall"] == 1.0
    assert found["citations_exact"] == 1.0
    assert set(found["violations"].values()) == {0}
    assert found["time_sensitive_accuracy"] == 1.0
    assert "1 of the guids, s99" in done.stderr
    assert {"ndcg@10", "recall@100", "mrr@10", "f1", "citation_precision", "latency"} <= found.keys()
    page = (folder / "report" / "report.html").read_text("utf-8")
    assert "Who painted the ceiling of Corran town hall?" in page
    manifest = orjson.loads((folder / "report" / "manifest.json").read_bytes())
    assert {
        "corpus",
        "code",
        "versions",
        "machine",
        "settings",
        "seed",
        "embedder",
        "questions",
    } <= manifest.keys()
    with Archive.open(load_settings(folder / "archive")) as archive:
        assert archive.answers() == [], "the questions of an evaluation are not the desk's"


def test_the_same_over_stories_named_then_scored_again_and_compared(folder: Path) -> None:
    over = ("mine.csv", "--corpus", "stories.jsonl")
    depeche(folder, *over, "--retrieval-only", "--name", "ranked", "--jobs", "3", "--json")
    first = orjson.loads(depeche(folder, *over, "--extractive", "--name", "first", "--json").stdout)
    assert first["answer_accuracy"] == 1.0
    table = folder / "mine.csv"
    table.write_text(QUESTIONS.replace(";214;", ";two hundred;"), encoding="utf-8")
    again = orjson.loads(depeche(folder, *over, "--rescore", "first", "--json").stdout)
    assert again["answer_accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    table.write_text(QUESTIONS, encoding="utf-8")
    runs = next((folder / "cache" / "depeche" / "evaluation").glob("mine-*/runs"))
    found = orjson.loads(depeche(folder, "--compare", "ranked", str(runs / "first"), "--json").stdout)
    assert found["comparison"]["ndcg@10"]["before"] == found["comparison"]["ndcg@10"]["after"]
    assert len(found["changes"]) == 5, "one run answered and the other did not"
    assert "measure" in depeche(folder, str(runs / "first"), "--compare", "ranked").stdout


def test_floors_and_faults_end_with_status_one(folder: Path) -> None:
    (folder / "floors.toml").write_text('corpus = "other"\n[[floor]]\nmeasure = "f1"\nat_least = 0.1\nmeasured = 1.0\n'
                                        'on = 2026-01-01\nreason = "r"\n')  # fmt: skip
    done = depeche(
        folder,
        "mine.csv",
        "--corpus",
        "stories.jsonl",
        "--retrieval-only",
        "--floors",
        "floors.toml",
        status=1,
    )
    assert "measure anew" in done.stderr
    (folder / "bad.csv").write_text("question,date\nWho?,May\n")
    assert "bad.csv, line 2: date = 'May'" in depeche(folder, "sets", "bad.csv", status=1).stdout
    assert "5 questions (3 with answers, 2 to be declined)" in depeche(folder, "sets", "mine.csv").stdout
    empty = depeche(folder, "mine.csv", "--archive", "empty", status=1)
    assert "holds no story" in empty.stderr
