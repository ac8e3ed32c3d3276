"""A question in anyone's words to a Tantivy query. Any text is acceptable; none is a syntax error.

A word matches as its own language's stem and, in stories of other languages, as theirs; the
best of these counts, once. A match in the headline counts with the body's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from tantivy import Occur, Query, Schema

from retrieval.lexical.analysis import terms, words
from retrieval.lexical.function_words import content_words, guess_language

HEADLINE_BOOST = 1.0  # 0, 0.5, 1, 2 tried on a part of RealtimeQA: docs/retrieval-evaluation.md
REQUIRED_SHARE = 3 / 4  # of a longer question's content words; a choice of ours, not measured
ALL_REQUIRED = 3  # words: of so few, each one counts
MOST_WORDS = 64  # a pasted page is searched by its first words; BM25 costs a posting list each


def question_query(own: Schema, text: str, *, languages: Iterable[str]) -> Query:
    """Stories about any of the question's words, the rarer the better."""
    spoken = guess_language(text)
    chosen = content_words(words(text), spoken)[:MOST_WORDS]
    if not chosen:
        return Query.empty_query()
    tongues = list(dict.fromkeys([spoken, *languages]))
    return Query.boolean_query(
        [(Occur.Should, word_query(own, word, tongues)) for word in dict.fromkeys(chosen)]
    )


def required_query(own: Schema, text: str, *, languages: Iterable[str]) -> Query:
    """Stories that hold the question's content words: all of up to three, three quarters of more."""
    spoken = guess_language(text)
    tongues = list(dict.fromkeys([spoken, *languages]))
    chosen = list(dict.fromkeys(content_words(words(text), spoken)[:MOST_WORDS]))
    if not chosen:
        return Query.empty_query()
    required = len(chosen) if len(chosen) <= ALL_REQUIRED else math.ceil(len(chosen) * REQUIRED_SHARE)
    return Query.boolean_query([(Occur.Should, word_query(own, word, tongues)) for word in chosen], required)


def word_query(own: Schema, word: str, languages: Iterable[str | None]) -> Query:
    """One word in the body or the headline, under each language's stemming."""
    variants = dict.fromkeys(term for language in languages for term in terms(word, language))
    queries = [
        Query.boolean_query(
            [
                (Occur.Should, Query.term_query(own, "body", term)),
                (Occur.Should, Query.boost_query(Query.term_query(own, "headline", term), HEADLINE_BOOST)),
            ]
        )
        for term in variants
    ]
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)
