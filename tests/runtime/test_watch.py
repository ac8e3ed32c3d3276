"""Watching: what arrives is taken in once, when it is whole; troubles pass; Ctrl-C ends it cleanly."""

from __future__ import annotations

import errno
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
from domain.errors import ArchiveLocked, SettingsError
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
    """A feed whose text, status and manner the test sets. It notes what it was asked with, and what it sent."""

    text: ClassVar[str] = ""
    status: ClassVar[int] = 200
    says: ClassVar[str] = "ETag"  # or "Last-Modified", or ""
    seconds_a_byte: ClassVar[float] = 0.0
    asked: ClassVar[list[str | None]] = []
    sent: ClassVar[list[int]] = []

    def do_GET(self) -> None:
        cls = type(self)
        if cls.status != 200:
            self.send_error(cls.status)
            return
        day = 1 + len(cls.text) % 28
        tag = f'"{len(cls.text)}"' if cls.says == "ETag" else f"Mon, {day:02} Jan 2001 10:00:00 GMT"
        known = self.headers["If-None-Match" if cls.says == "ETag" else "If-Modified-Since"]
        self.asked.append(known)
        same = bool(cls.says) and known == tag
        self.sent.append(304 if same else 200)
        self.send_response(304 if same else 200)
        if cls.says:
            self.send_header(cls.says, tag)
        self.end_headers()
        for at in range(0, 0 if same else len(cls.text), 1 if cls.seconds_a_byte else len(cls.text)):
            self.wfile.write((cls.text[at] if cls.seconds_a_byte else cls.text).encode())
            self.wfile.flush()
            time.sleep(cls.seconds_a_byte)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(port: int = 0) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Feed)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    Feed.text, Feed.status, Feed.says, Feed.seconds_a_byte = (
        RSS.format(items=ENTRY.format(n=1)),
        200,
        "ETag",
        0.0,
    )
    Feed.asked.clear()
    Feed.sent.clear()
    running = serve()
    yield running
    running.shutdown()
    running.server_close()


def address_of(server: http.server.ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/news.rss"


@pytest.fixture
def address(server: http.server.ThreadingHTTPServer) -> str:
    return address_of(server)


class Asked:
    """A feed watch and a clock; `again()` is the next time its turn comes."""

    def __init__(self, address: str, store: StoryStore, folder: Path) -> None:
        self.clock, self.store = Clock(), store
        self.feed = FeedWatch(url=address, folder=folder, every=60, clock=self.clock)

    def now(self) -> IngestReport | None:
        if not (paths := self.feed.arrived()):
            return None
        report = ingest(paths, store=self.store, count_tokens=count_tokens)
        self.feed.taken(paths)
        return report

    def again(self) -> IngestReport | None:
        self.clock.now += 60
        return self.now()


@pytest.fixture
def asked(address: str, store: StoryStore, tmp_path: Path) -> Asked:
    return Asked(address, store, tmp_path / "archive" / "feeds")


@pytest.mark.parametrize("says", ["ETag", "Last-Modified", ""])
def test_a_feed_is_taken_in_when_it_has_changed(asked: Asked, says: str) -> None:
    Feed.says = says
    first = asked.now()
    assert first is not None
    assert (first.read, first.new) == (1, 1)
    assert asked.now() is None, "not before its time"
    assert asked.again() is None
    assert Feed.sent == [200, 304 if says else 200]
    Feed.text = RSS.format(items="".join(ENTRY.format(n=n) for n in (1, 2)))
    second = asked.again()
    assert second is not None
    assert (second.read, second.new, second.unchanged) == (2, 1, 1)
    assert asked.store.version("urn:rss:2").headline == "Ferry 2"


def test_a_feed_that_has_not_changed_is_not_fetched_again_after_a_restart(asked: Asked) -> None:
    assert asked.now()
    restarted = Asked(asked.feed.url, asked.store, asked.feed.folder)
    assert restarted.now() is None
    assert Feed.sent == [200, 304]


def test_what_could_not_be_taken_in_is_not_forgotten(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, forced here, when the feed's text is to be kept: its server must be asked for all of it again."""
    with monkeypatch.context() as patch:
        patch.setattr("runtime.watch.os.replace", _disk_full)
        with pytest.raises(OSError, match="No space"):
            asked.feed.arrived()
    assert asked.again()
    assert Feed.sent == [200, 200]
    Feed.text = RSS.format(items=ENTRY.format(n=10))
    asked.clock.now += 60
    assert asked.feed.arrived()  # and then the process dies, before it is taken in
    restarted = Asked(asked.feed.url, asked.store, asked.feed.folder)
    report = restarted.now()
    assert report is not None
    assert report.new == 1


def _disk_full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:f</id><entry><id>urn:atom:1</id>
<title>Ferry 1</title><updated>2001-01-01T10:00:00Z</updated><content>It left.</content></entry></feed>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "urn:json:1",
"title": "Ferry 1", "content_text": "It left.", "date_published": "2001-01-01T10:00:00Z"}]}"""


@pytest.mark.parametrize(("text", "guid"), [(ATOM, "urn:atom:1"), (JSON_FEED, "urn:json:1")])
def test_atom_and_json_feeds_too(asked: Asked, text: str, guid: str) -> None:
    Feed.text = text
    assert asked.now()
    assert asked.store.version(guid).body == "It left."


def test_a_feed_that_is_down_is_told_and_taken_in_when_it_is_back(
    server: http.server.ThreadingHTTPServer,
    store: StoryStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Refused, then failing, then there; beside it another whose server drips a byte now and then."""
    monkeypatch.setattr("runtime.watch.AFTER_TROUBLE", 0.05)
    monkeypatch.setattr("runtime.watch.LOOK_EVERY", 0.05)
    server.shutdown()
    server.server_close()
    url, told, stop = address_of(server), list[str](), threading.Event()
    dripping = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Dripping", (Feed,), {"seconds_a_byte": 0.5})
    )
    dripping.daemon_threads, dripping.block_on_close = True, False
    threading.Thread(target=dripping.serve_forever, args=(0.05,), daemon=True).start()
    running: list[http.server.ThreadingHTTPServer] = []

    def hear(trouble: str) -> None:
        told.append(trouble)
        if len(told) == 1:
            Feed.status = 503
            running.append(serve(server.server_port))
        elif "503" in trouble:
            Feed.status = 200

    def take(paths: Sequence[Path]) -> IngestReport:
        return ingest(paths, store=store, count_tokens=count_tokens)

    sources = watched([address_of(dripping), url], feeds=tmp_path / "feeds", feed_every=0.1)
    began = time.monotonic()
    for report in watch(sources, ingest=take, told=hear, stop=stop):
        assert report.new == 1
        stop.set()
    assert time.monotonic() - began < 30, "the feed that hangs held up the other"
    assert any("cannot be had" in one for one in told)
    assert any("503" in one for one in told)
    for one in (*running, dripping):
        one.shutdown()
        one.server_close()


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
