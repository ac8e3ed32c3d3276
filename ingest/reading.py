"""One file to items: its layers removed, its format found, its messages about other items recognised.

Whatever is wrong with a file, the others go on: a file that no reader takes, that is damaged half-way, or
that trips up its reader is one Rejected, after the items that were read before.
"""

from __future__ import annotations

import csv
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import SourceError
from domain.protocols import Source
from domain.sentences import split_sentences
from domain.story import Action, Item, Rejected, SourceRef, Version
from ingest import directives, readers
from ingest.normalise import reject
from ingest.sources import Meter, sources_of

# A mistake in one reader, or in a library under it, must not stop a night's ingestion; these are the forms it takes.
# tests/ingest/test_fuzz.py looks for them and calls the readers without this net.
_MISTAKES = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError, SyntaxError,
    EOFError, MemoryError, csv.Error, struct.error, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item and, for a version, where its sentences stand."""

    item: Item
    sentences: tuple[tuple[int, int], ...] = ()


def read_file(file: Path, *, format: str, provider: str | None, meter: Meter) -> Iterator[ReadItem]:
    """All items of one file, in order."""
    for source in sources_of(file, meter):
        if isinstance(source, Rejected):
            yield ReadItem(source)
            continue
        for item in _items(source, format=format, provider=provider):
            if not isinstance(item, Version):
                yield ReadItem(item)
                continue
            directive = directives.find(item)
            if directive is None or directive.action is Action.CORRECT:
                yield ReadItem(item, tuple(split_sentences(item.body)))
            if directive is not None:
                yield ReadItem(directive)


def _items(source: Source, *, format: str, provider: str | None) -> Iterator[Item]:
    try:
        yield from readers.choose(source, format).read(source, provider=provider)
    except SourceError as error:
        yield _of_file(source, error.message, error.hint or "send the file again")
    except OSError as error:
        yield _of_file(
            source, f"cannot be read: {error.strerror or error}", "check the disk and the file's rights"
        )
    except _MISTAKES as error:
        yield _of_file(
            source, f"the reader failed: {type(error).__name__}: {error}", "report it with the file, please"
        )


def _of_file(source: Source, reason: str, remedy: str) -> Rejected:
    return reject(SourceRef(path=source.path, position=0), reason, remedy, source.head)
