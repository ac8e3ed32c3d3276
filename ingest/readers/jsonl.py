"""Generic JSON items (`jsonl`): a story a line, or an array of them, under the names people use.

Names are compared without case, `-` and `_`, first in the object, then in its `metadata`. The
first name of a row that holds something wins: BEIR corpora (_id, title, text, metadata.published),
OrangeSum (id, title, heading, article, date), exports of content systems (guid, headline, body …).
A `heading` or summary is put before the body only where there is no body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.protocols import Source
from domain.story import Item, Subject
from ingest.normalise import Draft, finish, reject
from ingest.readers.json_items import JsonItem, json_items, looks_like_json

_NAMES: dict[str, tuple[str, ...]] = {
    "guid": ("guid", "uri", "urn", "_id", "id", "docid", "itemid", "articleid"),
    "headline": ("headline", "title", "name"),
    "body": ("body", "text", "bodytext", "article", "content", "story", "articlebody", "maintext",
             "fulltext"),
    "summary": ("summary", "description", "heading", "abstract", "lead", "standfirst"),
    "published": ("versioncreated", "published", "publishedat", "datepublished", "publicationdate", "pubdate",
                  "date", "timestamp", "datetime", "created", "createdat", "datecreated", "modified"),
    "first_published": ("firstpublished", "firstcreated"),
    "version": ("version",),
    "provider": ("provider", "agency", "source", "publisher"),
    "language": ("language", "lang", "inlanguage"),
    "byline": ("byline", "author", "authors", "by"),
    "place": ("located", "dateline", "location", "datelineplace"),
    "url": ("url", "link", "canonicalurl"),
    "slugline": ("slugline", "slug"),
    "status": ("pubstatus", "status"),
    "embargo": ("embargoed", "embargoeduntil", "embargo"),
    "urgency": ("urgency", "priority"),
    "genre": ("genre",),
    "ed_note": ("ednote", "editorsnote"),
    "subjects": ("subjects", "subject", "topics", "tags", "keywords", "categories", "category", "section"),
    "people": ("people", "person", "persons"),
    "places": ("places", "place"),
    "organisations": ("organisations", "organizations", "organisation", "organization", "orgs"),
}  # fmt: skip
_STATUSES = frozenset({"usable", "withheld", "canceled", "cancelled", "killed"})


class JsonLinesReader:
    """Objects with at least a text or a title. Positions are ordinals of the items in the file."""

    name = "jsonl"

    def accepts(self, source: Source) -> bool:
        return looks_like_json(source.head)

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            for item in json_items(stream):
                yield self._convert(item, source, provider)

    def _convert(self, item: JsonItem, source: Source, provider: str | None) -> Item:
        ref = source.ref(item.position)
        if item.value is None:
            return reject(ref, item.error or "not readable", "mend or remove this item", item.raw)
        return finish(draft(item.value), ref, provider=provider, raw=item.raw)


def draft(value: Mapping[str, Any]) -> Draft:
    """The Draft of one object, by the table of names."""
    fields = _folded(value)
    metadata = fields.get("metadata")
    if isinstance(metadata, dict):
        fields = _folded(metadata) | {
            name: found for name, found in fields.items() if found not in (None, "", [])
        }

    def first(field: str) -> Any:
        return next(
            (fields[name] for name in _NAMES[field] if fields.get(name) not in (None, "", [], {})), None
        )

    status = _text(first("status"))
    guid = first("guid")
    return Draft(
        guid=str(guid) if isinstance(guid, (str, int)) else None,
        headline=_text(first("headline")),
        body=_text(first("body"), joined_by="\n\n") or _text(first("summary"), joined_by="\n\n") or "",
        published=_instant(first("published")),
        first_published=_instant(first("first_published")),
        version=_text(first("version")),
        provider=_text(first("provider")),
        language=_text(first("language")),
        byline=_text(first("byline"), joined_by=", "),
        dateline_place=_text(first("place")),
        url=_text(first("url")),
        slugline=_text(first("slugline")),
        # elsewhere "status" may mean anything ("published", "draft"): taken only when it is ours
        status=status if status and status.lower() in _STATUSES else None,
        embargo_until=_instant(first("embargo")),
        urgency=_text(first("urgency")),
        genre=_text(first("genre")),
        ed_note=_text(first("ed_note")),
        subjects=tuple(Subject(code=name.casefold(), name=name) for name in _texts(first("subjects"))),
        people=_texts(first("people")),
        places=_texts(first("places")),
        organisations=_texts(first("organisations")),
    )


def _folded(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.replace("-", "").replace("_", "").casefold() if name != "_id" else name: v
        for name, v in value.items()
    }


def _instant(found: Any) -> str | float | None:
    if isinstance(found, bool):
        return None
    return found if isinstance(found, (int, float)) else _text(found)


def _text(found: Any, *, joined_by: str = " ") -> str | None:
    """Strings, numbers, lists of strings, and objects with a name or value, as text."""
    if isinstance(found, str):
        return found
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return str(found)
    return joined_by.join(_texts(found)) or None


def _texts(found: Any) -> tuple[str, ...]:
    if isinstance(found, str):
        return (found,) if found else ()
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        return ()
    named = (one if isinstance(one, str) else _name_of(one) for one in found)
    return tuple(name for name in named if name)


def _name_of(one: Any) -> str | None:
    if not isinstance(one, dict):
        return None
    return next(
        (one[key] for key in ("name", "value", "label", "title") if isinstance(one.get(key), str)), None
    )
