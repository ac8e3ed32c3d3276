"""CSV and Parquet: columns by name or by map, damaged rows and files, streams that cannot seek."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.protocols import Source
from domain.story import Rejected, Version
from ingest.normalise import MAX_ITEM_BYTES
from ingest.readers.columns import CsvReader, ParquetReader
from tests.ingest.readers.feeds import assert_fields, items_in, source_of, utc

CSV, PARQUET = CsvReader(), ParquetReader()
ROWS = (
    "id,title,text,date,language\n"
    '1,A headline,"First line, with a comma.\n\nSecond ""paragraph"".",1987-03-26,en\n'
    "2,Une manchette,Un texte.,1987-03-27T10:00:00+02:00,fr\n"
)


def stories(items: list[object]) -> list[Version]:
    return [item for item in items if isinstance(item, Version)]


def test_csv() -> None:
    source = source_of(ROWS.encode())
    assert CSV.accepts(source)
    first, second = stories(list(CSV.read(source, provider="desk")))
    assert_fields(
        first,
        guid="1",
        provider="desk",
        published=utc(1987, 3, 26),
        headline="A headline",
        body='First line, with a comma.\n\nSecond "paragraph".',
        language="en",
    )
    assert_fields(second, published=utc(1987, 3, 27, 8, 0), source=source.ref(1))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(delimiter: str) -> None:
    raw = f"title{delimiter}text{delimiter}date\nA{delimiter}One, two; no\t|\n".replace(
        "One, two; no\t|", f"B{delimiter}1987-03-26"
    )
    source = source_of(raw.encode())
    assert CSV.accepts(source)
    (story,) = CSV.read(source, provider=None)
    assert isinstance(story, Version)
    assert_fields(story, headline="A", body="B", published=utc(1987, 3, 26))


def test_column_map() -> None:
    reader = CsvReader({"headline": "Titre", "body": "Texte", "published": "Paru le"})
    source = source_of(b"Titre,Texte,Paru le,Text\nA,Le texte.,1987-03-26,autre\n")
    assert reader.accepts(source)
    (story,) = reader.read(source, provider=None)
    assert isinstance(story, Version)
    assert_fields(story, headline="A", body="Le texte.", published=utc(1987, 3, 26))


def test_encodings() -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        items = items_in(CSV, "title,text,date\nÉté,Genève,1987-03-26\n".encode(encoding))
        (story,) = stories(list(items))
        assert_fields(story, headline="Été", body="Genève")


def test_bad_rows_and_the_rest_goes_on() -> None:
    raw = ROWS + "3,too,few\n4,A title,A text,no date,en\n5,A title,A text,1987-03-28,en\n"
    items = items_in(CSV, raw.encode())
    assert [type(item) for item in items] == [Version, Version, Rejected, Rejected, Version]
    short = items[2]
    assert isinstance(short, Rejected)
    assert "3 fields, not 5" in short.reason
    assert short.source.position == 2


def test_a_quotation_that_never_ends_is_bounded() -> None:
    raw = (
        ROWS.encode()
        + b'6,"'
        + b"never ending, on and on and on and on and on and on and on and on and on\n"
        * (MAX_ITEM_BYTES // 36)
    )
    items = items_in(CSV, raw)
    assert len(stories(list(items))) == 2
    assert isinstance(items[2], Rejected)
    assert "larger than" in items[2].reason


def test_prose_with_commas_is_no_table() -> None:
    assert not CSV.accepts(source_of(b"Rome, Paris, and London\nare cities, as is Berlin.\n"))
    assert not CSV.accepts(source_of(b"price,volume\n1,2\n"))


def test_nul_bytes_are_no_table() -> None:
    assert not CSV.accepts(source_of(b"title,text\n\0\0,\0\n"))


def parquet(**columns: list[object]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet() -> None:
    raw = parquet(
        id=[1, 2],
        headline=["A", "B"],
        body=["One.", "Two."],
        published=[datetime(1987, 3, 26, 15, 1, tzinfo=UTC), None],
        people=[["Ann Author", "Bob Builder"], None],
        picture=[b"\xff\xd8", b""],
    )
    source = source_of(raw)
    assert PARQUET.accepts(source)
    story, undated = PARQUET.read(source, provider=None)
    assert isinstance(story, Version)
    assert_fields(
        story,
        guid="1",
        headline="A",
        body="One.",
        published=utc(1987, 3, 26, 15, 1),
        people=("Ann Author", "Bob Builder"),
    )
    assert isinstance(undated, Rejected)
    assert "no date" in undated.reason


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation("seek")


def test_parquet_from_a_stream_that_cannot_seek() -> None:
    raw = parquet(title=["A"], text=["One."], date=["1987-03-26"])
    source = Source(path="pipe", open=lambda: _Pipe(raw), head=raw[:100])
    (story,) = PARQUET.read(source, provider=None)
    assert isinstance(story, Version)


def test_damaged_parquet() -> None:
    raw = parquet(title=["A"], text=["One."], date=["1987-03-26"])
    for broken in (raw[:40], raw[:-8], b"PAR1" + b"\0" * 100 + b"PAR1"):
        (item,) = items_in(PARQUET, broken)
        assert isinstance(item, Rejected)


@given(st.binary(max_size=100), st.integers(0, len(ROWS)))
def test_damaged_tables_never_raise(noise: bytes, at: int) -> None:
    raw = ROWS.encode()
    for item in items_in(CSV, raw[:at] + noise + raw[at:]):
        assert isinstance(item, (Version, Rejected))
