"""The reading process: takes tasks (files) on standard input, gives frames of items on standard output.

Started by `ingest.pool` as `python -m ingest.worker`, never by hand. It holds no archive and no model;
when its parent is gone, its pipe breaks and it ends.
"""

from __future__ import annotations

import pickle
import signal
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from domain.story import Version
from ingest.reading import ReadItem, read_file
from ingest.sources import Meter

FRAME_ITEMS = 200
FRAME_CHARACTERS = 4_000_000  # bounds a frame's memory where stories are long
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Task:
    """Files to read one after another, with the caller's choices."""

    files: tuple[Path, ...]
    format: str
    provider: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """Some items of one file; `started` names a file that is begun, `is_last` closes a task."""

    items: tuple[ReadItem, ...] = ()
    bytes_read: int = 0  # since the frame before
    started: Path | None = None
    is_last: bool = False


def frames(task: Task) -> Iterator[Frame]:
    """What a task gives, in order. Also used without a process, for small inputs."""
    meter = Meter()
    for file in task.files:
        yield Frame(started=file)
        items: list[ReadItem] = []
        characters = 0
        for one in read_file(file, format=task.format, provider=task.provider, meter=meter):
            items.append(one)
            characters += len(one.item.body) if isinstance(one.item, Version) else 0
            if len(items) >= FRAME_ITEMS or characters >= FRAME_CHARACTERS:
                yield Frame(items=tuple(items), bytes_read=meter.bytes_read)
                items, characters, meter.bytes_read = [], 0, 0
        yield Frame(items=tuple(items), bytes_read=meter.bytes_read)
        meter.bytes_read = 0
    yield Frame(is_last=True)


def send(stream: BinaryIO, value: Task | Frame) -> None:
    payload = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next value, still packed; None when the other end is gone."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def unpack(payload: bytes) -> Task | Frame:
    value: Task | Frame = pickle.loads(payload)  # noqa: S301 our own process wrote it, on a pipe nobody else has
    return value


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    try:
        while (payload := receive(sys.stdin.buffer)) is not None:
            task = unpack(payload)
            if isinstance(task, Task):
                for frame in frames(task):
                    send(sys.stdout.buffer, frame)
    except BrokenPipeError:
        sys.stderr.close()  # the parent is gone: nobody is left to tell


if __name__ == "__main__":
    main()
