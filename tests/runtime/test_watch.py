"""Watching: what arrives is taken in once, when it is whole; troubles pass; Ctrl-C ends it cleanly."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from db.store import StoryStore
from domain.errors import ArchiveLocked, SettingsError, SourceError
from domain.story import IngestReport
from ingest.pipeline import ingest
from runtime.watch import SETTLED, FeedWatch, FolderWatch, watch, watched
from tests.end_to_end.contents import feed_of
from tests.ingest.samples import count_tokens

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>"""
ENTRY = (
    "<item><guid>urn:rss:{n}</guid><title>Ferry {n}</title><description>It left the harbour {n}.</description>"
    "<pubDate>Mon, 01 Jan 2001 10:00:00 GMT</pubDate></item>"
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive' / 'archive.sqlite'}") as opened:
        yield opened


def test_a_file_is_taken_once_it_is_whole_and_again_when_it_changes(tmp_path: Path) -> None:
    clock = Clock()
    folder = FolderWatch(folder=tmp_path, clock=clock)
    (tmp_path / "a").write_text("1")
    assert folder.arrived() == []
    clock.now += SETTLED / 2
    (tmp_path / "a").write_text("12")  # still being written
    assert folder.arrived() == []
    clock.now += SETTLED / 2
    assert folder.arrived() == []
    clock.now += SETTLED
    assert folder.arrived() == [tmp_path / "a"]
    assert folder.arrived() == [tmp_path / "a"], "until it is confirmed"
    folder.taken([tmp_path / "a"])
    clock.now += 100
    assert folder.arrived() == []
    (tmp_path / "a").write_text("123")
    assert folder.arrived() == []
    clock.now += SETTLED
    assert folder.arrived() == [tmp_path / "a"]
    (tmp_path / "a").unlink()
    assert folder.arrived() == []


class Feed(http.server.BaseHTTPRequestHandler):
    served: ClassVar[dict[str, str | int]] = {}
    asked: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        tag = f'"{hash(self.served["text"])}"'
        self.asked.append(self.headers["If-None-Match"])
        if self.served.get("status", 200) != 200:
            self.send_error(int(self.served["status"]))
            return
        same = self.headers["If-None-Match"] == tag
        self.send_response(304 if same else 200)
        self.send_header("ETag", tag)
        self.end_headers()
        if not same:
            self.wfile.write(str(self.served["text"]).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/news.rss"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_feed_is_taken_in_when_it_has_changed(address: str, store: StoryStore, tmp_path: Path) -> None:
    clock = Clock()
    feed = FeedWatch(url=address, folder=tmp_path / "archive" / "feeds", every=60, clock=clock)

    def round_of() -> IngestReport | None:
        if not (paths := feed.arrived()):
            return None
        report = ingest(paths, store=store, count_tokens=count_tokens)
        feed.taken(paths)
        return report

    Feed.served |= {"text": RSS.format(items=ENTRY.format(n=1)), "status": 200}
    first = round_of()
    assert first is not None
    assert (first.read, first.new) == (1, 1)
    assert round_of() is None, "not before its time"
    clock.now += 60
    assert round_of() is None
    assert Feed.asked[-1], "the second time the feed is asked for what has changed"
    Feed.served["text"] = RSS.format(items="".join(ENTRY.format(n=n) for n in (1, 2)))
    clock.now += 60
    second = round_of()
    assert second is not None
    assert (second.read, second.new, second.unchanged) == (2, 1, 1)
    Feed.served["status"] = 503
    clock.now += 60
    with pytest.raises(SourceError, match="503"):
        feed.arrived()
    Feed.served["status"] = 200
    assert store.version("urn:rss:2").headline == "Ferry 2"


def test_troubles_are_told_and_tried_again(
    store: StoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.watch.AFTER_TROUBLE", 0.1)
    monkeypatch.setattr("runtime.watch.LOOK_EVERY", 0.1)
    (tmp_path / "drop").mkdir()
    feed_of(3, tmp_path / "drop" / "in.jsonl")
    stop, told, tries = threading.Event(), list[str](), list[int]()

    def take(paths: Sequence[Path]) -> IngestReport:
        tries.append(1)
        if len(tries) < 3:
            raise ArchiveLocked("process 1 is writing")
        return replace(ingest(paths, store=store, count_tokens=count_tokens), seconds=0)

    for report in watch(
        watched([str(tmp_path / "drop")], feeds=tmp_path), ingest=take, told=told.append, stop=stop
    ):
        assert report.new == 3
        stop.set()
    assert len(told) == 2
    assert "process 1 is writing" in told[0]


def test_only_folders_and_addresses_can_be_watched(tmp_path: Path) -> None:
    for name in ("nowhere", "ftp://example.org/x"):
        with pytest.raises(SettingsError, match="neither a folder"):
            watched([name], feeds=tmp_path)


@pytest.mark.model
def test_the_command_takes_in_within_seconds_and_ends_on_ctrl_c(models_cache: Path, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    feed_of(2, drop / "early.jsonl")
    running = subprocess.Popen(
        [Path(sys.executable).with_name("depeche"), "watch", str(drop), "-a", str(tmp_path / "archive")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert running.stdout
        assert "2 new" in running.stdout.readline(), "what was there before"
        feed_of(5, tmp_path / "late.jsonl").rename(drop / "late.jsonl")
        arrived = time.monotonic()
        assert "3 new" in running.stdout.readline()
        assert time.monotonic() - arrived < 20
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0, said
    assert "Traceback" not in said
