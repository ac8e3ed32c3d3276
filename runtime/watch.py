"""Takes in what arrives in folders and feeds, within seconds, until it is stopped.

A file is taken in once its size and time have not changed for SETTLED seconds; what arrived while nothing
watched is taken in at the start, and what changed later again: ingesting is repeatable, so nothing is lost
and nothing doubled. Folders are looked through, not listened to: that works on network disks, misses
nothing, and takes at most a tenth of a core. A feed's text is kept in the archive's folder. A feed that fails, or
an archive that another process is writing to, is tried again.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from domain.errors import SettingsError, SourceError, StoreError
from domain.story import IngestReport
from ingest.sources import files_of

LOOK_EVERY = 1.0  # seconds
LOOKING_SHARE = 10  # a look that took a second is followed by at least ten without
SETTLED = 2.0  # seconds without change; uploads that pause longer should be renamed into place when whole
AFTER_TROUBLE = 5.0  # seconds before a next try
FEED_EVERY = 60.0
FEED_SECONDS = 30.0
MAX_FEED_BYTES = 64 * 1024 * 1024
MAX_REDIRECTS = 5
MOST_FILES = 1000  # ingested together
_AGAIN = "it is tried again"

Ingest = Callable[[Sequence[Path]], IngestReport]
Told = Callable[[str], None]
Signature = tuple[int, int]  # bytes, and when changed in ns


def is_feed(what: str) -> bool:
    return what.startswith(("http://", "https://"))


@dataclass(slots=True)
class FolderWatch:
    """Which files of a folder have arrived and settled since they were last taken in."""

    folder: Path
    clock: Callable[[], float] = time.monotonic
    _next: float = 0.0
    _taken: dict[Path, Signature] = field(default_factory=dict)
    _waiting: dict[Path, tuple[Signature, float]] = field(default_factory=dict)

    def arrived(self) -> list[Path]:
        """Files to take in now, in name order. `taken` confirms them."""
        ready: list[Path] = []
        if (now := self.clock()) < self._next:
            return ready
        present: dict[Path, Signature] = {}
        for path in files_of([self.folder]):
            try:
                status = path.stat()
            except OSError:
                continue  # gone again
            present[path] = signature = (status.st_size, status.st_mtime_ns)
            if self._taken.get(path) == signature:
                continue
            before, since = self._waiting.get(path, (None, now))
            if before != signature:
                since = now
            self._waiting[path] = (signature, since)
            if now - since >= SETTLED:
                ready.append(path)
        self._waiting = {path: one for path, one in self._waiting.items() if path in present}
        self._taken = {path: one for path, one in self._taken.items() if path in present}
        self._next = now + LOOKING_SHARE * (self.clock() - now)
        return ready

    def taken(self, paths: Sequence[Path]) -> None:
        for path in paths:
            if path in self._waiting:
                self._taken[path] = self._waiting.pop(path)[0]


@dataclass(slots=True)
class FeedWatch:
    """One feed's address, asked politely: nothing is fetched that has not changed."""

    url: str
    folder: Path  # where its text is kept
    every: float = FEED_EVERY
    clock: Callable[[], float] = time.monotonic
    _next: float = 0.0
    _tag: str | None = None
    _changed: str | None = None
    _waiting: Path | None = None
    _digest: str | None = None

    def arrived(self) -> list[Path]:
        """The feed's text where it has changed. Raises SourceError where it cannot be had."""
        if self.clock() >= self._next:
            self._next = self.clock() + self.every
            if (content := self._fetched()) is not None:
                digest = hashlib.sha256(content).hexdigest()
                if digest != self._digest:
                    self._waiting, self._digest = self._kept(content), digest
        return [self._waiting] if self._waiting else []

    def taken(self, _paths: Sequence[Path]) -> None:
        self._waiting = None

    def _fetched(self) -> bytes | None:
        headers = {"User-Agent": "depeche"}
        if self._tag:
            headers["If-None-Match"] = self._tag
        if self._changed:
            headers["If-Modified-Since"] = self._changed
        try:
            with (
                httpx.Client(
                    follow_redirects=True, max_redirects=MAX_REDIRECTS, timeout=FEED_SECONDS
                ) as client,
                client.stream("GET", self.url, headers=headers) as response,
            ):
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                response.raise_for_status()
                content = bytearray()
                for block in response.iter_bytes():
                    content += block
                    if len(content) > MAX_FEED_BYTES:
                        raise SourceError(f"{self.url} is larger than {MAX_FEED_BYTES >> 20} MiB")
                self._tag, self._changed = response.headers.get("ETag"), response.headers.get("Last-Modified")
                return bytes(content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(f"{self.url} cannot be had: {error}") from error

    def _kept(self, content: bytes) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{hashlib.sha256(self.url.encode()).hexdigest()[:16]}.feed"
        part = path.with_suffix(".part")
        part.write_bytes(content)
        os.replace(part, path)  # noqa: PTH105 atomic, and says so
        return path


Watched = FolderWatch | FeedWatch


def watched(names: Sequence[str], *, feeds: Path, feed_every: float = FEED_EVERY) -> list[Watched]:
    """What the names name: folders, and http(s) addresses of feeds. Raises SettingsError."""
    found: list[Watched] = []
    for name in names:
        if is_feed(name):
            found.append(FeedWatch(url=name, folder=feeds, every=feed_every))
        elif Path(name).is_dir():
            found.append(FolderWatch(folder=Path(name)))
        else:
            raise SettingsError(
                f"{name} is neither a folder nor an http(s) address", hint="make the folder first"
            )
    return found


def watch(
    what: Sequence[Watched], *, ingest: Ingest, told: Told, stop: threading.Event
) -> Iterator[IngestReport]:
    """A report for each time that something was taken in, until `stop` is set. Troubles go to `told`."""
    while not stop.is_set():
        pause = LOOK_EVERY
        for one in what:
            try:
                paths = one.arrived()[:MOST_FILES]
                if paths and not stop.is_set():
                    report = ingest(paths)
                    one.taken(paths)
                    yield report
            except (StoreError, SourceError) as error:
                # The archive is being written to, the disk is full, a file went between the look and
                # the reading, a feed is down: all of it may pass.
                told(f"{error.message}: {_AGAIN}")
                pause = AFTER_TROUBLE
        stop.wait(pause)


__all__ = ["FeedWatch", "FolderWatch", "is_feed", "watch", "watched"]
