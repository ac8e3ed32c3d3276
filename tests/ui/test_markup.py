"""What is written for Markdown and HTML is read back as the text it was made of, and nothing in it acts."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from domain.excerpts import Excerpt
from domain.query import Hit
from runtime.differences import differences
from tests.ui.hits import hit
from ui import markup
from ui.markup import plain, web_address

# On a machine that has other work, time says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

MARKDOWN = MarkdownIt("js-default", {"linkify": False, "typographer": False}).enable(
    ["table", "strikethrough"]
)
NASTY = st.text(alphabet="ab1 .:*_`~[]()<>|#+-=!$&\\\"'{}^@/\n\t;,", max_size=30)
# Streamlit's own readings, from its page's script (version 1.67): what its Markdown makes of finished text.
READ_LATE = re.compile(
    r":[\w+-]+:|:material/|https?://|www\.|[-.\w+]@[-\w]+\.[-\w]"
    r"|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?=\s|$)",
    re.IGNORECASE,
)


class Seen(HTMLParser):
    """The text and the tags of an HTML page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self._style = "", list[str](), False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text += data


def seen(text: str) -> str:
    """As a reader sees it: white space is one space, controls are nothing."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", text)).strip()


@PATIENT
@given(NASTY | st.text(max_size=30))
@example("1. one")
@example("+ item")
@example("    code")
@example("a --- b\n---")
@example("| a | b |\n|---|---|\n| 1 | 2 |")
@example("$x$ :red[y] :smile: :material/home: <b>&amp; [a](b) ![c](d) www.example.com me@example.com")
@example("Title\n===")
@example("[^1] ~~gone~~ http://example.com https://example.com `code` \\* <!-- x -->")
def test_markdown_reads_back_the_text(text: str) -> None:
    page = Seen(MARKDOWN.render(plain(text)))
    assert seen(page.text).replace(markup.JOINER, "") == seen(text).replace(markup.JOINER, "")
    assert set(page.tags) <= {"p"}, "one paragraph and nothing in it"


@PATIENT
@given(
    NASTY
    | st.lists(
        st.sampled_from(
            [
                ":",
                "smile",
                "material/",
                "http",
                "://",
                "www",
                ".",
                "a",
                "@",
                "b.c",
                "-",
                ">",
                "<",
                "=",
                "~",
                " ",
            ]
        ),
        max_size=12,
    ).map("".join)
)
@example(":+1: :-1: :100: :a:b: x:y:z")
@example("a@b.c http://x HTTPS://y WWW.z see www.example.com, or <mail@example.com>")
@example("-> <- <-> -- >= <= ~= :material/a: a->b")
def test_nothing_is_left_for_streamlit_to_read(text: str) -> None:
    shown = Seen(MARKDOWN.render(plain(text))).text.strip("\n")
    assert READ_LATE.search(shown) is None


def test_what_needs_no_escape_has_none() -> None:
    assert plain("Dockers in Marseille, 48 hours") == "Dockers in Marseille, 48 hours"
    assert plain(None) == ""


@PATIENT
@given(NASTY, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=3))
def test_html_reads_back_the_text_with_its_marks(text: str, spans: list[tuple[int, int]]) -> None:
    page = markup.marked_html(text, spans=spans, language="en")
    assert Seen(page).text == text
    assert set(Seen(page).tags) <= {"span", "mark"}
    marked = "".join(html.unescape(one) for one in re.findall("<mark>(.*?)</mark>", page, re.DOTALL))
    within = {place for start, end in spans for place in range(start, min(end, len(text)))}
    assert marked == "".join(text[place] for place in sorted(within))


def test_a_story_is_its_paragraphs() -> None:
    page = markup.story_html(
        "One <b>\n\nTwo & three", spans=[(0, 3), (9, 12)], language="ar", opens_at_mark=True
    )
    assert Seen(page).tags == ["style", "div", "p", "mark", "p", "mark"]
    assert 'lang="ar" dir="rtl"' in page
    assert "<mark>One</mark> &lt;b&gt;" in page
    assert "<mark>Two</mark>" in page


@PATIENT
@given(NASTY, NASTY)
def test_a_difference_shows_both_texts_and_no_other_tags(before: str, after: str) -> None:
    page = markup.difference_html(differences(before, after), added="added: ", removed="out: ")
    assert set(Seen(page).tags) <= {"style", "div", "p", "ins", "del"}
    left = Seen(re.sub("<ins>.*?</ins>", "", page, flags=re.DOTALL)).text
    assert left == before.replace("\n\n", "")
    right = Seen(re.sub("<del>.*?</del>", "", page, flags=re.DOTALL)).text
    assert right == after.replace("\n\n", "")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("http://example.com/?q=1&r=2", "http://example.com/?q=1&r=2"),
        ('https://example.com/"><script>', "https://example.com/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", None),
        ("JAVASCRIPT:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.com", None),
        ("http://[bad", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(url: str | None, expected: str | None) -> None:
    assert web_address(url) == expected


def test_a_hostile_hit_is_text() -> None:
    bad: Hit = hit(
        guid='x"><script>alert(1)</script>', headline="<img src=x onerror=alert(1)>", passage="</li>"
    )
    listed = markup.ListedHit(
        hit=bad, headline_spans=[(0, 4)], excerpt=Excerpt(text=bad.passage, spans=((0, 2),),
        is_cut_before=True, is_cut_after=True), note="<i>", also="<u>",
    )  # fmt: skip
    page = markup.hits_html([listed], first=3)
    assert set(Seen(page).tags) == {"style", "ol", "li", "p", "a", "mark"}
    assert "<mark>&lt;img</mark> src=x" in page
    assert re.findall('href="([^"]*)"', page)[0].startswith("story?guid=x%22%3E%3Cscript%3E")
