"""What every reader promises, whatever its format; what each makes of its fields is in tests/ingest/readers."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

import pytest

from domain.protocols import Reader, Source
from domain.story import Directive, Rejected, SetAside, Version
from ingest import readers
from tests.ingest.samples import source
from tests.ingest.seeds import SEEDS

CASES = [
    pytest.param(name, content, id=f"{name}-{number}")
    for name, contents in SEEDS.items()
    for number, content in enumerate(contents)
]
every_sample = pytest.mark.parametrize(("name", "content"), CASES)


def reader(name: str) -> Reader:
    return readers.choose(source(b"x"), name)


def test_every_reader_is_asked() -> None:
    assert set(SEEDS) == set(readers.names())
    assert max(Counter(readers.names()).values()) == 1


@every_sample
def test_the_content_finds_its_reader(name: str, content: bytes) -> None:
    assert reader(name).accepts(source(content))
    assert readers.choose(source(content, path="misleading.dat")).name == name


@every_sample
def test_items_are_whole(name: str, content: bytes) -> None:
    items = list(reader(name).read(source(content), provider=None))
    assert any(isinstance(item, Version) for item in items)
    for item in items:
        assert isinstance(item, Version | Directive | Rejected | SetAside)
        assert item.source is not None
        assert item.source.path == "memory"
        if isinstance(item, Version):
            assert item.guid
            assert item.provider
            assert item.body.strip()
            assert item.published.utcoffset() == timedelta(0)
        elif isinstance(item, Rejected):
            assert item.reason
            assert item.remedy
    positions = [item.source.position for item in items if item.source is not None]
    assert positions == sorted(positions), "in file order"


@every_sample
def test_reading_again_gives_the_same(name: str, content: bytes) -> None:
    of = source(content)
    first = list(reader(name).read(of, provider=None))
    assert list(reader(name).read(of, provider=None)) == first


@every_sample
def test_a_provider_that_is_given_is_obeyed(name: str, content: bytes) -> None:
    for item in reader(name).read(source(content), provider="given"):
        if isinstance(item, Version | Directive):
            assert item.provider == "given"


@every_sample
def test_the_stream_is_closed(name: str, content: bytes) -> None:
    opened: list[io.BytesIO] = []

    def open_one() -> io.BytesIO:
        opened.append(io.BytesIO(content))
        return opened[-1]

    of = Source(path="memory", open=open_one, head=content[: 1 << 16], size=len(content))
    list(reader(name).read(of, provider=None))
    assert opened, "read from its stream"
    assert all(stream.closed for stream in opened)
