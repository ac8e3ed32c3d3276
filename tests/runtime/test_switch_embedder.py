"""An archive changes its embedder with both real ones of the catalogue: killed half-way it goes on, searches
and ingestion elsewhere go on meanwhile and follow, and the index's own record decides what it opens with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.errors import IndexStale, SettingsError
from domain.query import Mode
from retrieval.recorded import read_current
from runtime import Archive, load_settings
from runtime.backup import backup, restore

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[2]
BEFORE, AFTER = "multilingual-e5-small", "all-minilm-l6-v2"
EVENTS = (
    "Wheat exports to the Soviet Union rose by a third",
    "The central bank left its lending rate unchanged",
    "Rescuers reached the miners trapped below the desert",
    "The two chancellors signed the border treaty",
    "A storm closed the harbour and cut power lines",
    "Steel workers ended their strike after a pay offer",
    "The court annulled the budget of the province",
    "Astronauts repaired the telescope in orbit",
)
STORIES = 32

# The real command with small steps, killed after its third commit.
DIE_HALF_WAY = """
import os, signal, sys
import retrieval.index as indexing
from retrieval.lexical.index import LexicalWriter
from runtime import Archive
commit, left = LexicalWriter.commit, [3]
def deadly(self):
    commit(self)
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
LexicalWriter.commit = deadly
indexing.SearchIndex.re_embed.__kwdefaults__["batch"] = 4
Archive.open(sys.argv[1]).switch_embedder(sys.argv[2])
"""


def jsonl(path: Path, *, first: int, count: int) -> Path:
    lines = [
        {
            "guid": f"urn:test:{number}",
            "versioncreated": f"1987-03-{1 + number % 28:02d}T10:00:00Z",
            "language": "en",
            "headline": f"{EVENTS[number % len(EVENTS)]}, part {number}",
            "body_text": f"{EVENTS[number % len(EVENTS)]}, officials said in report {number}.",
        }
        for number in range(first, first + count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture(scope="module", autouse=True)
def both_installed(models_cache: Path) -> None:
    from runtime.wiring import model_path

    if model_path(AFTER, cache=models_cache) is None:
        pytest.fail(f"{AFTER} is not in {models_cache}: run `make test-models` first")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Archive.open(tmp_path / "archive") as archive:
        archive.ingest([jsonl(tmp_path / "first.jsonl", first=0, count=STORIES)])
    return tmp_path / "archive"


class Searching(threading.Thread):
    """Another reader of the same folder, with parts of its own, that never stops asking."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.stopping = folder, threading.Event()
        self.used: list[str] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        with Archive.open(self.folder) as archive:
            while not self.stopping.wait(0.05):
                try:
                    hits = archive.search("wheat sold to Moscow", mode=Mode.DENSE, limit=1).hits
                    if not hits or "Wheat" not in (hits[0].headline or ""):
                        self.wrong.append(repr(hits))
                except Exception as error:  # noqa: BLE001 - whatever a reader of the archive would have met
                    self.wrong.append(repr(error))
                self.used.append(archive.embedder.fingerprint.partition(":")[0])


@pytest.fixture
def searching(folder: Path) -> Iterator[Searching]:
    thread = Searching(folder)
    thread.start()
    yield thread
    thread.stopping.set()
    thread.join(60)


def test_switched_half_way_killed_and_resumed_while_others_search_and_write(
    folder: Path, searching: Searching, tmp_path: Path
) -> None:
    watcher = Archive.open(folder)
    assert watcher.index_pending() == 0  # its parts are those of the old embedder
    died = subprocess.run(
        [sys.executable, "-c", DIE_HALF_WAY, str(folder), AFTER],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert (folder / "index" / "generation-2").is_dir()
    with Archive.open(folder) as other:
        assert other.embedder_in_use == BEFORE
        assert other.check_index().is_whole
        backup(other.settings, other.store, tmp_path / "safe.tar.zst")
    elsewhere = load_settings(tmp_path / "restored")
    restore(elsewhere, tmp_path / "safe.tar.zst")
    assert not (elsewhere.index_folder / "generation-2").exists(), "what is half made is not in a backup"
    with Archive.open(elsewhere) as restored:
        assert restored.check_index().is_whole
    watcher.ingest([jsonl(tmp_path / "second.jsonl", first=STORIES, count=4)])
    assert not searching.wrong
    assert set(searching.used) == {BEFORE}

    with Archive.open(folder) as switching:
        steps: list[int] = []
        done = switching.switch_embedder(AFTER, lambda progress: steps.append(progress.done))
        assert steps == sorted(steps)
        assert done == steps[-1] == STORIES + 4
        assert switching.search("wheat sold to Moscow", mode=Mode.DENSE, limit=1).hits
    until = len(searching.used) + 3
    while len(searching.used) < until and searching.is_alive():
        threading.Event().wait(0.05)
    assert not searching.wrong
    assert searching.used[-1] == AFTER, "a reader that was open before follows"
    watcher.ingest([jsonl(tmp_path / "third.jsonl", first=STORIES + 4, count=2)])  # so does a writer
    watcher.close()
    with Archive.open(folder) as opened:
        assert opened.embedder.fingerprint.startswith(AFTER)
        check = opened.check_index()
        assert check.is_whole
        assert check.dense == check.lexical == check.passages == STORIES + 6
        assert opened.switch_embedder(AFTER) == 0
    assert [entry.name for entry in (folder / "index").iterdir() if entry.is_dir()] == ["generation-2"]


def test_the_command_and_a_setting_that_disagrees(folder: Path) -> None:
    explicit = load_settings(folder, overrides={"embedder.name": AFTER})
    with Archive.open(explicit) as archive, pytest.raises(IndexStale, match=f"index --switch {AFTER}"):
        archive.search("wheat")
    done = CliRunner().invoke(app, ["index", "--archive", str(folder), "--switch", AFTER, "--json"])
    assert json.loads(done.stdout) == {"indexed": STORIES, "embedder": AFTER}
    with Archive.open(explicit) as archive:
        assert archive.search("wheat").hits
    against = load_settings(folder, overrides={"embedder.name": BEFORE})
    with Archive.open(against) as archive, pytest.raises(IndexStale, match=f"index --switch {BEFORE}"):
        archive.search("wheat")


def test_code_is_named_by_this_machine_and_never_by_an_archive(folder: Path, tmp_path: Path) -> None:
    code = "tests.runtime.word_embeddings:WordEmbeddings"
    (folder / "depeche.toml").write_text(f'[embedder]\nname = "{code}"\n')
    with pytest.raises(SettingsError, match="code to run"):
        load_settings(folder, environ={})
    (folder / "depeche.toml").unlink()
    here = load_settings(folder, environ={"DEPECHE_EMBEDDER__NAME": code})
    with Archive.open(load_settings(folder, environ={})) as archive:
        archive.switch_embedder(code)
        assert archive.search("wheat").hits
    assert read_current(folder / "index").embedder == code  # type: ignore[union-attr]
    with Archive.open(here) as archive:
        assert archive.search("wheat", mode=Mode.DENSE).hits
    with (
        Archive.open(load_settings(folder, environ={})) as archive,
        pytest.raises(IndexStale, match="DEPECHE_EMBEDDER__NAME"),
    ):
        archive.search("wheat")


@pytest.mark.parametrize("name", ["no.such.module:Thing", "json:JSONDecoder", "json:nothing"])
def test_code_that_gives_no_embedder_is_named(tmp_path: Path, name: str) -> None:
    settings = load_settings(tmp_path, environ={"DEPECHE_EMBEDDER__NAME": name})
    with Archive.open(settings) as archive, pytest.raises(SettingsError, match=name):
        archive.search("wheat")


def test_a_folder_of_weights_is_an_embedder(folder: Path, models_cache: Path) -> None:
    with Archive.open(folder) as archive:
        archive.switch_embedder(str(models_cache / AFTER))
        assert archive.embedder.max_tokens == 256
    with Archive.open(folder) as archive:
        assert archive.embedder_in_use == str(models_cache / AFTER)
        assert archive.search("wheat", mode=Mode.DENSE).hits
