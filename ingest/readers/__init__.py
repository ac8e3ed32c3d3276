"""The formats, one small file each, tried in order of how surely they know their own.

A reader is chosen by content, never by file name. To add one: write the file, add it to
_READERS before the readers that accept more than it does.
"""

from __future__ import annotations

from domain.errors import SourceError
from domain.protocols import Reader, Source
from ingest.readers.anpa1312 import Anpa1312Reader
from ingest.readers.apapi import ApApiReader
from ingest.readers.columns import CsvReader, ParquetReader
from ingest.readers.html import HtmlReader
from ingest.readers.iptc7901 import Iptc7901Reader
from ingest.readers.jimi import JimiReader
from ingest.readers.jsonl import JsonLinesReader
from ingest.readers.mail import MailReader
from ingest.readers.mediawiki import MediaWikiReader
from ingest.readers.newsml1 import NewsML1Reader
from ingest.readers.newsml_g2 import NewsMLG2Reader
from ingest.readers.ninjs import NinjsReader
from ingest.readers.nitf import NitfReader
from ingest.readers.pdf import PdfReader
from ingest.readers.plain import PlainReader
from ingest.readers.reuters21578 import Reuters21578Reader
from ingest.readers.ritzau import RitzauReader
from ingest.readers.rss import RssReader
from ingest.readers.warc import WarcReader

# Mail stands before html, AP API before ninjs, every XML format before html: what is tried
# later accepts more.
_READERS: tuple[Reader, ...] = (
    ParquetReader(),
    PdfReader(),
    WarcReader(),
    Reuters21578Reader(),
    Anpa1312Reader(),
    Iptc7901Reader(),
    MailReader(),
    NewsMLG2Reader(),
    NewsML1Reader(),
    NitfReader(),
    RitzauReader(),
    JimiReader(),
    MediaWikiReader(),
    RssReader(),
    ApApiReader(),
    NinjsReader(),
    JsonLinesReader(),
    HtmlReader(),
    CsvReader(),
    PlainReader(),
)


def names() -> tuple[str, ...]:
    return tuple(reader.name for reader in _READERS)


def choose(source: Source, name: str = "auto") -> Reader:
    """The reader called `name`, or the first that accepts the content. Raises SourceError."""
    if name != "auto":
        for reader in _READERS:
            if reader.name == name:
                return reader
        raise SourceError(
            f"no format is called {name!r}", hint=f"use --format with one of: {', '.join(names())}"
        )
    if not source.head.strip():
        raise SourceError(f"{source.path} is empty", hint="remove it, or send the file again")
    for reader in _READERS:
        if reader.accepts(source):
            return reader
    raise SourceError(
        f"{source.path} is in no format known here",
        hint=f"name its format with --format (one of: {', '.join(names())})",
    )
