"""Plain text and Markdown: heads, dates, what is no text at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.story import Rejected, Version
from ingest.normalise import MAX_ITEM_BYTES
from ingest.readers.dated_path import date_in
from ingest.readers.plain import PlainReader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, source_of, utc

READER = PlainReader()


def story(text: str | bytes, path: str = "story.txt") -> Version:
    (item,) = READER.read(
        source_of(text.encode() if isinstance(text, str) else text, path=path), provider=None
    )
    assert isinstance(item, Version), item
    return item


def test_front_matter() -> None:
    found = story(
        "---\ntitle: \"A headline: with a colon\"\ndate: 1987-03-26T10:00:00Z\nauthor: Ann Author\ntags: [politics, 'the economy']\n"
        "---\n# A section\n\nOne *word* and [a link](https://example.org/x).\n\n<script>alert(1)</script>\n\n- first\n- second\n"
    )
    assert_fields(
        found, headline="A headline: with a colon", published=utc(1987, 3, 26, 10, 0), byline="Ann Author"
    )
    assert codes(found) == ["politics", "the economy"]
    assert "One word and a link." in found.body
    assert "- first\n- second" in found.body


def test_lists_of_front_matter() -> None:
    found = story("---\ntitle: T\ndate: 1987-03-26\ntags:\n  - one\n  - two\n---\nText.\n")
    assert codes(found) == ["one", "two"]


def test_bare_head() -> None:
    found = story(
        "Headline: A headline\nDate: 26 March 1987\nLanguage: en\n\nA wrapped\nparagraph.\n\nAnother.\n"
    )
    assert_fields(
        found, headline="A headline", published=utc(1987, 3, 26), body="A wrapped paragraph.\n\nAnother."
    )


def test_headline_and_date_line() -> None:
    found = story("A headline\n\n26 March 1987\n\nThe first paragraph\nis wrapped.\n")
    assert_fields(found, headline="A headline", published=utc(1987, 3, 26))
    assert found.body.endswith("The first paragraph is wrapped.")


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("1987-03-26 a story.txt", (1987, 3, 26)),
        ("archive/1987/03/26/0001.txt", (1987, 3, 26)),
        ("feed.zip!2004/wire_20040311.txt", (2004, 3, 11)),
        ("2020-02/19/c_1125597921.htm", (2020, 2, 19)),
    ],
)
def test_date_in_the_path(path: str, day: tuple[int, int, int]) -> None:
    assert story("A headline\n\nA text.\n", path=path).published == utc(*day)


@pytest.mark.parametrize(
    "path",
    ["a.txt", "1234567890123.txt", "1987-13-26.txt", "0000-00-00.txt", "26-03-1987.txt", "9999-12-31.txt"],
)
def test_no_date_in_the_path(path: str) -> None:
    assert date_in(path) is None


def test_undated_text_is_rejected_with_the_remedy() -> None:
    (item,) = items_in(READER, b"A headline\n\nA text without a date.\n")
    assert isinstance(item, Rejected)
    assert "no date" in item.reason
    assert "Date:" in item.remedy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = "Date: 1987-03-26\n\nL'été à Genève, où François était né.\n"
    assert story(text.encode(encoding)).body == "L'été à Genève, où François était né."


def test_table_rows_stay_rows() -> None:
    found = story("Date: 1987-03-26\n\nCOCOA     1,234\nCOFFEE    5,678\n")
    assert found.body == "COCOA     1,234\nCOFFEE    5,678"


@pytest.mark.parametrize(
    "raw", [b"", b"  \n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"%PDF-1.4\n\0\x01\x02\x03", bytes(range(256))]
)
def test_binary_files_are_not_accepted(raw: bytes) -> None:
    assert not READER.accepts(source_of(raw))


@pytest.mark.parametrize(
    "raw", [b"<?xml version='1.0'?><urlset/>", b"<results><id>1</id></results>", b'{"a": 1}', b"[1]"]
)
def test_markup_of_unknown_kinds_is_not_prose(raw: bytes) -> None:
    assert not READER.accepts(source_of(raw))


def test_a_stray_nul_is_no_reason_to_refuse() -> None:
    raw = b"Date: 1987-03-26\n\n" + b"A long text. " * 200 + b"\0"
    assert READER.accepts(source_of(raw))
    assert "\0" not in story(raw).body


def test_too_large_a_text() -> None:
    (item,) = items_in(READER, b"a" * (MAX_ITEM_BYTES + 1))
    assert isinstance(item, Rejected)


@pytest.mark.shared
def test_licences_and_notes_beside_the_stories_are_not_stories(shared_data: Path) -> None:
    for file in (shared_data / "press-formats").rglob("LICENSE*"):
        if file.is_file():
            (item,) = items_in(READER, file.read_bytes())
            assert isinstance(item, Rejected), file


@given(st.text(max_size=300))
def test_any_text_is_read_or_rejected(text: str) -> None:
    for item in items_in(READER, text.encode("utf-8", "surrogatepass")):
        assert isinstance(item, (Version, Rejected))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_rejected(raw: bytes) -> None:
    for item in items_in(READER, raw):
        assert isinstance(item, (Version, Rejected))
