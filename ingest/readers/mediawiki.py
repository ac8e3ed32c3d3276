"""MediaWiki dumps (`mediawiki`), such as those of Wikinews: each revision of each article is a version.

mwxml streams the pages, mwparserfromhell takes the marks off. The date of a Wikinews story is that of its
date template ({{date|…}}, {{byline|date=…|location=…}} and their like in other languages), because later
revisions are housekeeping; a page without one has the revision's own time. Lists of sources, files, notes
and categories are not text; categories become subjects. Pages of other namespaces, redirects, and stories
marked as not yet published are set aside. The guid is wiki and page number. Positions are ordinals of
the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import ParseError

import mwparserfromhell
from mwparserfromhell.nodes import Template
from mwparserfromhell.wikicode import Wikicode
from mwxml import Dump
from mwxml.element_iterator import ElementIterator
from mwxml.errors import MalformedXML

from domain.errors import LimitExceeded, SourceError
from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef, Subject
from ingest.dates import parse_instant
from ingest.normalise import MAX_ITEM_BYTES, Draft, finish, reject

_ROOT = re.compile(rb"<mediawiki[\s>]")
_WIKI = re.compile(r"([a-z]{2,3}(?:-[a-z]+)?)wik(?:i|inews|ipedia|isource|tionary)")
_FILES, _CATEGORIES = 6, 14  # MediaWiki's numbers of these namespaces
_DATES = frozenset({"date", "data", "fecha", "datum", "byline", "дата", "تاريخ", "日付", "日期"})
_PLACES = frozenset({"lieu", "place", "lugar", "local", "ort", "location", "мест", "مكان"})
_PLACE_FIELDS = ("location", "place", "lieu", "lugar", "local", "ort")
_LINKS = frozenset({"w", "wikipedia", "wp", "lw"})
_UNPUBLISHED = frozenset(
    "develop developing editing review prepare tasks abandoned stale breaking/review rédaction brouillon "  # noqa: SIM905
    "en desarrollo desarrollo em desenvolvimento in arbeit inuse".split()
)
_SECTIONS = re.compile(
    r"\s*(?:sources?|external links?|related (?:news|stories|articles)|sister links?|"
    r"references?|notes?|see also|"
    r"liens externes|voir aussi|références|fuentes?|enlaces externos|noticias relacionadas|véase también|"
    r"quellen|weblinks|themenverwandte artikel|fontes?|ligações externas|ver também|fonti|المصادر|مصادر)\s*",
    re.I,
)
_DATE_LANGUAGES = frozenset({"en", "fr", "es", "de", "pt", "ar", "it", "ru", "nl", "pl", "ja", "zh"})
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
# Between ends of revisions; more is no page but an attack or damage. Markup inside a text is escaped: a
# revision has some thirty tags of its own.
_MAX_GAP_BYTES = 4 * MAX_ITEM_BYTES
_MAX_GAP_TAGS = 10_000
_BROKEN = (
    ParseError,
    LookupError,  # an encoding or a field that does not exist
    MalformedXML,
    AssertionError,
    LimitExceeded,
    EOFError,
    OSError,
    ValueError,
    TypeError,
)


class MediaWikiReader:
    name = "mediawiki"

    def accepts(self, source: Source) -> bool:
        return bool(_ROOT.search(source.head[:4096]))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        position = 0
        with source.open() as stream:
            try:
                root = ElementIterator.from_file(_Bounded(stream))
                dump = Dump.from_element(root)
                site = _Site(dump.site_info)
                for page in dump.pages:
                    yield from _page(page, site, source.ref(position), provider)
                    position += 1
                    root.element.clear()  # the parser keeps even emptied pages in the root
            except _BROKEN as error:
                yield reject(
                    source.ref(position),
                    f"the dump cannot be read from here on: {error}",
                    "fetch the dump again",
                )


class _Bounded:
    """A stream that refuses to go on when no revision ends for too long."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._bytes, self._tags = stream, 0, 0

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        end = block.rfind(b"</revision>")
        if end >= 0:
            self._bytes = self._tags = 0
        self._bytes += len(block) - max(end, 0)
        self._tags += block.count(b"<", max(end, 0))
        if self._bytes > _MAX_GAP_BYTES or self._tags > _MAX_GAP_TAGS:
            raise LimitExceeded("no revision ends within the size of one", hint="fetch the dump again")
        return block


class _Site:
    """What the dump says of its wiki."""

    def __init__(self, info: Any) -> None:
        self.name: str = info.dbname or (urlsplit(info.base or "").hostname or "mediawiki")
        language = _WIKI.fullmatch(self.name)
        self.language = language[1] if language else None
        self.provider: str = (info.name or self.name).lower()
        self._base: str = (info.base or "").rpartition("/")[0]
        named = {space.id: space.name for space in info.namespaces or ()}
        self.files = {"file", "image", "media", (named.get(_FILES) or "file").casefold()}
        self.categories = {"category", (named.get(_CATEGORIES) or "category").casefold()}

    def url(self, title: str) -> str | None:
        return f"{self._base}/{quote(title.replace(' ', '_'))}" if self._base.startswith("http") else None


def _page(page: Any, site: _Site, ref: SourceRef, provider: str | None) -> Iterator[Item]:
    if page.namespace:
        yield SetAside(source=ref, kind=f"namespace {page.namespace}")
    elif page.redirect:
        yield SetAside(source=ref, kind="redirect")
    else:
        for revision in page:
            yield _revision(page, revision, site, ref, provider)


def _revision(page: Any, revision: Any, site: _Site, ref: SourceRef, provider: str | None) -> Item:
    text = revision.text or ""
    if len(text) > MAX_ITEM_BYTES:
        return reject(
            ref, f"the revision is larger than {MAX_ITEM_BYTES >> 20} MiB", "it is no story: leave it out"
        )
    code = mwparserfromhell.parse(text)
    templates = {_name(one): one for one in reversed(code.filter_templates(recursive=False))}
    if not templates.keys().isdisjoint(_UNPUBLISHED):
        return SetAside(source=ref, kind="unpublished")
    draft = Draft(
        guid=f"urn:mediawiki:{site.name}:{page.id}",
        provider=site.provider,
        published=_date(templates, site.language) or _revised(revision),
        headline=page.title,
        dateline_place=_place(templates),
        subjects=_categories(code, site),
        language=site.language,
        url=site.url(page.title),
        body=_text(code, site),
    )
    return finish(draft, ref, provider=provider, raw=text[:4096].encode("utf-8", "replace"))


def _revised(revision: Any) -> datetime | None:
    stamp = revision.timestamp
    return datetime.fromtimestamp(stamp.unix(), tz=UTC) if stamp is not None else None


def _name(template: Template) -> str:
    return " ".join(str(template.name).casefold().replace("_", " ").split())


def _date(templates: Mapping[str, Template], language: str | None) -> datetime | None:
    for name in _DATES & templates.keys():
        template = templates[name]
        for field in ("date", "fecha", "data", "1"):
            if template.has(field) and (
                day := _day(template.get(field).value.strip_code().strip(), language)
            ):
                return day
    return None


def _day(stated: str, language: str | None) -> datetime | None:
    try:
        return parse_instant(stated)
    except SourceError:
        return _day_in_words(stated, language)


def _day_in_words(stated: str, language: str | None) -> datetime | None:
    import dateparser  # slow to load, and needed for dates in words alone

    found = dateparser.parse(
        stated[:60],
        languages=[language] if language in _DATE_LANGUAGES else None,
        settings={
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": "DMY",
        },
    )
    return found.replace(tzinfo=UTC) if found else None


def _place(templates: Mapping[str, Template]) -> str | None:
    for template in templates.values():
        name = _name(template)
        fields = ("1",) if name in _PLACES else _PLACE_FIELDS if name in _DATES else ()
        for field in fields:
            if template.has(field) and (place := template.get(field).value.strip_code().strip()):
                return str(place)
    return None


def _categories(code: Wikicode, site: _Site) -> tuple[Subject, ...]:
    titles = (str(link.title).partition(":") for link in code.filter_wikilinks(recursive=False))
    names = dict.fromkeys(
        name.strip() for space, colon, name in titles if colon and space.strip().casefold() in site.categories
    )
    return tuple(Subject(code=f"{site.name}:{name.casefold()}", name=name) for name in names if name)


def _text(code: Wikicode, site: _Site) -> str:
    for section in code.get_sections(
        levels=[2, 3], matches=lambda title: bool(_SECTIONS.fullmatch(str(title))), flat=True
    ):
        _remove(code, section)
    for link in code.filter_wikilinks(recursive=True):
        space, colon, _ = str(link.title).lstrip(":").partition(":")
        is_hidden = space.strip().casefold() in site.files | site.categories
        if colon and is_hidden and not str(link.title).startswith(":"):
            _remove(code, link)
    for template in code.filter_templates(recursive=True):
        if _name(template) in _LINKS and template.params:
            words = [parameter for parameter in template.params if not parameter.showkey]
            _replace(code, template, str(words[-1].value) if words else "")
    for tag in code.filter_tags(
        matches=lambda tag: str(tag.tag).casefold() in ("ref", "gallery", "timeline", "math")
    ):
        _remove(code, tag)
    plain = code.strip_code(normalize=True, collapse=True)
    lines = (" ".join(paragraph.split(" ")).strip() for paragraph in _BETWEEN_PARAGRAPHS.split(plain))
    return "\n\n".join(line for line in lines if line)


def _remove(code: Wikicode, node: Any) -> None:
    with suppress(ValueError):  # it was inside one already removed
        code.remove(node)


def _replace(code: Wikicode, node: Any, text: str) -> None:
    with suppress(ValueError):  # likewise
        code.replace(node, text)
