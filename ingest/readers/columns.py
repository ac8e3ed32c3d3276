"""Tables (`csv`, `parquet`): a story a row, columns by name.

Names are those of the jsonl reader (headline or title, body or text, date …), or a map given at
construction: {"body": "Texte", "published": "Date de parution"}. CSV: the delimiter is sniffed from
the first row, which names the columns, quoted fields may hold line breaks; a row with another number
of fields is Rejected, and so is a field larger than an item may be. Parquet: row groups are read in small
batches and only the columns used; a stream that cannot seek is first spooled to a temporary file.
Positions are ordinals of the rows.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from domain.protocols import Source
from domain.story import Item, Rejected, SourceRef
from ingest.encoding import decode
from ingest.normalise import MAX_ITEM_BYTES, finish, reject
from ingest.readers import jsonl

csv.field_size_limit(MAX_ITEM_BYTES)  # process-wide; Python's 128 KiB is less than a long report
_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*+"')
_FEWEST_COLUMNS = 2
_PARQUET = b"PAR1"
_BATCH_ROWS = (
    64  # a batch of the largest stories stays under MAX_ITEM_BYTES × this; of usual ones, under 1 MB
)
_BLOCK = 1 << 20


class CsvReader:
    name = "csv"

    def __init__(self, columns: Mapping[str, str] | None = None) -> None:
        self._columns = columns or {}

    def accepts(self, source: Source) -> bool:
        delimiter = _delimiter(source.head)
        if delimiter is None or b"\0" in source.head:
            return False
        try:
            # newline="": left to csv, which knows a carriage return for a line's end only then
            first = io.StringIO(_first_lines(source.head), newline="")
            names = next(csv.reader(first, delimiter=delimiter), [])
        except csv.Error:
            return False
        return len(names) >= _FEWEST_COLUMNS and _names_a_story(names, self._columns)

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        delimiter = _delimiter(source.head) or ","
        with source.open() as stream:
            rows = csv.reader(_lines(stream), delimiter=delimiter, strict=True)
            names: list[str] = []
            position = -1
            while True:
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except csv.Error as error:
                    position += 1
                    yield reject(
                        source.ref(position),
                        f"line {rows.line_num}: the row cannot be read: {error}",
                        "mend its quotation marks",
                    )
                    continue
                if not row:
                    continue
                if not names:
                    names = row
                    continue
                position += 1
                if len(row) == len(names):
                    yield self._convert(names, row, source.ref(position), provider)
                else:
                    yield _wrong_length(row, len(names), source.ref(position), line=rows.line_num)

    def _convert(self, names: Sequence[str], row: list[str], ref: SourceRef, provider: str | None) -> Item:
        values = _mapped(dict(zip(names, row, strict=True)), self._columns)
        return finish(jsonl.draft(values), ref, provider=provider, raw=_raw(row))


def _wrong_length(row: list[str], wanted: int, ref: SourceRef, *, line: int) -> Rejected:
    """`line` of the file, from 1: of a row that has several, the last."""
    return reject(
        ref,
        f"line {line}: the row has {len(row)} fields, not {wanted}",
        "quote fields that hold the delimiter",
        _raw(row),
    )


def _raw(row: list[str]) -> bytes:
    return "\x1f".join(row).encode("utf-8", "replace")


class ParquetReader:
    name = "parquet"

    def __init__(self, columns: Mapping[str, str] | None = None) -> None:
        self._columns = columns or {}

    def accepts(self, source: Source) -> bool:
        return source.head.startswith(_PARQUET)

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        position = 0
        with source.open() as opened, _seekable(opened) as stream:
            try:
                table = pq.ParquetFile(stream)
                used = [name for name in table.schema_arrow.names if _is_used(name, self._columns)]
                for batch in table.iter_batches(batch_size=_BATCH_ROWS, columns=used, use_threads=False):
                    for row in batch.to_pylist():
                        values = _mapped({name: _plain(value) for name, value in row.items()}, self._columns)
                        raw = repr(values)[:4096].encode("utf-8", "replace")
                        yield finish(jsonl.draft(values), source.ref(position), provider=provider, raw=raw)
                        position += 1
            except (pa.ArrowException, OSError, ValueError) as error:
                reason = f"the Parquet file cannot be read from here on: {str(error)[:200]}"
                yield reject(source.ref(position), reason, "write the file again")


def _first_lines(head: bytes) -> str:
    """The head up to its last whole line."""
    whole = head.rpartition(b"\n")[0] or head
    return decode(whole)


def _delimiter(head: bytes) -> str | None:
    """The delimiter that the first row uses; None when it uses none."""
    # Not csv.Sniffer: over a first row of 64 kB made for it, its patterns take 10 s.
    unquoted = _QUOTED.sub("", _first_lines(head).partition("\n")[0])
    most = max(_DELIMITERS, key=unquoted.count)
    return most if most in unquoted else None


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines as text; one that is longer than a field may be comes in pieces, for csv to refuse."""
    is_first = True
    while line := stream.readline(MAX_ITEM_BYTES + 1):
        text = decode(line)
        yield text if is_first or not text.startswith("\ufeff") else text[1:]
        is_first = False


def _names_a_story(names: Sequence[str], columns: Mapping[str, str]) -> bool:
    probe = jsonl.draft(_mapped(dict.fromkeys(names, "x"), columns))
    return bool(probe.body or probe.headline) and len({*names}) == len(names)


def _is_used(name: str, columns: Mapping[str, str]) -> bool:
    return name in columns.values() or jsonl.draft({name: "x"}) != jsonl.draft({})


def _mapped(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """The row with the mapped columns under the names that jsonl.draft knows."""
    taken = set(columns.values())
    found = {name: value for name, value in row.items() if name not in taken}
    return found | {field: row[name] for field, name in columns.items() if row.get(name) not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return decode(value) if isinstance(value, bytes) else value


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(stream, spooled, _BLOCK)
        spooled.seek(0)
        yield spooled
