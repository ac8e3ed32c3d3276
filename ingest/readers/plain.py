"""Plain text and Markdown (`plain`), one story a file: what no other reader knows. Last in the order.

A head of "name: value" lines (YAML front matter between "---", or bare ones before the first empty line)
fills the fields by the names of the jsonl reader. Without one, the first line is the headline when an empty
line follows it, and the date is a line among the first that is nothing but a date, or the day that the
path names. A text without a date is Rejected, with that remedy. Markdown loses its marks, not its words.
Binary files, XML and JSON are not accepted. The position is 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markdown_it import MarkdownIt

from domain.errors import SourceError
from domain.protocols import Source
from domain.story import Item
from ingest.dates import parse_instant
from ingest.html_text import html_to_text
from ingest.normalise import MAX_ITEM_BYTES, Draft, finish, reject
from ingest.readers import jsonl
from ingest.readers.code_pages import decode_wire
from ingest.readers.dated_path import date_in
from ingest.readers.json_items import looks_like_json
from ingest.readers.wire_text import paragraphs, unix_lines

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_BINARY = 0.001  # share of control bytes: a stray form feed or NUL is no reason to refuse a text
_MARKUP = re.compile(rb"[\s\xef\xbb\xbf]*<[?!A-Za-z]")  # markup that no other reader knows is no prose either
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FRONT = re.compile(r"\A---[ \t]*\n(.{0,16384}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"([A-Za-z][\w -]{1,30}?)[ \t]*:[ \t]+(\S.*)")
_LIST = re.compile(r"\[(.*)\]")
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^(?:=|-){4,}[ \t]*$|\[[^\]\n]+\]\([^)\s]+\)|\*\*\S[^*\n]*\S\*\*|^```", re.M
)
_HEADLINE_CHARACTERS = 200
_DATE_LINES = 8
_WEEKDAY = re.compile(r"^[^\W\d]{3,10},\s+")


class PlainReader:
    name = "plain"

    def accepts(self, source: Source) -> bool:
        head = source.head
        if head.startswith(_UTF16):
            return True
        if _MARKUP.match(head) or looks_like_json(head):
            return False
        return bool(head.strip()) and len(_BINARY.findall(head)) <= len(head) * _MOST_BINARY

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            raw = stream.read(MAX_ITEM_BYTES + 1)
        ref = source.ref(0)
        if len(raw) > MAX_ITEM_BYTES:
            yield reject(
                ref, f"the text is larger than {MAX_ITEM_BYTES >> 20} MiB", "cut it into stories", raw
            )
            return
        text = unix_lines(raw.decode("utf-16", "replace") if raw.startswith(_UTF16) else decode_wire(raw))
        draft = _draft(text.removeprefix("\ufeff"), source.path)
        if draft.published is None:
            remedy = 'write "Date: 1987-03-26" in its first line, or begin the file\'s name with the date'
            yield reject(ref, "the text has no date", remedy, raw)
            return
        yield finish(draft, ref, provider=provider, raw=raw)


def _draft(text: str, path: str) -> Draft:
    fields, text = _head(text)
    draft = jsonl.draft(fields)
    dated = draft.published or _date_line(text) or date_in(path)
    if _MARKDOWN.search(text):
        text = html_to_text(MarkdownIt("commonmark", {"html": False}).render(text))
    else:
        text = paragraphs(text)
    headline, body = (draft.headline, text) if draft.headline else _first_line(text)
    return replace(draft, headline=headline, body=body, published=dated)


def _head(text: str) -> tuple[dict[str, Any], str]:
    """(fields of the head, the text under it)."""
    front = _FRONT.match(text)
    lines = (front[1] if front else text.lstrip("\n").partition("\n\n")[0]).split("\n")
    matches = [_FIELD.fullmatch(line.strip()) for line in lines]
    if not front and not all(matches):
        return {}, text
    fields: dict[str, Any] = {}
    name = ""
    for line, match in zip(lines, matches, strict=True):
        if match:
            name = match[1].replace(" ", "")
            listed = _LIST.fullmatch(match[2].strip())
            fields[name] = [_bare(one) for one in listed[1].split(",")] if listed else _bare(match[2])
        elif line.strip().startswith("- ") and name:  # an entry of a list begun above
            earlier = fields.get(name)
            fields[name] = [*(earlier if isinstance(earlier, list) else []), _bare(line.strip()[2:])]
        elif line.strip().endswith(":"):
            name = line.strip().rstrip(":")
    known = jsonl.draft(fields)
    if not front and known.published is None and known.headline is None:
        return {}, text
    fields.pop("body", None)
    return fields, text[front.end() :] if front else text.lstrip("\n").partition("\n\n")[2]


def _bare(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _date_line(text: str) -> str | None:
    """A line among the first that is a date and nothing else: "26 March 1987", "1987-03-26 15:01"."""
    for line in [line.strip(" *_#") for line in text.split("\n", _DATE_LINES)[:_DATE_LINES]]:
        if not 8 <= len(line) <= 40 or not any(character.isdigit() for character in line):
            continue
        stated = _WEEKDAY.sub("", line)
        try:
            parse_instant(stated)
        except SourceError:
            continue
        return stated
    return None


def _first_line(text: str) -> tuple[str | None, str]:
    first, gap, rest = text.partition("\n\n")
    if gap and rest.strip() and len(first) <= _HEADLINE_CHARACTERS and "\n" not in first:
        return first, rest
    return None, text
