"""RSS, Atom, JSON Feed and WordPress exports: fields as they stand in the files; feeds that are damaged."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.protocols import Source
from domain.story import Rejected, SetAside, Version
from ingest.normalise import MAX_ITEM_BYTES
from ingest.readers.rss import RssReader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, items_of, source_of, story_of, utc

READER = RssReader()
HEAD = b'<?xml version="1.0" encoding="%s"?><rss version="2.0"><channel><title>T</title><link>https://www.example.org/</link>'
ITEM = (
    b"<item><title>A title</title><guid>urn:a:1</guid><pubDate>Wed, 02 Oct 2002 15:00:00 +0200</pubDate>"
    b"<description>&lt;p&gt;First.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Second.&lt;/p&gt;</description></item>"
)
END = b"</channel></rss>"


@pytest.fixture
def press(shared_data: Path) -> Path:
    return shared_data / "press-formats"


@pytest.mark.shared
def test_rss(press: Path) -> None:
    assert_fields(
        story_of(READER, press / "html" / "feed2.rss"),
        guid="7bd204c6-1655-4c27-aeee-53f933c5395f",
        provider="example.com",
        published=utc(2009, 9, 6, 16, 20),
        headline="Example entry",
        body="Here is some text containing an interesting description.",
        url="http://www.example.com/blog/post/1",
    )


@pytest.mark.shared
def test_atom(press: Path) -> None:
    first, second = items_of(READER, press / "html" / "feed1.atom")
    assert isinstance(first, Version)
    assert isinstance(second, Version)
    assert_fields(
        first,
        guid="urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        provider="example.org",
        published=utc(2003, 12, 13, 18, 30, 2),
        headline="Atom-Powered Robots Run Amok",
        body="Some text.",
        url="http://example.org/2003/12/13/atom03",
    )
    assert second.url is None  # its only link is to itself
    assert second.source is not None
    assert second.source.position == 1


@pytest.mark.shared
def test_json_feed(press: Path) -> None:
    items = items_of(READER, press / "html" / "feed.json")
    assert len(items) == len(json.loads((press / "html" / "feed.json").read_text())["items"])
    (story,) = (item for item in items if isinstance(item, Version) and item.guid == "1049736477")
    assert_fields(
        story,
        provider="npr.org",
        published=utc(2021, 10, 27, 20, 0, 55),
        headline="You can now ask Google to scrub images of minors from its search results",
        byline="Bill Chappell",
        language="en",
    )
    assert codes(story) == ["tag:youtube", "tag:google"]


@pytest.mark.shared
def test_wordpress_export(press: Path) -> None:
    story, *attachments = items_of(READER, press / "core" / "wordpress_wxr.xml")
    assert isinstance(story, Version)
    assert_fields(
        story,
        guid="http://sdnewtester.org/?p=216",
        provider="sdnewtester.co.zw",
        published=utc(2013, 7, 29, 16, 3, 54),
        headline="Starafrica to dispose assets for $6 million to clear debt",
        byline=None,  # "admin"
    )
    assert len(attachments) == 4
    assert all(isinstance(item, SetAside) for item in attachments)


@pytest.mark.shared
def test_wordpress_paragraphs_are_empty_lines(press: Path) -> None:
    story = story_of(READER, press / "core" / "wordpress_wxr_funke.xml")
    assert_fields(story, language="de", byline="Marion", published=utc(2017, 12, 2, 15, 43, 50))
    assert "\n\nHolt euch hier das Spiel in der Android-Version für 4,99 Euro.\n\n" in story.body


@pytest.mark.shared
def test_wenn(press: Path) -> None:
    first, _ = items_of(READER, press / "core" / "wenn.xml")
    assert isinstance(first, Version)
    assert_fields(
        first,
        guid="urn:feed-wenn-com:newsfeedarticle:2:2222:1",
        published=utc(2015, 1, 30, 0, 33, 6),
        headline="Suge Knight involved in fatal hit and run incident",
        body="This is body content1.",
    )


@pytest.mark.shared
def test_agency_markup_is_not_taken(press: Path) -> None:
    feeds = {"wenn.xml", "wordpress_wxr.xml", "wordpress_wxr_funke.xml", "wordpress_wxr_thumb.xml"}
    taken = {
        file.name for file in (press / "core").glob("*.xml") if READER.accepts(source_of(file.read_bytes()))
    }
    assert taken == feeds


def test_markup_and_scripts() -> None:
    (story,) = items_in(READER, HEAD % b"utf-8" + ITEM + END)
    assert isinstance(story, Version)
    assert_fields(story, body="First.\n\nSecond.", published=utc(2002, 10, 2, 13, 0), provider="example.org")


def test_a_broken_item_harms_no_other() -> None:
    broken = b"<item><title>no date &broken; <b></title></item>"
    items = items_in(READER, HEAD % b"utf-8" + ITEM + broken + ITEM.replace(b"urn:a:1", b"urn:a:2") + END)
    assert [type(item) for item in items] == [Version, Rejected, Version]


def test_a_feed_that_ends_in_an_item() -> None:
    items = items_in(READER, HEAD % b"utf-8" + ITEM + ITEM[:60])
    assert [type(item) for item in items] == [Version, Rejected]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8"])
def test_declared_encodings(encoding: str) -> None:
    raw = HEAD % encoding.encode() + ITEM.replace(b"A title", "Été à Genève".encode(encoding)) + END
    (story,) = items_in(READER, raw)
    assert isinstance(story, Version)
    assert story.headline == "Été à Genève"


def test_wrongly_declared_encoding() -> None:
    (story,) = items_in(READER, HEAD % b"utf-8" + ITEM.replace(b"A title", "Été".encode("latin-1")) + END)
    assert isinstance(story, Version)
    assert story.headline == "Été"


def test_external_and_exploding_entities() -> None:
    secret = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa">'
    bombs = b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("k"))
    )
    raw = (HEAD % b"utf-8").replace(b"<rss", secret + bombs + b"]><rss")
    for item in items_in(READER, raw + ITEM.replace(b"A title", b"&x; &j;") + END):
        assert isinstance(item, (Version, Rejected))
        if isinstance(item, Version):
            assert "root:" not in f"{item.headline}{item.body}"
            assert len(f"{item.headline}{item.body}") < 10_000


@pytest.mark.parametrize("status", ["draft", "private", "trash", "future"])
def test_unpublished_posts_are_set_aside(status: str) -> None:
    head = (HEAD % b"utf-8").replace(b"<rss ", b'<rss xmlns:wp="http://wordpress.org/export/1.2/" ')
    post = ITEM.replace(b"</item>", f"<wp:status>{status}</wp:status></item>".encode())
    (item,) = items_in(READER, head + post + END)
    assert isinstance(item, SetAside)
    assert item.kind == status


class _Endless(io.RawIOBase):
    def __init__(self, start: bytes, total: int) -> None:
        self._start, self._left = start, total

    def read(self, size: int = -1) -> bytes:
        if self._start:
            start, self._start = self._start, b""
            return start
        size = min(1 << 16, self._left)
        self._left -= size
        return b"x" * size


@pytest.mark.parametrize("start", [HEAD % b"utf-8", HEAD % b"utf-8" + b"<item><title>"])
def test_endless_feeds_are_bounded(start: bytes) -> None:
    source = Source(path="endless", open=lambda: _Endless(start, 4 * MAX_ITEM_BYTES), head=start)  # type: ignore[arg-type,return-value]
    items = list(READER.read(source, provider=None))
    assert len(items) <= 1
    assert all(isinstance(item, Rejected) and len(item.excerpt) <= 4096 for item in items)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damaged_feeds_never_raise(noise: bytes, at: int) -> None:
    raw = HEAD % b"utf-8" + ITEM + END
    for item in items_in(READER, raw[:at] + noise + raw[at:]):
        assert isinstance(item, (Version, Rejected))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "items",
                        "id",
                        "title",
                        "content_html",
                        "date_published",
                        "author",
                        "authors",
                        "tags",
                        "url",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_any_json_feed_is_read_or_rejected(value: object) -> None:
    raw = json.dumps({"version": "https://jsonfeed.org/version/1", "items": value}).encode()
    for item in items_in(READER, raw):
        assert isinstance(item, (Version, Rejected))
