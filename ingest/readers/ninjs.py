"""ninjs 1.x, 2.x and 3.x (`ninjs`), IPTC's news in JSON: an object, an array, or an object a line.

Property names differ in case only between 2.x and 3.x (versioncreated, versionCreated) and are compared
without it. Agencies' envelopes (AP's `data.item`, a search result's `item` or `items`) are opened.
A body in (X)HTML is preferred to plain text where it has paragraphs. Pictures and other media go in
with their caption as text; events and planning are advisories. Positions are ordinals of the items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.protocols import Source
from domain.story import Item, Kind, SetAside, SourceRef, Subject
from ingest.html_text import html_to_text
from ingest.normalise import Draft, finish, reject
from ingest.readers.json_items import json_items, looks_like_json

_SIGNS = re.compile(
    rb'"(?:versioncreated|firstcreated|contentcreated|body_(?:text|x?html)|bodies|headlines|pubstatus|'
    rb'representationtype|description_(?:text|x?html)|ninjs)"',
    re.I,
)
_ADDRESS = re.compile(rb'"(?:uri|guid|itemid)"')
_MARKUP = ("html", "xhtml", "html5", "text/html", "application/xhtml+xml")
_PARAGRAPH = re.compile(r"<(?:p|br|div|li)\b", re.I)
_NITF_CONTENT = re.compile(r"<body\.content\b[^>]*>(.*)</body\.content>", re.S | re.I)
_MEDIA = frozenset({"picture", "graphic", "video", "audio", "photo", "image", "animation"})
_CREDITS = frozenset({"creditline", "writer"})  # roles of descriptions that describe nothing
_REQUEST = re.compile(r"(https?://api\.ap\.org/[^?]+)\?.*", re.S)
_SUBJECT_CODE = re.compile(r"\d{8}")


class NinjsReader:
    name = "ninjs"

    def accepts(self, source: Source) -> bool:
        head = source.head
        return looks_like_json(head) and bool(_SIGNS.search(head)) and bool(_ADDRESS.search(head))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        position = 0
        with source.open() as stream:
            for item in json_items(stream):
                if item.value is None:
                    yield reject(
                        source.ref(position), item.error or "not readable", "mend or remove it", item.raw
                    )
                    position += 1
                    continue
                for value in _opened(item.value):
                    yield _convert(value, source.ref(position), provider, item.raw)
                    position += 1


def _convert(value: Mapping[str, Any], ref: SourceRef, provider: str | None, raw: bytes) -> Item:
    found = draft(value)
    media_type = (_string(value.get("type")) or "").casefold()
    is_silent = media_type in _MEDIA and not (found.body or found.headline)
    is_plan = found.kind is Kind.ADVISORY and found.published is None  # an event's record, never sent as news
    if is_silent or is_plan:
        return SetAside(source=ref, kind=media_type or "event")
    return finish(found, ref, provider=provider, raw=raw)


def _opened(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The items in `value`, or `value` itself when it is no envelope."""
    inner = value.get("data", value)
    if isinstance(inner, dict) and not (inner.keys() & {"uri", "guid", "headline", "headlines"}):
        for name in ("items", "item", "assocs"):
            found = inner.get(name)
            for one in found if isinstance(found, list) else [found]:
                if isinstance(one, dict):
                    within = one.get("item")
                    yield within if isinstance(within, dict) else one
            if found:
                return
    yield value


def draft(value: Mapping[str, Any]) -> Draft:
    """The Draft of one ninjs object."""
    fields = {name.casefold(): found for name, found in value.items()}
    media_type = _string(fields.get("type")) or ""
    genres = _named(fields, "genre", "genres")
    is_plan = "eventdetails" in fields or media_type.startswith(("event", "planning"))
    labels = (_string(fields.get("profile")), media_type, *(name for name, _ in _pairs(fields, "service")))
    return Draft(
        guid=_guid(fields),
        provider=_provider(fields),
        version=_string(fields.get("version")),
        published=_string(fields.get("versioncreated")) or _string(fields.get("contentcreated"))
        or _string(fields.get("firstpublished")) or _string(fields.get("firstcreated")),
        first_published=_string(fields.get("firstpublished")) or _string(fields.get("firstcreated")),
        status=_string(fields.get("pubstatus")),
        kind=Kind.ADVISORY if is_plan else None,
        language=_string(fields.get("language")),
        headline=_headline(fields),
        body=_body(fields),
        slugline=_string(fields.get("slugline")),
        byline=_string(fields.get("byline")) or _string(fields.get("by")),
        dateline_place=_place(fields),
        embargo_until=_string(fields.get("embargoed")) or _string(fields.get("embargoeduntil")),
        subjects=_subjects(fields),
        places=_named(fields, "place", "places"),
        people=_named(fields, "person", "people"),
        organisations=_named(fields, "organisation", "organisations", "organization"),
        urgency=_string(fields.get("urgency")),
        genre=", ".join(genres) or (media_type if media_type in _MEDIA else None),
        profile=" ".join(label for label in labels if label) or None,
        ed_note=_string(fields.get("ednote")),
        url=_string(fields.get("href")) or _web_address(fields),
    )  # fmt: skip


def _string(found: Any) -> str | None:
    if isinstance(found, str):
        return found.strip() or None
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return str(found)
    return None


def _objects(found: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(found, dict):
        return [found]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _pairs(fields: Mapping[str, Any], *properties: str) -> list[tuple[str, Mapping[str, Any]]]:
    """(name, object) of the named things under any of `properties`; bare strings count as names."""
    pairs: list[tuple[str, Mapping[str, Any]]] = []
    for one in properties:
        found = fields.get(one)
        for value in found if isinstance(found, list) else [found]:
            if isinstance(value, str) and value.strip():
                pairs.append((value.strip(), {}))
            elif isinstance(value, dict) and (name := _string(value.get("name"))):
                pairs.append((name, value))
    return pairs


def _named(fields: Mapping[str, Any], *properties: str) -> tuple[str, ...]:
    return tuple(name for name, _ in _pairs(fields, *properties))


def _guid(fields: Mapping[str, Any]) -> str | None:
    alternatives = fields.get("altids")
    if isinstance(alternatives, dict) and (identity := _string(alternatives.get("itemid"))):
        address = _string(fields.get("uri")) or identity
        # AP's uri carries the request's own query: the item's identity is what does not change.
        return identity if identity in address else address
    given = _string(fields.get("guid")) or _string(fields.get("uri"))
    # What AP's uri carries after "?" is the request's own and differs with each.
    return _REQUEST.sub(r"\1", given) if given else None


def _web_address(fields: Mapping[str, Any]) -> str | None:
    address = _string(fields.get("uri")) or _string(fields.get("guid"))
    return address if address and address.startswith(("http://", "https://")) else None


def _provider(fields: Mapping[str, Any]) -> str | None:
    sources = _named(fields, "infosource", "infosources")
    return (
        _string(fields.get("provider")) or _string(fields.get("source")) or (sources[0] if sources else None)
        or _string(fields.get("copyrightholder"))
    )  # fmt: skip


def _headline(fields: Mapping[str, Any]) -> str | None:
    if plain := _string(fields.get("headline")) or _one_of(fields, "headline_", is_markup=False):
        return _plain(plain)
    found = _objects(fields.get("headlines"))
    ordered = [one for one in found if one.get("role") in (None, "main")] + list(found)
    value = next((text for one in ordered if (text := _string(one.get("value")))), None)
    return _plain(value) if value else _string(fields.get("title"))


def _plain(text: str) -> str:
    return html_to_text(text) if "<" in text else text


def _body(fields: Mapping[str, Any]) -> str:
    markup = _string(fields.get("body_xhtml")) or _string(fields.get("body_html"))
    markup = markup or _one_of(fields, "body_", is_markup=True)
    text = _string(fields.get("body_text")) or _one_of(fields, "body_", is_markup=False)
    for one in _objects(fields.get("bodies")):
        value = _string(one.get("value"))
        kind = str(one.get("contentType") or one.get("contenttype") or one.get("role") or "").casefold()
        if value and (kind in _MARKUP or _NITF_CONTENT.search(value)):
            markup = markup or value
        elif value and "xml" not in kind and one.get("role") not in _MARKUP:
            text = text or value
    if markup and (not text or _PARAGRAPH.search(markup)):
        inner = _NITF_CONTENT.search(markup)
        return html_to_text(inner[1] if inner else markup)
    return text or _description(fields)


def _description(fields: Mapping[str, Any]) -> str:
    """A caption or summary: what a picture, or an item without a body, has to say."""
    if plain := _string(fields.get("description_text")) or _string(fields.get("description_main")):
        return plain
    markup = _string(fields.get("description_xhtml")) or _string(fields.get("description_html"))
    found = (one for one in _objects(fields.get("descriptions")) if one.get("role") not in _CREDITS)
    values = (_string(one.get("value")) for one in found)
    markup = markup or _string(fields.get("description_richtext"))
    markup = markup or next((value for value in values if value), None)
    return html_to_text(markup) if markup else ""


def _one_of(fields: Mapping[str, Any], beginning: str, *, is_markup: bool) -> str | None:
    """1.x lets an agency name its own ("body_main", "body_richtext"): the first of that kind."""
    for name, found in fields.items():
        if not name.startswith(beginning) or name.endswith("charcount"):
            continue
        if (value := _string(found)) and bool(_PARAGRAPH.search(value)) is is_markup:
            return value
    return None


def _place(fields: Mapping[str, Any]) -> str | None:
    if located := _string(fields.get("located")):
        return located
    location = fields.get("datelinelocation")
    return _string(location.get("city")) if isinstance(location, dict) else None


def _subjects(fields: Mapping[str, Any]) -> tuple[Subject, ...]:
    subjects: dict[tuple[str, str], Subject] = {}  # a code comes once for each language's name
    for name, one in _pairs(fields, "subject", "subjects"):
        literal = (
            _string(one.get("code"))
            or _string(one.get("literal"))
            or _string(one.get("uri"))
            or name.casefold()
        )
        code = _qualified(literal, (_string(one.get("scheme")) or _string(one.get("uri")) or "").casefold())
        subjects.setdefault((code, name), Subject(code=code, name=name))
    return tuple(subjects.values())


def _qualified(code: str, scheme: str) -> str:
    """The code with IPTC's prefix where it is one of IPTC's ("medtop:", "subj:"), otherwise as it came."""
    code = code.rstrip("/").rpartition("/")[2] if code.startswith("http") else code
    if not _SUBJECT_CODE.fullmatch(code):
        return code
    # Media topics below the first level begin with 20; the first-level numbers are common to both lists.
    return (
        f"medtop:{code}"
        if code.startswith("20") or "mediatopic" in scheme or "medtop" in scheme
        else f"subj:{code}"
    )
