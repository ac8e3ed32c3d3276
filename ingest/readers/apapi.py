"""AP's content API (`apapi`): one answer an object, an item (`data.item`) or a feed (`data.items`).

The items are ninjs 1.x; what is AP's own is read here: the story's text beside it (`nitf.body_html`),
`bylines`, an extended headline, the canonical link, subjects under AP's vocabulary ("ap:…"; inherited
ones, `rels: ancestor`, are left out), versions that count from 0. The guid is AP's item id. An item
whose text is only linked to (`renditions`) is set aside, not taken in as a headline without a story.
Positions are ordinals of the items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from domain.protocols import Source
from domain.story import Item, SourceRef, Subject
from ingest.html_text import html_to_text
from ingest.normalise import Draft, finish, reject
from ingest.readers import ninjs
from ingest.readers.json_items import json_items, looks_like_json

_SIGN = re.compile(rb'\A[\s\xef\xbb\xbf]*\{\s*"api_version"\s*:')
_CATEGORY = re.compile(r"[a-z]")  # the wire's one-letter categories
_TEXT_LINKED = (
    "the item only links to its text (renditions: {})",
    "download that rendition (NITF) and ingest it, or ask the API with the text included",
)


class ApApiReader:
    name = "apapi"

    def accepts(self, source: Source) -> bool:
        return looks_like_json(source.head) and bool(_SIGN.match(source.head)) and b'"data"' in source.head

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        position = 0
        with source.open() as stream:
            for answer in json_items(stream):
                if answer.value is None:
                    yield reject(
                        source.ref(position), answer.error or "not readable", "fetch it again", answer.raw
                    )
                    position += 1
                    continue
                for item in _items(answer.value):
                    yield _convert(item, answer.value.get("nitf"), source.ref(position), provider, answer.raw)
                    position += 1


def _items(answer: Mapping[str, Any]) -> list[Any]:
    data = answer.get("data")
    if not isinstance(data, dict):
        return [data]
    found = data.get("items")
    if isinstance(found, list):
        return [one.get("item", one) if isinstance(one, dict) else one for one in found]
    return [data.get("item")]


def _convert(item: Any, text: Any, ref: SourceRef, provider: str | None, raw: bytes) -> Item:
    if not isinstance(item, dict):
        return reject(ref, "the answer holds no item", "fetch the item again from the API", raw)
    draft = _draft(item, text if isinstance(text, dict) else {})
    renditions = item.get("renditions")
    if not draft.body and item.get("type") == "text" and isinstance(renditions, dict) and renditions:
        reason, remedy = _TEXT_LINKED
        return reject(ref, reason.format(", ".join(map(str, renditions))), remedy, raw)
    return finish(draft, ref, provider=provider, raw=raw)


def _draft(item: Mapping[str, Any], text: Mapping[str, Any]) -> Draft:
    draft = ninjs.draft(item)
    body_html = text.get("body_html")
    extended = item.get("headline_extended")
    number = item.get("version")
    return replace(
        draft,
        headline=extended if isinstance(extended, str) and extended.strip() else draft.headline,
        body=html_to_text(body_html) if isinstance(body_html, str) else draft.body or _caption(item),
        version=number + 1 if isinstance(number, int) else draft.version,
        byline=_byline(item) or draft.byline,
        url=_canonical(item),
        subjects=_subjects(item),
        people=_names(item, "person"),
        places=_names(item, "place"),
        organisations=_names(item, "organisation"),
    )


def _objects(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _caption(item: Mapping[str, Any]) -> str:
    caption = item.get("description_caption")
    return html_to_text(caption) if isinstance(caption, str) else ""


def _byline(item: Mapping[str, Any]) -> str | None:
    named = (one.get("by") for one in _objects(item.get("bylines")))
    return ", ".join(name for name in named if isinstance(name, str)) or None


def _canonical(item: Mapping[str, Any]) -> str | None:
    for link in _objects(item.get("links")):
        href = link.get("href")
        if link.get("rel") == "canonical" and isinstance(href, str):
            return href
    return None  # the uri is the API's own, with the request's key


def _is_direct(one: Mapping[str, Any]) -> bool:
    return one.get("rels") != ["ancestor"]


def _names(item: Mapping[str, Any], field: str) -> tuple[str, ...]:
    return tuple(str(one["name"]) for one in _objects(item.get(field)) if one.get("name") and _is_direct(one))


def _subjects(item: Mapping[str, Any]) -> tuple[Subject, ...]:
    found: dict[str, Subject] = {}
    for one in _objects(item.get("subject")):
        code, name = one.get("code"), one.get("name")
        if not isinstance(code, str) or not _is_direct(one):
            continue
        scheme = "anpa" if _CATEGORY.fullmatch(code) else "ap"
        found.setdefault(code, Subject(code=f"{scheme}:{code}", name=name if name != code else None))
    return tuple(found.values())
