"""How many stories match a query, and how they are spread. Each story counts once, copies of it too."""

from __future__ import annotations

from dataclasses import dataclass

from domain.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One value of a field and the number of stories that have it. `name`: what a code is called."""

    value: str
    stories: int
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Years in order; the others most frequent first, cut where the caller said.

    A story without a language counts under "und"; one with several subjects, or none, counts under each
    or none of them.
    """

    query: Query
    stories: int
    years: tuple[Facet, ...]
    languages: tuple[Facet, ...]
    providers: tuple[Facet, ...]
    subjects: tuple[Facet, ...]
