"""Sources for reader tests: real files beside the project, and bytes written by the test."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.protocols import Reader, Source
from domain.story import Item, Version


def source_of(raw: bytes, *, path: str = "feed.xml") -> Source:
    return Source(path=path, open=lambda: io.BytesIO(raw), head=raw[:65536], size=len(raw))


def items_in(reader: Reader, raw: bytes) -> list[Item]:
    return list(reader.read(source_of(raw), provider=None))


def items_of(reader: Reader, file: Path) -> list[Item]:
    """What `reader` makes of a file that it must accept by its content."""
    raw = file.read_bytes()
    source = source_of(raw, path=file.name)
    assert reader.accepts(source)
    return list(reader.read(source, provider=None))


def story_of(reader: Reader, file: Path) -> Version:
    """The only story of a file that holds one."""
    stories = [item for item in items_of(reader, file) if isinstance(item, Version)]
    assert len(stories) == 1
    return stories[0]


def assert_fields(story: Version, **expected: Any) -> None:
    found = {name: getattr(story, name) for name in expected}
    assert found == expected


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def codes(story: Version) -> list[str]:
    return [subject.code for subject in story.subjects]


def names(story: Version, code: str) -> set[str | None]:
    return {subject.name for subject in story.subjects if subject.code == code}
