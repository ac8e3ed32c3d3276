"""Takes in what arrives in folders and feeds, within seconds, until it is stopped.

A file is taken in once its size and time have not changed for SETTLED seconds; what arrived while nothing
watched is taken in at the start, and what changed later again: ingesting is repeatable, so nothing is lost
and nothing doubled. Folders are looked through, not listened to: that works on network disks, misses
nothing, and takes at most a tenth of a core. A feed's text is kept in the archive's folder, and beside it what its
server said of it, so that one that has not changed is not fetched again, not even after a restart. Each feed is
asked in a thread of its own. A feed that fails or hangs, a full disk, an archive that another process is writing to:
it is told, and tried again.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from domain.errors import IndexFault, SettingsError, SourceError, StoreError
from domain.story import IngestReport
from ingest.sources import files_of

LOOK_EVERY = 1.0  # seconds
LOOKING_SHARE = 10  # a look that took a second is followed by at least ten without
SETTLED = 2.0  # seconds without change; uploads that pause longer should be renamed into place when whole
AFTER_TROUBLE = 5.0  # seconds before a next try
FEED_EVERY = 60.0
FEED_SECONDS = 30.0  # without a byte, and twice that for the whole of it
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a feed's server said of the text taken in last."""

    tag: str | None = None
    changed: str | None = None
    digest: str | None = None  # SHA-256, for servers that say nothing


@dataclass(slots=True)
class FeedWatch:
    """One feed's address, asked politely: nothing is fetched that has not changed."""

    url: str
    folder: Path  # where its text is kept
    every: float = FEED_EVERY
    clock: Callable[[], float] = time.monotonic
    _next: float = 0.0
    _known: _Told | None = None
    _waiting: tuple[Path, _Told] | None = None

    @property
    def is_due(self) -> bool:
        return self._waiting is not None or self.clock() >= self._next

    def arrived(self) -> list[Path]:
        """The feed's text where it has changed. Raises SourceError or OSError where it cannot be had or kept."""
        if self.clock() >= self._next:
            self._next = self.clock() + self.every
            self._known = self._known or self._recalled()
            if (fetched := self._fetched(self._known)) is not None:
                content, told = fetched
                if told.digest != self._known.digest:
                    self._waiting = (_kept(self._file(".feed"), content), told)
                elif told != self._known:
                    self._remember(told)
        return [self._waiting[0]] if self._waiting else []

    def taken(self, _paths: Sequence[Path]) -> None:
        if self._waiting:
            told, self._waiting = self._waiting[1], None
            self._remember(told)

    def _remember(self, told: _Told) -> None:
        self._known = told
        known = {"url": self.url, "tag": told.tag, "changed": told.changed, "digest": told.digest}
        _kept(self._file(".json"), json.dumps(known, indent=1).encode())

    def _recalled(self) -> _Told:
        """What was said of the text that an earlier watch took in."""
        try:
            found = json.loads(self._file(".json").read_bytes())
            return _Told(tag=found["tag"], changed=found["changed"], digest=found["digest"])
        except (OSError, ValueError, LookupError, TypeError):
            return _Told()

    def _fetched(self, known: _Told) -> tuple[bytes, _Told] | None:
        headers = {"User-Agent": "depeche"}
        if known.tag:
            headers["If-None-Match"] = known.tag
        if known.changed:
            headers["If-Modified-Since"] = known.changed
        began = time.monotonic()
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
                    if time.monotonic() - began > 2 * FEED_SECONDS:
                        raise SourceError(f"{self.url} takes longer than {2 * FEED_SECONDS:.0f} s")
                tag, changed = response.headers.get("ETag"), response.headers.get("Last-Modified")
                return bytes(content), _Told(
                    tag=tag, changed=changed, digest=hashlib.sha256(content).hexdigest()
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(f"{self.url} cannot be had: {error or type(error).__name__}") from error

    def _file(self, ending: str) -> Path:
        return self.folder / f"{hashlib.sha256(self.url.encode()).hexdigest()[:16]}{ending}"


def _kept(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(content)
    os.replace(part, path)  # noqa: PTH105 atomic, and says so
    return path


@dataclass(slots=True)
class _InBackground:
    """A feed asked in a thread of its own: a server that hangs holds up nothing else, not even the end."""

    feed: FeedWatch
    _asking: threading.Thread | None = None
    _found: list[Path] = field(default_factory=list)
    _trouble: SourceError | OSError | None = None

    def arrived(self) -> list[Path]:
        if self._asking is None and self.feed.is_due:
            self._found, self._trouble = [], None
            self._asking = threading.Thread(target=self._ask, daemon=True)
            self._asking.start()
        if self._asking is None or self._asking.is_alive():
            return []
        self._asking = None
        if self._trouble is not None:
            raise self._trouble
        return self._found

    def taken(self, paths: Sequence[Path]) -> None:
        self.feed.taken(paths)

    def _ask(self) -> None:
        try:
            self._found = self.feed.arrived()
        except (SourceError, OSError) as error:
            self._trouble = error


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
    sources = [_InBackground(one) if isinstance(one, FeedWatch) else one for one in what]
    while not stop.is_set():
        pause = LOOK_EVERY
        for one in sources:
            try:
                paths = one.arrived()[:MOST_FILES]
                if paths and not stop.is_set():
                    report = ingest(paths)
                    one.taken(paths)
                    yield report
            except (StoreError, SourceError, IndexFault) as error:
                # The archive is being written to, the disk is full, a file went between the look and
                # the reading, a feed is down, the index is to be rebuilt: all of it may pass.
                told(f"{error.message}: {_AGAIN}" + (f" ({error.hint})" if error.hint else ""))
                pause = AFTER_TROUBLE
            except OSError as error:
                told(f"{error.strerror or error}: {_AGAIN}")
                pause = AFTER_TROUBLE
        stop.wait(pause)


__all__ = ["FeedWatch", "FolderWatch", "is_feed", "watch", "watched"]
