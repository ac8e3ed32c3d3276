"""Web archives: real ones, good and deliberately broken, and ones written here around a news page."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.story import Item, Rejected, SetAside, Version
from ingest.normalise import MAX_ITEM_BYTES
from ingest.readers.warc import WarcReader
from tests.ingest.readers.feeds import assert_fields, items_in, source_of, utc

READER = WarcReader()
PAGE = (
    b'<!doctype html><html><head><title>A title</title><meta property="article:published_time" '
    b'content="2020-01-02T03:04:05Z"></head><body><article><h1>A title</h1><p>The first paragraph of the story '
    b"says that something happened on Monday in the capital.</p><p>The second paragraph quotes a minister, who "
    b"said that nothing had happened, and gives some background.</p></article></body></html>"
)


def archive(*pages: tuple[str, str, bytes, dict[str, str]]) -> bytes:
    """A WARC of (address, status, payload, headers)."""
    raw = b""
    for address, status, payload, headers in pages:
        http = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        block = http.encode() + b"\r\n" + payload
        record = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2020-02-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        raw += record.encode() + block + b"\r\n\r\n"
    return raw


def page(number: int = 1, **headers: str) -> tuple[str, str, bytes, dict[str, str]]:
    return (
        f"https://news.example.org/story-{number}",
        "200 OK",
        PAGE,
        {"Content-Type": "text/html", **headers},
    )


def kinds(items: list[Item]) -> list[str]:
    return [item.kind if isinstance(item, SetAside) else type(item).__name__ for item in items]


@pytest.fixture
def archives(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "warc"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.warc", ["warcinfo", "warcinfo", "front page", "request", "revisit", "request"]),
        ("example.warc.gz", ["warcinfo", "warcinfo", "front page", "request", "revisit", "request"]),
        ("example.arc", ["warcinfo", "front page"]),
        ("example.arc.gz", ["warcinfo", "front page"]),
        ("example-iana.org-chunked.warc", ["warcinfo", "front page", "request"]),
        ("example-digest.warc", ["request"] * 4),
        ("example-resource.warc.gz", ["warcinfo", "warcinfo", "resource"]),
        ("example-space-in-url.arc", ["warcinfo", "Rejected"]),
        ("example-trunc.warc", ["warcinfo", "warcinfo", "Rejected", "request"]),
        ("post-test.warc.gz", ["application/json", "request"] * 3),
    ],
)
def test_real_archives(archives: Path, name: str, expected: list[str]) -> None:
    raw = (archives / name).read_bytes()
    raw = gzip.decompress(raw) if name.endswith(".gz") else raw
    source = source_of(raw, path=name)
    assert READER.accepts(source)
    assert kinds(list(READER.read(source, provider=None))) == expected


@pytest.mark.shared
def test_a_cut_record_says_so(archives: Path) -> None:
    items = items_in(READER, (archives / "example-trunc.warc").read_bytes())
    (cut,) = (item for item in items if isinstance(item, Rejected))
    assert "cut off" in cut.reason
    assert cut.source.position == 2


@pytest.mark.shared
def test_nothing_is_printed(archives: Path, capfd: pytest.CaptureFixture[str]) -> None:
    items_in(READER, (archives / "example-trunc.warc").read_bytes())
    assert capfd.readouterr().err == ""


def test_fields_of_a_page() -> None:
    (story,) = items_in(READER, archive(page()))
    assert isinstance(story, Version)
    assert_fields(
        story,
        guid="https://news.example.org/story-1",
        provider="news.example.org",
        published=utc(2020, 1, 2, 3, 4, 5),
        headline="A title",
    )


@pytest.mark.parametrize(
    ("encoding", "payload"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("gzip", PAGE),  # stored unpacked, header left as it was
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE, wbits=-15)),
        ("br", brotli.compress(PAGE)),
    ],
)
def test_packed_pages(encoding: str, payload: bytes) -> None:
    address, status, _, headers = page(**{"Content-Encoding": encoding})
    (story,) = items_in(READER, archive((address, status, payload, headers)))
    assert isinstance(story, Version)
    assert "The second paragraph" in story.body


@pytest.mark.parametrize(
    ("encoding", "payload"),
    [("gzip", gzip.compress(PAGE)[:-40]), ("br", b"no brotli"), ("deflate", b"\xff" * 50)],
)
def test_pages_that_cannot_be_unpacked(encoding: str, payload: bytes) -> None:
    address, status, _, headers = page(**{"Content-Encoding": encoding})
    broken, whole = items_in(READER, archive((address, status, payload, headers), page(2)))
    assert isinstance(broken, Rejected)
    assert isinstance(whole, Version)


def test_a_page_that_unpacks_to_gigabytes() -> None:
    bomb = gzip.compress(b"<html>" + b" " * (4 * MAX_ITEM_BYTES))
    address, status, _, headers = page(**{"Content-Encoding": "gzip"})
    (item,) = items_in(READER, archive((address, status, bomb, headers)))
    assert isinstance(item, Rejected)
    assert "larger than" in item.reason


def test_other_answers_are_set_aside() -> None:
    raw = archive(
        ("https://e.org/a", "301 Moved", b"", {"Content-Type": "text/html"}),
        ("https://e.org/b.jpg", "200 OK", b"\xff\xd8", {"Content-Type": "image/jpeg"}),
    )
    assert kinds(items_in(READER, raw)) == ["response 301", "image/jpeg"]


def test_reading_goes_on_after_damage() -> None:
    first, second = archive(page(1)), archive(page(2))
    items = items_in(READER, first + b"garbage in between, and more of it\r\n\r\n" + second)
    assert kinds(items)[0] == "Version"
    assert kinds(items)[-1] == "Version"


def test_an_archive_cut_off() -> None:
    raw = archive(page(1), page(2))
    items = items_in(READER, raw[:-200])
    assert kinds(items) == ["Version", "Rejected"]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=100), st.integers(0, 1500))
def test_damaged_archives_never_raise(noise: bytes, at: int) -> None:
    raw = archive(page())
    for item in items_in(READER, raw[:at] + noise + raw[at:]):
        assert isinstance(item, (Version, Rejected, SetAside))
