"""RSS 0.9–2.0, Atom and JSON Feed (`rss`), WordPress exports (WXR) among them.

feedparser reads each item on its own between the feed's head and its end tags, so that a feed of any
length streams and a broken item harms no other. The body is the longest of what an item carries; a feed
that carries summaries only gives summaries. The guid is the item's own, the provider the host that the
feed links to. WordPress's drafts, private and trashed posts, and attachments are set aside. Positions
are ordinals of the items.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from time import struct_time
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import feedparser

from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef, Subject
from ingest.encoding import decode
from ingest.html_text import html_to_text
from ingest.normalise import MAX_ITEM_BYTES, Draft, finish, reject
from ingest.readers.code_pages import web_name
from ingest.readers.json_items import json_items, looks_like_json

_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]")
_SIGNS = re.compile(
    rb"<rss[\s>]|http://www\.w3\.org/2005/Atom|http://purl\.org/(?:rss/1\.0|atom/ns)|my\.netscape\.com/rdf"
)
_JSON_FEED = re.compile(rb"jsonfeed\.org(?:\\?/)version")
_START = re.compile(rb"<(?P<name>item|entry)(?=[\s>])")
_ENDS = {b"item": b"</item>", b"entry": b"</entry>"}
_MAX_HEAD_BYTES = 1 << 20
_BLOCK = 1 << 16
_UNPUBLISHED = frozenset({"draft", "auto-draft", "pending", "private", "future", "trash", "inherit"})
_PARAGRAPH = re.compile(r"<(?:p|br|div)\b", re.I)
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,80}encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_AS_UTF8 = {"content-type": "application/xml; charset=utf-8"}
_BASE64 = re.compile(r"data:[\w/+.-]+;base64,[\w+/=]+")


class RssReader:
    name = "rss"

    def accepts(self, source: Source) -> bool:
        head = source.head
        if looks_like_json(head):
            return bool(_JSON_FEED.search(head[:2048]))
        return bool(_ROOT.search(head[:8192]) and _SIGNS.search(head[:8192]))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            if looks_like_json(source.head):
                yield from _json_feed(stream, source, provider)
                return
            for position, (head, item, is_whole) in enumerate(_elements(stream)):
                ref = source.ref(position)
                if not is_whole:
                    reason = f"the item does not end, or is larger than {MAX_ITEM_BYTES >> 20} MiB"
                    yield reject(ref, reason, "fetch the feed again", item)
                    continue
                yield _convert(head, item, ref, provider)


def _elements(stream: BinaryIO) -> Iterator[tuple[bytes, bytes, bool]]:
    """(head of the feed, one <item> or <entry>, whether it is whole)."""
    buffer, head = bytearray(), b""
    is_ended = False
    while True:
        start = _START.search(buffer)
        end = buffer.find(_ENDS[start["name"]], start.start()) if start else -1
        if start and not head:
            head = bytes(buffer[: start.start()][:_MAX_HEAD_BYTES])
        if start and end >= 0:
            end += len(_ENDS[start["name"]])
            yield head, bytes(buffer[start.start() : end]), True
            del buffer[:end]
            continue
        if start and (is_ended or len(buffer) - start.start() > MAX_ITEM_BYTES):
            yield head, bytes(buffer[start.start() :]), False
            del buffer[: max(start.end(), len(buffer) - _BLOCK)]
            if is_ended:
                return
            continue
        if is_ended:
            return
        if not start and len(buffer) > _MAX_HEAD_BYTES:
            del buffer[: -len(b"<entry ")]
        block = stream.read(_BLOCK)
        is_ended = not block
        buffer += block


def _convert(head: bytes, item: bytes, ref: SourceRef, provider: str | None) -> Item:
    end = (
        b"</feed>"
        if item.startswith(b"<entry")
        else b"</rdf:RDF>"
        if b"RDF" in head[:2048]
        else b"</channel></rss>"
    )
    if end == b"</rdf:RDF>" and b"<channel" in head and b"</channel>" not in head:
        end = b"</channel></rdf:RDF>"
    declared = _DECLARED.search(head[:256])
    encoding = web_name(declared[1].decode("ascii")) if declared else None
    text = _DECLARATION.sub("", decode(head + item + end, declared=encoding), count=1)
    try:
        # Decoded here and without its declaration: feedparser raises on names of encodings that are none.
        parsed = feedparser.parse(text.encode("utf-8", "replace"), response_headers=_AS_UTF8)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return reject(ref, f"the item cannot be read: {error}", "mend its markup", item)
    if not parsed.entries:
        return reject(
            ref,
            f"the item cannot be read: {parsed.get('bozo_exception', 'no entry')}",
            "mend its markup",
            item,
        )
    entry = parsed.entries[0]
    kind, status = entry.get("wp_post_type"), entry.get("wp_status")
    if kind == "attachment" or status in _UNPUBLISHED:
        return SetAside(source=ref, kind=str(kind if kind == "attachment" else status))
    return finish(_draft(entry, parsed.feed), ref, provider=provider, raw=item)


def _draft(entry: dict[str, Any], feed: Mapping[str, Any]) -> Draft:
    link = entry.get("link") or None
    updated = _instant(entry, "updated")
    published = _instant(entry, "published") or _wordpress_time(entry) or updated
    names = [author.get("name") or "" for author in entry.get("authors", []) if isinstance(author, Mapping)]
    tags = {
        term.casefold(): term
        for tag in entry.get("tags", [])
        if (term := html.unescape(tag.get("term") or "").strip())
    }
    return Draft(
        guid=entry.get("id") or link,
        provider=_host(feed.get("link")) or _host(link) or feed.get("title"),
        published=published,
        headline=html_to_text(entry.get("title") or "") or None,
        body=_body(entry),
        language=entry.get("language") or feed.get("language"),
        byline=", ".join(name for name in names if name and name.lower() != "admin") or None,
        subjects=tuple(Subject(code=f"tag:{code}", name=name) for code, name in tags.items()),
        url=link if link and link.startswith(("http://", "https://")) else None,
    )


def _body(entry: Mapping[str, Any]) -> str:
    carried = [content.get("value") or "" for content in entry.get("content", [])]
    carried.append(entry.get("summary") or "")
    return max((html_to_text(_with_paragraphs(_BASE64.sub("", one))) for one in carried), key=len, default="")


def _with_paragraphs(markup: str) -> str:
    """WordPress stores empty lines and makes paragraphs of them when it serves the page."""
    return markup if _PARAGRAPH.search(markup) else _EMPTY_LINE.sub("<p>", markup)


def _instant(entry: dict[str, Any], name: str) -> str | datetime | None:
    """feedparser's reading of the time, or the words themselves for whoever refuses them."""
    # dict.get, because feedparser's own gives `published` for an absent `updated`, with a warning
    parsed = dict.get(entry, f"{name}_parsed")
    if isinstance(parsed, struct_time):
        try:
            return datetime(*parsed[:6], tzinfo=UTC)
        except ValueError:  # a leap second
            return datetime(*parsed[:5], tzinfo=UTC)
    return dict.get(entry, name) or None


def _wordpress_time(entry: Mapping[str, Any]) -> str | None:
    time = entry.get("wp_post_date_gmt")
    return time if isinstance(time, str) and not time.startswith("0000") else None


def _host(link: str | None) -> str | None:
    try:
        host = urlsplit(link or "").hostname
    except ValueError:  # "http://[": no address
        return None
    return host.removeprefix("www.") if host else None


def _json_feed(stream: BinaryIO, source: Source, provider: str | None) -> Iterator[Item]:
    for feed in json_items(stream):
        items = feed.value.get("items") if feed.value else None
        if feed.value is None or not isinstance(items, list):
            yield reject(
                source.ref(0), feed.error or "the feed has no items", "fetch the feed again", feed.raw
            )
            continue
        for position, entry in enumerate(items):
            ref = source.ref(position)
            if isinstance(entry, dict):
                yield finish(_json_draft(entry, feed.value), ref, provider=provider, raw=feed.raw)
            else:
                yield reject(ref, "the item is no object", "fetch the feed again", feed.raw)


def _json_draft(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> Draft:
    def text(name: str, within: Mapping[str, Any] = entry) -> str | None:
        found = within.get(name)
        return found if isinstance(found, str) and found.strip() else None

    markup = text("content_html")
    authors = entry.get("authors") or [entry.get("author")]
    names = [one.get("name") for one in authors if isinstance(one, dict)] if isinstance(authors, list) else []
    tags = entry.get("tags")
    identity = entry.get("id")
    return Draft(
        guid=str(identity) if isinstance(identity, (str, int)) else text("url"),
        provider=_host(text("home_page_url", feed)) or _host(text("url")) or text("title", feed),
        published=text("date_published") or text("date_modified"),
        headline=text("title"),
        body=html_to_text(markup) if markup else text("content_text") or text("summary") or "",
        language=text("language") or text("language", feed),
        byline=", ".join(name for name in names if isinstance(name, str)) or None,
        subjects=tuple(
            Subject(code=f"tag:{tag.casefold()}", name=tag)
            for tag in (tags if isinstance(tags, list) else [])
            if isinstance(tag, str)
        ),
        url=text("url"),
    )
