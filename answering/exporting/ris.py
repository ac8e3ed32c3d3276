"""RIS: a record for each version cited. Tag, two spaces, hyphen, space; lines end in CR LF; UTF-8."""

from __future__ import annotations

from collections.abc import Iterator

from answering.exporting.sources import CitedStory, cited_stories, one_line, title
from domain.answer import Answer


def as_ris(answer: Answer) -> str:
    return "".join(
        f"{tag}  - {one_line(value)}\r\n"
        for story in cited_stories(answer)
        for tag, value in (*_fields(story), ("ER", ""))
    )


def _fields(story: CitedStory) -> Iterator[tuple[str, str]]:
    cited = story.first
    yield "TY", "NEWS"
    yield "TI", title(cited)
    yield "JO", cited.provider
    yield "PY", f"{cited.published:%Y}"
    yield "DA", f"{cited.published:%Y/%m/%d}/"
    yield "AN", f"{cited.guid}, v{cited.version}"
    for quote in story.quotes:
        yield "N1", quote
