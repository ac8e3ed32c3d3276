"""JSON objects out of a byte stream, one at a time, whatever wraps them.

JSON Lines, one object, an array of objects, or objects one after another: memory is bounded by
one item (MAX_ITEM_BYTES). A broken line is one JsonItem with an error, and the next line goes on;
broken brackets cannot be mended, so the rest of such a file is one error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from ingest.encoding import decode
from ingest.normalise import MAX_EXCERPT_BYTES, MAX_ITEM_BYTES

_BLOCK = 1 << 16
_BLANK = b"\xef\xbb\xbf \t\r\n"
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|"', re.S)
_WITHIN = re.compile(r"line (\d+) column (\d+) \(char \d+\)")
_TOO_LARGE = f"the item is larger than {MAX_ITEM_BYTES // (1 << 20)} MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonItem:
    """One object with its ordinal, or the reason why there is none. `raw` begins with its first bytes."""

    position: int
    value: dict[str, Any] | None
    raw: bytes
    error: str | None = None


def looks_like_json(head: bytes) -> bool:
    return head.lstrip(_BLANK)[:1] in (b"{", b"[")


def json_items(stream: BinaryIO) -> Iterator[JsonItem]:
    """The objects of `stream`, in order."""
    first, number = stream.readline(MAX_ITEM_BYTES + 1), 1
    while first and not first.strip():
        first, number = stream.readline(MAX_ITEM_BYTES + 1), number + 1
    if _parses_to_object(first):
        yield from _lines(first, stream, number)
    else:
        yield from _nested(first, stream)


def _parses_to_object(line: bytes) -> bool:
    try:
        return isinstance(parse(line), dict)
    except ValueError:
        return False


def parse(raw: bytes) -> Any:
    """The value of `raw`; encodings and lone surrogates mended. Raises ValueError with the reason."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        first_error = error
    text = decode(raw)
    try:
        return json.loads(
            text, strict=False
        )  # escaped lone surrogates, raw control characters, other encodings
    except RecursionError as error:
        raise ValueError("brackets are nested too deeply") from error
    except ValueError:
        raise ValueError(f"not JSON: {first_error}") from first_error


def _lines(first: bytes, stream: BinaryIO, number: int) -> Iterator[JsonItem]:
    """What is wrong with an item is told with its line in the file, from 1 (`number`: that of the first);
    empty lines have no position."""
    position, line = 0, first
    while line:
        if len(line) > MAX_ITEM_BYTES:
            error = f"line {number}: {_TOO_LARGE}"
            yield JsonItem(position=position, value=None, raw=line[:MAX_EXCERPT_BYTES], error=error)
            while line and not line.endswith(b"\n"):
                line = stream.readline(_BLOCK)
            position += 1
        elif line.strip():
            item = _item(position, line)
            yield replace(item, error=f"line {number}: {_in_one_line(item.error)}") if item.error else item
            position += 1
        number += 1
        line = stream.readline(MAX_ITEM_BYTES + 1)


def _in_one_line(error: str) -> str:
    """The parser counts lines within the item, which is one; its second is what follows the line break."""
    return _WITHIN.sub(lambda told: f"column {told[2]}" if told[1] == "1" else "the end of the line", error)


def _item(position: int, raw: bytes) -> JsonItem:
    try:
        value = parse(raw)
    except ValueError as error:
        return JsonItem(position=position, value=None, raw=raw, error=str(error))
    if not isinstance(value, dict):
        return JsonItem(position=position, value=None, raw=raw, error="not a JSON object")
    return JsonItem(position=position, value=value, raw=raw)


def _nested(start: bytes, stream: BinaryIO) -> Iterator[JsonItem]:
    """Objects at the outermost level, or one level down in an array."""
    buffer = bytearray(start)
    depth = item_depth = position = scanned = begin = 0
    inside = False
    while True:
        for token in _TOKEN.finditer(buffer, scanned):
            character = token[0]
            if character == b'"':  # a string whose end has not been read yet
                break
            scanned = token.end()
            if character in (b"{", b"["):
                if character == b"{" and not inside:
                    inside, begin, item_depth = True, token.start(), depth
                depth += 1
            elif character in (b"}", b"]"):
                depth -= 1
                if inside and depth == item_depth:
                    yield _item(position, bytes(buffer[begin:scanned]))
                    position, inside = position + 1, False
        else:
            scanned = len(buffer)
        # Keep what belongs to the item under way, or the string that is cut.
        keep = begin if inside else scanned
        del buffer[:keep]
        scanned, begin = scanned - keep, 0
        if len(buffer) > MAX_ITEM_BYTES:
            yield JsonItem(
                position=position, value=None, raw=bytes(buffer[:MAX_EXCERPT_BYTES]), error=_TOO_LARGE
            )
            return
        block = stream.read(
            max(_BLOCK, len(buffer))
        )  # doubling: a cut string is scanned again, but not often
        if not block:
            break
        buffer += block
    if inside or depth:
        yield JsonItem(
            position=position, value=None, raw=bytes(buffer), error="the JSON ends in the middle of an item"
        )
    elif not position and start.strip(_BLANK + b"[]"):  # an empty array is sound, and holds nothing
        yield JsonItem(position=0, value=None, raw=start[:MAX_EXCERPT_BYTES], error="no JSON object is in it")
