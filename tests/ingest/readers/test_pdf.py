"""PDF: text layers in reading order, scans through Tesseract, files made to exhaust or break a reader."""

from __future__ import annotations

import difflib
import shutil
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.story import Rejected, Version
from ingest.readers.pdf import PdfReader
from tests.ingest.readers.feeds import assert_fields, items_in, source_of, utc

READER = PdfReader()
LEFT = "The first column begins the story and goes on for a while with words that wrap over several lines.".split()  # noqa: SIM905
RIGHT = "The second column ends it with other words which also wrap over lines until nothing is left to say.".split()  # noqa: SIM905


def pdf(*contents: bytes, created: str = "D:19870326100000Z") -> bytes:
    """A PDF of one page for each content stream, Helvetica as /F."""
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(contents)))
    bodies.append(f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>".encode())
    bodies.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    bodies.append(f"<</CreationDate({created})>>".encode())
    for number, content in enumerate(contents):
        bodies.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents {6 + 2 * number} 0 R>>".encode()
        )
        bodies.append(f"<</Length {len(content)}>>stream\n".encode() + content + b"\nendstream")
    raw, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(raw))
        raw += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        raw
        + (
            f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(bodies) + 1}/Root 1 0 R/Info 4 0 R>>\n"
            f"startxref\n{len(raw)}\n%%EOF\n"
        ).encode()
    )


def text(x: int, y: int, words: str, size: int = 10) -> bytes:
    return f"BT /F {size} Tf {x} {y} Td ({words}) Tj ET\n".encode("cp1252")


def column(x: int, words: list[str], top: int = 700) -> bytes:
    lines = [" ".join(words[at : at + 4]) for at in range(0, len(words), 4)]
    return b"".join(text(x, top - 12 * number, line) for number, line in enumerate(lines))


def story_of(raw: bytes, path: str = "story.pdf", reader: PdfReader = READER) -> Version:
    (item,) = reader.read(source_of(raw, path=path), provider=None)
    assert isinstance(item, Version), item
    return item


@pytest.mark.shared
def test_real_text_layer(shared_data: Path) -> None:
    story = story_of((shared_data / "press-formats" / "pdf" / "iptc-G2-CR00215.pdf").read_bytes())
    assert_fields(story, published=utc(2022, 10, 11, 19, 38, 7), language="en")
    assert (
        "\n\nNot all financial instruments are attached to organisations: for example exchange-traded funds, currencies, "
        "commodities. Previously, the only way to declare a hasInstrument was to create an organisationDetails entity."
        in story.body
    )
    assert story.body.index("Rationale for the change") < story.body.index("Formalised change request")


@pytest.mark.shared
@pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed: apt-get install tesseract-ocr"
)
def test_two_scanned_columns_against_the_ground_truth(shared_data: Path) -> None:
    folder = shared_data / "press-formats" / "pdf"
    story = story_of((folder / "linn.pdf").read_bytes(), path="1985-06-01 linn.pdf")
    found = f"{story.headline} {story.body}".split()
    truth = (folder / "linn.txt").read_text().split()
    # in order: a column read across would fall far below
    assert difflib.SequenceMatcher(None, truth, found, autojunk=False).ratio() > 0.9


@pytest.mark.shared
def test_a_scan_without_tesseract_names_the_remedy(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.readers.pdf.shutil.which", lambda _: None)  # as on a machine without it
    (item,) = items_in(READER, (shared_data / "press-formats" / "pdf" / "linn.pdf").read_bytes())
    assert isinstance(item, Rejected)
    assert "apt-get install tesseract-ocr" in item.remedy


def test_two_columns_under_a_headline() -> None:
    content = text(60, 740, "A headline over both of the columns of the page", 20)
    # Written line by line across the page, as some programs do
    left, right = column(60, LEFT).split(b"\n"), column(330, RIGHT).split(b"\n")
    content += b"\n".join(line for pair in zip(left, right, strict=False) for line in pair)
    story = story_of(pdf(content))
    assert_fields(
        story,
        headline="A headline over both of the columns of the page",
        published=utc(1987, 3, 26, 10, 0),
        body=f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}",
    )


def test_three_columns_close_under_a_headline() -> None:
    content = text(60, 714, "A headline right above three columns", 10)
    content += column(60, LEFT) + column(240, RIGHT) + column(420, LEFT[::-1])
    story = story_of(pdf(content))
    words = story.body.split()
    assert words.index("ends") > words.index("several")
    assert " ".join(RIGHT) in story.body.replace("\n\n", " ")


def test_paragraphs_indents_and_hyphens() -> None:
    content = (
        text(70, 700, "An indented line begins the story and it is broken at the hy-")
        + text(60, 688, "phen, as print does when a line is full and the word is too long")
        + text(60, 676, "for it to end there.")
        + text(70, 664, "The next indent begins another paragraph, with caf\xe9 in it, and")
        + text(60, 652, "then the story ends.")
    )
    assert story_of(pdf(content)).body == (
        "An indented line begins the story and it is broken at the hyphen, as print does when a line is full and "
        "the word is too long for it to end there.\n\n"
        "The next indent begins another paragraph, with café in it, and then the story ends."
    )


def test_small_table_is_read_along_its_rows() -> None:
    content = b"".join(
        text(60, 700 - 12 * row, name) + text(200, 700 - 12 * row, value)
        for row, (name, value) in enumerate([("Cocoa", "1,234"), ("Coffee", "5,678"), ("Sugar", "9,012")])
    )
    assert "Cocoa 1,234" in story_of(pdf(content)).body


def test_date_in_the_path_comes_first() -> None:
    assert story_of(pdf(text(60, 700, "A text.")), path="2004-03-11 page.pdf").published == utc(2004, 3, 11)


def test_undated() -> None:
    (item,) = items_in(READER, pdf(text(60, 700, "A text."), created=""))
    assert isinstance(item, Rejected)
    assert "file's name" in item.remedy


def test_too_many_pages() -> None:
    (item,) = items_in(PdfReader(max_pages=2), pdf(*[text(60, 700, "A text.")] * 3))
    assert isinstance(item, Rejected)
    assert "3 pages, more than 2" in item.reason


def test_a_pdf_that_never_ends() -> None:
    # Forty million show operators in 50 KB: minutes for any reader
    endless = zlib.compress(zlib.compress(b"BT /F 10 Tf 60 700 Td (endless) Tj ET\n" * 10_000_000))
    packed = pdf(endless).replace(b">>stream\n", b"/Filter[/FlateDecode/FlateDecode]>>stream\n")
    (item,) = items_in(PdfReader(seconds=5), packed)
    assert isinstance(item, Rejected)
    assert item.remedy


def test_memory_is_limited() -> None:
    bomb = zlib.compress(b" " * 400_000_000)
    packed = pdf(bomb).replace(b">>stream\n", b"/Filter/FlateDecode>>stream\n")
    (item,) = items_in(PdfReader(memory_bytes=200 * 1024**2), packed)
    assert isinstance(item, Rejected)
    assert "took longer" not in item.reason


@pytest.mark.parametrize(
    "raw", [b"%PDF-1.4\n", b"%PDF-1.4\n" + b"\0" * 500, b"%PDF-1.7\n1 0 obj<</Pages 1 0 R>>"]
)
def test_broken_files(raw: bytes) -> None:
    assert READER.accepts(source_of(raw))
    (item,) = items_in(READER, raw)
    assert isinstance(item, Rejected)


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=50), st.integers(0, 900))
def test_damaged_files_never_raise(noise: bytes, at: int) -> None:
    raw = pdf(text(60, 700, "A text."))
    for item in items_in(READER, raw[:at] + noise + raw[at:]):
        assert isinstance(item, (Version, Rejected))
