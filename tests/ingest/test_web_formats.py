"""ARC and WARC, RSS, Atom and JSON Feed as files, packed: each goes in with its own address, date and text. 2 s."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from domain.story import Version
from ingest.reading import read_file
from ingest.sources import Meter
from tests.ingest.readers.feeds import assert_fields, utc
from tests.ingest.seeds import SEEDS

_MARCH = utc(2020, 1, 2, 3, 4, 5)
CASES = {
    "arc": (SEEDS["warc"][1], "https://example.org/2020/01/02/un-titre", "example.org", "Un titre", "conseil s'est réuni", _MARCH),
    "warc": (SEEDS["warc"][0], "https://news.example.org/story-1", "news.example.org", "A title", "something happened", _MARCH),
    "rss": (SEEDS["rss"][0], "urn:r:1", "example.org", "A & B", "The council met.", _MARCH),
    "atom": (SEEDS["rss"][1], "urn:a:1", "example.org", "A title", "The council met.", utc(2020, 1, 1)),
    "json-feed": (SEEDS["rss"][2], "1", "example.org", "A title", "It met.", _MARCH),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("packed", [False, True])
def test_it_goes_in(name: str, packed: bool, tmp_path: Path) -> None:
    content, guid, provider, headline, words, published = CASES[name]
    file = tmp_path / "feed"
    file.write_bytes(gzip.compress(content) if packed else content)
    items = [one.item for one in read_file(file, format="auto", provider=None, meter=Meter())]
    story = next(item for item in items if isinstance(item, Version))
    assert_fields(story, guid=guid, provider=provider, headline=headline, published=published)
    assert words in story.body
