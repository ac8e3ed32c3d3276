"""What the two wire formats share: messages cut out of a stream and refused where they are not whole, and wrapped
lines made paragraphs.

A message runs from SOH (or ZCZC, in telex code) to EOT (NNNN) or to the next start. Memory is bounded
by one message: one that is larger than an item may be comes without its end, and the next goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from domain.protocols import Source
from domain.story import Item
from ingest.normalise import MAX_ITEM_BYTES, Draft, finish, reject
from ingest.readers.code_pages import decode_wire

SOH, STX, ETX, EOT = "\x01", "\x02", "\x03", "\x04"
_BLOCK = 1 << 16
_START = re.compile(rb"\x01|ZCZC(?=[ \r\n])")
_END = re.compile(rb"\x04|NNNN(?=\s|\Z)|\x01|ZCZC(?=[ \r\n])")
_LONGEST_MARK = 5  # bytes: ZCZC and the space after it
_INDENT = re.compile(r"\t| {3,}")
_TABLE_ROW = re.compile(r"\S {3,}\S|\.{4,}")
_YEAR_PIVOT = 69  # two-digit years: 69–99 are 1969–1999, as in POSIX strptime


@dataclass(frozen=True, slots=True, kw_only=True)
class WireMessage:
    """`raw` begins after the start mark and ends before the end mark. `position` is its ordinal."""

    position: int
    raw: bytes
    is_too_large: bool = False


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def messages(pieces: Iterable[bytes], *, has_marks: bool = True) -> Iterator[WireMessage]:
    """The messages of a stream; without marks, all of it is one."""
    buffer = bytearray()
    is_open, is_too_large, position, scanned = not has_marks, False, 0, 0
    for piece in pieces:
        buffer += piece
        while True:
            match = (_END if is_open else _START).search(buffer, scanned) if has_marks else None
            # A mark at the very end of what was read may be the beginning of a longer one.
            if match is None:
                break
            if is_open:
                yield WireMessage(
                    position=position, raw=bytes(buffer[: match.start()]), is_too_large=is_too_large
                )
                position, is_too_large = position + 1, False
            is_open = match[0] not in (b"\x04", b"NNNN")
            del buffer[: match.end()]
            scanned = 0
        scanned = max(0, len(buffer) - _LONGEST_MARK)
        if not is_open:
            del buffer[:scanned]
            scanned = 0
        elif len(buffer) > MAX_ITEM_BYTES:
            is_too_large = True
            del buffer[MAX_ITEM_BYTES // 2 : scanned]  # its beginning tells which message it was
            scanned = MAX_ITEM_BYTES // 2
    if is_open and bytes(buffer).strip():
        yield WireMessage(position=position, raw=bytes(buffer), is_too_large=is_too_large)


def convert(
    message: WireMessage,
    source: Source,
    *,
    standard: str,
    header: re.Pattern[str],
    draft: Callable[[re.Match[str], str], Draft | None],
    provider: str | None,
) -> Item:
    """The story of a message. `draft` is given the header and the whole text; None: its end is missing."""
    ref = source.ref(message.position)
    if message.is_too_large:
        reason = f"the message is larger than {MAX_ITEM_BYTES >> 20} MiB, or its end is missing"
        return reject(ref, reason, "send the file again, whole", message.raw)
    text = unix_lines(decode_wire(message.raw))
    begun = header.match(text)
    if begun is None:
        reason = f"the message has no {standard} header"
        return reject(ref, reason, "mend its first lines, or remove it", message.raw)
    found = draft(begun, text)
    if found is None:
        reason = "the message is cut off: its end (ETX) is missing"
        return reject(ref, reason, "send the file again, whole", message.raw)
    return finish(found, ref, provider=provider, raw=message.raw)


def unix_lines(text: str) -> str:
    """Line ends as "\\n"; not str.splitlines, which would break rows at the wire's own separators."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def paragraphs(text: str) -> str:
    """Wrapped lines joined; an empty line or an indent begins a paragraph; rows of tables stay rows."""
    found: list[str] = []
    is_new, was_row = True, False
    for line in text.split("\n"):
        stripped = line.strip()
        if not stripped:
            is_new = True
            continue
        is_row = bool(_TABLE_ROW.search(stripped))
        if is_new or _INDENT.match(line) or not found:
            if is_row and was_row and not is_new:
                found[-1] += "\n" + stripped
            else:
                found.append(stripped)
        else:
            found[-1] += ("\n" if is_row or was_row else " ") + stripped
        is_new, was_row = False, is_row
    return "\n\n".join(found)


def full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= _YEAR_PIVOT else 2000)
