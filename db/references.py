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
from functools import lru_cache

import sqlalchemy as sa

from db.tables import story, version
from domain.story import SourceRef

# Agencies kill what they have just sent; the longer window is for notices that come after an inquiry.
WINDOWS = (timedelta(days=7), timedelta(days=60))
CLOCK_SKEW = timedelta(days=1)  # zone-less dates put a notice up to a day before its story
MOST_WORDS_AROUND_NUMBER = 4  # "see item dpa 157"; in a longer phrase a number is a fact, not an address
SHORTEST_PHRASE = 8  # characters of a headline or slugline that may match inside longer words

_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"[^\W_]*\d[^\W_]*")
_ADDRESS = re.compile(r"(?:[A-Za-z]{2,12} )?[A-Za-z]{0,6}\d[\w./-]*")
_LAST_RUN = re.compile(r"[\W_]+")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A reference taken apart once: it is compared with every story of a window."""

    words: str
    tokens: frozenset[str]
    numbers: frozenset[str]  # without leading zeros
    is_short: bool  # so short that a number in it must be an address


@lru_cache(maxsize=256)
def _taken_apart(reference: str) -> _Wanted:
    words = _plain(reference)
    return _Wanted(
        words=words,
        tokens=frozenset(token.strip(_EDGES) for token in words.split()),
        numbers=frozenset(number.lstrip("0") for number in _NUMBER.findall(words)) - {""},
        is_short=len(words.split()) <= MOST_WORDS_AROUND_NUMBER,
    )


def match(reference: str, named: Named) -> Match:
    wanted = _taken_apart(reference)
    if not wanted.words:
        return Match.NONE
    guid = named.guid.casefold()
    found = Match.NONE
    if guid == wanted.words or guid in wanted.tokens:
        found |= Match.GUID
    if wanted.numbers and _LAST_RUN.split(guid)[-1].lstrip("0") in wanted.numbers:
        found |= Match.NUMBER
    if _names(wanted.words, named.headline):
        found |= Match.HEADLINE
    if _names(wanted.words, named.slugline):
        found |= Match.SLUGLINE
    return Match.NONE if found == Match.NUMBER and not wanted.is_short else found


def _names(words: str, title: str | None) -> bool:
    wanted = _plain(title or "")
    if not wanted:
        return False
    if words == wanted:
        return True
    return len(wanted) >= SHORTEST_PHRASE and f" {wanted} " in f" {words} "


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


def is_number(reference: str) -> bool:
    """Whether the words are an agency's number of an item: "dpa 157", "EFE1234"."""
    return _ADDRESS.fullmatch(reference) is not None


def is_headline(reference: str, headline: str | None) -> bool:
    """Whether the words are the headline, whole: what a correction, itself a story, names another by."""
    wanted = _plain(reference)
    return bool(wanted) and wanted == _plain(headline or "")


def find(
    connection: sa.Connection,
    *,
    provider: str,
    reference: str,
    issued: datetime,
    notice: SourceRef | None,
    by_headline: bool = False,
) -> set[int]:
    """The provider's stories meant: an exact guid at any age, otherwise those of the last days.

    `notice`: where the message itself was read. What it says of itself (often the story's own slugline) is
    not the story. `by_headline`: the words must be the story's headline, of the last week.
    """
    exact = connection.scalar(
        sa.select(story.c.story_id).where(story.c.provider == provider, story.c.guid == reference.strip())
    )
    if exact is not None:
        return {exact}
    columns = (story.c.story_id, story.c.guid, version.c.slugline, version.c.headline)
    for window in WINDOWS[:1] if by_headline else WINDOWS:
        sent = (
            sa.select(*columns)
            .join(story, story.c.story_id == version.c.story_id)
            .where(
                version.c.published.between(issued - window, issued + CLOCK_SKEW),
                story.c.provider == provider,
            )
        )
        if notice is not None:
            elsewhere = sa.or_(
                version.c.source_path.is_distinct_from(notice.path),
                version.c.source_position.is_distinct_from(notice.position),
                version.c.published
                != issued,  # a file that is written anew holds other items in the same places
            )
            sent = sent.where(elsewhere)
        if by_headline:
            # Corrections are many: the database looks at the headlines, and only those that hold the words come out.
            sent = sent.where(version.c.headline.icontains(reference, autoescape=True))
        candidates = [Named(**row._mapping) for row in connection.execute(sent)]
        if by_headline:
            found = {one.story_id for one in candidates if is_headline(reference, one.headline)}
        else:
            found = best(reference, candidates)
        if found:
            return found
    return set()
