"""What matches, yes or no: for counts and for saved questions, where a ranking would not do.

An expression matches the stories it is true of. A plain question matches a story that holds its content
words, inflected as may be: all of up to three, three quarters of more. Words that speak of time do not
have to occur: what they say of the publication date, a hard clue, is a filter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur
from tantivy import Query as TantivyQuery

from db.store import StoryStore
from domain.query import Hit, Query
from retrieval.index import SearchIndex
from retrieval.lexical.analysis import terms
from retrieval.lexical.documents import STORY_TEXTS
from retrieval.lexical.question import question_query, required_query
from retrieval.lexical.stories import Counts, StoryIndex
from retrieval.scope import Scope, Visibility, scope_of
from retrieval.search import hit_of
from retrieval.stages import Candidate
from retrieval.syntax import expression_query, is_expression, passage_query
from retrieval.topics import with_topics

AT_ONCE = 1000  # versions named in one query


class Matcher:
    """Finds and counts the stories of one archive that match; shared by any number of threads."""

    def __init__(self, index: SearchIndex, store: StoryStore, *, clock: Callable[[], datetime]) -> None:
        self._index = index
        self._store = store
        self._clock = clock
        self._visibility = Visibility(store)

    def counts(self, query: Query, *, values: int, without: Sequence[str] = ()) -> Counts:
        """Visible stories within the filters, less those that hold all the words of one of `without`."""
        stories, scope = self._stories_and_scope(query)
        clauses = [(Occur.Must, self._query(stories, query))]
        clauses += [(Occur.MustNot, _holding(stories, name)) for name in without if terms(name, None)]
        return stories.counts(TantivyQuery.boolean_query(clauses), scope=scope, values=values)

    def versions(self, query: Query, *, after: int, upto: int) -> NDArray[np.int64]:
        """Versions with ids above `after` and at most `upto` that match within the filters, hidden or not."""
        stories, scope = self._stories_and_scope(query)
        return stories.matching(self._query(stories, query), scope=scope, after=after, upto=upto)

    def among(self, query: Query, version_ids: Sequence[int]) -> list[int]:
        """Those of the versions that match within the filters, hidden or not."""
        stories, scope = self._stories_and_scope(query)
        asked = self._query(stories, query)
        found: list[int] = []
        for start in range(0, len(version_ids), AT_ONCE):
            found += stories.among(asked, version_ids[start : start + AT_ONCE], scope=scope).tolist()
        return found

    def hits(self, query: Query, version_ids: Sequence[int]) -> list[Hit]:
        """Each version with the passage of it that shows best why it matches, in the order given."""
        lexical = self._index.generation().lexical
        languages = sorted(query.filters.languages) or lexical.languages()
        if is_expression(query.text):
            best = passage_query(lexical.schema, query.text, languages=languages)
        else:
            best = question_query(lexical.schema, _timeless(query), languages=languages)
        chosen: dict[int, int] = {}
        for start in range(0, len(version_ids), AT_ONCE):
            chosen |= lexical.best_passages(best, version_ids[start : start + AT_ONCE])
        passages = self._store.passages(chosen.values())
        return [
            hit_of(
                Candidate(passage_id=chosen[one], score=0.0),
                passages[chosen[one]],
                words=passages[chosen[one]].text,
            )
            for one in version_ids
            if chosen.get(one) in passages
        ]

    def _stories_and_scope(self, query: Query) -> tuple[StoryIndex, Scope]:
        scope = scope_of(query, now=self._clock(), visibility=self._visibility)
        return self._index.generation().lexical.stories, scope

    def _query(self, stories: StoryIndex, query: Query) -> TantivyQuery:
        asked = self._words(stories, query)
        return with_topics(asked, stories, query.filters, subjects=self._store.subjects.codes)

    def _words(self, stories: StoryIndex, query: Query) -> TantivyQuery:
        languages = sorted(query.filters.languages) or stories.languages()
        if is_expression(query.text):
            return expression_query(
                stories.schema,
                query.text,
                languages=languages,
                labels=stories.labels,
                subjects=self._store.subjects.codes,
            )
        return required_query(stories.schema, _timeless(query), languages=languages)


def _timeless(query: Query) -> str:
    text = query.text
    for clue in query.clues:
        text = text.replace(clue.words, " ")
    return text


def _holding(stories: StoryIndex, name: str) -> TantivyQuery:
    """Stories with every word of the name, whatever their order: rather one too many than one too few."""
    tongues = (None, *stories.languages())
    return TantivyQuery.boolean_query(
        [
            (
                Occur.Must,
                TantivyQuery.disjunction_max_query(
                    [
                        TantivyQuery.term_query(stories.schema, field, term)
                        for field in STORY_TEXTS
                        for term in dict.fromkeys(t for tongue in tongues for t in terms(word, tongue))
                    ]
                ),
            )
            for word in terms(name, None)
        ]
    )
