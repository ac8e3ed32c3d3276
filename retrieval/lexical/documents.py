"""What Tantivy is given of a passage and of a whole story, and the filters both are searched under.

Passages serve questions: their words, ranked. Stories serve expressions and counts: "NOT maize" is
said of a story, not of one of its paragraphs, and a story is counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import tantivy
from tantivy import FieldType, Occur, Query, Schema, SchemaBuilder

from domain.story import StoredPassage, Version
from retrieval.dense.rows import UNKNOWN_LANGUAGE
from retrieval.instants import microseconds
from retrieval.lexical.analysis import indexed
from retrieval.lexical.folder import LABELS, LABELS_CONSIDERED
from retrieval.scope import Scope

FORMAT = 2
PASSAGE_TEXTS = ("body", "headline")
PASSAGE_NUMBERS = ("passage_id", "version_id", "published")
STORY_TEXTS = ("body", "headline", "place", "people", "subject")
STORY_NUMBERS = ("version_id", "published", "year")
SUBJECT_CODE = "subject_code"  # codes as the item gave them, whole


def passage_schema() -> Schema:
    return _schema(texts=PASSAGE_TEXTS, labels=LABELS, numbers=PASSAGE_NUMBERS)


def story_schema() -> Schema:
    return _schema(texts=STORY_TEXTS, labels=(*LABELS, SUBJECT_CODE), numbers=STORY_NUMBERS)


def _schema(*, texts: Iterable[str], labels: Iterable[str], numbers: Iterable[str]) -> Schema:
    builder = SchemaBuilder()
    for name in texts:
        # Terms come analysed by the story's own language; Tantivy only has to split none.
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in labels:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in numbers:
        builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


def passage_document(passage: StoredPassage) -> tantivy.Document:
    return _document(
        {"body": passage.text, "headline": passage.headline},
        language=passage.language,
        labels=_labels(passage.language, passage.provider, passage.kind.value),
        numbers={
            "passage_id": passage.passage_id,
            "version_id": passage.version_id,
            "published": microseconds(passage.published),
        },
    )


def story_document(version_id: int, version: Version) -> tantivy.Document:
    """A version whole. Names that follow one another are kept apart by what is between them."""
    places = dict.fromkeys((*filter(None, (version.dateline_place,)), *version.places))
    subjects = " ".join(f"{subject.name or ''} {subject.code}" for subject in version.subjects)
    codes = dict.fromkeys(subject.code for subject in version.subjects)
    return _document(
        {
            "body": version.body,
            "headline": version.headline,
            "place": " . ".join(places),
            "people": " . ".join(version.people),
            "subject": subjects,
        },
        language=version.language,
        labels=(
            *_labels(version.language, version.provider, version.kind.value),
            *((SUBJECT_CODE, code) for code in codes),
        ),
        numbers={
            "version_id": version_id,
            "published": microseconds(version.published),
            "year": version.published.year,
        },
    )


def _labels(language: str | None, provider: str, kind: str) -> tuple[tuple[str, str], ...]:
    return ("lang", language or UNKNOWN_LANGUAGE), ("provider", provider), ("kind", kind)


def _document(
    texts: Mapping[str, str | None],
    *,
    language: str | None,
    labels: Iterable[tuple[str, str]],
    numbers: Mapping[str, int],
) -> tantivy.Document:
    content = tantivy.Document()
    for name, text in texts.items():
        if text:
            analysed = indexed(text, language)
            if isinstance(analysed, str):
                content.add_text(name, analysed)
            else:
                content.add_pre_tokenized_text(name, analysed)
    for name, label in labels:
        content.add_text(name, label)
    for name, number in numbers.items():
        content.add_integer(name, number)
    return content


def limits(
    own: Schema, scope: Scope, labels: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[Occur, Query]]:
    """The scope's filters as clauses that exclude and never score; `labels` as in Committed."""
    if scope.since is not None or scope.until is not None:
        dates = Query.range_query(
            own,
            "published",
            FieldType.Integer,
            lower_bound=scope.since,
            upper_bound=None if scope.until is None else scope.until - 1,
        )
        yield Occur.Must, Query.const_score_query(dates, 0.0)
    for name, wanted in zip(LABELS, (scope.languages, scope.providers, scope.kinds), strict=True):
        if wanted:
            yield from _labelled(own, name, wanted, held=labels[name])


def _labelled(
    own: Schema, name: str, wanted: frozenset[str], *, held: Mapping[str, int]
) -> Iterator[tuple[Occur, Query]]:
    """What is wanted is let in or what is not is shut out, whichever is less: Tantivy reads all of it."""
    unwanted = held.keys() - wanted
    if len(held) >= LABELS_CONSIDERED or _documents(held, unwanted) > _documents(held, wanted):
        yield Occur.Must, Query.const_score_query(Query.term_set_query(own, name, sorted(wanted)), 0.0)
    elif unwanted:
        yield Occur.MustNot, Query.term_set_query(own, name, sorted(unwanted))


def _documents(held: Mapping[str, int], labels: Iterable[str]) -> int:
    return sum(held.get(label, 0) for label in labels)
