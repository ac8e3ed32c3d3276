"""Counts beside a search, with hidden names screened: no count tells of a story found by such a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from answering.folding import fold
from db.store import StoryStore
from domain.facets import Facet, Facets
from domain.query import Query
from retrieval.lexical.documents import SUBJECT_CODE
from retrieval.matching import Matcher
from runtime.suppression import HiddenNames, Screen

_SPARE = 20  # subjects asked for beyond the cut, since those that say a hidden name are left out


def count(query: Query, *, matcher: Matcher, store: StoryStore, screen: Screen, values: int) -> Facets:
    """The matching stories by year, language, provider and subject; `values` at most of the last three."""
    names = screen.names()
    found = matcher.counts(query, values=values + _SPARE, without=_touched(names, query.text))
    by_field = found.by_field
    subjects = by_field[SUBJECT_CODE]
    called = store.subjects.names(code for code, _ in subjects)
    mask = names.in_full
    named = [
        Facet(value=code, stories=stories, name=called[code].name() if code in called else None)
        for code, stories in subjects
    ]
    return Facets(
        query=query,
        stories=found.total,
        years=tuple(sorted(_facets(by_field["year"]), key=lambda one: int(one.value))),
        languages=_facets(by_field["lang"])[:values],
        providers=_facets(by_field["provider"])[:values],
        subjects=tuple(one for one in named if not mask.hides(one.value, one.name))[:values],
    )


def _facets(counted: Sequence[tuple[str, int]]) -> tuple[Facet, ...]:
    return tuple(Facet(value=value, stories=stories) for value, stories in counted)


def _touched(names: HiddenNames, text: str) -> tuple[str, ...]:
    """Hidden names that share a word, or the beginning of one asked for with *, with the query."""
    asked = re.findall(r"[^\W_]+\*?", fold(text))
    return tuple(
        name
        for name in names.names
        if any(
            word.startswith(term.rstrip("*")) if term.endswith("*") else word == term
            for word in re.findall(r"[^\W_]+", fold(name))
            for term in asked
        )
    )
