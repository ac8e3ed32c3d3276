"""Hostile and broken XML: one bad item is one refusal, the rest goes on, nothing is fetched or expanded."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.protocols import Source
from domain.story import Item, Rejected, Version
from ingest.normalise import MAX_EXCERPT_BYTES, MAX_ITEM_BYTES
from ingest.readers.newsml1 import NewsML1Reader
from ingest.readers.newsml_g2 import NewsMLG2Reader
from ingest.readers.nitf import NitfReader
from ingest.readers.xml import root_name
from tests.ingest.readers.feeds import items_in, source_of

HEAD = (
    '<?xml version="1.0" encoding="{encoding}"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/">'
    "<header><sender>x.com</sender></header><itemSet>"
)
TAIL = "</itemSet></newsMessage>"
NITF = (
    '<nitf><head><docdata><doc-id id-string="{identity}" regsrc="x"/><date.issue norm="20200102T030405Z"/>'
    "</docdata></head><body><body.content><p>{text}</p></body.content></body></nitf>"
)


def item(number: int, text: str = "Rain fell.") -> str:
    return (
        f'<newsItem guid="g{number}" version="1"><itemMeta><itemClass qcode="ninat:text"/>'
        f"<versionCreated>2020-01-02T03:04:05Z</versionCreated></itemMeta><contentSet><inlineXML><html><body>"
        f"<p>{text}</p></body></html></inlineXML></contentSet></newsItem>"
    )


def message(*items: str, encoding: str = "utf-8") -> str:
    return HEAD.format(encoding=encoding) + "".join(items) + TAIL


def read(text: str, encoding: str = "utf-8") -> list[Item]:
    return items_in(NewsMLG2Reader(), text.encode(encoding))


def outline(items: list[Item]) -> list[str]:
    """Guids of stories in order, "-" for a refusal."""
    assert all(item.excerpt and item.remedy for item in items if isinstance(item, Rejected))
    return [item.guid if isinstance(item, Version) else "-" for item in items]


def refusal(items: list[Item]) -> Rejected:
    (found,) = (item for item in items if isinstance(item, Rejected))
    return found


def entities(count: int) -> str:
    grown = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, count))
    return f'<!DOCTYPE nitf [<!ENTITY l0 "ha">{grown}]>'


@pytest.mark.parametrize("place", ["text", "identity"])
def test_entity_bomb(place: str) -> None:
    bomb = entities(10) + NITF.format(**{"text": "x", "identity": "1"} | {place: "&l9;"})
    (found,) = items_in(NitfReader(), bomb.encode())
    assert isinstance(found, Rejected)
    assert len(found.excerpt) <= MAX_EXCERPT_BYTES


def test_a_small_entity_of_the_file_is_not_expanded_either() -> None:
    (found,) = items_in(NitfReader(), (entities(2) + NITF.format(text="&l1;", identity="1")).encode())
    assert isinstance(found, Rejected)
    assert "&l1;" in found.reason


def test_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the words of another file")
    for declaration in (
        f'<!ENTITY x SYSTEM "{secret.as_uri()}">',
        f'<!ENTITY % y SYSTEM "{secret.as_uri()}"> %y;',
    ):
        text = f"<!DOCTYPE nitf [{declaration}]>" + NITF.format(text="Rain &x; fell.", identity="1")
        for found in items_in(NitfReader(), text.encode()):
            assert "words of another file" not in repr(found)
            assert isinstance(found, Rejected)


def test_a_dtd_that_is_not_there_does_no_harm() -> None:
    doctype = '<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd" [<!ENTITY % n SYSTEM "nitf.dtd"> %n;]>'
    (found,) = items_in(NitfReader(), (doctype + NITF.format(text="Fran&ccedil;ois", identity="1")).encode())
    assert isinstance(found, Version)
    assert found.body == "François"


def test_ten_thousand_levels() -> None:
    items = read(message(item(1), item(2, "<em>" * 10_000 + "</em>" * 10_000), item(3)))
    assert outline(items) == ["g1", "-", "g3"]
    assert "depth" in refusal(items).reason


@pytest.mark.parametrize(
    "broken", ["<b>no end", "an unknown &foo; entity", "AT&T", "a < b", "<p", '<a href="x" href="y"/>', "]]>"]
)
def test_what_follows_a_broken_item_is_read(broken: str) -> None:
    items = read(message(item(1), item(2, broken), item(3), item(4)))
    assert outline(items) == ["g1", "-", "g3", "g4"]
    assert [found.source.position for found in items if found.source] == [0, 1, 2, 3]


@pytest.mark.parametrize("stray", ["</itemSet>", " & ", "text", "<!-- x -->", "<?x y?>"])
def test_stray_markup_between_items_loses_none(stray: str) -> None:
    assert outline(read(message(item(1), stray, item(2), item(3)))) == ["g1", "g2", "g3"]


def test_messages_joined_in_one_file() -> None:
    assert outline(read(message(item(1), item(2)) + "\n" + message(item(3)) + message(item(4)))) == [
        "g1", "g2", "g3", "g4",
    ]  # fmt: skip


@pytest.mark.parametrize("cut", [1, 30, 60, 200])
def test_a_truncated_file_says_so(cut: int) -> None:
    items = read(message(item(1), item(2))[:-cut])
    assert outline(items)[0] == "g1"
    assert refusal(items).reason.startswith("the file ends")


def test_an_item_over_the_limit_is_refused_and_the_next_read() -> None:
    items = read(message(item(1), item(2, "x " * MAX_ITEM_BYTES), item(3)))
    assert outline(items) == ["g1", "-", "g3"]
    assert "larger than" in refusal(items).reason


class Endless(io.RawIOBase):
    """A line of 64 MiB without an end."""

    def __init__(self) -> None:
        self.head = (HEAD.format(encoding="utf-8") + '<newsItem guid="1"><a>').encode()
        self.left = 64 << 20

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.head:
            head, self.head = self.head, b""
            return head
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_memory_is_bounded_by_one_item() -> None:
    tracemalloc.start()
    source = Source(path="endless.xml", open=Endless, head=b"")  # type: ignore[arg-type,return-value]
    found = refusal(list(NewsMLG2Reader().read(source, provider=None)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than" in found.reason
    assert peak < 6 * MAX_ITEM_BYTES


RUSSIAN = "Президент России Владимир Путин заявил в понедельник, что правительство примет меры."
ARABIC = "قال رئيس الوزراء يوم الاثنين إن الحكومة ستتخذ إجراءات جديدة"


@pytest.mark.parametrize(
    ("declared", "actual", "text"),
    [
        ("utf-8", "iso-8859-1", "Décès à Besançon, où l'été"),
        ("iso-8859-1", "utf-8", "Décès à Besançon, où l'été"),
        ("iso-8859-1", "cp1252", "“Décès” – d’après l’enquête"),
        ("us-ascii", "cp1252", "Décès"),
        ("utf-8", "cp1251", RUSSIAN),
        ("utf-8", "cp1256", ARABIC),
        ("utf-8", "utf-16", ARABIC),
        ("windows-1256", "cp1256", ARABIC),
        ("no-such-encoding", "utf-8", RUSSIAN),
        ("iso-8859-15", "iso-8859-15", "12 € à l'œuvre"),
    ],
)
def test_wrong_encodings_are_repaired(declared: str, actual: str, text: str) -> None:
    (found,) = read(message(item(1, text), encoding=declared), actual)
    assert isinstance(found, Version)
    assert found.body == text


def test_a_character_cut_by_the_end_of_a_block() -> None:
    text = "é" * 100_000  # blocks are of 65,536 bytes
    for shift in ("", "x"):
        (found,) = read(message(item(1, shift + text)))
        assert isinstance(found, Version)
        assert found.body == shift + text


def test_an_entity_cut_by_the_end_of_a_block() -> None:
    (found,) = read(message(item(1, "&eacute;" * 20_000)))
    assert isinstance(found, Version)
    assert found.body == "é" * 20_000


def test_characters_that_xml_forbids_are_left_out() -> None:
    (found,) = read(message(item(1, "a\x00b\x0bc&#5;d &#146;e&nbsp;f")))
    assert isinstance(found, Version)
    assert found.body == "abcd ’e\u00a0f"


def test_scripts_leave_nothing() -> None:
    (found,) = read(
        message(item(1, "Rain<script>alert(1)</script> fell. &lt;script&gt;alert(2)&lt;/script&gt;"))
    )
    assert isinstance(found, Version)
    assert found.body == "Rain fell."


@pytest.mark.parametrize("date", ["0000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "yesterday"])
def test_dates_out_of_this_world(date: str) -> None:
    items = read(message(item(1), item(2).replace("2020-01-02T03:04:05Z", date)))
    assert outline(items) == ["g1", "-"]


def test_a_file_of_nothing_but_broken_items_ends() -> None:
    assert outline(read(message(*(item(n, "<b>") for n in range(500))))) == ["-"] * 500


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"", None), (b"{}", None), (b"<", None), (b"plain < text", None), (b"<nitf", None),
        (b"\n\n<?xml version='1.0'?><NewsML>", "NewsML"),
        ("\ufeff<?xml version='1.0'?><!-- x --><a:newsItem xmlns:a='b'>".encode(), "newsItem"),
        ("<nitf>".encode("utf-16"), "nitf"),
        (b"<!DOCTYPE nitf [<!ENTITY a 'b'>]><nitf>", "nitf"),
    ],
)  # fmt: skip
def test_the_format_is_seen_in_the_first_element(head: bytes, name: str | None) -> None:
    assert root_name(head) == name


@given(
    st.lists(st.sampled_from([
        '<?xml version="1.0"?>', "<nitf>", "</nitf>", "<NewsItem>", "</NewsItem>", "<newsItem guid='1'>",
        "</newsItem>", "<p>", "</p>", "&", "&#0;", "&lt;", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE a [",
        "<", ">", '"', "\x00", "é", "\udcff", "<body>", "<body.content>", "<newsItem/>", "rain", "\n\n",
        "<table><tr><td>",
    ]), max_size=30)
)  # fmt: skip
def test_any_pieces_give_items_and_an_end(pieces: list[str]) -> None:
    raw = "".join(pieces).encode("utf-8", "surrogateescape")
    for reader in (NitfReader(), NewsML1Reader(), NewsMLG2Reader()):
        reader.accepts(source_of(raw))
        items_in(reader, raw)
