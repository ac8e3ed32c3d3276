"""NewsML 1.0 to 1.2 (`newsml`), as AFP, Belga, EFE, Kyodo, TASS, Business Wire and others send it.

A NewsItem gives one story for each NewsComponent that has words of its own: usually one, and where an item
carries the same news in several languages (Belga), one each. Within a story, parts are told apart by
their Role: a Lead and a Body are joined; titles, contacts, captions and style sheets are not text. The
address is the PublicIdentifier without its revision, else provider, day and NewsItemId; where one item holds
several stories, the component's own number is added after "#".

Status "Embargoed" without a time is withheld; `StatusWillChange` to usable at a time is an embargo until
then. An unknown status is refused by normalise: better in quarantine than shown. Positions are ordinals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from domain.protocols import Source
from domain.story import Item, Kind, SetAside, SourceRef, Subject
from ingest.normalise import Draft
from ingest.readers import nitf
from ingest.readers.inline_text import element_text, join, plain_text
from ingest.readers.xml import XmlItem, finish_item, local_name, read_items, refuse, root_name
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
    subject_code,
    text_of,
    value,
    values,
    xml_language,
)

_MEDIA_ROLES = frozenset(
    {"picture", "photo", "image", "logo", "thumbnail", "preview", "graphic", "clip", "sound"}
)
_TEXT_ROLES = frozenset({"", "main", "lead", "body", "text", "maintext", "story", "article"})
_SPARE_ROLES = ("abstract", "summary", "caption")  # text only where there is no other
_PART_ROLES = _TEXT_ROLES - {""} | frozenset(_SPARE_ROLES) | frozenset(
    {"title", "headline", "subheadline", "contact", "stylesheet", "quote", "tweettext"}
)  # fmt: skip
_STATUS = {"usable": "usable", "open": "usable", "embargoed": "usable", "canceled": "canceled",
           "cancelled": "canceled", "withheld": "withheld"}  # fmt: skip
_NOTE_TYPES = frozenset({"advisoryline", "advisory", "editorialnote", "ednote", "editornote", "note"})
_COUNTRY_CODE = 3  # letters: "FRA" is no name


class NewsML1Reader:
    name = "newsml"

    def accepts(self, source: Source) -> bool:
        return root_name(source.head) == "NewsML"

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        return read_items(source, frozenset({"NewsItem"}), _stories, provider=provider)


def _stories(element: etree._Element, item: XmlItem, ref: SourceRef, provider: str | None) -> Iterator[Item]:
    if find(element, "Update") is not None:
        yield refuse(item, ref, "the item only lists changes to a revision that it does not carry",
                     "ask the agency for the full revision")  # fmt: skip
        return
    components = [found for top in find_all(element, "NewsComponent") for found in _components(top)]
    drafts = [_draft(element, component, several=len(components) > 1) for component in components]
    written = [draft for draft in drafts if draft.body]
    if not written and _status(element) == "usable" and (kind := _other_kind(element)):
        yield SetAside(source=ref, kind=kind)
        return
    # without any words it may still be a headline sent alone, or a withdrawal
    for draft in written or drafts[:1] or [_draft(element, element, several=False)]:
        yield finish_item(draft, item, ref, provider=provider)


def _components(component: etree._Element) -> Iterator[etree._Element]:
    """The outermost components that are stories: with content, or with parts of a text, of their own."""
    if _role(component) in _MEDIA_ROLES:
        return
    children = find_all(component, "NewsComponent")
    if find(component, "ContentItem") is not None or any(_role(child) in _PART_ROLES for child in children):
        yield component
    else:
        for child in children:
            yield from _components(child)


def _role(component: etree._Element) -> str:
    return (attribute(component, "Role", "FormalName") or "").lower()


def _other_kind(element: etree._Element) -> str | None:
    """What an item without words is, where it is something: "picture", "topicset"."""
    roles = [name.lower() for one in element.iterdescendants("{*}Role") if (name := one.get("FormalName"))]
    media = [
        name.lower() for one in element.iterdescendants("{*}MediaType") if (name := one.get("FormalName"))
    ]
    for name in (*media, *roles):
        if name in _MEDIA_ROLES or name in ("video", "audio"):
            return str(name)
    return "TopicSet" if find(element, "TopicSet") is not None else None


def _draft(element: etree._Element, component: etree._Element, *, several: bool) -> Draft:
    above = _upwards(component, element)
    provider = _provider(element, above)
    management = find(element, "NewsManagement")
    body, words = _text(component, _headline(above, component))
    headline = _headline(above, component) or (words.headline if words else None)
    line, day = split_dateline(_first(above, "NewsLines/DateLine"))
    if line is None and words:
        line, day = words.dateline_place, day or words.dateline_date
    if line is None:
        line, spoken = dateline_in(body)
        day = day or spoken
    guid = _guid(element, provider)
    number = _own_number(component) if several else None
    return Draft(
        guid=f"{guid}#{number}" if guid and number else guid,
        version=value(element, "Identification/NewsIdentifier/RevisionId"),
        provider=provider,
        published=instant(_published(element), provider),
        first_published=instant(readable(value(management, "FirstCreated")), provider),
        embargo_until=_embargo(element, provider),
        status=_status(element),
        kind=Kind.ADVISORY if _role(component) == "tip" else None,
        language=_language(above) or xml_language(component),
        headline=headline,
        body=body,
        slugline=_first(above, "NewsLines/SlugLine") or value(element, "Identification/NameLabel"),
        byline=_first(above, "NewsLines/ByLine") or (words.byline if words else None),
        dateline_place=line or _origin(above),
        dateline_date=day,
        subjects=distinct(_subjects(element, above, provider)),
        places=tuple(_places(above)),
        organisations=tuple(filter(None, [_issuer(above)])),
        urgency=_urgency(element, management),
        genre=_first_attribute(above, "DescriptiveMetadata/Genre", "FormalName"),
        profile=" ".join(_all(above, "NewsLines/KeywordLine")) or None,
        ed_note=_ed_note(element, above),
    )


def _upwards(component: etree._Element, element: etree._Element) -> list[etree._Element]:
    """`component`, its ancestors within the item, then what is written in its text parts."""
    chain = [component]
    while chain[-1] is not element and (parent := chain[-1].getparent()) is not None:
        chain.append(parent)
    return chain + [child for child in find_all(component, "NewsComponent") if _role(child) in _TEXT_ROLES]


def _first(scopes: list[etree._Element], path: str) -> str | None:
    return next(_all(scopes, path), None)


def _all(scopes: list[etree._Element], path: str) -> Iterator[str]:
    return (text for scope in scopes for text in values(scope, path))


def _first_attribute(scopes: list[etree._Element], path: str, name: str) -> str | None:
    return next((text for scope in scopes if (text := attribute(scope, path, name))), None)


def _descriptive(scopes: list[etree._Element]) -> Iterator[etree._Element]:
    for scope in scopes:
        yield from (
            one for one in scope if local_name(one) in ("DescriptiveMetadata", "DescriptiveMetada")
        )  # TASS


def _provider(element: etree._Element, above: list[etree._Element]) -> str | None:
    return provider_name(
        _first_attribute(above, "AdministrativeMetadata/Provider/Party", "FormalName"),
        value(element, "Identification/NewsIdentifier/ProviderId"),
        attribute(element.getparent(), "NewsEnvelope/SentFrom/Party", "FormalName"),
    )


def _issuer(above: list[etree._Element]) -> str | None:
    """The company that a press release comes from."""
    if (_first_attribute(above, "DescriptiveMetadata/Genre", "FormalName") or "").lower() != "release":
        return None
    return _first_attribute(above, "AdministrativeMetadata/Source/Party", "FormalName")


def _published(element: etree._Element) -> str | None:
    management = find(element, "NewsManagement")
    return (
        readable(value(management, "ThisRevisionCreated"))
        or readable(value(management, "FirstCreated"))
        or readable(value(element.getparent(), "NewsEnvelope/DateAndTime"))
        or readable(value(element, "Identification/NewsIdentifier/DateId"))
    )


def _guid(element: etree._Element, provider: str | None) -> str | None:
    """The item's address, the same for all its revisions; None where the agency gives it no number."""
    identity = find(element, "Identification/NewsIdentifier")
    public = value(identity, "PublicIdentifier") or ""
    revision = value(identity, "RevisionId") or ""
    if public.count(":") >= 5:  # urn:newsml:provider:date:item:revision
        return re.sub(rf":{re.escape(revision)}[NUA]?$", "", public)
    number, day = value(identity, "NewsItemId") or "", value(identity, "DateId") or ""
    # Belga's DateId is the hour of the revision: only the day of the first one stays the same.
    day = (value(element, "NewsManagement/FirstCreated") or day)[:8]
    if number.strip("0") and day:
        return f"urn:newsml:{value(identity, 'ProviderId') or provider}:{day}:{number}"
    return next((text for one in element.iterdescendants("{*}guid") if (text := text_of(one))), None)  # TASS


def _own_number(component: etree._Element) -> str | None:
    for one in find_all(component, "AdministrativeMetadata/Property"):
        if one.get("FormalName") == "NewsObjectId" and (one.get("Value") or "").strip("0"):
            return str(one.get("Value"))
    return component.get("Duid") or xml_language(component)


def _status(element: etree._Element) -> str | None:
    management = find(element, "NewsManagement")
    declared = (attribute(management, "Status", "FormalName") or "").lower()
    if declared == "embargoed" and not value(management, "StatusWillChange/DateAndTime"):
        return "withheld"
    return _STATUS.get(declared, declared) or "usable"


def _embargo(element: etree._Element, provider: str | None) -> str | datetime | None:
    change = find(element, "NewsManagement/StatusWillChange")
    future = (attribute(change, "FutureStatus", "FormalName") or "").lower()
    return instant(value(change, "DateAndTime"), provider) if future == "usable" else None


def _language(above: list[etree._Element]) -> str | None:
    return next(
        (tag for one in _descriptive(above) if (tag := attribute(one, "Language", "FormalName"))), None
    )


def _headline(above: list[etree._Element], component: etree._Element) -> str | None:
    """The nearest headline; a part with Role Title or HeadLine where no NewsLines has one."""
    for path in ("NewsLines/HeadLine", "NewsLines/Headline"):
        if found := _first(above, path):
            return found
    for child in find_all(component, "NewsComponent"):
        if _role(child) in ("title", "headline"):
            return text_of(find(child, "ContentItem/DataContent"))
    return None


def _text(component: etree._Element, headline: str | None) -> tuple[str, nitf.Parts | None]:
    """The story's text, and the NITF parts of its first piece where it is NITF."""
    parts = [component, *find_all(component, "NewsComponent")]
    for roles in (_TEXT_ROLES, *({role} for role in _SPARE_ROLES)):
        found = [_content(part, headline) for part in parts if (part is component or _role(part) in roles)]
        body = join(text for text, _ in found)
        if body:
            return body, next((words for _, words in found if words), None)
    return "", None


def _content(component: etree._Element, headline: str | None) -> tuple[str, nitf.Parts | None]:
    """The text of the first content item of `component` that has any; the others are other formats of it."""
    for content in find_all(component, "ContentItem"):
        data = find(content, "DataContent")
        if data is None or (attribute(content, "MimeType", "FormalName") or "text/").startswith(
            ("image/", "text/css")
        ):
            continue
        document = find(data, "nitf")
        words = nitf.parts(document) if document is not None else None
        if words is not None:
            text = words.body or words.abstract
        elif len(data):
            text = element_text(data, headline=headline)
        else:
            text = plain_text(data.text or "", headline=headline)
        if text:
            return text, words
    return "", None


def _locations(above: list[etree._Element]) -> Iterator[tuple[str, dict[str, str]]]:
    for one in _descriptive(above):
        for location in find_all(one, "Location"):
            yield (location.get("HowPresent") or "").lower(), {
                (part.get("FormalName") or ""): value.strip()
                for part in find_all(location, "Property") if (value := part.get("Value") or "").strip()
            }  # fmt: skip


def _origin(above: list[etree._Element]) -> str | None:
    """The city where the story was written; without a HowPresent the standard means that too."""
    cities = (parts["City"] for how, parts in _locations(above) if how in ("origin", "") and "City" in parts)
    loose = (one.get("Value") for metadata in _descriptive(above) for one in find_all(metadata, "Property")
             if one.get("FormalName") == "City" and one.get("Value"))  # fmt: skip
    found = next(cities, None) or next(loose, None)
    return str(found) if found else None


def _places(above: list[etree._Element]) -> Iterator[str]:
    for how, parts in _locations(above):
        if how != "origin":
            yield from (parts[level] for level in ("City", "CountryArea", "Country")
                        if len(parts.get(level, "")) > _COUNTRY_CODE)  # fmt: skip


def _urgency(element: etree._Element, management: etree._Element | None) -> str | None:
    return (
        attribute(management, "Urgency", "FormalName")
        or value(management, "Urgency")
        or attribute(element.getparent(), "NewsEnvelope/Priority", "FormalName")
    )


def _subjects(
    element: etree._Element, above: list[etree._Element], provider: str | None
) -> Iterator[Subject]:
    names = _topic_names(element)
    for metadata in _descriptive(above):
        for one in metadata.iterdescendants("{*}Subject", "{*}SubjectMatter", "{*}SubjectDetail"):
            code = (one.get("FormalName") or "").strip()
            if code:
                qualified = subject_code(code, provider=provider)
                yield from (Subject(code=qualified, name=name) for name in names.get(code) or [None])
        words = [
            one.get("Value") or ""
            for one in find_all(metadata, "Property")
            if one.get("FormalName") == "Keyword"
        ]
        yield from keywords(word for line in words for word in line.split(";"))
    yield from keywords(word for line in _all(above, "NewsLines/KeywordLine") for word in line.split(";"))
    for one in (part for scope in above for part in find_all(scope, "Metadata/Property")):
        if (one.get("FormalName") or "").endswith("Keywords"):  # Business Wire
            yield from keywords([one.get("Value")])


def _topic_names(element: etree._Element) -> dict[str, list[str | None]]:
    """Names of the codes, in every language that the item's own topic sets give them."""
    names: dict[str, list[str | None]] = {}
    for topic in element.iterdescendants("{*}Topic"):
        code = value(topic, "FormalName")
        if code:
            found = [
                text_of(one) for one in find_all(topic, "Description") if one.get("Variant") in (None, "Name")
            ]
            names[code] = list(dict.fromkeys(name for name in found if name))
    return names


def _ed_note(element: etree._Element, above: list[etree._Element]) -> str | None:
    notes = [
        text
        for scope in above
        for line in find_all(scope, "NewsLines/NewsLine")
        if (attribute(line, "NewsLineType", "FormalName") or "").lower() in _NOTE_TYPES
        if (text := value(line, "NewsLineText"))
    ]
    properties = (one for scope in above for one in find_all(scope, "AdministrativeMetadata/Property"))
    notes += [one.get("Value") or "" for one in properties if one.get("FormalName") == "EditorialInfo"]
    notes += values(element, "NewsManagement/Instruction")
    return " ".join(dict.fromkeys(filter(None, notes))) or None
