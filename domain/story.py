"""A story, its versions, and the passages cut from them.

A Story is an address (provider + guid). A Version is the text as sent once; later
versions never overwrite it. A Passage is a slice of one version's body:
`passage.text == version.body[passage.start:passage.end]`, always.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """What a story may be used for. Names follow ninjs `pubstatus`."""

    USABLE = "usable"
    WITHHELD = "withheld"  # on hold: can be lifted
    CANCELED = "canceled"  # killed: for good


class Kind(StrEnum):
    """What a version is for. Only STORY feeds answers unless others are asked for."""

    STORY = "story"
    ALERT = "alert"
    ADVISORY = "advisory"  # agendas, notes to editors: stored, left out of answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A classification as the item gave it: scheme-qualified code and the name it came with."""

    code: str  # "medtop:11000000", "subj:04000000", "reuters:cocoa"
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """Where an item was read: `path` as displayed ("feed.zip!a/b.xml"), `position` within it.

    `position` is the item's ordinal (0-based) or byte offset, as the reader documents.
    """

    path: str
    position: int


def place_in(path: str, position: int) -> tuple[Literal["item", "byte"], int]:
    """A position as a person counts: items from 1; in Reuters-21578's files bytes, from 0, as tools that cut files do."""
    return ("byte", position) if ".sgm" in path else ("item", position + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One sending of a story. Datetimes are aware UTC; `None` means the source did not say."""

    guid: str
    provider: str
    version: int  # 1-based; what the provider numbered, or the order of arrival
    published: datetime  # versionCreated
    body: str  # paragraphs separated by "\n\n"
    headline: str | None = None
    first_published: datetime | None = None
    status: Status = Status.USABLE
    kind: Kind = Kind.STORY
    language: str | None = None  # BCP 47, lower-case primary tag: "en", "fr"
    slugline: str | None = None
    byline: str | None = None
    dateline_place: str | None = None  # "PARIS"
    dateline_date: str | None = None  # as printed: "Feb 26"
    embargo_until: datetime | None = None
    subjects: tuple[Subject, ...] = ()
    places: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    urgency: int | None = None  # 1 (flash) … 9
    genre: str | None = None
    ed_note: str | None = None
    url: str | None = None
    source: SourceRef | None = None

    @property
    def content_hash(self) -> str:
        """SHA-256 of what a reader sees and what decides visibility; identical content is `unchanged`.

        Recipe "v1": fields joined by U+001F in the order below, NFC.
        """
        parts = (
            self.headline,
            self.body,
            self.status,
            self.kind,
            self.language,
            self.slugline,
            self.byline,
            self.dateline_place,
            self.dateline_date,
            self.published.isoformat(),
            self.ed_note,
            self.embargo_until.isoformat() if self.embargo_until else None,
            "|".join(s.code for s in self.subjects),
        )
        text = unicodedata.normalize("NFC", "\x1f".join("" if p is None else str(p) for p in parts))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Action(StrEnum):
    """What a message asks to be done to another item."""

    KILL = "kill"
    HOLD = "hold"
    RELEASE = "release"
    CORRECT = "correct"  # the message's own version replaces the target's text


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A message about another item, found in an item's status or prose.

    `target` is a guid when the message names one; otherwise `reference` holds the words
    that name it ("item dpa 157", a slugline, a headline) for the store to resolve.
    `replacement` (CORRECT): guid of the version the same message carries; absent, the
    version read from the same place in the same file is taken.
    """

    action: Action
    provider: str
    issued: datetime
    target: str | None = None
    reference: str | None = None
    reason: str | None = None
    source: SourceRef | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An item that could not be taken in: kept aside with what is needed to mend it."""

    source: SourceRef
    reason: str
    remedy: str
    excerpt: bytes = b""  # at most 4 KiB of the raw item


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An item recognised as something other than a story: a package, a concept, a picture without words.

    Nothing is wrong with it and nothing is stored of it: it is counted under its kind.
    """

    source: SourceRef
    kind: str  # as the format names it: "packageItem", "conceptItem", "picture"


Item = Version | Directive | Rejected | SetAside


def rides_along(item: Item) -> bool:
    """Whether it is not counted: what a corrected story, which is, says of the one that it replaces."""
    return isinstance(item, Directive) and item.replacement is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A slice of a version's body: body[start:end] == text. Offsets count code points."""

    start: int
    end: int
    text: str
    ordinal: int  # 0-based position among the version's passages


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagePlace:
    """Where a passage stands: what a list of hits shows of it and of its version, but for the words.

    `copies`, `chain`: the groups of near-duplicates and of one event that its story is in, where it is known.
    """

    passage_id: int
    version_id: int
    story_id: int
    guid: str
    provider: str
    version: int
    published: datetime
    language: str | None
    headline: str | None
    place: str | None
    kind: Kind
    start: int
    end: int
    copies: int | None = None
    chain: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage(PassagePlace):
    """A passage as it rests in the database, with what the indexes and the packer need of its version."""

    text: str
    people: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentText:
    """A stored version as it is compared with others: its words and where and when they were sent."""

    version_id: int
    story_id: int
    provider: str
    published: datetime
    kind: Kind
    language: str | None
    headline: str | None
    slugline: str | None
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingestion did. Every item read is in exactly one of new … quarantined, or set aside."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    killed: int = 0
    quarantined: int = 0
    passages: int = 0
    set_aside: int = 0  # read and rightly not stored: packages, concepts, pictures without words
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRecord:
    """A story with its versions (oldest first) and what was done to it."""

    guid: str
    provider: str
    status: Status
    embargo_until: datetime | None
    versions: tuple[Version, ...]
    history: tuple[AuditEntry, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act upon a story: who, when, what, why."""

    at: datetime
    action: str
    actor: str
    reason: str | None
