"""From files to the store: counted, repeatable, the same with and without processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.errors import SourceError, StoryNotFound
from domain.story import Item, Rejected, Version
from ingest import pipeline
from ingest.frames import Task
from ingest.pipeline import IngestProgress, ingest
from ingest.pool import ReadingPool
from tests.ingest.samples import count_tokens

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as opened:
        yield opened


def item(n: int, **fields: str) -> str:
    values = {"uri": f"urn:newsml:example.org:{n}", "versioncreated": "2020-01-01T10:00:00Z",
              "headline": f"H {n}", "body_text": f"Sentence {n}. Another one."}  # fmt: skip
    return json.dumps(values | fields)


def write(folder: Path, files: dict[str, list[str]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return folder


def stored(store: StoryStore) -> set[tuple[str, int, str, int, int]]:
    return {(p.guid, p.version, p.text, p.start, p.end) for batch in store.iter_passages(1000) for p in batch}


@pytest.mark.parametrize("processes", [0, 2])
def test_the_sample_goes_in_whole_and_only_once(store: StoryStore, processes: int) -> None:
    seen: list[IngestProgress] = []
    first = ingest([SAMPLE], store=store, count_tokens=count_tokens, processes=processes, progress=seen.append,
                   batch_size=50)  # fmt: skip
    lines = sum(len(file.read_text("utf-8").splitlines()) for file in SAMPLE.glob("*.jsonl"))
    assert first.read == lines
    assert first.quarantined == 0
    assert first.new + first.updated + first.unchanged + first.killed == lines
    assert first.killed == 1
    assert first.passages == store.count_pending()
    assert (seen[-1].items, seen[-1].bytes_done) == (lines, seen[-1].bytes_total)
    assert [progress.items for progress in seen] == sorted(progress.items for progress in seen)
    before = stored(store)
    again = ingest([SAMPLE], store=store, count_tokens=count_tokens, processes=processes)
    assert replace(again, seconds=0) == replace(
        first, new=0, updated=0, killed=0, unchanged=lines, passages=0, seconds=0
    )
    assert stored(store) == before


def test_processes_change_nothing_but_the_time(tmp_path: Path) -> None:
    found = []
    for processes in (0, 1, 3):
        with StoryStore.open(f"sqlite:///{tmp_path / f'{processes}.sqlite'}") as store:
            report = ingest([SAMPLE], store=store, count_tokens=count_tokens, processes=processes)
            found.append((replace(report, seconds=0), stored(store)))
    assert found[0] == found[1] == found[2]


def test_processes_are_started_for_what_is_large_once_unpacked(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    for file in (plain, packed):
        file.write_bytes(bytes(pipeline.PROCESSES_FROM_BYTES // 2))
    assert pipeline._processes(pipeline._extent([plain])[1]) == 0
    total, unpacked = pipeline._extent([plain, packed])
    assert total == pipeline.PROCESSES_FROM_BYTES
    assert unpacked == total // 2 * (1 + pipeline.TIMES_PACKED)
    assert 1 <= pipeline._processes(unpacked) <= pipeline.MOST_PROCESSES


def test_linking_left_out_is_made_up_for_by_the_next_ingestion(store: StoryStore) -> None:
    report = ingest([SAMPLE], store=store, count_tokens=count_tokens, linking=False)
    assert store.links.backlog() == report.new + report.updated + report.killed
    ingest([SAMPLE / "en.jsonl"], store=store, count_tokens=count_tokens)
    assert store.links.backlog() == 0


def test_versions_keep_their_order_over_files(store: StoryStore, tmp_path: Path) -> None:
    feed = write(
        tmp_path / "feed", {f"{n:03}.jsonl": [item(1, body_text=f"Text of sending {n}.")] for n in range(40)}
    )
    ingest([feed], store=store, count_tokens=count_tokens, processes=3)
    texts = [version.body for version in store.story("urn:newsml:example.org:1").versions]
    assert texts == [f"Text of sending {n}." for n in range(40)]


def test_what_cannot_be_read_is_kept_aside_and_the_rest_goes_in(store: StoryStore, tmp_path: Path) -> None:
    feed = write(
        tmp_path / "feed",
        {"a.jsonl": [item(1), "{broken", item(2)], "b.bin": ["\x00\x01 nothing known"], "c.json": [item(3)]},
    )
    (feed / "empty.json").touch()
    report = ingest([feed], store=store, count_tokens=count_tokens)
    assert (report.read, report.new, report.quarantined) == (6, 3, 3)
    remedies = {Path(failure.path).name: failure.remedy for failure in store.failures()}
    assert "--format" in remedies["b.bin"]
    assert remedies.keys() == {"a.jsonl", "b.bin", "empty.json"}


def test_a_kill_in_prose_takes_the_story_off_before_or_after_it(store: StoryStore, tmp_path: Path) -> None:
    kill = item(
        90,
        headline="KILL KILL KILL",
        versioncreated="2020-01-01T11:00:00Z",
        body_text="Kill urn:newsml:example.org:1 at once.",
    )
    feed = write(tmp_path / "feed", {"a.jsonl": [item(1), item(2)], "b.jsonl": [kill]})
    report = ingest([feed / "b.jsonl", feed / "a.jsonl"], store=store, count_tokens=count_tokens)
    assert (report.read, report.killed) == (3, 1)
    with pytest.raises(StoryNotFound):
        store.version("urn:newsml:example.org:1")
    assert store.version("urn:newsml:example.org:2").body


def test_a_wrong_path_or_format_is_said_at_once(store: StoryStore, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        ingest([tmp_path / "nowhere"], store=store, count_tokens=count_tokens)
    with pytest.raises(SourceError, match="no format"):
        ingest([SAMPLE], store=store, count_tokens=count_tokens, format="nitff")


def children() -> set[int]:
    listed = (file.read_text() for file in Path("/proc/self/task").glob("*/children"))
    return {int(pid) for pids in listed for pid in pids.split()}


def test_a_process_that_dies_costs_its_file_only(tmp_path: Path) -> None:
    """Killed in its second file, which it cannot have finished: nobody has taken what it read so far."""
    lines = [item(n) for n in range(1, 20_001)]
    feed = write(tmp_path / "feed", {"a.jsonl": [item(0)], "b.jsonl": lines, "c.jsonl": [item(20_001)]})
    before = children()
    files = tuple(sorted(feed.iterdir()))
    found: list[Item] = []
    with ReadingPool(processes=1) as pool:
        for frame in pool.frames([Task(files, "auto", None)]):
            found += [one.item for one in frame.items]
            if frame.started == files[1]:
                (child,) = children() - before
                os.kill(child, signal.SIGKILL)
    (lost,) = (one for one in found if isinstance(one, Rejected))
    assert "exit code -9" in lost.reason
    assert lost.source.path == str(files[1])
    read = [int(one.guid.rpartition(":")[2]) for one in found if isinstance(one, Version)]
    assert read == [*range(len(read) - 1), 20_001]
    assert len(read) < 20_000


def test_leaving_the_pool_early_ends_its_processes(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed", {f"{n}.jsonl": [item(i) for i in range(3000)] for n in range(6)})
    before = children()
    with ReadingPool(processes=2) as pool:
        next(iter(pool.frames(Task((file,), "auto", None) for file in sorted(feed.iterdir()))))
        assert children() - before
    assert children() == before


# Slowed after each of its 80 batches, so that the signal after the fifth finds it in the middle on any machine.
# A test run in the background of a shell inherits that Ctrl-C is ignored: here it must not be.
INTERRUPTED = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from db.store import StoryStore
from ingest.pipeline import ingest
from tests.ingest.samples import count_tokens
with StoryStore.open(sys.argv[1]) as store:
    ingest(sys.argv[2:], store=store, count_tokens=count_tokens, processes=2, batch_size=100,
           progress=lambda p: (print(p.items, flush=True), time.sleep(0.1)))
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_ingestion_leaves_no_process_and_is_finished_by_the_next(
    tmp_path: Path, ending: signal.Signals
) -> None:
    feed = write(
        tmp_path / "feed", {f"{n}.jsonl": [item(1000 * n + i) for i in range(1000)] for n in range(8)}
    )
    url = f"sqlite:///{tmp_path / 'archive.sqlite'}"
    command = [sys.executable, "-c", INTERRUPTED, url, str(feed)]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert running.stdout
    for _ in range(5):
        running.stdout.readline()
    running.send_signal(ending)
    running.communicate()
    for _ in range(100):
        if not processes_of_session(running.pid):
            break
        time.sleep(0.1)
    assert processes_of_session(running.pid) == []
    with StoryStore.open(url) as store:
        assert 0 < store.counts().stories < 8000
        report = ingest([feed], store=store, count_tokens=count_tokens)
        assert report.new + report.unchanged == 8000
        assert store.counts().stories == 8000


def processes_of_session(session: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return found
