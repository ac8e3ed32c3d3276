"""The Canadian Press's delivery XML (`jimi`): a Publish document with one or more ContentItems.

A photo's caption is its text. HoldFlag withholds, TrashFlag cancels; the year 1 as EmbargoTime means none.
Times without a zone are UTC. Positions are ordinals of the Publish documents.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef
from ingest.normalise import Draft
from ingest.readers.inline_text import plain_text
from ingest.readers.xml import XmlItem, finish_item, read_items, root_name
from ingest.readers.xml_fields import distinct, find, find_all, keywords, provider_name, value

_LANGUAGES = {"1": "en", "2": "fr"}
_TEXTS = ("ContentText", "Caption", "EnglishCaption", "FrenchCaption", "DirectoryText")


class JimiReader:
    name = "jimi"

    def accepts(self, source: Source) -> bool:
        return root_name(source.head) == "Publish" and b"<ContentItem" in source.head

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        return read_items(source, frozenset({"Publish"}), _contents, provider=provider)


def _contents(publish: etree._Element, item: XmlItem, ref: SourceRef, provider: str | None) -> Iterator[Item]:
    for content in find_all(publish, "ContentItem"):
        draft = _draft(content, value(publish, "PublishDateTime"))
        kind = (value(content, "ContentType") or "text").lower()
        if not draft.body and draft.status is None and kind != "text":
            yield SetAside(source=ref, kind=kind)
        else:
            yield finish_item(draft, item, ref, provider=provider)


def _draft(content: etree._Element, sent: str | None) -> Draft:
    headline = value(content, "Headline") or value(content, "Headline2")
    embargo = value(content, "EmbargoTime") or ""
    kind = (value(content, "ContentType") or "text").lower()
    notes = (value(content, "EditorNote"), value(content, "UpdateNote"))
    return Draft(
        guid=value(content, "SystemSlug"),
        provider=provider_name(value(content, "Credit"), value(content, "Source"), "cp"),
        published=value(content, "UpdatedDateTime") or sent,
        first_published=value(content, "CreatedDateTime"),
        embargo_until=None if embargo.startswith("0001-") else embargo or None,
        status=_status(content),
        language=_LANGUAGES.get(value(content, "Language") or ""),
        headline=headline,
        body=_text(content, headline),
        slugline=value(content, "SlugProper"),
        byline=value(content, "Byline"),
        dateline_place=(value(content, "Placeline") or "").partition(";")[0] or value(content, "City"),
        subjects=distinct(keywords(word for field in ("IndexCode", "Keyword")
                                   for word in (value(content, field) or "").split(","))),
        urgency=value(content, "RankingValue"),
        genre=value(content, "Ranking") if kind == "text" else kind,
        ed_note=" ".join(filter(None, notes)) or None,
    )  # fmt: skip


def _status(content: etree._Element) -> str | None:
    if value(content, "TrashFlag") == "true":
        return "canceled"
    return "withheld" if value(content, "HoldFlag") == "true" else None


def _text(content: etree._Element, headline: str | None) -> str:
    for field in _TEXTS:
        found = find(content, field)
        text = "" if found is None else plain_text("".join(found.itertext()), headline=headline)
        if text:
            return text
    return ""
