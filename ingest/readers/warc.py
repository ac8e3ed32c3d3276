"""Web archives (`warc`): WARC 0.17–1.1 and ARC 1, as crawlers and CC-NEWS write them.

Each answer in HTML becomes a story through the html reader, its address and encoding as the transport
gave them. Other records (requests, crawl notes, pictures, redirects, revisits) are set aside under
their type. The time of the crawl is not the time of the story and is not used. A record that is broken
or cut off is Rejected, and reading goes on at the next record of a WARC that can be found; of an ARC,
whose records have no sign to look for, the rest is one Rejected. Positions are ordinals of the records.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from domain.errors import LimitExceeded, SourceError
from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef
from ingest.normalise import MAX_ITEM_BYTES, reject
from ingest.readers import html

_WARC = re.compile(rb"\A\s{0,8}WARC/\d\.\d+\s")
_ARC = re.compile(rb"\Afiledesc://\S+ \d+\.\d+\.\d+\.\d+ \d{14} ")
_RECORD_LINE = re.compile(rb"WARC/\d\.\d+\s*\Z")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
# warcio raises the latter where it relies on headers that a damaged record lacks
_BROKEN = (
    ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, OSError, zlib.error, ValueError, LookupError,
    AttributeError, TypeError,
)  # fmt: skip
_LONGEST_LINE = 1 << 16
logging.getLogger("warcio").addHandler(
    logging.NullHandler()
)  # else its remarks go to stderr, among the progress
_REMEDY = "fetch the archive file again; the records that can be read are in"


class WarcReader:
    name = "warc"

    def accepts(self, source: Source) -> bool:
        return bool(_WARC.match(source.head) or _ARC.match(source.head))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            for position, record in enumerate(_records(stream)):
                ref = source.ref(position)
                if isinstance(record, SourceError):
                    yield reject(ref, record.message, record.hint or _REMEDY)
                else:
                    yield _convert(record, ref, provider)


class _Records(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    INC_RECORD = ""  # warcio prints this on stderr; the damage shows in the next record


class _Prepended:
    """A stream with a line put back before it."""

    def __init__(self, line: bytes, stream: Any) -> None:
        self._line, self._stream = line, stream

    def read(self, size: int = -1) -> bytes:
        line, self._line = self._line, b""
        if line:
            return line
        block: bytes = self._stream.read(size)
        return block


def _records(stream: BinaryIO) -> Iterator[Any]:
    """Records, and a SourceError for each place where none can be read."""
    records = _Records(stream, arc2warc=True)
    while True:
        try:
            yield next(records)
        except StopIteration:
            return
        except _BROKEN as error:
            what = str(error).strip().split("\n")[0] or type(error).__name__
            yield SourceError(f"the record cannot be read: {what[:200]}", hint=_REMEDY)
            line = _next_start(records.reader)
            if line is None:
                return
            records = _Records(_Prepended(line, records.reader), arc2warc=True)


def _next_start(reader: Any) -> bytes | None:
    while reader is not None:
        try:
            line: bytes = reader.readline(_LONGEST_LINE)
        except _BROKEN:
            return None
        if not line:
            return None
        if _RECORD_LINE.match(line):
            return line
    return None


def _convert(record: Any, ref: SourceRef, provider: str | None) -> Item:
    if record.rec_type != "response" or record.http_headers is None:
        return SetAside(source=ref, kind=str(record.rec_type))
    status = record.http_headers.get_statuscode()
    content_type = (record.http_headers.get_header("Content-Type") or "").lower()
    if status != "200":
        return SetAside(source=ref, kind=f"response {status}".strip())
    if not content_type.startswith(_HTML_TYPES):
        return SetAside(source=ref, kind=content_type.partition(";")[0].strip() or "response")
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ") or None
    try:
        raw = _payload(record)
    except SourceError as error:
        return reject(ref, error.message, error.hint or _REMEDY, (url or "").encode())
    charset = _CHARSET.search(content_type)
    return html.page(raw, ref, provider=provider, url=url, charset=charset[1] if charset else None)


def _payload(record: Any) -> bytes:
    """The page, unpacked. Raises SourceError when it is cut off, LimitExceeded when it is too large."""
    stream = record.raw_stream
    length = record.http_headers.get_header("Content-Length") or ""
    remaining = getattr(stream, "limit", None)
    is_chunked = (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked"
    # Servers and recorders miscount by a few bytes; a page that was cut lacks more.
    if not is_chunked and length.isdecimal() and remaining is not None and remaining < int(length) * 0.99:
        raise SourceError(f"the record is cut off: {remaining} of {length} bytes", hint=_REMEDY)
    try:
        packed = ChunkedDataReader(stream) if is_chunked else stream
        raw: bytes = packed.read(MAX_ITEM_BYTES + 1)
        if getattr(stream, "limit", 0) and len(raw) <= MAX_ITEM_BYTES:
            raise SourceError("the archive file ends in the middle of the record", hint=_REMEDY)
        return _unpacked(raw, (record.http_headers.get_header("Content-Encoding") or "").lower())
    except (zlib.error, brotli.error, ChunkedDataException) as error:
        raise SourceError(f"the page cannot be unpacked: {error}", hint=_REMEDY) from error


def _unpacked(raw: bytes, encoding: str) -> bytes:
    if encoding == "br":
        decoder = brotli.Decompressor()
        page: bytes = decoder.process(raw, output_buffer_limit=MAX_ITEM_BYTES + 1)
    elif encoding in ("gzip", "x-gzip") and raw.startswith(b"\x1f\x8b"):  # crawlers often store it unpacked
        unpacker = zlib.decompressobj(wbits=31)
        page = unpacker.decompress(raw, MAX_ITEM_BYTES + 1)
        if not unpacker.eof and len(page) <= MAX_ITEM_BYTES:
            raise SourceError("the page is cut off: its gzip stream does not end", hint=_REMEDY)
    elif encoding == "deflate":
        try:
            page = zlib.decompressobj().decompress(raw, MAX_ITEM_BYTES + 1)
        except zlib.error:  # without the zlib wrapper, as old servers sent it
            page = zlib.decompressobj(wbits=-15).decompress(raw, MAX_ITEM_BYTES + 1)
    else:
        page = raw
    if len(page) > MAX_ITEM_BYTES:
        raise LimitExceeded(
            f"the page is larger than {MAX_ITEM_BYTES >> 20} MiB", hint="save the story's own page"
        )
    return page
