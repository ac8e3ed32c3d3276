"""IPTC 7901 (`iptc7901`), the text wire of European agencies: SOH header, STX text, ETX time EOT.

    SOH eca062 4 i 211 ccccb   dpa 061      source, number, priority, category, words, agency's number
        Germany-politics/                   keywords: the slugline; a take number at its end
    STX 1ST LEAD / headline / By X, dpa =   up to "="; rank lines go to `genre`, calls to editors to `ed_note`
        text
    ETX 131137 GMT Nov 13                   day, hour, minute, month, year

Urgency is the priority. What follows "not for publication" is left out of the body, an agency's
notebook goes to `ed_note`. The time is UTC unless it names another zone; a trailer that gives only the
day takes month and year from a date in the path, or the item is set aside. A message without its ETX
is cut off and never taken for whole. Numbers begin again every day or year, so that the guid holds the
time too. Copies saved without control characters are read where their first line is such a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.protocols import Source
from domain.story import Item, Kind, Subject
from ingest.normalise import Draft
from ingest.readers.code_pages import from_ita2, looks_like_ita2
from ingest.readers.dated_path import date_in
from ingest.readers.wire_text import (
    ETX,
    STX,
    blocks,
    convert,
    full_year,
    messages,
    paragraphs,
)

_HEADER = re.compile(
    r"[\s\x7f]*(?P<source>[A-Za-z]{1,4})(?P<number>\d{2,6})[ \t]+(?P<priority>\d)[ \t]+"
    r"(?P<category>[A-Za-z]{1,3})[ \t]+(?P<words>\d{1,5})(?P<optional>[^\n]*)"
)
_AGENCY_NUMBER = re.compile(r"([A-Za-z][A-Za-z-]+)\s+(\d{1,5})\s*$")
_MARKED = re.compile(rb"(?:\x01|ZCZC )[\s\x7f]*[A-Za-z]{1,4}\d{2,6}[ \t]+\d[ \t]+[A-Za-z]{1,3}[ \t]+\d")
_UNMARKED = re.compile(
    rb"[\s\x7f]*[a-z]{2,4}\d{3,6}[ \t]+\d[ \t]+[a-z]{1,3}[ \t]+\d{1,5}[ \t]+[a-z-]+ \d+\s*\n"
)
_TRAILER = re.compile(
    r"(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})\b(?:[ \t]*(?:GMT|UTC|Z)\b)?"
    r"(?:[ \t]+(?P<month>[^\W\d_]{3,9})\.?[ \t]+(?P<year>\d{4}|\d{2}))?"
)
_TRAILER_LINE = re.compile(rf"^{_TRAILER.pattern}\s*\Z", re.M)
_TAKE = re.compile(r"[/ -]+(?:take[ -]?)?(\d{1,2})(?:[ -]take)?[/ -]*$", re.I)
_RANK = re.compile(
    r"(?:\d+(?:st|nd|rd|th|e|er|\.)?[ -])?(?:lead|ld|net|add|insert|writethru|update|"
    r"zusammenfassung|z[fs]g\.?)\b.*|"
    r"extra|wrap|roundup|take \d+|urgent|flash|bulletin|alert|eil(?:meldung)?|snap|overview|feature|analysis|"
    r"eilig|priorit[ée]",
    re.I,
)
_CALL = re.compile(
    r"\([^()\n]{1,60}\)|refile\b.*|correct(?:ion|ed)\b.*|repeat(?:ing)?|kill\b.*|withdraw.*|"
    r"berichtigung.*|wiederholung.*|achtung\b.*|(?:bitte )?nicht verwenden.*|"
    r"annul.*|rectif.*|corrig.*|anula.*",
    re.I,
)
_BYLINE = re.compile(r"(?:by|von|par|por|de notre|unser)\s+\S", re.I)
_PRIVATE = re.compile(
    r"\bnot (?:intended )?for publication\b|\bnicht zur ver[öo]ffentlichung\b|\bnon destin[ée]e?s? [àa] (?:la )?publication\b",
    re.I,
)
_STARS = re.compile(r"[\s*]+\Z")
_NOTEBOOK = re.compile(r"^#\s*(?:\w+\s+)?notebook\s*$|^#\s*(?:\w+\s+)?notizblock\s*$", re.I | re.M)
_EDITORS = re.compile(
    r"^##\s*(?:note to editors|redaktionelle hinweise|refile|correction)\s*$(.*?)(?=^#|\Z)",
    re.I | re.M | re.S,
)
_DATELINE = re.compile(
    r"\A(?P<place>[A-ZÀ-ÖØ-Þ][^()\n:;!?\"]{1,50}?)"
    r"(?:, (?P<date>[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}\.? [^\W\d_]{3,10}))?"
    r" \((?P<credit>[^()\n]{2,40})\)\s?[-–—]{0,2}\s"
)
_MONTHS = {
    1: "jan ene gen janv", 2: "feb fev fév febr févr", 3: "mar mär mae mrz mars märz", 4: "apr avr abr avri",
    5: "may mai mag mei", 6: "jun giu juin juni", 7: "jul lug juil juli", 8: "aug aou aoû ago août aout",
    9: "sep set sept", 10: "oct okt out ott", 11: "nov", 12: "dec dez déc dic",
}  # fmt: skip
_MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}
_HEADLINE_LINES = 10


class Iptc7901Reader:
    """Positions are ordinals of the messages."""

    name = "iptc7901"

    def accepts(self, source: Source) -> bool:
        head = source.head
        return bool(_MARKED.search(head) or _UNMARKED.match(head)) or looks_like_ita2(head)

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        has_marks = b"\x01" in source.head or b"ZCZC" in source.head or looks_like_ita2(source.head)
        with source.open() as stream:
            pieces: Iterable[bytes] = blocks(stream)
            if looks_like_ita2(source.head):
                pieces = (text.encode() for text in from_ita2(pieces))
            for message in messages(pieces, has_marks=has_marks):
                yield convert(
                    message, source, standard="IPTC 7901", header=_HEADER, provider=provider,
                    draft=lambda header, text: _draft(header, text, source.path),
                )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A message taken apart, its text still as sent."""

    keywords: str
    text: str
    trailer: re.Match[str] | None


def _parts(text: str, header: re.Match[str]) -> _Parts | None:
    rest = text[header.end() :]
    if STX in rest:
        keywords, _, body = rest.partition(STX)
        body, end, trailer = body.partition(ETX)
        if not end:
            return None
        return _Parts(keywords=keywords, text=body, trailer=_TRAILER.search(trailer))
    ending = _TRAILER_LINE.search(rest.rstrip("\x7f\r\n \t"))
    if ending is None:
        return None
    keywords, _, body = rest[: ending.start()].strip().partition("\n")
    return _Parts(keywords=keywords, text=body, trailer=ending)


def _draft(header: re.Match[str], text: str, path: str) -> Draft | None:
    parts = _parts(text, header)
    if parts is None:
        return None
    published = _published(parts.trailer, path)
    heading, text = _split_heading(parts.text)
    body, notes = _split_notes(text)
    body = paragraphs(body)
    dateline = _DATELINE.match(body)
    agency = _agency(header["optional"], dateline["credit"] if dateline else "") or header["source"]
    slugline = " ".join(parts.keywords.split()).strip("/ ") or None
    take = _TAKE.search(slugline) if slugline else None
    ranks = [line for line in heading if _RANK.fullmatch(line)]
    calls = [line for line in heading if _CALL.fullmatch(line)]
    bylines = [line for line in heading if _BYLINE.match(line) and line is not heading[0]]
    headline = [line for line in heading if line not in (*ranks, *calls, *bylines)]
    genre = [*ranks, *([f"take {take[1]}"] if take else [])]
    return Draft(
        guid=_guid(agency, header, published) if published else None,
        provider=agency,
        published=published,
        headline=" ".join(headline) or None,
        body=body,
        slugline=slugline,
        byline=", ".join(bylines) or None,
        dateline_place=dateline["place"] if dateline else None,
        dateline_date=dateline["date"] if dateline else None,
        subjects=(Subject(code=f"iptc7901:{header['category'].lower()}"),),
        urgency=header["priority"],
        genre=", ".join(genre) or None,
        ed_note=" ".join((*calls, *notes)) or None,
        kind=Kind.ADVISORY
        if any(call.lower() in ("(achtung)", "(advisory)", "(hinweis)") for call in calls)
        else None,
    )


def _guid(agency: str, header: re.Match[str], published: datetime) -> str:
    item = f"{header['source']}{header['number']}".lower()
    return f"urn:iptc7901:{agency.lower()}:{item}:{published:%Y%m%dT%H%MZ}"


def _agency(optional: str, credit: str) -> str | None:
    """Who sent it: the name before the agency's number where the dateline credits it, else the dateline's."""
    named = _AGENCY_NUMBER.search(optional)
    name = named[1].split("-")[0].lower() if named else None
    credited: list[str] = re.findall(r"[a-zà-ÿ]+", credit.lower())
    if credited and name not in credited:
        return credited[0]
    return name


def _published(trailer: re.Match[str] | None, path: str) -> datetime | None:
    if trailer is None:
        return None
    month = _MONTH.get((trailer["month"] or "").lower()[:4]) or _MONTH.get(
        (trailer["month"] or "").lower()[:3]
    )
    year = full_year(trailer["year"]) if trailer["year"] else None
    if month is None or year is None:
        day = date_in(path)
        if day is None or day.day != int(trailer["day"]):
            return None
        year, month = day.year, day.month
    try:
        return datetime(
            year, month, int(trailer["day"]), int(trailer["hour"]), int(trailer["minute"]), tzinfo=UTC
        )
    except ValueError:  # 31 November, 25 o'clock
        return None


def _split_heading(text: str) -> tuple[list[str], str]:
    """(lines of the heading, the text under it). The heading ends with "=", or is the first line."""
    lines = text.strip("\n").split("\n")
    for at, line in enumerate(lines[:_HEADLINE_LINES]):
        if line.rstrip().endswith(("=", "+")):
            heading = [*lines[:at], line.rstrip()[:-1]]
            return [one.strip() for one in heading if one.strip()], "\n".join(lines[at + 1 :])
    if len(lines) > 1 and not lines[1].strip():
        return [lines[0].strip()], "\n".join(lines[1:])
    return [], "\n".join(lines)


def _split_notes(text: str) -> tuple[str, list[str]]:
    """(what is published, notes to editors)."""
    private = _PRIVATE.search(text)
    if private:
        text = _STARS.sub("\n", text[: text.rfind("\n", 0, private.start()) + 1])
    notebook = _NOTEBOOK.search(text)
    if notebook is None:
        return text, []
    notes = text[notebook.end() :]
    found = [" ".join(note.split()).lstrip("- ") for note in _EDITORS.findall(notes)]
    return text[: notebook.start()], [note for note in found if note]
