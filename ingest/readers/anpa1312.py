"""ANPA 1312 (`anpa1312`), the text wire of North American agencies, as AP and Kyodo send it.

    SOH W2870 US asian             service level, transmission number, selector
    f l DC3 DC1 BC-Slug  11-13 1049    priority, category, keyword, month and day, words
    STX ^BC-Full Slug, 1st Ld-Writethru,466<    then lines of heading that begin with "^"
        text, each paragraph indented
    ETX AP-WF-11-13-13 1509GMT<    EOT

The heading gives headline, byline, "Eds:" (to `ed_note`) and the rank of the take (to `genre`); lists of
photographs are left out. A second, longer summary is used only where there is no text. Wire signs become
what print shows: `` and '' quotation marks, _ a dash, { one half; rows of tables keep their lines, columns
two spaces apart. Urgency by priority: f 1, b 2, u 3, r 4, d 5, advances 6. Category v is advisories.
Kyodo's clock is Tokyo's, as its NewsML of the same wire states (+0900); AP's is GMT. Transmission numbers
begin again every day, so that the guid holds the time too. A message without its ETX is cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from domain.protocols import Source
from domain.story import Item, Kind, Subject
from ingest.normalise import Draft
from ingest.readers.wire_text import ETX, STX, blocks, convert, full_year, messages

_SIGN = re.compile(rb"\x01[A-Za-z]\d{4}[A-Za-z]*\x1f")
_HEADER = re.compile(
    r"(?P<level>[A-Za-z])(?P<number>\d{4})(?P<agency>[A-Za-z]*)\x1f(?P<selector>[^\n]*)\n"
    r"(?P<priority>[a-z]) (?P<category>[a-z])[\x11-\x14]{0,2} ?(?P<keyword>[^\n]*?)"
    r"\s+(?P<first>\d\d)-(?P<second>\d\d)\s+(?P<words>\d{0,5})\s*$",
    re.M,
)
_SLUG = re.compile(r"\^?(?:\*\d+<\s*\^)?(?P<slug>.+?)(?:,\s*(?P<words>\d*))?\s*<?$")
_RANK = re.compile(r",\s*((?:\d+(?:st|nd|rd|th) )?(?:Ld|Lead|Add|Writethru|Update|Insert|Sub)\b.*)$", re.I)
_MEDIA = re.compile(r"(?:AP|Kyodo) (?:Photo|Graphic|Video|Interactive|Audio)s?\b")
_EDITORS = re.compile(r"\(?(?:Eds|EDITOR'?S'? NOTE)\b[:._ ]*", re.I)
_BYLINE = re.compile(r"By \S")
_BYLINE_TITLE = re.compile(
    r"(?:The )?(?:Associated Press|Kyodo News)$|For The .{0,40}$|"
    r"AP .{0,40}(?:Writer|Editor|Correspondent|Reporter)s?$"
)
_AP_TIME = re.compile(r"(?P<agency>[A-Z]{2,5})-[A-Z]{1,3}-(\d\d)-(\d\d)-(\d\d) (\d\d)(\d\d)GMT")
_KYODO_TIME = re.compile(r"KWS-(\d\d):(\d\d)-(\d\d)-(\d\d)-(\d\d)")
_KYODO_DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z .'-]+(?:, [A-Z][\w. ]+?)?), (?P<date>[A-Z][a-z]{2,8}\.? \d{1,2}) Kyodo -"
)
_TOKYO = timezone(timedelta(hours=9))
_URGENCY = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5, "a": 6, "s": 6, "w": 6}
_FLASH_WORDS = 200  # AP's features carry the f of a flash too; no flash is that long
_INDENT = re.compile(r"\t| {3,}")
_ROW = re.compile(r"\x08|[^;\n]*;[^;\n]*;[^;\n]*;|[^\x1e\x1f\n]*[\x1e\x1f]")
_CELLS = re.compile(r"[ ;]*[;\x1e\x1f][ \x1e\x1f]*")
_HALF = re.compile(r"(?<=\d)\{|(?<![\w{])\{(?![\w{])")
_DASH = re.compile(r"(?<=\s)_(?=\s|$)|^_(?=\s|$)")
_RULE = re.compile(r"[_—=\s]*|END|={2,}Kyodo", re.I)
_EN_SPACE = re.compile(r"\x10 ?")


class Anpa1312Reader:
    """Positions are ordinals of the messages."""

    name = "anpa1312"

    def accepts(self, source: Source) -> bool:
        return bool(_SIGN.search(source.head))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            for message in messages(blocks(stream)):
                yield convert(
                    message, source, standard="ANPA 1312", header=_HEADER, draft=_draft, provider=provider
                )


@dataclass(slots=True, kw_only=True)
class _Heading:
    slug: str | None = None
    headline: str | None = None
    byline: str | None = None
    notes: list[str] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)


def _draft(header: re.Match[str], text: str) -> Draft | None:
    _, start, rest = text.partition(STX)
    content, end, trailer = rest.partition(ETX)
    if not start or not end:
        return None
    heading, lines = _split(content.split("\n"))
    body = _body(lines) or "\n\n".join(heading.summary)
    published, agency = _sent(trailer)
    agency = (header["agency"] or agency or "").lower() or None
    slugline = heading.slug or header["keyword"]
    rank = _RANK.search(slugline)
    dateline = _KYODO_DATELINE.match(body)
    identity = f"{header['level']}{header['number']}".lower()
    return Draft(
        guid=f"urn:anpa1312:{agency}:{identity}:{published:%Y%m%dT%H%MZ}" if published else None,
        provider=agency,
        published=published,
        headline=heading.headline,
        body=body,
        slugline=slugline,
        byline=heading.byline,
        dateline_place=dateline["place"] if dateline else None,
        dateline_date=dateline["date"] if dateline else None,
        subjects=(Subject(code=f"anpa:{header['category']}"),),
        urgency=_urgency(header),
        genre=rank[1] if rank else None,
        ed_note=" ".join(heading.notes) or None,
        kind=_kind(header, slugline),
    )


def _urgency(header: re.Match[str]) -> int | None:
    if header["priority"] == "f" and int(header["words"] or 0) > _FLASH_WORDS:
        return None
    return _URGENCY.get(header["priority"])


def _kind(header: re.Match[str], slugline: str) -> Kind | None:
    if header["category"] == "v":
        return Kind.ADVISORY
    return Kind.ALERT if "newsalert" in slugline.replace(" ", "").lower() else None


def _sent(trailer: str) -> tuple[datetime | None, str | None]:
    """(time of sending, agency) as the trailer has them."""
    try:
        if match := _AP_TIME.search(trailer):
            month, day, year, hour, minute = match.groups()[1:]
            return datetime(full_year(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC), match[
                "agency"
            ]
        if match := _KYODO_TIME.search(trailer):
            hour, minute, day, month, year = match.groups()
            local = datetime(full_year(year), int(month), int(day), int(hour), int(minute), tzinfo=_TOKYO)
            return local.astimezone(UTC), "kyodo"
    except ValueError:  # a 31st of November
        pass
    return None, None


def _split(lines: list[str]) -> tuple[_Heading, list[str]]:
    """The heading, and the lines of text under it."""
    heading = _Heading()
    has_carets = any(line.startswith("^") for line in lines[1:])
    for at, line in enumerate(lines):
        is_heading = line.startswith("^") if has_carets else not _INDENT.match(line)
        if at and not is_heading and line.strip():
            return heading, lines[at:]
        words = _plain(line)
        if at == 0:
            match = _SLUG.match(line.strip().rpartition("^")[2])
            heading.slug = _plain(match["slug"]) if match else None
        elif not words or _MEDIA.match(words):
            continue
        elif _EDITORS.match(words):
            heading.notes.append(_EDITORS.sub("", words, count=1).strip("()— "))
        elif heading.byline is None and _BYLINE.match(words):
            heading.byline = words
        elif heading.byline is not None and not _BYLINE_TITLE.match(words):
            return heading, lines[at:]  # a table's first subheading
        elif heading.headline is None:
            heading.headline = words
        elif heading.byline is None:
            heading.summary.append(words)
    return heading, []


def _body(lines: list[str]) -> str:
    found: list[str] = []
    was_row, is_new = False, True
    for line in lines:
        row = bool(_ROW.match(line.strip(" \t^")))
        words = _plain(line, is_row=row)
        if not words or _RULE.fullmatch(words):
            is_new = is_new or not words
            continue
        if row and was_row:
            found[-1] += "\n" + words
        elif row or is_new or not found or line.startswith("^") or was_row or _INDENT.match(line):
            found.append(words)
        else:
            found[-1] += " " + words
        was_row, is_new = row, line.startswith("^")
    return "\n\n".join(found)


def _plain(line: str, *, is_row: bool = False) -> str:
    """A line as print shows it."""
    line = _EN_SPACE.sub(" ", line).strip().lstrip("\x08^").rstrip("<=+ ")
    if is_row:
        line = _CELLS.sub("  ", line.lstrip("^"))
    line = line.replace("``", "“").replace("''", "”")
    line = _DASH.sub("—", _HALF.sub("½", line))
    return line.replace("\x1e", " ").replace("\x1f", " ").strip(" ")
