"""The limits of a query that only whole stories know: its subjects and places.

Passages and vectors do not hold them. For searches of those, the versions that have them are named one by one
(`Scope.only`); for searches of stories they are a clause. Both by what `subject:` and `place:` mean.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur
from tantivy import Query as TantivyQuery

from domain.query import Filters
from retrieval.lexical.stories import StoryIndex
from retrieval.scope import Scope
from retrieval.syntax import Subjects, named_query

WINDOW = 200_000  # version ids looked at in one search: bounds memory at about 40 MB


def are_named(filters: Filters) -> bool:
    """Whether the filters ask for subjects or places."""
    return bool(filters.subjects or filters.places)


def with_topics(
    query: TantivyQuery, stories: StoryIndex, filters: Filters, *, subjects: Subjects
) -> TantivyQuery:
    """The query for stories within the filters' subjects and places."""
    named = _named(stories, filters, subjects=subjects)
    return query if named is None else TantivyQuery.boolean_query([(Occur.Must, query), (Occur.Must, named)])


def within_topics(scope: Scope, stories: StoryIndex, filters: Filters, *, subjects: Subjects) -> Scope:
    """The scope narrowed to the versions that have the filters' subjects and places."""
    named = _named(stories, filters, subjects=subjects)
    if named is None or scope.is_empty:
        return scope
    upto = stories.last_version()
    found = [
        stories.matching(named, scope=scope, after=after, upto=min(after + WINDOW, upto))
        for after in range(0, upto, WINDOW)
    ]
    empty: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    return replace(scope, only=np.concatenate(found) if found else empty)


def _named(stories: StoryIndex, filters: Filters, *, subjects: Subjects) -> TantivyQuery | None:
    return named_query(
        stories.schema,
        subjects=filters.subjects,
        places=filters.places,
        languages=stories.languages(),
        codes=subjects,
    )
