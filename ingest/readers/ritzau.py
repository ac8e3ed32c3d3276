"""Ritzau's own XML (`ritzau`): RBNews items, alone or in the answer of its news queue.

An item that replaces another (`replacedID`) also gives a Directive for that one: a kill where it is
annulled (`Annuleret`), otherwise a correction. Times have no zone and are Copenhagen's. Positions are
ordinals.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from domain.protocols import Source
from domain.story import Action, Directive, Item, SourceRef, Status, Subject, Version
from ingest.normalise import Draft
from ingest.readers.inline_text import plain_text
from ingest.readers.xml import XmlItem, finish_item, read_items, root_name
from ingest.readers.xml_fields import distinct, find, instant, keywords, subject_code, value, values

_PROVIDER = "ritzau"


class RitzauReader:
    name = "ritzau"

    def accepts(self, source: Source) -> bool:
        root = root_name(source.head)
        return root == "RBNews" or (root == "XMLNewsQueuedResponse" and b"RBNews" in source.head)

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        return read_items(source, frozenset({"RBNews"}), _news, provider=provider)


def _news(news: etree._Element, item: XmlItem, ref: SourceRef, provider: str | None) -> Iterator[Item]:
    found = finish_item(_draft(news), item, ref, provider=provider)
    yield found
    if isinstance(found, Version):
        yield from _directives(news, found)


def _draft(news: etree._Element) -> Draft:
    headline = value(news, "headline") or value(news, "subtitle")
    section = value(news, "sectionShort")
    subjects = [Subject(code=subject_code(code)) for code in values(news, "IPTCList/*")]
    if section:
        subjects.append(Subject(code=f"{_PROVIDER}:{section}", name=value(news, "section")))
    return Draft(
        guid=value(news, "NewsID"),
        version=value(news, "version"),
        provider=_PROVIDER,
        published=instant(value(news, "PublishDate"), _PROVIDER),
        status="canceled" if value(news, "Annuleret") == "true" else None,
        headline=headline,
        body=_text(news, "content", headline),
        slugline=value(news, "strapline"),
        byline=value(news, "byLine"),
        dateline_place=value(news, "town"),
        subjects=distinct([*subjects, *keywords(values(news, "SubjectKeyword/*"))]),
        urgency=value(news, "Priority"),
        genre=value(news, "format"),
        ed_note=_text(news, "TilRedaktionen", None),
    )


def _text(news: etree._Element, field: str, headline: str | None) -> str:
    """The words of a field that carries HTML."""
    found = find(news, field)
    return "" if found is None else plain_text("".join(found.itertext()), headline=headline)


def _directives(news: etree._Element, version: Version) -> Iterator[Directive]:
    target = value(news, "replacedID")
    if target and target != version.guid:
        yield Directive(
            action=Action.KILL if version.status is Status.CANCELED else Action.CORRECT,
            provider=version.provider,
            issued=version.published,
            target=target,
            reason=version.ed_note,
            source=version.source,
        )
