"""Reuters-21578 (`reuters21578`), the SGML collection of Reuters stories of 1987.

One item a <REUTERS> element; positions are byte offsets of its start. The files are no valid
XML (control references, bytes that are not UTF-8, stray tags): the elements are found by their
tags, which is how the collection's own README describes them. Times carry no zone and are kept
as UTC. Hard-wrapped lines become paragraphs (four spaces begin one); tables keep their lines.

Briefs (TYPE="BRIEF") are all title, their body being the compilers' "Blah blah blah."; of
unprocessed items (TYPE="UNPROC") the first line is the title.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import BinaryIO

from domain.protocols import Source
from domain.story import Item, Kind, Subject
from ingest.encoding import decode
from ingest.normalise import MAX_ITEM_BYTES, Draft, finish, reject

_START, _END = b"<REUTERS", b"</REUTERS>"
_BLOCK = 1 << 18
_NEWID = re.compile(r'NEWID="(\d+)"')
_DATE = re.compile(
    r"\s*(\d{1,2}-[A-Z]{3}-\d{4})\s+\d*?(\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)"
)  # one is "605:12:19.12"
# "[^<]*(?:<(?!/x>)[^<]*)*" is ".*?" up to </x>, at a fifth of its time.
_CODES = re.compile(r"<(TOPICS|PLACES|PEOPLE|ORGS|EXCHANGES|COMPANIES)>([^<]*(?:<(?!/\1>)[^<]*)*)</\1>")
_CODE = re.compile(r"<D>(.*?)</D>", re.S)
_UNKNOWN = re.compile(r"<UNKNOWN>(.*?)</UNKNOWN>", re.S)
_SLUGLINE = re.compile(r"\b([A-Z]{2}-\S.*?)\s+\d\d-\d\d \d{4}")  # "BC-BAHIA-COCOA-REVIEW   02-26 0105"
_PRIORITY = re.compile(r"^([a-z]) [a-z] [A-Z]{2}-", re.M)  # "f f BC-…": f flash, b bulletin, u urgent
_TEXT = re.compile(r'<TEXT(?: TYPE="(\w+)")?>')
_PART = re.compile(r"<(TITLE|DATELINE|AUTHOR|BODY)>([^<]*(?:<(?!/\1>)[^<]*)*)</\1>")
_DATELINE = re.compile(
    r"\s*(.*?),?\s+((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2})\b", re.S | re.I
)
_CONTROL = re.compile(r"&#(?:\d|1\d|2\d|30|31|127);")
_SIGN_OFF = re.compile(r"\s*^[ \t]*reuters?[ .]*(?:\^M)?\s*\Z|\s+REUTER\s*\Z", re.I | re.M)
_SIGN_OFF_REACH = 200  # characters before the end in which it begins
_FILLER = re.compile(r"\s*Blah blah blah\.\s*")
_INDENT = "    "
_STOPS = '.!?":;,'


class Reuters21578Reader:
    name = "reuters21578"

    def accepts(self, source: Source) -> bool:
        return b"<REUTERS " in source.head and (b"lewis.dtd" in source.head or b"NEWID=" in source.head)

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            for offset, raw in _elements(stream):
                ref = source.ref(offset)
                if not raw.endswith(_END):
                    yield reject(ref, "the <REUTERS> element does not end", "send the whole file again", raw)
                    continue
                yield finish(_draft(decode(raw)), ref, provider=provider, raw=raw)


def _elements(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(byte offset, raw element). An element that is cut off, or too large, comes without its end tag."""
    buffer, offset = b"", 0
    while True:
        start = buffer.find(_START)
        end = buffer.find(_END, start) if start >= 0 else -1
        if end >= 0:
            end += len(_END)
            yield offset + start, buffer[start:end]
            buffer, offset = buffer[end:], offset + end
            continue
        if start >= 0 and len(buffer) - start > MAX_ITEM_BYTES:
            yield offset + start, buffer[start : start + MAX_ITEM_BYTES]
            skipped = buffer.find(_START, start + 1)
            skipped = skipped if skipped >= 0 else len(buffer)
            buffer, offset = buffer[skipped:], offset + skipped
            continue
        if start < 0:  # between elements: only a start tag that is cut in two is worth keeping
            kept = max(0, len(buffer) - len(_START))
            buffer, offset = buffer[kept:], offset + kept
        block = stream.read(_BLOCK)
        if not block:
            break
        buffer += block
    if _START in buffer:
        yield offset + buffer.find(_START), buffer[buffer.find(_START) :]


def _draft(element: str) -> Draft:
    newid = _NEWID.search(element)
    codes = {name: _code_list(listed) for name, listed in _CODES.findall(element)}
    unknown = _plain("\n".join(_UNKNOWN.findall(element)))
    kind, text = _text_of(element)
    parts = {name: _plain(part) for name, part in _PART.findall(text)}
    title, body = parts.get("TITLE"), parts.get("BODY")
    if body is None:
        rest = _FILLER.sub("\n", _plain(_PART.sub("", text))).strip(" \n*")
        title, body = (title, rest) if title else _first_line(rest)
    place, date = _dateline(parts.get("DATELINE", ""))
    slugline = _SLUGLINE.search(unknown)
    priority = _PRIORITY.search(unknown)
    return Draft(
        guid=f"urn:reuters21578:{newid[1]}" if newid else None,
        provider="reuters",
        language="en",
        published=_date(element),
        headline=" ".join(title.split()) if title else None,
        body=_paragraphs(_without_sign_off(body)),
        slugline=slugline[1] if slugline else None,
        byline=parts.get("AUTHOR"),
        dateline_place=place,
        dateline_date=date,
        subjects=tuple(Subject(code=f"reuters:{code}", name=code) for code in codes.get("TOPICS", ())),
        places=codes.get("PLACES", ()),
        people=codes.get("PEOPLE", ()),
        organisations=codes.get("ORGS", ()) + codes.get("EXCHANGES", ()) + codes.get("COMPANIES", ()),
        urgency={"f": 1, "b": 2, "u": 3}.get(priority[1]) if priority else None,
        kind=Kind.ALERT if kind == "BRIEF" else None,
    )


def _plain(marked: str) -> str:
    """Control references removed, entities resolved."""
    return html.unescape(_CONTROL.sub("", marked))


def _code_list(listed: str) -> tuple[str, ...]:
    return tuple(code for code in (_plain(one).strip() for one in _CODE.findall(listed)) if code)


def _date(element: str) -> str | None:
    start = element.find("<DATE>")
    match = _DATE.match(element, start + len("<DATE>")) if start >= 0 else None
    return f"{match[1]} {match[2]}" if match else None


def _text_of(element: str) -> tuple[str | None, str]:
    match = _TEXT.search(element)
    if not match:
        return None, ""
    end = element.find("</TEXT>", match.end())
    return match[1], element[match.end() : end if end >= 0 else len(element)]


def _first_line(text: str) -> tuple[str | None, str]:
    """(title, rest) of an unprocessed item: its first line stands where the title does."""
    title, _, rest = text.partition("\n")
    return (title.strip() or None, rest) if rest.strip() else (None, text)


def _dateline(printed: str) -> tuple[str | None, str | None]:
    match = _DATELINE.match(printed)
    if not match:
        return printed.strip().rstrip("-").strip() or None, None
    return " ".join(match[1].split()) or None, " ".join(match[2].split())


def _without_sign_off(body: str) -> str:
    match = _SIGN_OFF.search(body, max(0, len(body.rstrip()) - _SIGN_OFF_REACH))
    return body[: match.start()] if match else body


def _paragraphs(body: str) -> str:
    """Wrapped lines joined into paragraphs; rows of tables and of company results kept as lines."""
    paragraphs: list[str] = []
    was_row = False
    for block in _blocks(body):
        text = " ".join(line.strip() for line in block)
        is_row = len(block) == 1 and (_is_table(text) or text[-1] not in _STOPS)
        if is_row and was_row:
            paragraphs[-1] += "\n" + text
        else:
            paragraphs.append(text)
        was_row = is_row
    return "\n\n".join(paragraphs)


def _blocks(body: str) -> Iterator[list[str]]:
    """Lines that belong together: an indent or a table's line begins a new block, a blank line ends one."""
    block: list[str] = []
    was_table = False
    for line in body.splitlines():
        if not line.strip():
            if block:
                yield block
            block = []
            continue
        is_table = _is_table(line.strip())
        if block and (is_table or was_table or line.startswith(_INDENT)):
            yield block
            block = []
        block.append(line)
        was_table = is_table
    if block:
        yield block


def _is_table(line: str) -> bool:
    """Columns are set apart by spaces or by leaders."""
    return "  " in line or "..." in line
