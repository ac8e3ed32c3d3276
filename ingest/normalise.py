"""From what a reader found to a Version, in one place for all formats.

A Draft holds an item's words as they stand in the file. `finish` cleans them, reads the dates,
finds the language, gives a guid to an item that has none, and tells what kind of item it is.
What cannot become a Version becomes a Rejected with its reason and remedy; nothing is dropped.

Refused: an item without any text (unless it takes a story off), without a readable date, with an
embargo that cannot be read (it might be published too early), or over MAX_ITEM_BYTES.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from domain.errors import SourceError
from domain.story import Kind, Rejected, SourceRef, Status, Subject, Version
from ingest import dateline
from ingest.cleaning import clean_body, clean_line
from ingest.dates import parse_embargo, parse_instant
from ingest.language import detect, primary_tag

MAX_ITEM_BYTES = 8 * 1024 * 1024  # the longest story known to us is under 1 MB; this bounds an item's memory
MAX_EXCERPT_BYTES = 4096
MAX_HEADLINE = 1000  # characters; longer ones are bodies put in the wrong field
GUID_RECIPE = "sha256-v1"
UNKNOWN_PROVIDER = "unknown"

_STATUS = {
    "usable": Status.USABLE, "": Status.USABLE, "update": Status.USABLE, "correction": Status.USABLE,
    "withheld": Status.WITHHELD, "hold": Status.WITHHELD, "held": Status.WITHHELD, "embargoed": Status.USABLE,
    "canceled": Status.CANCELED, "cancelled": Status.CANCELED, "killed": Status.CANCELED,
    "kill": Status.CANCELED, "withdrawn": Status.CANCELED, "recalled": Status.CANCELED,
}  # fmt: skip
_ADVISORY = re.compile(
    r"\badvis(?:ory|ories)?\b|\bagenda\b|\bdaybook\b|\bnot for publication\b|\bnever publishable\b", re.I
)
_ALERT = re.compile(
    r"\b(?:urgent|alert|alerte|alerta|flash|bulletin|snap|eilmeldung|blitz|newsalert|عاجل)\b", re.I
)
_ALERT_CHARACTERS = 400  # an alert is a sentence or two; "urgent" stories that run longer are stories
_ADDRESS = re.compile(
    r"urn:(?:newsml:)?((?!uuid:|newsml:)[a-z][\w.-]{1,40}[a-z])(?=:)|tag:([\w.-]+),\d{4}|https?://([\w.-]+)",
    re.I,
)
_VERSION_NUMBER = re.compile(r"\d{1,9}")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An item as the reader found it: text uncleaned, dates unread. None where the source says nothing."""

    body: str
    published: str | float | datetime | None
    guid: str | None = None
    provider: str | None = None
    version: str | int | None = None
    headline: str | None = None
    first_published: str | float | datetime | None = None
    status: str | None = None
    kind: Kind | None = None
    language: str | None = None
    slugline: str | None = None
    byline: str | None = None
    dateline_place: str | None = None
    dateline_date: str | None = None
    embargo_until: str | float | datetime | None = None
    subjects: tuple[Subject, ...] = ()
    places: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    urgency: str | int | None = None
    genre: str | None = None
    profile: str | None = None  # what the item calls itself, beside its genre: looked at for its kind only
    ed_note: str | None = None
    url: str | None = None


def finish(
    draft: Draft, ref: SourceRef, *, provider: str | None = None, raw: bytes = b""
) -> Version | Rejected:
    """The Version that `draft` describes, or why there is none. `provider` overrides the item's own."""
    try:
        return _finish(draft, ref, provider)
    except SourceError as error:
        return reject(ref, error.message, error.hint or "mend the item and ingest the file again", raw)


def reject(ref: SourceRef, reason: str, remedy: str, raw: bytes = b"") -> Rejected:
    return Rejected(
        source=ref, reason=printable(reason), remedy=printable(remedy), excerpt=raw[:MAX_EXCERPT_BYTES]
    )


def printable(text: str) -> str:
    """With what no database or terminal takes (controls, lone surrogates) spelled out: a reason quotes the input."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _finish(draft: Draft, ref: SourceRef, provider: str | None) -> Version:
    status = _status(draft.status)
    headline = clean_line(draft.headline)
    # An alert may be all headline, and a passage must be cut from a body.
    body = clean_body(draft.body) or headline or ""
    if headline and len(headline) > MAX_HEADLINE:
        body = body if body != headline else headline
        headline = headline[:MAX_HEADLINE].rsplit(" ", 1)[0] + " …"
    if not body and status is Status.USABLE:
        raise SourceError(
            "the item has no text",
            hint="nothing to do for a picture without a caption; otherwise add the text (in JSON and tables: `text`)",
        )
    if draft.published is None or draft.published == "":
        raise SourceError(
            "the item has no date",
            hint="add the publication date to the item (in JSON and tables: `date`) and ingest the file again",
        )
    published = parse_instant(draft.published)
    source = (
        clean_line(provider) or clean_line(draft.provider) or _provider(draft) or UNKNOWN_PROVIDER
    ).casefold()
    place, date = clean_line(draft.dateline_place), clean_line(draft.dateline_date)
    if place is None:
        place, found = dateline.find(body)
        date = date or found
    urgency = _urgency(draft.urgency)
    return Version(
        guid=clean_line(draft.guid) or _guid(source, published, headline, body),
        provider=source,
        version=_version_number(draft.version),
        published=published,
        body=body,
        headline=headline,
        first_published=parse_instant(draft.first_published) if draft.first_published else None,
        status=status,
        kind=draft.kind or _kind(draft, headline, body, urgency),
        language=primary_tag(draft.language) or detect(f"{headline or ''}\n{body}"),
        slugline=clean_line(draft.slugline),
        byline=clean_line(draft.byline),
        dateline_place=place,
        dateline_date=date,
        embargo_until=parse_embargo(draft.embargo_until) if draft.embargo_until else None,
        subjects=_subjects(draft.subjects),
        places=_names(draft.places),
        people=_names(draft.people),
        organisations=_names(draft.organisations),
        urgency=urgency,
        genre=clean_line(draft.genre),
        ed_note=clean_line(draft.ed_note),
        url=clean_line(draft.url),
        source=ref,
    )


def _subjects(given: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """With codes and names as clean as every other line; one without a code is none."""
    return tuple(
        Subject(code=code, name=clean_line(one.name)) for one in given if (code := clean_line(one.code))
    )


def _guid(provider: str, published: datetime, headline: str | None, body: str) -> str:
    """A guid for an item without one: the same item read again, from whatever file, has the same."""
    text = "\x1f".join((provider, published.isoformat(), headline or "", body))
    return f"urn:depeche:{GUID_RECIPE}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _provider(draft: Draft) -> str | None:
    """Whom an item's address names: urn:newsml:dpa.com:…, tag:reuters.com,2018:…, a web page's host."""
    for address in (draft.guid, draft.url):
        if match := _ADDRESS.match(address or ""):
            return next(part for part in match.groups() if part).removeprefix("www.")
    return None


def _status(declared: str | None) -> Status:
    name = (declared or "").strip().lower().rpartition(":")[2]  # "stat:canceled"
    if name not in _STATUS:
        raise SourceError(
            f"publication status {name!r} is not known", hint="use usable, withheld or canceled"
        )
    return _STATUS[name]


def _version_number(declared: str | int | None) -> int:
    """What the provider numbered; 0, which leaves it to the store, where it did not number."""
    match = _VERSION_NUMBER.fullmatch(str(declared).strip()) if declared is not None else None
    return int(match[0]) if match else 0


def _urgency(declared: str | int | None) -> int | None:
    text = str(declared).strip() if declared is not None else ""
    return int(text) if text.isdecimal() and 1 <= int(text) <= 9 else None


def _kind(draft: Draft, headline: str | None, body: str, urgency: int | None) -> Kind:
    labels = " ".join(filter(None, (draft.genre, draft.profile)))
    if _ADVISORY.search(labels) or (headline and _ADVISORY.match(headline)):
        return Kind.ADVISORY
    if len(body) <= _ALERT_CHARACTERS:
        words = " ".join(filter(None, (labels, headline, draft.slugline, draft.ed_note)))
        if urgency in (1, 2, None) and _ALERT.search(words):
            return Kind.ALERT
    return Kind.STORY


def _names(found: tuple[str, ...]) -> tuple[str, ...]:
    """Cleaned, in order, each once."""
    return tuple(dict.fromkeys(name for name in map(clean_line, found) if name))
