"""NewsML-G2 (`newsml-g2`): a newsItem alone, or the items of a newsMessage, streamed.

A newsItem with words is a story, whatever its class: a picture's caption and a video's script are
text too (genre says which). Set aside, and counted under their kind: packageItem (it only lists items),
conceptItem, knowledgeItem, planningItem, catalogItem, items of data in another vocabulary (SportsML,
events) and pictures without words. An empty <embargoed> is an embargo without end, as the standard has it.
Subjects keep their qcode with each name given, in every language; IPTC codes under sameAs are kept beside
them. Positions are ordinals of the items in the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef, Subject
from ingest.dates import FOREVER
from ingest.normalise import Draft
from ingest.readers import nitf
from ingest.readers.inline_text import element_text, plain_text
from ingest.readers.xml import XmlItem, finish_item, local_name, read_items, root_name
from ingest.readers.xml_fields import (
    attribute,
    dateline_in,
    distinct,
    find,
    find_all,
    instant,
    keywords,
    provider_name,
    readable,
    split_dateline,
    text_of,
    value,
    values,
    xml_language,
)  # fmt: skip

_OTHER_KINDS = frozenset({"packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"})
_ITEMS = frozenset({"newsItem"}) | _OTHER_KINDS
_PROSE = frozenset({"nitf", "html", "body", "div", "p", "section", "article", "body.content", "block"})
_TEXT_CLASSES = frozenset({"", "text", "composite"})
_WITHOUT_EMBARGO = frozenset(
    {"businessdesk", "cl"}
)  # their template sends <embargoed></embargoed> with every item
_IPTC_CODE = re.compile(r"(?:medtop|subj):\d{8}")
_IPTC_URI = re.compile(r"https?://cv\.iptc\.org/newscodes/(mediatopic|subjectcode)/(\d{8})")
_IPTC_SCHEMES = {"mediatopic": "medtop", "subjectcode": "subj"}
_NOT_A_COUNT = 7  # figures
_NAME_ROLES = frozenset({"", "display", "full", "main"})  # not mnemonics and abbreviations
_CAPTION_ROLES = ("caption", "summary", "abstract", "intro")

Assertions = dict[str, etree._Element]  # what the item says of its concepts, by their codes


class NewsMLG2Reader:
    name = "newsml-g2"

    def accepts(self, source: Source) -> bool:
        root = root_name(source.head)
        return root == "newsMessage" or root in _ITEMS

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        return read_items(source, _ITEMS, _item, provider=provider)


def _item(element: etree._Element, item: XmlItem, ref: SourceRef, provider: str | None) -> Iterator[Item]:
    if local_name(element) in _OTHER_KINDS:
        yield SetAside(source=ref, kind=local_name(element))
        return
    item_class = _suffix(attribute(element, "itemMeta/itemClass", "qcode"))
    words, vocabulary = _content(element)
    draft = _draft(element, words, item_class)
    if not draft.body and not _takes_off(element):
        if vocabulary is not None:
            yield SetAside(source=ref, kind=vocabulary)
            return
        if item_class not in _TEXT_CLASSES:
            yield SetAside(source=ref, kind=item_class)
            return
    yield finish_item(draft, item, ref, provider=provider)


def _takes_off(element: etree._Element) -> bool:
    """Whether the item withdraws itself: it then matters without any words."""
    return _suffix(attribute(element, "itemMeta/pubStatus", "qcode")) not in ("", "usable")


def _draft(element: etree._Element, words: nitf.Parts, item_class: str) -> Draft:
    meta, content = find(element, "itemMeta"), find(element, "contentMeta")
    provider = _provider(element, meta)
    place, date = split_dateline(value(content, "dateline"))
    if not (place or words.dateline_place):
        place, spoken = dateline_in(words.body)
        date = date or spoken
    language = (
        attribute(content, "language", "tag")
        or xml_language(element)
        or element.getroottree().getroot().get("lang")
    )
    headline = _headline(content, language) or value(meta, "title") or words.headline
    assertions = {code: one for one in find_all(element, "assert")
                  if (code := one.get("qcode") or one.get("literal"))}  # fmt: skip
    about = find_all(content, "subject")
    guid = element.get("guid")
    return Draft(
        guid=guid,
        version=_counter(element.get("version")),
        provider=provider,
        published=instant(_first_date(element, meta, content), provider),
        first_published=instant(readable(value(meta, "firstCreated")), provider),
        embargo_until=_embargo(meta, provider),
        status=_suffix(attribute(meta, "pubStatus", "qcode")) or None,
        language=language,
        headline=headline,
        # a picture that is all headline says less than its caption, and its headline is no story
        body=words.body
        or words.abstract
        or _description(content)
        or ("" if item_class not in _TEXT_CLASSES else headline or ""),
        slugline=value(content, "slugline"),
        byline=value(content, "by") or words.byline,
        dateline_place=place or words.dateline_place or _located(content, provider),
        dateline_date=date or words.dateline_date,
        subjects=distinct([*_subjects(about, assertions), *keywords(values(content, "keyword"))]),
        places=tuple(_names_of(about, assertions, "geoarea", "poi", "5")),
        people=tuple(_names_of(about, assertions, "person")),
        organisations=tuple(_names_of(about, assertions, "organisation", "organization", "company", "team")),
        urgency=value(content, "urgency"),
        genre=_genre(content) or (item_class if item_class not in _TEXT_CLASSES else None),
        profile=value(meta, "profile"),
        ed_note=_ed_note(meta),
        url=guid if guid and guid.startswith(("http://", "https://")) else None,
    )


def _suffix(qcode: str | None) -> str:
    """ "usable" of "stat:usable"."""
    return qcode.rpartition(":")[2].strip().lower() if qcode else ""


def _provider(element: etree._Element, meta: etree._Element | None) -> str | None:
    party = find(meta, "provider")
    message = element.getroottree().getroot()
    code = (party.get("qcode") or "") if party is not None else ""
    return provider_name(
        code.rpartition(":")[2] if code.lower().startswith("nprov:") else None,
        party.get("literal") if party is not None else None,
        value(party, "name"),
        (party.get("uri") if party is not None else None),
        code.rpartition(":")[2],
        value(message, "header/sender"),
    )


def _first_date(
    element: etree._Element, meta: etree._Element | None, content: etree._Element | None
) -> str | None:
    message = element.getroottree().getroot()
    return (
        readable(value(meta, "versionCreated"))
        or readable(value(content, "contentModified"))
        or readable(value(content, "contentCreated"))
        or readable(value(meta, "firstCreated"))
        or readable(value(message, "header/sent"))
    )


def _embargo(meta: etree._Element | None, provider: str | None) -> str | datetime | None:
    embargoed = find(meta, "embargoed")
    if embargoed is None:
        return None
    text = text_of(embargoed)
    if text is None:
        return None if provider in _WITHOUT_EMBARGO else FOREVER
    return instant(text, provider)


def _headline(content: etree._Element | None, language: str | None) -> str | None:
    """The main headline, in the item's language where it is given in several."""
    best: list[tuple[int, str]] = []
    for one in find_all(content, "headline"):
        text = text_of(one)
        if text:
            role = _suffix(one.get("role"))
            tag = one.get("{http://www.w3.org/XML/1998/namespace}lang")
            is_other = tag is not None and language is not None and tag[:2].lower() != language[:2].lower()
            best.append((2 * (role not in ("", "headline", "main")) + is_other, text))
    return min(best, key=lambda one: one[0])[1] if best else None


def _description(content: etree._Element | None) -> str:
    """A caption or summary: what an item without a body has to say."""
    found = {
        _suffix(one.get("role")): text for one in find_all(content, "description") if (text := text_of(one))
    }
    return next((found[role] for role in _CAPTION_ROLES if role in found), "")


def _counter(version: str | None) -> str | None:
    """The version where it counts; Reuters also sends ten figures that say nothing of the order."""
    return version if version and len(version.strip()) < _NOT_A_COUNT else None


def _located(content: etree._Element | None, provider: str | None) -> str | None:
    """Where the story was written, as a dateline would have it."""
    if provider == "reuters":  # names the desk that handled the story: Bangalore for one from Damascus
        return None
    for one in find_all(content, "located"):
        name = value(one, "name") or one.get("literal")
        if name and provider_name(name):  # not "No-Data-Available"
            return str(name)
    return None


def _genre(content: etree._Element | None) -> str | None:
    for one in find_all(content, "genre"):
        if name := value(one, "name") or one.get("literal") or _suffix(one.get("qcode")):
            return str(name)
    return None


def _ed_note(meta: etree._Element | None) -> str | None:
    """Editors' notes in plain words; contacts that are not for publication stay out."""
    notes = [one for one in (meta if meta is not None else ()) if local_name(one).lower() == "ednote"]
    public = [one for one in notes if "nonpublic" not in (one.get("pubconstraint") or "")]
    plain = [one for one in public if len(one) == 0] or public
    return " ".join(dict.fromkeys(text for one in plain if (text := text_of(one)))) or None


def _named(one: etree._Element, assertions: Assertions) -> list[str]:
    """The names of a concept, each once, in every language; from the item's asserts where it has none."""
    concepts = [one] if len(one) else []
    if assertions:
        codes = (one.get("qcode"), one.get("literal"))
        concepts += [assertions[code] for code in codes if code in assertions]
    for concept in concepts:
        names = [
            text
            for name in find_all(concept, "name")
            if _suffix(name.get("role")) in _NAME_ROLES and (text := text_of(name))
        ]
        if names:
            return list(dict.fromkeys(names))
    return []


def _subjects(about: list[etree._Element], assertions: Assertions) -> Iterator[Subject]:
    for one in about:
        concept = find(one, "mainConcept") if len(one) else None
        for part in (one if concept is None else concept, *find_all(one, "facetConcept")):
            code = _code(part)
            if code:
                names = _named(part, assertions)
                yield from (Subject(code=code, name=name) for name in names or (None,))
        for same in find_all(one, "sameAs"):
            if _IPTC_CODE.fullmatch(same.get("qcode") or ""):
                yield Subject(code=same.get("qcode"), name=value(same, "name"))


def _code(concept: etree._Element) -> str | None:
    if code := concept.get("qcode") or concept.get("uri"):
        iptc = _IPTC_URI.fullmatch(code)
        return f"{_IPTC_SCHEMES[iptc[1]]}:{iptc[2]}" if iptc else str(code)
    literal = (concept.get("literal") or "").strip()
    return f"{_suffix(concept.get('type')) or 'literal'}:{literal}" if literal else None


def _names_of(about: list[etree._Element], assertions: Assertions, *types: str) -> Iterator[str]:
    for one in about:
        if _suffix(one.get("type")) in types:
            yield from _named(one, assertions)[:1]


def _content(element: etree._Element) -> tuple[nitf.Parts, str | None]:
    """The words of the item, and the vocabulary of its content where that is not prose."""
    vocabulary: str | None = None
    headline = value(find(element, "contentMeta"), "headline")
    for inline in find_all(element, "contentSet/inlineXML"):
        root = next(iter(inline), None)
        if root is None or local_name(root) not in _PROSE:
            vocabulary = vocabulary or (local_name(root) if root is not None else None)
            continue
        found = nitf.parts(root) if local_name(root) == "nitf" else _xhtml(root, headline)
        if found.body:
            return found, None
    for data in find_all(element, "contentSet/inlineData"):
        if (data.get("encoding") or "") == "" and (text := "".join(data.itertext())).strip():
            return _only(plain_text(text, headline=headline)), None
    return _only(""), vocabulary


def _xhtml(root: etree._Element, headline: str | None) -> nitf.Parts:
    body = find(root, "body") if local_name(root) == "html" else root
    return _only("" if body is None else element_text(body, headline=headline))


def _only(body: str) -> nitf.Parts:
    return nitf.Parts(
        headline=None, byline=None, dateline_place=None, dateline_date=None, body=body, abstract=""
    )
