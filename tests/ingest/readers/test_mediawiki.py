"""MediaWiki dumps, written here in the shape of Wikinews' own (export schema 0.11)."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.protocols import Source
from domain.story import Rejected, SetAside, Version
from ingest.readers.mediawiki import MediaWikiReader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, source_of, utc

READER = MediaWikiReader()
STORY = """{{date|June 5, 2005}}{{byline|date=June 5, 2005|location=London, England}}
[[File:Thames.jpg|thumb|The ''Thames'' at low tide. {{image source|[[User:A|A]]}}]]
The '''mayor''' of {{w|London}} opened {{w|Tower Bridge|the bridge}} on Sunday,<ref>A note.</ref> the [[City Hall|city]] said.

"It is open", she said. See [https://example.org/report the report].

== Related news ==
*[[Another story]]

== Sources ==
*{{source|url=https://example.org|title=A title|author=An author|pub=A paper|date=June 5, 2005}}

{{publish}}
[[Category:Politics and conflicts]]
[[Category:London]]"""


def page(title: str, text: str, *, number: int = 7, space: int = 0, redirect: str = "") -> str:
    return (
        f"<page><title>{escape(title)}</title><ns>{space}</ns><id>{number}</id>{redirect}<revision><id>{number}1</id>"
        f"<timestamp>2009-01-02T03:04:05Z</timestamp><contributor><username>A</username><id>1</id></contributor>"
        f'<model>wikitext</model><format>text/x-wiki</format><text bytes="{len(text)}" xml:space="preserve">'
        f"{escape(text)}</text><sha1>x</sha1></revision></page>"
    )


def dump(
    *pages: str, wiki: str = "enwikinews", base: str = "https://en.wikinews.org/wiki/Main_Page"
) -> bytes:
    head = (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><siteinfo>'
        f"<sitename>Wikinews</sitename><dbname>{wiki}</dbname><base>{base}</base><generator>MediaWiki</generator>"
        '<case>first-letter</case><namespaces><namespace key="0" case="first-letter" />'
        '<namespace key="6" case="first-letter">File</namespace>'
        '<namespace key="14" case="first-letter">Catégorie</namespace></namespaces></siteinfo>'
    )
    return (head + "".join(pages) + "</mediawiki>").encode()


def test_wikinews_story() -> None:
    raw = dump(page("Mayor opens bridge", STORY))
    assert READER.accepts(source_of(raw))
    (story,) = items_in(READER, raw)
    assert isinstance(story, Version)
    assert_fields(
        story,
        guid="urn:mediawiki:enwikinews:7",
        provider="wikinews",
        published=utc(2005, 6, 5),  # not the day of the last housekeeping
        headline="Mayor opens bridge",
        dateline_place="London, England",
        language="en",
        url="https://en.wikinews.org/wiki/Mayor_opens_bridge",
        body=(
            "The mayor of London opened the bridge on Sunday, the city said.\n\n"
            '"It is open", she said. See the report.'
        ),
    )
    assert codes(story) == ["enwikinews:politics and conflicts", "enwikinews:london"]


@pytest.mark.parametrize(
    ("wiki", "text", "language"),
    [
        ("frwikinews", "{{date|5 juin 2005}}\nLe maire a ouvert le pont dimanche à Londres.", "fr"),
        ("eswikinews", "{{fecha|5 de junio de 2005}}\nEl alcalde abrió el puente el domingo.", "es"),
        ("ptwikinews", "{{data|5 de junho de 2005}}\nO prefeito abriu a ponte no domingo.", "pt"),
        ("dewikinews", "{{Datum|5. Juni 2005}}\nDer Bürgermeister eröffnete am Sonntag die Brücke.", "de"),
    ],
)
def test_dates_in_four_languages(wiki: str, text: str, language: str) -> None:
    (story,) = items_in(READER, dump(page("T", text), wiki=wiki))
    assert isinstance(story, Version)
    assert_fields(story, published=utc(2005, 6, 5), language=language)


def test_a_page_without_a_date_template_has_the_time_of_its_revision() -> None:
    (story,) = items_in(READER, dump(page("T", "A text.")))
    assert isinstance(story, Version)
    assert story.published == utc(2009, 1, 2, 3, 4, 5)


def test_localised_categories() -> None:
    (story,) = items_in(READER, dump(page("T", "Un texte.\n[[Catégorie:Politique]]"), wiki="frwikinews"))
    assert isinstance(story, Version)
    assert codes(story) == ["frwikinews:politique"]
    assert story.body == "Un texte."


def test_pages_that_are_no_stories_are_set_aside() -> None:
    raw = dump(
        page("Talk:T", "Text.", space=1),
        page("T", "#REDIRECT [[U]]", redirect='<redirect title="U" />'),
        page("V", "{{develop}}{{date|June 5, 2005}} Not yet."),
        page("W", "{{date|June 5, 2005}} A text."),
    )
    items = items_in(READER, raw)
    assert [item.kind if isinstance(item, SetAside) else type(item) for item in items] == [
        "namespace 1", "redirect", "unpublished", Version,
    ]  # fmt: skip
    assert isinstance(items[3], Version)
    assert items[3].source == source_of(raw).ref(3)


def test_revisions_of_a_page_are_versions_of_a_story() -> None:
    older = page("T", "{{date|June 5, 2005}} First text.")
    second = older[older.index("<revision>") : older.index("</page>")].replace("First", "Second")
    first_story, second_story = items_in(READER, dump(older.replace("</page>", second + "</page>")))
    assert isinstance(first_story, Version)
    assert isinstance(second_story, Version)
    assert first_story.guid == second_story.guid
    assert (first_story.body, second_story.body) == ("First text.", "Second text.")


def test_a_dump_cut_off() -> None:
    raw = dump(page("T", "A text."), page("U", "Another text.", number=8))
    items = items_in(READER, raw[: raw.index(b"Another")])
    assert isinstance(items[0], Version)
    assert isinstance(items[-1], Rejected)
    assert items[-1].remedy


def test_entity_bomb() -> None:
    bomb = b'<!DOCTYPE mediawiki [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("l"))
    )
    raw = bomb + b"]>" + dump(page("T", "TEXT")).replace(b"TEXT", b"&k;")
    items = items_in(READER, raw)
    assert isinstance(items[-1], Rejected)


def test_external_entity_is_not_fetched() -> None:
    raw = b'<!DOCTYPE mediawiki [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + dump(page("T", "TEXT")).replace(
        b"TEXT", b"&x; text"
    )
    for item in items_in(READER, raw):
        assert not (isinstance(item, Version) and "root:" in item.body)


class _Endless(io.RawIOBase):
    def __init__(self, start: bytes, filling: bytes) -> None:
        self._start, self._filling, self._left = start, filling, 1 << 30

    def read(self, size: int = -1) -> bytes:
        if self._start:
            start, self._start = self._start, b""
            return start
        size = min(1 << 16, self._left)
        self._left -= size
        return self._filling * (size // len(self._filling))


@pytest.mark.parametrize("filling", [b"words and ", b"<b>"])
def test_a_page_that_never_ends_is_bounded(filling: bytes) -> None:
    start = dump(page("T", "")).partition(b"</text>")[0]
    source = Source(path="endless", open=lambda: _Endless(start, filling), head=start)  # type: ignore[arg-type,return-value]
    (item,) = READER.read(source, provider=None)
    assert isinstance(item, Rejected)


def test_nested_braces_end() -> None:
    (item,) = items_in(READER, dump(page("T", "{{date|June 5, 2005}}A text. " + "{{a|" * 1000 + "[[" * 1000)))
    assert isinstance(item, (Version, Rejected))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 1800))
def test_damaged_dumps_never_raise(noise: bytes, at: int) -> None:
    raw = dump(page("T", STORY))
    for item in items_in(READER, raw[:at] + noise + raw[at:]):
        assert isinstance(item, (Version, Rejected, SetAside))
