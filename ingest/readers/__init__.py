"""The formats, one small file each, tried in order of how surely they know their own.

A reader is chosen by content, never by file name. To add one: write the file, add it to
_READERS before the readers that accept more than it does.
"""

from __future__ import annotations

from domain.errors import SourceError
from domain.protocols import Reader, Source
from ingest.readers.jsonl import JsonLinesReader
from ingest.readers.ninjs import NinjsReader
from ingest.readers.reuters21578 import Reuters21578Reader

_READERS: tuple[Reader, ...] = (Reuters21578Reader(), NinjsReader(), JsonLinesReader())


def names() -> tuple[str, ...]:
    return tuple(reader.name for reader in _READERS)


def choose(source: Source, name: str = "auto") -> Reader:
    """The reader called `name`, or the first that accepts the content. Raises SourceError."""
    if name != "auto":
        for reader in _READERS:
            if reader.name == name:
                return reader
        raise SourceError(
            f"no format is called {name!r}", hint=f"use --format with one of: {', '.join(names())}"
        )
    if not source.head.strip():
        raise SourceError(f"{source.path} is empty", hint="remove it, or send the file again")
    for reader in _READERS:
        if reader.accepts(source):
            return reader
    raise SourceError(
        f"{source.path} is in no format known here",
        hint=f"name its format with --format (one of: {', '.join(names())})",
    )
