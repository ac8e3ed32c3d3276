"""The commands as a person runs them: real processes, real weights, JSON as DESIGN promises it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUICK_MODEL, ROOT

pytestmark = pytest.mark.model


def depeche(*words: str | Path, archive: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DEPECHE_ARCHIVE": str(archive),
        "DEPECHE_MODEL__NAME": QUICK_MODEL,
        "DEPECHE_MODEL__CONTEXT": "4096",
        "DEPECHE_ANSWER__MAX_TOKENS": "96",
    }
    done = subprocess.run(
        [Path(sys.executable).with_name("depeche"), *map(str, words)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def printed(*words: str | Path, archive: Path) -> Any:
    return json.loads(depeche(*words, "--json", archive=archive).stdout)


@pytest.fixture(scope="module")
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    report = printed("ingest", ROOT / "data" / "sample", archive=folder)
    lines = sum(len(p.read_text("utf-8").splitlines()) for p in (ROOT / "data" / "sample").glob("*.jsonl"))
    assert report["read"] == lines
    assert report["quarantined"] == 0
    assert report["killed"] == 1
    assert report["new"] + report["updated"] + report["unchanged"] + report["killed"] >= lines
    return folder


def test_second_ingest_changes_nothing(archive: Path) -> None:
    report = printed("ingest", ROOT / "data" / "sample", archive=archive)
    assert (report["new"], report["updated"], report["passages"]) == (0, 0, 0)
    assert report["unchanged"] == report["read"]


def test_search_obeys_filters(archive: Path) -> None:
    found = printed("search", "Berlin", "--lang", "fr", "--to", "1990", "-k", "20", archive=archive)["hits"]
    assert found
    assert all(hit["lang"] == "fr" and hit["published"] < "1991" for hit in found)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many Chilean miners were rescued in October 2010?", "33"),
        ("Combien de mineurs ont été sauvés au Chili en octobre 2010 ?", "33"),
    ],
)
def test_answers_cite_exact_words(archive: Path, question: str, said: str) -> None:
    answer = printed("ask", question, archive=archive)
    assert answer["outcome"] in ("answered", "partial"), answer["text"]
    cited = [c for s in answer["sentences"] for c in s["citations"]]
    assert cited, "an answer without a citation"
    for citation in cited:
        story = printed("story", citation["guid"], "--version", str(citation["version"]), archive=archive)
        body = story["versions"][0]["body"]
        assert body[citation["start"] : citation["end"]] == citation["quote"]
    assert said in answer["text"] or any(said in c["quote"] for c in cited)
    assert answer["tokens"]["prompt"] > 0
    assert answer["model"] == QUICK_MODEL


def test_what_is_not_there_is_not_said(archive: Path) -> None:
    answer = printed("ask", "Who won the 2031 Rugby World Cup?", archive=archive)
    assert answer["outcome"] == "not_in_archive"
    assert answer["sentences"] == []


def test_extractive_needs_no_model(archive: Path) -> None:
    answer = printed("ask", "Wer wurde 1998 Bundeskanzler?", "--extractive", archive=archive)
    assert answer["model"] is None
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        assert sentence["citations"]


def test_a_killed_story_is_gone_at_once(archive: Path) -> None:
    hits = printed("search", "Kasparov Deep Blue chess match", "--lang", "en", archive=archive)["hits"]
    guid = hits[0]["guid"]
    depeche("kill", guid, "--reason", "tried in a test", archive=archive)
    after = printed("search", "Kasparov Deep Blue chess match", "--lang", "en", archive=archive)["hits"]
    assert guid not in [hit["guid"] for hit in after]
    assert "StoryNotFound" not in depeche("story", guid, archive=archive, status=1).stderr
    history = printed("story", guid, "--history", archive=archive)["history"]
    assert any(act["action"] == "kill" and act["reason"] == "tried in a test" for act in history)
    depeche("release", guid, archive=archive)
    assert guid in [
        hit["guid"] for hit in printed("search", "Kasparov Deep Blue chess match", archive=archive)["hits"]
    ]


def test_killed_and_embargoed_stories_of_the_sample_stay_out(archive: Path) -> None:
    for words in ("pumpkin prize", "Halley comet return 2061"):
        guids = [hit["guid"] for hit in printed("search", words, "-k", "50", archive=archive)["hits"]]
        assert not [g for g in guids if "pumpkin" in g or "halley-return" in g]


def test_an_unreadable_item_is_kept_aside(archive: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(
        '{"uri": "urn:test:ok", "versioncreated": "2001-01-01T00:00:00Z", "body_text": "A line.", "language": "en", "headline": "H", "type": "text"}\n{broken\n'
    )
    report = printed("ingest", bad, archive=archive)
    assert (report["new"], report["quarantined"]) == (1, 1)
    failure = printed("ingest", "--failures", archive=archive)["failures"][0]
    assert failure["path"].endswith("bad.jsonl")
    assert failure["reason"]
    assert failure["remedy"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["story", "urn:none"], 1, "urn:none"),
        (["search", "x", "--from", "May"], 2, "May"),
        (["ask"], 2, "question"),
        (["models", "pull", "none"], 1, "none"),
        (["eval", "nowhere"], 1, "nowhere"),
        (["ingest", "nowhere.xml"], 1, "nowhere.xml"),
    ],
)
def test_errors_are_plain(archive: Path, words: list[str], status: int, said: str) -> None:
    assert said in depeche(*words, archive=archive, status=status).stderr


def test_index_agrees_and_can_be_made_again(archive: Path) -> None:
    assert printed("index", "--check", archive=archive)["ok"] is True
    before = printed("search", "World Cup final 1998", archive=archive)["hits"]
    printed("index", "--rebuild", archive=archive)
    assert printed("index", "--check", archive=archive)["ok"] is True
    after = printed("search", "World Cup final 1998", archive=archive)["hits"]
    assert [h["guid"] for h in before] == [h["guid"] for h in after]


def test_every_command_has_help_and_examples() -> None:
    names = [
        "ingest",
        "search",
        "ask",
        "story",
        "kill",
        "hold",
        "release",
        "answers",
        "eval",
        "doctor",
        "index",
        "serve",
    ]
    for name in names:
        done = subprocess.run(
            [Path(sys.executable).with_name("depeche"), name, "--help"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "Example" in done.stdout, name
