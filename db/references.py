"""Which story the words of a kill or correction mean. Pure, but for one query over a window of days.

Words match a story by its guid, its headline, the number its guid ends with, or its slugline. The surest
match in the window silences the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntFlag

import sqlalchemy as sa

from db.tables import story, version

# Agencies kill what they have just sent; the longer window is for notices that come after an inquiry.
WINDOWS = (timedelta(days=7), timedelta(days=60))
CLOCK_SKEW = timedelta(days=1)  # zone-less dates put a notice up to a day before its story
MOST_WORDS_AROUND_NUMBER = 4  # "see item dpa 157"; in a longer phrase a number is a fact, not an address
SHORTEST_PHRASE = 8  # characters of a headline or slugline that may match inside longer words

_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"[^\W_]*\d[^\W_]*")
_EDGES = " .,;:()[]-–—"
_QUOTES = str.maketrans("", "", "\"'«»“”„‘’`")


class Match(IntFlag):
    """How words name a story. Higher is surer, and what matches in two ways is surer than in one."""

    NONE = 0
    SLUGLINE = 1
    NUMBER = 2
    HEADLINE = 4
    GUID = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a story can be named by."""

    story_id: int
    guid: str
    slugline: str | None
    headline: str | None


def match(reference: str, named: Named) -> Match:
    words = _plain(reference)
    if not words:
        return Match.NONE
    guid = named.guid.casefold()
    found = Match.NONE
    if words == guid or any(token.strip(_EDGES) == guid for token in words.split()):
        found |= Match.GUID
    if any(_ends_with_number(guid, number) for number in _NUMBER.findall(words)):
        found |= Match.NUMBER
    if _names(words, named.headline):
        found |= Match.HEADLINE
    if _names(words, named.slugline):
        found |= Match.SLUGLINE
    if found == Match.NUMBER and len(words.split()) > MOST_WORDS_AROUND_NUMBER:
        return Match.NONE
    return found


def _names(words: str, title: str | None) -> bool:
    wanted = _plain(title or "")
    if not wanted:
        return False
    if words == wanted:
        return True
    return len(wanted) >= SHORTEST_PHRASE and f" {wanted} " in f" {words} "


def _ends_with_number(guid: str, number: str) -> bool:
    """Whether the guid's last run of letters and digits is the number, leading zeros aside."""
    last = re.split(r"[\W_]+", guid)[-1]
    return last.lstrip("0") == number.lstrip("0") != ""


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.translate(_QUOTES)).strip(_EDGES).casefold()


def best(reference: str, candidates: Iterable[Named]) -> set[int]:
    """The stories matched most surely; empty when none is matched at all."""
    found: dict[int, Match] = {}
    for one in candidates:
        kind = match(reference, one)
        if kind:
            found[one.story_id] = max(kind, found.get(one.story_id, kind))
    surest = max(found.values(), default=Match.NONE)
    return {story_id for story_id, kind in found.items() if kind == surest}


def find(connection: sa.Connection, *, provider: str, reference: str, issued: datetime) -> set[int]:
    """The provider's stories meant: an exact guid at any age, otherwise those of the last days."""
    exact = connection.scalar(
        sa.select(story.c.story_id).where(story.c.provider == provider, story.c.guid == reference.strip())
    )
    if exact is not None:
        return {exact}
    columns = (story.c.story_id, story.c.guid, version.c.slugline, version.c.headline)
    for window in WINDOWS:
        sent = (
            sa.select(*columns)
            .join(story, story.c.story_id == version.c.story_id)
            .where(
                version.c.published.between(issued - window, issued + CLOCK_SKEW),
                story.c.provider == provider,
            )
        )
        found = best(reference, (Named(**row._mapping) for row in connection.execute(sent)))
        if found:
            return found
    return set()
