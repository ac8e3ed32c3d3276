"""What passes between the process that reads and the one that stores: Tasks there, Frames back.

`frames` reads a task's files, in a reading process or, for small inputs, in the caller's own.
"""

from __future__ import annotations

import pickle
import struct
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
