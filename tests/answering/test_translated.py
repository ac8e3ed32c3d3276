"""A quotation in the question's language of words said in another carries the original beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from answering.translated import marked
from domain.answer import Citation


def cited(quote: str) -> Citation:
    day = datetime(1990, 1, 1, tzinfo=UTC)
    return Citation(guid="g", version=1, published=day, start=0, end=len(quote), quote=quote, provider="a")


@pytest.mark.parametrize(
    ("text", "language", "quote", "source", "expected"),
    [
        (
            "The minister said “we will never give up”.",
            "en",
            "Le ministre a dit « nous ne renoncerons jamais ».",
            "fr",
            "The minister said “we will never give up”. "
            "(quotation translated; original, in French: “nous ne renoncerons jamais”)",
        ),
        (
            "Le ministre a dit « nous ne renoncerons jamais ».",
            "fr",
            "Der Minister sagte, man werde niemals aufgeben.",
            "de",
            "Le ministre a dit « nous ne renoncerons jamais ». "
            "(citation traduite ; en allemand dans l'original : « Der Minister sagte, man werde niemals aufgeben. »)",
        ),
    ],
)
def test_a_translation_is_marked(text: str, language: str, quote: str, source: str, expected: str) -> None:
    assert marked(text, [cited(quote)], language=language, source=source) == expected


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The minister will not give up.", "fr"),  # no quotation
        ("The minister said « nous ne renoncerons jamais ».", "fr"),  # the original itself
        ("The minister said “we will never give up”.", "en"),  # one language: the check wants it verbatim
    ],
)
def test_what_needs_no_mark_has_none(text: str, source: str) -> None:
    quote = cited("Le ministre a dit « nous ne renoncerons jamais ».")
    assert marked(text, [quote], language="en", source=source) == text
