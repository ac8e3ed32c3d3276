"""What a kill, a hold, or a name hidden would touch: shown to the person before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db.store import StoryStore
from domain.errors import StoreError, StoryNotFound
from domain.query import Hit, Mode, Query
from domain.story import AuditEntry, Status, StoryRecord
from runtime.suppression import Screen

if TYPE_CHECKING:
    from runtime.archive import Archive

MOST_COPIES = 50  # shown with their headlines
EXAMPLES = 5  # stories that hold a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A story, named so that it can be no other."""

    guid: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A near-duplicate of a story: an act upon the story does not reach it."""

    address: Address
    headline: str | None
    published: datetime
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedStory:
    """What an act upon a story reaches, and what it leaves."""

    address: Address
    status: Status
    embargo_until: datetime | None
    headline: str | None
    language: str | None
    versions: tuple[tuple[int, datetime], ...]  # number, published; all of them are reached
    answers: int  # stored answers that cite it
    copies: tuple[Copy, ...]
    more_copies: int
    history: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedName:
    """Stories that hold a name's words in this order. A name is hidden in other spellings too."""

    name: str
    stories: int
    examples: tuple[Hit, ...]
    hidden_since: datetime | None
    hidden_by: str | None
    reason: str | None


def touched_story(store: StoryStore, guid: str, *, provider: str | None = None) -> TouchedStory:
    """StoryNotFound when there is none; StoreError naming them when several providers use the guid."""
    record = _read(store, guid, provider)
    address = Address(guid=record.guid, provider=record.provider)
    story_id = store.ledger.stories_called(guid)[record.provider]
    group = store.links.duplicates.of([story_id]).get(story_id)
    members = store.links.duplicates.members([group])[group] if group is not None else []
    others = [one for one in members if one != story_id]
    known = store.ledger.addresses(others[:MOST_COPIES])
    last = record.versions[-1]
    return TouchedStory(
        address=address,
        status=record.status,
        embargo_until=record.embargo_until,
        headline=last.headline,
        language=last.language,
        versions=tuple((one.version, one.published) for one in record.versions),
        answers=store.ledger.answers_citing(story_id),
        copies=tuple(_copy(store, guid=one[1], provider=one[0]) for one in known.values()),
        more_copies=len(others) - len(known),
        history=record.history,
    )


def touched_name(archive: Archive, name: str) -> TouchedName:
    """Asks the words' index; a name that is hidden already is found nowhere."""
    wanted = " ".join(name.replace('"', " ").split())
    if not wanted:
        raise StoreError("a name is needed", hint="give the name as it is printed")
    hidden = {one.name: one for one in archive.suppressions()}.get(wanted)
    query = Query(text=f'"{wanted}"', mode=Mode.LEXICAL, limit=EXAMPLES)
    return TouchedName(
        name=wanted,
        stories=archive.facets(query).stories,
        examples=archive.search_query(query).hits,
        hidden_since=hidden.since if hidden else None,
        hidden_by=hidden.actor if hidden else None,
        reason=hidden.reason if hidden else None,
    )


def _read(store: StoryStore, guid: str, provider: str | None) -> StoryRecord:
    record = store.story(guid, provider=provider, include_hidden=True)
    if not record.versions:
        raise StoryNotFound(f"no version of {guid} is stored", hint="check the guid")
    return Screen(store).record(record)


def _copy(store: StoryStore, *, guid: str, provider: str) -> Copy:
    record = _read(store, guid, provider)
    last = record.versions[-1]
    return Copy(
        address=Address(guid=guid, provider=provider),
        headline=last.headline,
        published=last.published,
        status=record.status,
    )
