"""Hits made by hand, for tests of what is drawn of them."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.query import Hit


def hit(*, guid: str = "urn:test:1", headline: str | None = "Headline", passage: str = "Text.") -> Hit:
    return Hit(
        passage_id=1,
        version_id=1,
        story_id=1,
        guid=guid,
        version=1,
        provider="test",
        published=datetime(1987, 4, 3, tzinfo=UTC),
        language="en",
        headline=headline,
        place=None,
        passage=passage,
        start=0,
        end=len(passage),
        score=1.0,
        duplicates=("urn:test:<2>",),
    )
