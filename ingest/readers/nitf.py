"""NITF 2.5 to 3.6 (`nitf`): one story a document, also where several are wrapped or joined in one file.

The story's address is doc-id's id-string; where that is du-key's key with a number after it (NTB), the key
is the address and the number the version. `management-status` gives the status; a document that names
another (`management-doc-idref`) also gives a Directive for that one. A date.release after date.issue is an
embargo whatever the status says. Editors' words are ed-msg and notes that are not for publication.
Positions are ordinals of the documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from domain.errors import SourceError
from domain.protocols import Source
from domain.story import Action, Directive, Item, SourceRef, Subject, Version
from ingest.dates import parse_instant
from ingest.normalise import Draft
from ingest.readers.inline_text import collapse, element_text
from ingest.readers.xml import XmlItem, finish_item, local_name, read_items, root_name
from ingest.readers.xml_fields import (
    attribute,
    distinct,
    find,
    find_all,
    instant,
    keywords,
    provider_name,
    readable,
    split_dateline,
    subject_code,
    text_of,
    usual_language,
    value,
    values,
    xml_language,
)  # fmt: skip

_DOCDATA = "head/docdata"
_STATUS = {"usable": "usable", "embargoed": "usable", "withheld": "withheld", "hold": "withheld",
           "canceled": "canceled", "cancelled": "canceled", "killed": "canceled"}  # fmt: skip
_ACTIONS = {"canceled": Action.KILL, "withheld": Action.HOLD, "usable": Action.RELEASE}
_SLUG_NAMES = ("anpa-keyword", "NTBStikkord", "slug", "slugline")
_POSSESSIVE = re.compile(r"[’']s?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the body of an NITF document says, alone or inside a NewsML item."""

    headline: str | None
    byline: str | None
    dateline_place: str | None
    dateline_date: str | None
    body: str
    abstract: str


class NitfReader:
    name = "nitf"

    def accepts(self, source: Source) -> bool:
        return root_name(source.head) in ("nitf", "nitfs")

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        return read_items(source, frozenset({"nitf"}), _document, provider=provider)


def _document(nitf: etree._Element, item: XmlItem, ref: SourceRef, provider: str | None) -> Iterator[Item]:
    found = finish_item(_draft(nitf), item, ref, provider=provider)
    yield found
    if isinstance(found, Version):
        yield from _directives(nitf, found)


def parts(nitf: etree._Element) -> Parts:
    """The words of `nitf`; its root may also be a <body> or bare paragraphs."""
    head = find(nitf, "body/body.head")
    headline = value(head, "hedline/hl1") or value(head, "headline/hl1") or value(nitf, "head/title")
    place, date = _dateline(find(head, "dateline"))
    content = find(nitf, "body/body.content")
    if content is None:
        content = nitf if local_name(nitf) != "nitf" else find(nitf, "body")
    abstract = find(head, "abstract")
    return Parts(
        headline=headline, byline=_byline(find(head, "byline")), dateline_place=place, dateline_date=date,
        body="" if content is None else element_text(content, headline=headline),
        abstract="" if abstract is None else element_text(abstract),
    )  # fmt: skip


def _draft(nitf: etree._Element) -> Draft:
    docdata = find(nitf, _DOCDATA)
    meta = {one.get("name", ""): (one.get("content") or "").strip() for one in find_all(nitf, "head/meta")}
    words = parts(nitf)
    provider = _provider(nitf, docdata, meta)
    guid, version = _address(docdata)
    clock = provider_name(attribute(docdata, "doc.rights", "owner"), provider)  # who set the times
    published, embargo = _dates(nitf, docdata, clock)
    return Draft(
        guid=guid,
        version=version,
        provider=provider,
        published=published,
        first_published=_first_written(nitf, clock),
        embargo_until=embargo,
        status=_status(docdata, embargo),
        language=nitf.get("baselang") or xml_language(nitf) or usual_language(provider),
        headline=words.headline,
        body=words.body or words.abstract,
        slugline=_slugline(nitf, docdata, meta, words.headline),
        # ANSA puts its subtitle there
        byline=None if provider == "ansa" else words.byline,
        dateline_place=words.dateline_place,
        dateline_date=words.dateline_date,
        subjects=distinct(_subjects(nitf, docdata)),
        places=tuple(_places(nitf, docdata)),
        people=tuple(_named(nitf, docdata, "person")),
        organisations=tuple(_named(nitf, docdata, "org")),
        urgency=attribute(nitf, "head/docdata/urgency", "ed-urg")
        or attribute(nitf, "head/urgency", "ed-urg"),
        genre=attribute(nitf, "head/tobject/tobject.property", "tobject.property.type"),
        ed_note=_ed_note(nitf, docdata),
        url=attribute(nitf, "head/pubdata", "ex-ref"),
    )


def _directives(nitf: etree._Element, version: Version) -> Iterator[Directive]:
    """What the document's management data asks to be done to another document."""
    docdata = find(nitf, _DOCDATA)
    target = docdata.get("management-doc-idref") if docdata is not None else None
    if docdata is None or not target or target == version.guid:
        return
    action = _ACTIONS.get(_STATUS.get((docdata.get("management-idref-status") or "").lower(), ""))
    if action in (Action.KILL, Action.HOLD, Action.RELEASE) and action is not None:
        yield Directive(
            action=action, provider=version.provider, issued=version.published, target=target,
            reason=version.ed_note or version.headline, source=version.source,
        )  # fmt: skip


def _provider(nitf: etree._Element, docdata: etree._Element | None, meta: dict[str, str]) -> str | None:
    sources = sorted(find_all(docdata, "del-list/from-src"), key=lambda one: one.get("level-number") or "9")
    return provider_name(
        attribute(docdata, "doc-id", "regsrc"),
        next((one.get("src-name") for one in sources), None),
        meta.get("aap-source"),
        value(nitf, "body/body.head/distributor"),
        value(nitf, "body/body.head/rights/rights.owner"),
        (attribute(docdata, "doc.copyright", "holder") or "").partition(".")[0],
    )


def _address(docdata: etree._Element | None) -> tuple[str | None, str | None]:
    """(guid, version) of the document."""
    identity = attribute(docdata, "doc-id", "id-string")
    key = attribute(docdata, "du-key", "key")
    if identity and key and (match := re.fullmatch(re.escape(key) + r"[_:-](\d{1,9})", identity)):
        return key, match[1]
    return identity, None


def _dates(
    nitf: etree._Element, docdata: etree._Element | None, provider: str | None
) -> tuple[str | datetime | None, str | datetime | None]:
    """(published, embargo) as written, with the provider's zone where none is."""
    release = readable(attribute(docdata, "date.release", "norm"))
    issued = (
        readable(attribute(docdata, "date.issue", "norm"))
        or readable(attribute(nitf, "head/pubdata", "date.publication"))
        or readable(attribute(nitf, "head/docdata/pubdata", "date.publication"))
        or readable(attribute(nitf, "body/body.head/dateline/story.date", "norm"))
        or release
    )
    published, embargo = instant(issued, provider), instant(release, provider)
    if docdata is not None and (docdata.get("management-status") or "").lower() == "embargoed":
        return published, embargo
    return published, embargo if _is_later(embargo, published) else None


def _is_later(one: str | datetime | None, other: str | datetime | None) -> bool:
    try:
        return bool(one and other) and parse_instant(one or "") > parse_instant(other or "")
    except SourceError:
        return True  # not readable: kept, so that the item is refused rather than shown too early


def _status(docdata: etree._Element | None, embargo: str | datetime | None) -> str | None:
    declared = ((docdata.get("management-status") if docdata is not None else None) or "").strip().lower()
    if declared == "embargoed" and embargo is None:
        return "withheld"  # until when, it does not say: a later version, or `depeche release`, lifts it
    return _STATUS.get(declared, declared) or None


def _first_written(nitf: etree._Element, provider: str | None) -> str | datetime | None:
    history = [readable(one.get("norm")) for one in find_all(nitf, "head/revision-history")]
    return instant(min((date for date in history if date), default=None), provider)


def _slugline(
    nitf: etree._Element, docdata: etree._Element | None, meta: dict[str, str], headline: str | None
) -> str | None:
    named = next((meta[name] for name in _SLUG_NAMES if meta.get(name)), None)
    title = value(nitf, "head/title")
    if named or (title and title != headline):
        return named or title
    words = [one.get("key") or text_of(one) for one in find_all(docdata, "key-list/keyword")]
    return words[0] if len(words) == 1 else None


def _byline(byline: etree._Element | None) -> str | None:
    """ "By BERNARD CONDON, AP Business Writer": the title apart from the name."""
    if byline is None:
        return None
    title = value(byline, "byttl")
    pieces = [byline.text or ""]
    for child in byline:
        inside = "" if local_name(child) == "byttl" else "".join(child.itertext())
        pieces += [inside if not pieces[-1] or pieces[-1][-1].isspace() else f" {inside}", child.tail or ""]
    name = collapse("".join(pieces)).rstrip(", ")
    return ", ".join(part for part in (name, title) if part) or None


def _dateline(dateline: etree._Element | None) -> tuple[str | None, str | None]:
    location = find(dateline, "location")
    if location is None:
        return split_dateline(text_of(dateline))
    _, date = split_dateline(value(dateline, "story.date"))
    return _location(location), date


def _location(location: etree._Element) -> str | None:
    """ "Ottawa, Ontario, Canada" of its parts; its own words where it has no parts."""
    named = list(dict.fromkeys(text for one in location if (text := text_of(one))))
    return ", ".join(named) if named and not (location.text or "").strip() else text_of(location)


def _subjects(nitf: etree._Element, docdata: etree._Element | None) -> Iterator[Subject]:
    for one in find_all(nitf, "head/tobject/tobject.subject"):
        code = (one.get("tobject.subject.refnum") or "").strip()
        names = [one.get(f"tobject.subject.{level}") for level in ("detail", "matter", "type")]
        name = next((" ".join(name.split()) for name in names if name and name.strip()), None)
        register = one.get("tobject.subject.ipr")
        if code:
            scheme = register.lower() if register and register.upper() != "IPTC" else None
            yield Subject(code=subject_code(code, scheme=scheme), name=name)
    yield from keywords(one.get("key") or text_of(one) for one in find_all(docdata, "key-list/keyword"))


def _places(nitf: etree._Element, docdata: etree._Element | None) -> Iterator[str]:
    for event in find_all(docdata, "evloc"):
        yield from filter(None, (event.get("city"), event.get("county-dist"), event.get("state-prov")))
    for scope in (find(docdata, "identified-content"), find(nitf, "body/body.content")):
        for one in scope.iterdescendants("{*}location") if scope is not None else ():
            if name := _location(one):
                yield _POSSESSIVE.sub("", name)


def _named(nitf: etree._Element, docdata: etree._Element | None, tag: str) -> Iterator[str]:
    """People or organisations that the text marks as such; the byline's are no part of the story."""
    for scope in (find(docdata, "identified-content"), find(nitf, "body/body.content")):
        for one in scope.iterdescendants(f"{{*}}{tag}") if scope is not None else ():
            if name := text_of(one):
                yield _POSSESSIVE.sub("", name)


def _ed_note(nitf: etree._Element, docdata: etree._Element | None) -> str | None:
    notes = [one.get("info") for one in find_all(docdata, "ed-msg")]
    notes += [one.get("comment") for one in find_all(nitf, "head/revision-history")]
    notes += [
        text_of(one) for one in find_all(nitf, "body/body.head/note") if one.get("noteclass") == "editorsnote"
    ]
    notes += values(docdata, "ed-msg")
    return " ".join(dict.fromkeys(" ".join(note.split()) for note in notes if note and note.strip())) or None
