"""What is asked, within which limits, and what was found.

Filters are hard: nothing outside them is ever a Hit. Time constraints found in the
question's own words are shown with those words, so that a reader can undo them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.story import Kind


class Mode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class Order(StrEnum):
    """How hits about a changing fact are to be laid out."""

    RELEVANCE = "relevance"
    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Hard limits on versions. Bounds are aware UTC; `start` inclusive, `end` exclusive.

    `as_of`: the archive as it stood then: nothing published later, and of each story
    the version that was current at that instant. `subjects` (codes or names, with all that loaded tables
    put under them) and `places` (words of datelines and named places): one of each that is given.
    """

    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None
    languages: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset({Kind.STORY, Kind.ALERT})
    subjects: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeClue:
    """Words of the question that speak of time, and what they were taken to mean.

    `hard` clues become filters on the publication date; the others boost stories
    published from `start` to `end`. An `as_known` clue ("as of 3 May 1986") is hard and
    asks for the archive as it stood just before `end`: it becomes `Filters.as_of`.
    """

    words: str
    start: datetime | None
    end: datetime | None
    hard: bool
    order: Order = Order.RELEVANCE
    as_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question or keywords with its limits; `clues` is what the time module read from it."""

    text: str
    filters: Filters = Filters()
    mode: Mode = Mode.HYBRID
    limit: int = 10
    clues: tuple[TimeClue, ...] = ()
    order: Order = Order.RELEVANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found, with the story it stands in. `score` is comparable within one result list only."""

    passage_id: int
    version_id: int
    story_id: int
    guid: str
    version: int
    provider: str
    published: datetime
    language: str | None
    headline: str | None
    place: str | None
    passage: str
    start: int
    end: int
    score: float
    dense: float | None = None  # cosine to the question, where the dense half found it
    lexical: float | None = None  # BM25, where the lexical half found it
    duplicates: tuple[str, ...] = ()  # guids collapsed into this hit


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Hits best first, the query as understood, and the time it took in seconds."""

    query: Query
    hits: tuple[Hit, ...]
    seconds: float
