"""The item that a version was read from, as it stands in its file: for archivists, as text and nothing else.

The file is the one that ingestion recorded; nobody who asks names a path. What is given holds the story's own
guid or headline, or nothing is given: a file may have been replaced since. At most MOST_CHARACTERS of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from domain.errors import SourceError
from domain.protocols import Source
from domain.story import Rejected, Version, place_in
from ingest.encoding import decode
from ingest.readers import wire_text
from ingest.readers.json_items import json_items, looks_like_json
from ingest.readers.xml import root_name, xml_items
from ingest.sources import sources_of

MOST_CHARACTERS = 100_000
MOST_BYTES = 4 * MOST_CHARACTERS  # a smaller file is shown whole where its items cannot be told apart
MOST_ITEMS = 1_000_000
MOST_MEMBERS = 100_000
# What the readers of XML take for one item; a file whose root is the item is one.
_XML_ITEMS = frozenset({"NewsItem", "newsItem", "nitf", "RBNews", "Publish"})
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")  # of JSON
_REUTERS = re.compile(rb"<REUTERS.*?</REUTERS>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """`is_whole_file`: the file is shown, of which the story is a part. `is_cut`: there is more of it."""

    text: str
    is_whole_file: bool
    is_cut: bool


def read_original(version: Version) -> Original:
    """SourceError where the file is gone, has changed, or its item cannot be told."""
    if version.source is None:
        raise SourceError(f"{version.guid} names no file", hint="it was not read from one")
    path, position = version.source.path, version.source.position
    sources = (source for file in _files(path) for source in islice(sources_of(file), MOST_MEMBERS))
    for source in sources:  # a member of an archive can be read only while the iteration stands at it
        if isinstance(source, Rejected) or source.path != path:
            continue
        try:
            found = _found(source, version, position)
        except (OSError, etree.LxmlError) as error:
            raise SourceError(f"{path} cannot be read: {error}", hint="check the file") from error
        if found is None:
            raise SourceError(
                f"{' '.join(map(str, place_in(path, position)))} of {path} does not hold this story",
                hint="the file may have been replaced since it was ingested",
            )
        return found
    raise SourceError(f"{path} is not there any more", hint="it was moved or removed after ingestion")


def _files(path: str) -> Iterator[Path]:
    """The files that "feed.zip!a/b.xml" may mean: a "!" may also be part of a name."""
    ends = [match.start() for match in re.finditer("!", path)]
    for end in (*ends, len(path)):
        if (file := Path(path[:end])).is_file():
            yield file


def _found(source: Source, version: Version, position: int) -> Original | None:
    with source.open() as stream:
        raw = _item(source, stream, position)
    for text, is_whole_file in ((raw, False), (_whole(source), True)):
        if text is not None and _holds(text, version):
            is_cut = len(text) > MOST_CHARACTERS
            return Original(text=text[:MOST_CHARACTERS], is_whole_file=is_whole_file, is_cut=is_cut)
    return None


def _item(source: Source, stream: BinaryIO, position: int) -> str | None:
    """The item at that position, by what its file looks like; None where that cannot be told."""
    if b"<REUTERS" in source.head:
        return _reuters(stream, position)
    if looks_like_json(source.head):
        items = (decode(item.raw) for item in json_items(stream))
    elif root_name(source.head) is not None:
        items = (
            "" if item.element is None else etree.tostring(item.element, encoding="unicode", with_tail=False)
            for item in xml_items(stream, _XML_ITEMS)
        )
    elif b"\x01" in source.head or b"\x02" in source.head:
        items = (decode(item.raw) for item in wire_text.messages(wire_text.blocks(stream)))
    else:
        return None
    return next(islice(items, position, None), None) if position < MOST_ITEMS else None


def _reuters(stream: BinaryIO, offset: int) -> str | None:
    """Positions of this collection are byte offsets."""
    while offset > 0 and (skipped := stream.read(min(offset, 1 << 20))):
        offset -= len(skipped)
    found = _REUTERS.match(stream.read(MOST_BYTES))
    return decode(found[0]) if found else None


def _whole(source: Source) -> str | None:
    with source.open() as stream:
        raw = stream.read(MOST_BYTES + 1)
    return decode(raw) if len(raw) <= MOST_BYTES else None


def _holds(text: str, version: Version) -> bool:
    """Whether the text names the story: by its guid, or by its headline or its first words, spacing aside."""
    said = _folded(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), html.unescape(text)))
    beginnings = (version.guid, version.headline, version.body[:60])
    return any(_folded(one) in said for one in beginnings if one)


def _folded(text: str) -> str:
    return "".join(re.findall(r"\w+", text.casefold()))
