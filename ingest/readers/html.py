"""News pages in HTML (`html`): trafilatura finds the text; what the page states of itself comes first.

Headline, time, authors and tags are taken from the page's schema.org article (JSON-LD), then from its
`meta` elements and microdata. The date must be stated: there, after a bar in the title, in the one `time`
element, or in the address. None is guessed from the text: on ten of our 55 test pages, which state none in
readable JSON-LD or `meta`, htmldate's guess was wrong three times. `published` is the first publication:
content systems touch `dateModified` for reasons of their own. The guid is the page's canonical address,
the provider its host. Nothing is fetched, no script is run. A page without a date, or without a text, is
Rejected; the front page of a site is set aside.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from domain.errors import SourceError
from domain.protocols import Source
from domain.story import Item, SetAside, SourceRef, Subject
from ingest.dates import parse_instant
from ingest.html_text import html_to_text
from ingest.normalise import MAX_ITEM_BYTES, Draft, finish, reject
from ingest.readers.code_pages import web_name
from ingest.readers.dated_path import date_in

_SIGN = re.compile(rb"<!doctype html|<html[\s>]", re.I)
# Comments are passed over for good (atomic groups): trying each end of each again is exponential in their number.
_COMMENTS = rb"(?>(?:<!--.*?-->\s*)*)"
_FIRST_TAG = re.compile(
    rb"[\s\xef\xbb\xbf]*" + _COMMENTS + rb"<(?:head|body|article|title|meta)[\s>]", re.I | re.S
)
_XHTML = re.compile(
    rb"\A[\s\xef\xbb\xbf]*<\?xml[^>]*>\s*" + _COMMENTS + rb"(?:<!doctype html|<html)", re.I | re.S
)
_OTHER_XML = re.compile(rb"\A[\s\xef\xbb\xbf]*<\?xml", re.I)
_ARTICLE = re.compile(r"(?:Article|Report|BlogPosting|Posting)$")
_TIME_NAMES = (
    "article:published_time", "datepublished", "og:article:published_time", "date", "dc.date",
    "dc.date.issued", "dcterms.created", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate",
    "publish-date", "article.published", "cxenseparse:recs:publishtime", "dc.date.created",
    "article_date_original",
)  # fmt: skip
_NOBODY = frozenset({"no author", "redaktion", "redaction", "admin", "n/a"})
_BROKEN_FACT = re.compile(r'"(datePublished|headline|inLanguage)"\s*:\s*"([^"\\\n]{1,300})"')
_AFTER_BAR = re.compile(r"\s+\|\s+.{1,80}$")
_DAY_AFTER_BAR = re.compile(r"\|\s*(\d{2})\.(\d{2})\.(\d{4})\s*$")
_TIME_PROPERTIES = frozenset({"datepublished", "dc:date", "dcterms:date", "schema:datepublished"})
_LEAST_FOR_DETECTION = (
    400  # characters of text; below, the stated language counts (templates often state a wrong one)
)
_FRONT = re.compile(r"/?(?:index\.\w{2,5})?")
_MAX_TAGS = 40  # more are keyword stuffing


class HtmlReader:
    """One page a file; its position is 0."""

    name = "html"

    def accepts(self, source: Source) -> bool:
        if _OTHER_XML.match(source.head):
            return bool(_XHTML.match(source.head))
        return bool(_SIGN.search(source.head[:4096]) or _FIRST_TAG.match(source.head[:4096]))

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            raw = stream.read(MAX_ITEM_BYTES + 1)
        yield page(raw, source.ref(0), provider=provider)


def page(
    raw: bytes,
    ref: SourceRef,
    *,
    provider: str | None = None,
    url: str | None = None,
    charset: str | None = None,
) -> Item:
    """The story on one page. `url` and `charset`: what the transport said of it."""
    if len(raw) > MAX_ITEM_BYTES:
        return reject(
            ref, f"the page is larger than {MAX_ITEM_BYTES >> 20} MiB", "save the story's own page", raw
        )
    tree = _tree(raw, charset)
    url = url if url and _host(url) else None
    if tree is None:
        return reject(ref, "the page has no HTML that can be read", "save the page again", raw)
    facts = _Facts(tree)
    address = facts.address(url)
    if url and address == url and _is_front(url):
        return SetAside(source=ref, kind="front page")
    return finish(_draft(tree, facts, address), ref, provider=provider, raw=raw)


def _tree(raw: bytes, charset: str | None) -> HtmlElement | None:
    import trafilatura  # 0.4 s, which only those who read pages should wait for

    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else web_name(charset)
    if encoding:
        try:
            return trafilatura.load_html(raw.decode(encoding).replace("\0", ""))
        except UnicodeError:
            pass  # the server was wrong: found out from the bytes
    return trafilatura.load_html(raw.replace(b"\0", b""))  # libxml2 would stop at a NUL


def _draft(tree: HtmlElement, facts: _Facts, address: str | None) -> Draft:
    import trafilatura
    from trafilatura.settings import Document

    published = facts.published() or (date_in(urlsplit(address).path) if address else None)
    found = trafilatura.bare_extraction(
        tree, url=address, include_comments=False, include_tables=True, with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )  # fmt: skip
    document = found if isinstance(found, Document) else Document()
    body = _paragraphs(document.text or "")
    host = _host(address) if address else None
    return Draft(
        guid=address,
        provider=host.removeprefix("www.") if host else None,
        published=published,
        headline=_headline(facts, document.title),
        body=body,
        language=facts.language() if len(body) < _LEAST_FOR_DETECTION else None,
        byline=facts.authors() or _byline(document.author, document.sitename),
        genre=facts.text("articleSection") or facts.meta("article:section"),
        subjects=facts.tags(),
        url=address,
    )


def _headline(facts: _Facts, title: str | None) -> str | None:
    """The first that is whole, without the site's name after a bar: "Story | Site | 23.05.2011"."""
    stated = (facts.text("headline"), facts.meta("og:title"), facts.meta("twitter:title"), title)
    candidates = [html_to_text(one) for one in stated if one]
    whole = [one for one in candidates if not one.endswith(("...", "…"))]
    if not candidates:
        return None
    found = (whole or candidates)[0]
    site = facts.meta("og:site_name")
    if site and found.endswith(site) and found != site:
        found = found[: -len(site)].rstrip(" -–—|·:")
    return _AFTER_BAR.sub("", found)


def _byline(author: str | None, site: str | None) -> str | None:
    """One name that is not the site's: several are, as a rule, pieces of a page."""
    if not author or ";" in author or author.lower() in _NOBODY or author.lower() == (site or "").lower():
        return None
    return author


def _paragraphs(text: str) -> str:
    """trafilatura ends a paragraph with one line break; rows of tables and entries of lists stay together."""
    found: list[str] = []
    was_entry = False
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        is_entry = line.startswith(("- ", "|"))
        if is_entry and was_entry:
            found[-1] += "\n" + line
        else:
            found.append(line)
        was_entry = is_entry
    return "\n\n".join(found)


class _Facts:
    """What a page states of itself, in JSON-LD and in `meta`."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._article = next(_articles(tree), {})
        self._meta: dict[str, str] = {}
        for element in tree.iter("meta"):
            name = element.get("property") or element.get("name")
            content = (element.get("content") or "").strip()
            if name and content:
                self._meta.setdefault(name.strip().lower(), content)

    def meta(self, name: str) -> str | None:
        return self._meta.get(name)

    def text(self, name: str) -> str | None:
        found = self._article.get(name)
        found = found[0] if isinstance(found, list) and found else found
        return found.strip() or None if isinstance(found, str) else None

    def published(self) -> str | None:
        stated = (self.text("datePublished"), *map(self.meta, _TIME_NAMES))
        return (
            next((time for time in stated if time and _is_instant(time)), None)
            or self._only_time("itemprop", "property")
            or self.text("dateCreated")
            or self._after_bar()
            or self._only_time()
        )

    def _only_time(self, *attributes: str) -> str | None:
        """The time that microdata (or `time` elements) give, when all of them give the same day."""
        times: dict[str, str] = {}
        for element in self._tree.iter("time") if not attributes else self._tree.iter():
            if not attributes or any((element.get(a) or "").lower() in _TIME_PROPERTIES for a in attributes):
                time = element.get("content") or element.get("datetime")
                if time and _is_instant(time):
                    times.setdefault(time.strip()[:10], time.strip())
        return times.popitem()[1] if len(times) == 1 else None

    def _after_bar(self) -> str | None:
        title = self.meta("og:title") or self._tree.findtext(".//title") or ""
        match = _DAY_AFTER_BAR.search(title)
        return f"{match[3]}-{match[2]}-{match[1]}" if match else None

    def language(self) -> str | None:
        stated = self.text("inLanguage") or self._tree.get("lang")
        return stated or self.meta("og:locale") or self.meta("content-language")

    def authors(self) -> str | None:
        found = self._article.get("author")
        names = [_name(one) for one in (found if isinstance(found, list) else [found])]
        kept = dict.fromkeys(
            name for name in names if name and name.lower() not in _NOBODY and "://" not in name
        )
        return ", ".join(kept) or None

    def tags(self) -> tuple[Subject, ...]:
        found = self._article.get("keywords") or self.meta("news_keywords") or self.meta("article:tag") or []
        names = found if isinstance(found, list) else str(found).split(",")
        cleaned = dict.fromkeys(name.strip() for name in names if isinstance(name, str) and name.strip())
        return tuple(Subject(code=f"tag:{name.casefold()}", name=name) for name in list(cleaned)[:_MAX_TAGS])

    def address(self, url: str | None) -> str | None:
        """The canonical address, if it is on the host that the page came from; else where it came from."""
        links = self._tree.xpath("//link[@rel='canonical']/@href")
        stated = next((str(link) for link in links if str(link).strip()), None) or self.meta("og:url")
        try:
            stated = urljoin(url or "", stated.strip()) if stated else None
            host = _host(stated or "")
            is_web = bool(host) and urlsplit(stated or "").scheme in ("http", "https")
            # A template that names the front page on every page names nothing.
            is_page = not _FRONT.fullmatch(urlsplit(stated or "").path)
            if is_web and is_page and (url is None or _site(host) == _site(_host(url))):
                return stated
        except ValueError:  # "http://[": no address
            pass
        return url


def _host(url: str) -> str | None:
    """The host an address names; None for one that is none: "http://[", a name of a file."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_FRONT.fullmatch(parts.path)) and not parts.query


def _site(host: str | None) -> str:
    return ".".join((host or "").lower().split(".")[-2:])


def _is_instant(time: str) -> bool:
    try:
        parse_instant(time)
    except SourceError:
        return False
    return True


def _name(one: Any) -> str | None:
    name = one.get("name") if isinstance(one, Mapping) else one
    name = name[0] if isinstance(name, list) and name else name
    return " ".join(name.split()) or None if isinstance(name, str) else None


def _articles(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            stack = [json.loads(script.text, strict=False)]
        except (ValueError, RecursionError):
            # JSON-LD with a stray comma or line break is common: its plain strings can still be read
            found = dict(_BROKEN_FACT.findall(script.text))
            if "datePublished" in found:
                yield found
            continue
        while stack:
            one = stack.pop(0)
            if isinstance(one, list):
                stack.extend(one)
            elif isinstance(one, dict):
                kinds = one.get("@type")
                is_article = any(
                    _ARTICLE.search(str(k)) for k in (kinds if isinstance(kinds, list) else [kinds])
                )
                if is_article or ("headline" in one and "datePublished" in one):
                    yield one
                stack.extend(
                    value
                    for key in ("@graph", "mainEntity")
                    if isinstance(value := one.get(key), (list, dict))
                )
