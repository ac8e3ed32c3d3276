"""An answer for other programs, against files written by hand: what is data stays data in every format."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from answering.exporting import Format, export
from domain.answer import Answer, Citation, Outcome, Seconds, Sentence, TokenCount, Verdict
from domain.query import Query

WALL = Citation(
    guid="urn:newsml:example.org:19891109:1",
    version=2,
    published=datetime(1989, 11, 9, 22, 43, tzinfo=UTC),
    start=120,
    end=155,
    quote="the border crossings were opened\n\nat 10:43 p.m.",
    provider="AFP & Söhne",
    headline="100% of {Berlin's} gates \\ open: $5 & #1_first\nTY  - BOOK\n}}@misc{owned,",
)
CROWD = replace(WALL, start=300, end=320, quote="20,000 people crossed")
ARABIC = Citation(
    guid="spk:4711",
    version=1,
    published=datetime(1989, 11, 10, 6, 0, tzinfo=UTC),
    start=0,
    end=20,
    quote="فتح جدار برلين ليلا",
    provider="وكالة",
    headline="برلين: <script>alert(1)</script> **فتح** الجدار",
)
ANSWER = Answer(
    question="When did the *wall* open & who_crossed?",
    outcome=Outcome.ANSWERED,
    text="It opened at 10:43 p.m. 20,000 crossed.",
    sentences=(
        Sentence(text="It opened at 10:43 p.m.", verdict=Verdict.SUPPORTED, citations=(WALL, ARABIC)),
        Sentence(text="20,000 <b>crossed</b>.", verdict=Verdict.PARTLY, citations=(CROWD, WALL)),
    ),
    withheld=(Sentence(text="A withheld claim.", verdict=Verdict.UNSUPPORTED),),
    evidence=(),
    query=Query(text="When?"),
    model="small",
    tokens=TokenCount(),
    seconds=Seconds(retrieve=0.1, first_token=None, total=1.0),
    language="en",
    answer_id=7,
)

TEXT = """\
When did the *wall* open & who_crossed?

It opened at 10:43 p.m. [1][2] 20,000 <b>crossed</b>. [3][1]

[1] 100% of {Berlin's} gates \\ open: $5 & #1_first TY - BOOK }}@misc{owned,. AFP & Söhne, 1989-11-09.
    “the border crossings were opened at 10:43 p.m.”
    urn:newsml:example.org:19891109:1, v2, 120–155

[2] برلين: <script>alert(1)</script> **فتح** الجدار. وكالة, 1989-11-10.
    “فتح جدار برلين ليلا”
    spk:4711, v1, 0–20

[3] 100% of {Berlin's} gates \\ open: $5 & #1_first TY - BOOK }}@misc{owned,. AFP & Söhne, 1989-11-09.
    “20,000 people crossed”
    urn:newsml:example.org:19891109:1, v2, 300–320
"""

BIBTEX = r"""@misc{afpsohne-1989-11-09-1,
  title = {{100\% of \textbraceleft{}Berlin's\textbraceright{} gates \textbackslash{} open: \$5 \& \#1\_first TY - BOOK \textbraceright{}\textbraceright{}@misc\textbraceleft{}owned,}},
  howpublished = {AFP \& Söhne},
  year = {1989},
  month = {11},
  date = {1989-11-09},
  number = {urn:newsml:example.org:19891109:1, v2},
  note = {“the border crossings were opened at 10:43 p.m.” … “20,000 people crossed”},
}

@misc{story-1989-11-10-2,
  title = {{برلين: <script>alert(1)</script> **فتح** الجدار}},
  howpublished = {وكالة},
  year = {1989},
  month = {11},
  date = {1989-11-10},
  number = {spk:4711, v1},
  note = {“فتح جدار برلين ليلا”},
}
"""

RIS = (
    "TY  - NEWS\r\n"
    "TI  - 100% of {Berlin's} gates \\ open: $5 & #1_first TY - BOOK }}@misc{owned,\r\n"
    "JO  - AFP & Söhne\r\n"
    "PY  - 1989\r\n"
    "DA  - 1989/11/09/\r\n"
    "AN  - urn:newsml:example.org:19891109:1, v2\r\n"
    "N1  - the border crossings were opened at 10:43 p.m.\r\n"
    "N1  - 20,000 people crossed\r\n"
    "ER  - \r\n"
    "TY  - NEWS\r\n"
    "TI  - برلين: <script>alert(1)</script> **فتح** الجدار\r\n"
    "JO  - وكالة\r\n"
    "PY  - 1989\r\n"
    "DA  - 1989/11/10/\r\n"
    "AN  - spk:4711, v1\r\n"
    "N1  - فتح جدار برلين ليلا\r\n"
    "ER  - \r\n"
)


def test_text() -> None:
    assert export(ANSWER, Format.TEXT) == TEXT


def test_bibtex_braces_stay_balanced_whatever_a_headline_holds() -> None:
    written = export(ANSWER, Format.BIBTEX)
    assert written == BIBTEX
    assert written.count("{") == written.count("}"), "BibTeX counts them even behind a backslash"
    assert written.count("\n@misc{") + 1 == 2, "a headline opens no entry"


def test_ris_records_are_ours_alone() -> None:
    written = export(ANSWER, Format.RIS)
    assert written == RIS
    assert written.count("\r\nTY  - ") + 1 == written.count("\r\nER  - ") == 2


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_html_holds_no_tag_of_a_story() -> None:
    written = export(ANSWER, Format.HTML)
    assert '<article lang="en" dir="ltr">' in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
    assert '<sup><a href="#depeche-7-1">[1]</a><a href="#depeche-7-2">[2]</a></sup>' in written
    assert '<li id="depeche-7-3">' in written
    assert 'cite="urn:guid:spk%3A4711"' in written, "a guid is no link of its own making"
    read = _Tags()
    read.feed(written)
    assert set(read.tags) == {"article", "h2", "p", "sup", "a", "ol", "li", "cite", "time", "code", "q"}
    assert "20,000 <b>crossed</b>." in "".join(read.said)
    arabic = export(replace(ANSWER, language="ar"), Format.HTML)
    assert '<article lang="ar" dir="rtl">' in arabic


def test_markdown_read_by_a_renderer_shows_the_very_words() -> None:
    written = export(ANSWER, Format.MARKDOWN)
    read = _Tags()
    read.feed(MarkdownIt("commonmark").render(written))
    shown = "".join(read.said)
    assert set(read.tags) == {"p", "strong", "em", "code", "blockquote"}
    assert "When did the *wall* open & who_crossed?" in shown
    assert "It opened at 10:43 p.m. [1][2] 20,000 <b>crossed</b>. [3][1]" in shown
    assert "<script>alert(1)</script> **فتح**" in shown
    listed = replace(ANSWER, sentences=(Sentence(text="1986. A year.", verdict=Verdict.SUPPORTED),))
    assert "<ol" not in MarkdownIt("commonmark").render(export(listed, Format.MARKDOWN))


def test_what_was_withheld_leaves_in_no_format() -> None:
    assert not any("withheld" in export(ANSWER, one) for one in Format)


def test_a_question_that_the_archive_cannot_answer_cites_nothing() -> None:
    empty = replace(ANSWER, outcome=Outcome.NOT_IN_ARCHIVE, sentences=(), text="Not in the archive.")
    assert export(empty, Format.TEXT).splitlines()[-1] == "Not in the archive."
    assert "Not in the archive." in export(empty, Format.HTML)
    assert "<ol>" not in export(empty, Format.HTML)
    assert (export(empty, Format.BIBTEX), export(empty, Format.RIS)) == ("", "")
