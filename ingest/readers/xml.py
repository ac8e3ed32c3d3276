"""XML items out of a byte stream, one at a time, by a parser that trusts nothing.

No entity is expanded, no DTD or schema loaded, nothing fetched; elements nest 256 deep at most
(libxml2's own limit) and an item is at most MAX_ITEM_BYTES. Memory is bounded by one item.

Repaired on the way in, because agencies send it and nothing is lost by it: bytes that are not in
the encoding declared (see `_decoded`), control characters, HTML's named entities without a DTD.
Anything else that is not well-formed is one item with an error; reading goes on at the next start tag
of an item, with the namespaces and the envelope that the file began with.
"""

from __future__ import annotations

import codecs
import contextlib
import html.entities
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import charset_normalizer
from lxml import etree

from domain.protocols import Source
from domain.story import Item, Rejected, SourceRef
from ingest.encoding import decode
from ingest.normalise import MAX_EXCERPT_BYTES, MAX_ITEM_BYTES, Draft, finish, reject

_BLOCK = 1 << 16
# Characters; what stands before the first item is kept for starting again after an error.
_MAX_PROLOG = 1 << 16
# libxml2's XML_ERR_DOCUMENT_END and XML_ERR_RESERVED_XML_NAME: another document follows the first
_NEXT_DOCUMENT = frozenset({5, 64})
_ONLY_END_TAGS = re.compile(r"(?:\s*</[^<>]*>)*\s*")
_DOCUMENT = re.compile(r"<\?xml|<(?![/!])")

_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_ACCENTED = re.compile(rb"[\x80-\xff]+")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_LONGEST_REFERENCE = 40
_NOT_LATIN = ["cp1256", "cp1251", "koi8_r", "cp1253", "cp1255", "shift_jis", "euc_jp", "gb18030", "big5",
              "euc_kr"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlItem:
    """One item, or why there is none. The element is valid until the next item is asked for."""

    position: int  # ordinal among the file's items
    element: etree._Element | None = None
    error: str | None = None
    remedy: str = ""
    raw: bytes = b""  # the first bytes of an item in error


Convert = Callable[[etree._Element, XmlItem, SourceRef, str | None], Iterable[Item]]


def read_items(
    source: Source, tags: frozenset[str], convert: Convert, *, provider: str | None
) -> Iterator[Item]:
    """What `convert` makes of each item of a file: it is given the element, the item, its place and `provider`.

    An item in error is refused.
    """
    with source.open() as stream:
        for item in xml_items(stream, tags):
            ref = source.ref(item.position)
            if item.element is None:
                yield refuse(item, ref, item.error or "not readable", item.remedy)
            else:
                yield from convert(item.element, item, ref, provider)


def root_name(head: bytes) -> str | None:
    """The local name of the document element that `head` begins with; None when it is not XML."""
    if b"<" not in head[:1024] and b"<\0" not in head[:1024]:
        return None
    text = _sanitised(decode(head, declared=_declared(head))).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return None
    parser = _parser(("start",), None)
    with contextlib.suppress(etree.XMLSyntaxError):  # what stands before an error is enough, or nothing is
        parser.feed(text.encode())
    for _, element in parser.read_events():
        return local_name(element)
    return None


def local_name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def parse(text: str) -> etree._Element:
    """The document element of a small document held in memory. Raises etree.XMLSyntaxError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    return etree.fromstring(_sanitised(text).lstrip("\ufeff \t\r\n").encode(), parser)


def xml_items(stream: BinaryIO, tags: frozenset[str]) -> Iterator[XmlItem]:
    """The outermost elements with one of the local names `tags`, in file order."""
    return _Items(_text_blocks(stream), tags).read()


def finish_item(draft: Draft, item: XmlItem, ref: SourceRef, *, provider: str | None) -> Item:
    """`finish`, with the head of the element for a reader of the quarantine where it refuses."""
    found = finish(draft, ref, provider=provider)
    return replace(found, excerpt=excerpt(item)) if isinstance(found, Rejected) else found


def refuse(item: XmlItem, ref: SourceRef, reason: str, remedy: str) -> Rejected:
    return reject(ref, reason, remedy, item.raw or excerpt(item))


def excerpt(item: XmlItem) -> bytes:
    if item.element is None:
        return item.raw
    return bytes(etree.tostring(item.element, encoding="utf-8", with_tail=False)[:MAX_EXCERPT_BYTES])


def _parser(events: tuple[str, ...], tags: tuple[str, ...] | None) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=events, tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip


class _Items:
    """The state of one reading: parser, text since the last whole item, and what began the file."""

    def __init__(self, blocks: Iterator[str], tags: frozenset[str]) -> None:
        self.blocks = blocks
        names = "|".join(sorted(tags))
        self.wanted = tuple(f"{{*}}{tag}" for tag in sorted(tags))
        self.start_tag = re.compile(rf"<(?:[\w.-]+:)?(?:{names})(?=[\s/>])")
        self.prolog: str | None = None
        self.pending = ""
        self.position = 0
        self.open = 0
        self.advanced = False  # this parser has gone past a whole item
        self.exhausted = False  # the end was reached while looking for an item to go on with
        self.parser = _parser(("start", "end"), self.wanted)

    def read(self) -> Iterator[XmlItem]:
        for block in self.blocks:
            self.pending += block
            yield from self._feed(block)
        yield from self._close()

    def _feed(self, text: str | None) -> Iterator[XmlItem]:
        while text is not None:
            failure = self._parse(text)
            yield from self._completed()
            if failure is not None:
                text = yield from self._resume(f"not well-formed XML: {failure.message}", code=failure.type)
            elif len(self.pending) > MAX_ITEM_BYTES:
                text = yield from self._resume(f"the item is larger than {MAX_ITEM_BYTES >> 20} MiB")
            else:
                text = None

    def _parse(self, text: str | None) -> etree._LogEntry | None:
        """The fatal error that `text`, or the end, led to: from the log, since not all of them are raised."""
        with contextlib.suppress(etree.XMLSyntaxError):
            if text is None:
                self.parser.close()
            else:
                self.parser.feed(text.encode())
        return next((one for one in self.parser.feed_error_log if one.level == etree.ErrorLevels.FATAL), None)

    def _completed(self) -> Iterator[XmlItem]:
        """Whole items that the parser has gone past."""
        for event, element in self.parser.read_events():
            if event == "start":
                self.open += 1
                if self.prolog is None:
                    start = self.start_tag.search(self.pending)
                    self.prolog = self.pending[: start.start()] if start else ""
                    self.pending = self.pending[len(self.prolog) :]
                continue
            self.open -= 1
            if self.open:
                continue
            self.advanced = True
            raw, self.pending = self._cut(element)
            yield self._item(element, raw)
            self.position += 1
            previous = element.getprevious()
            if previous is not None and self._is_item(previous):
                previous.getparent().remove(previous)
            element.clear(keep_tail=False)

    def _cut(self, element: etree._Element) -> tuple[str, str]:
        """What was read of `element`, and what follows it."""
        name = f"{element.prefix}:{local_name(element)}" if element.prefix else local_name(element)
        end = self.pending.find(f"</{name}")
        end = self.pending.find(">", end) if end >= 0 else self.pending.find("/>") + 1
        return self.pending[: end + 1], self.pending[end + 1 :]

    def _is_item(self, element: etree._Element) -> bool:
        return f"{{*}}{local_name(element)}" in self.wanted

    def _item(self, element: etree._Element, raw: str) -> XmlItem:
        entity = next(element.iter(etree.Entity), None)
        if entity is None:
            return XmlItem(position=self.position, element=element)
        return XmlItem(
            position=self.position,
            error=f"the item uses {entity.text[:60]}, an entity that the file declares itself",
            remedy="replace the entity by its text: for safety such entities are never expanded",
            raw=raw[:MAX_EXCERPT_BYTES].encode(),
        )

    def _resume(self, reason: str, *, code: int | None = None) -> Generator[XmlItem, None, str | None]:
        """Reports what cannot be read; returns the text to go on with, from the next item's start."""
        begin = self.start_tag.search(self.pending)
        if code in _NEXT_DOCUMENT and not self.open:
            while begin is None and len(self.pending) < _MAX_PROLOG and (block := next(self.blocks, None)):
                self.pending += block
                begin = self.start_tag.search(self.pending)
        before = self.pending[: begin.start()] if begin else ""
        if begin and not self.open and (before.strip() or (code in _NEXT_DOCUMENT and self.advanced)):
            # Nothing is wrong with an item: what stands before it is. Another document, or stray markup.
            if code in _NEXT_DOCUMENT and (document := _DOCUMENT.search(before)):
                self.prolog = before[document.start() :]
            follows: re.Match[str] | None = begin
        else:
            if not _ONLY_END_TAGS.fullmatch(self.pending):
                yield self._unreadable(reason)
            follows = self.start_tag.search(self.pending, begin.end()) if begin else None
        while follows is None:
            block = next(self.blocks, None)
            if block is None:
                self.exhausted = True
                return None
            # a start tag may be cut by the end of the block
            self.pending = self.pending[-_LONGEST_REFERENCE:] + block
            follows = self.start_tag.search(self.pending, 1)
        self.pending = self.pending[follows.start() :]
        self.open = 0
        self._restart()
        return self.pending

    def _restart(self) -> None:
        """A fresh parser that has read what began the file, unless the error stood there."""
        self.parser = _parser(("start", "end"), self.wanted)
        self.advanced = False
        prolog = self.prolog or ""
        if len(prolog) > _MAX_PROLOG or self._parse(prolog) is not None:
            self.prolog = ""
            self.parser = _parser(("start", "end"), self.wanted)

    def _unreadable(self, reason: str) -> XmlItem:
        item = XmlItem(
            position=self.position, error=reason,
            remedy="have the item sent again, or mend it and ingest the file again",
            raw=self.pending[:MAX_EXCERPT_BYTES].encode()[:MAX_EXCERPT_BYTES],
        )  # fmt: skip
        self.position += 1
        return item

    def _close(self) -> Iterator[XmlItem]:
        while not self.exhausted:
            failure = self._parse(None)
            yield from self._completed()
            if failure is None:
                return
            begin = self.start_tag.search(self.pending)
            if begin and self.open:
                begin = self.start_tag.search(self.pending, begin.end())
            if begin is None:
                where = "inside an item" if self.open else "before its end tag; items after this are missing"
                yield self._unreadable(f"the file ends {where}")
                return
            # An "&" alone makes the parser wait for its ";": the error only shows at the end.
            yield from self._feed((yield from self._resume(f"not well-formed XML: {failure.message}")))


def _text_blocks(stream: BinaryIO) -> Iterator[str]:
    """The text of `stream` in blocks, with only characters and entities that XML allows."""
    carry, first = "", True
    for block in _decoded(stream):
        text = carry + block
        if first:
            text = text.lstrip("\ufeff \t\r\n")  # nothing may stand before the XML declaration
            first = not text
        cut = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
        carry = text[cut:] if cut >= 0 and ";" not in text[cut:] else ""
        yield _sanitised(text[: len(text) - len(carry)])
    if carry:
        yield _sanitised(carry)


def _sanitised(text: str) -> str:
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text)
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if not name.startswith("#"):
        found = html.entities.html5.get(f"{name};")
        return match[0] if found is None else "".join(f"&#{ord(c)};" if c in "<>&\"'" else c for c in found)
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if 0x80 <= code <= 0x9F:  # as browsers read them: Windows-1252
        return bytes([code]).decode("cp1252", "replace")
    legal = (
        code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )
    return match[0] if legal else ""


def _declared(head: bytes) -> str | None:
    match = _DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    return match[1].decode("ascii", "replace") if match else None


def _decoded(stream: BinaryIO) -> Iterator[str]:
    """Bytes to text by byte-order mark or declaration, unless the first accented bytes disprove it."""
    block = stream.read(_BLOCK)
    declared = _declared(block)
    encoding = _wide(block) or _stateful(declared)
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    while block:
        following = stream.read(_BLOCK)
        if decoder is None and block.isascii():
            yield block.decode("ascii")
        else:
            decoder = decoder or _decoder(block, declared)
            yield decoder.decode(block, final=not following)
        block = following


def _wide(head: bytes) -> str | None:
    for mark, encoding in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
                           (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if head.startswith(mark):
            return encoding
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(head[:2])


def _stateful(declared: str | None) -> str | None:
    """The codec of a declared encoding whose accented characters are written in ASCII bytes."""
    name = (declared or "").lower()
    return name if name in ("iso-2022-jp", "iso-2022-kr", "hz-gb-2312") else None


def _decoder(block: bytes, declared: str | None) -> codecs.IncrementalDecoder:
    """Chosen by the first block that is not ASCII: UTF-8 if it is that, else declared, else detected."""
    utf8 = codecs.getincrementaldecoder("utf-8")("depeche.windows-1252")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block)  # a character may be cut by the block's end
    except UnicodeDecodeError:
        tolerant = block.decode("utf-8", "replace")
        wrong = tolerant.count("\ufffd")
        if wrong * 10 <= sum(character > "\x7f" for character in tolerant) - wrong:
            return utf8  # a few bytes pasted from elsewhere
    else:
        return utf8
    try:
        codec = codecs.lookup(declared or "utf-8")
    except LookupError:
        codec = codecs.lookup("utf-8")
    if codec.name in ("iso8859-1", "ascii"):  # as browsers do: its quotation marks are Windows-1252's
        codec = codecs.lookup("cp1252")
    if codec.name != "utf-8":
        return codec.incrementaldecoder("replace") if codec.incrementaldecoder else utf8
    runs = _ACCENTED.findall(block)
    if sum(map(len, runs)) < 2 * len(runs):  # accents in Latin words stand alone, other scripts in words
        return utf8
    best = charset_normalizer.from_bytes(block, cp_isolation=_NOT_LATIN).best()
    return codecs.getincrementaldecoder(best.encoding)("replace") if best else utf8
