"""Web archives (`warc`): WARC 0.18–1.1 and ARC 1, gzip or not, as crawlers and CC-NEWS write them.

Each answer in HTML becomes a story through the html reader, its address and encoding as the transport
gave them; feeds and pages without a date are for the html reader to refuse. Other records (requests,
crawl notes, pictures, redirects, revisits) are set aside under their type. warcio reads the records one
after another; a record that is broken is Rejected, and reading goes on at the next record that can be
found. Positions are ordinals of the records.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataException
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef
from ingest.normalise import MAX_ITEM_BYTES, reject
from ingest.readers import html

_WARC = re.compile(rb"\A\s{0,8}WARC/\d\.\d+\s")
_ARC = re.compile(rb"\Afiledesc://\S+ \d+\.\d+\.\d+\.\d+ \d{14} ")
_GZIP = b"\x1f\x8b"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_NEXT_WARC = re.compile(rb"(?:\r?\n){2}(?=WARC/\d\.\d+\r?\n)")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_BROKEN = (ArchiveLoadFailed, StatusAndHeadersParserException, ChunkedDataException, EOFError, OSError, zlib.error, ValueError)


class WarcReader:
    name = "warc"

    def accepts(self, source: Source) -> bool:
        head = source.head
        if head.startswith(_GZIP):  # a second gzip layer, or a member that the first opening left
            try:
                head = zlib.decompressobj(wbits=31).decompress(head, 4096)
            except zlib.error:
                return False
        return bool(_WARC.match(head) or _ARC.match(head))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        position = 0
        with source.open() as stream:
            records = _records(stream)
            for found in records:
                ref = source.ref(position)
                position += 1
                if isinstance(found, str):
                    yield reject(ref, f"the record is broken: {found}", "fetch the archive file again; the other records are in")
                else:
                    yield _convert(found, ref, provider)


def _records(stream: BinaryIO) -> Iterator[Any]:
    """Records, or the reason why one cannot be read."""
    records = ArchiveIterator(stream, arc2warc=True)
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except _BROKEN as error:
            yield str(error).strip() or type(error).__name__
            return
        yield record


def _convert(record: Any, ref: SourceRef, provider: str | None) -> Item:
    if record.rec_type != "response" or record.http_headers is None:
        return SetAside(source=ref, kind=str(record.rec_type))
    status = record.http_headers.get_statuscode()
    content_type = (record.http_headers.get_header("Content-Type") or "").lower()
    if status != "200":
        return SetAside(source=ref, kind=f"response {status}")
    if not content_type.startswith(_HTML_TYPES):
        return SetAside(source=ref, kind=content_type.partition(";")[0].strip() or "response")
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    try:
        raw = record.content_stream().read(MAX_ITEM_BYTES + 1)
    except _BROKEN as error:
        return reject(ref, f"the page cannot be unpacked: {error}", "fetch the page again", url.encode())
    declared = int(record.rec_headers.get_header("Content-Length") or 0)
    if record.length != declared or not raw:
        return reject(ref, "the record is cut off", "fetch the archive file again", raw)
    charset = _CHARSET.search(content_type)
    return html.page(raw, ref, provider=provider, url=url or None, charset=charset[1] if charset else None)
