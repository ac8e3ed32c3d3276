"""Inline XML and wire text to paragraphs: white space changes, words never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.readers.inline_text import element_text, plain_text


def text(markup: str, *, headline: str | None = None) -> str:
    return element_text(etree.fromstring(f"<body>{markup}</body>"), headline=headline)


def test_paragraphs_lists_and_headings() -> None:
    assert text("<h2>Rain</h2><p>It <b>fell</b>.</p><ul><li>Lisbon</li><li>Porto</li></ul>tail") == (
        "Rain\n\nIt fell.\n\n- Lisbon\n\n- Porto\n\ntail"
    )


def test_a_heading_that_repeats_the_headline_is_left_out_once() -> None:
    markup = "<h1>Rain  in Lisbon</h1><p>Rain in Lisbon</p><p>It fell.</p>"
    assert text(markup, headline="Rain in Lisbon") == "Rain in Lisbon\n\nIt fell."


def test_a_text_that_is_only_the_headline_stays() -> None:
    assert text("<p>Rain in Lisbon</p>", headline="Rain in Lisbon") == "Rain in Lisbon"


def test_a_table_is_aligned_and_its_empty_cells_are_seen() -> None:
    markup = (
        "<table><caption>Top</caption><tr><th/><th>G</th><th>Pct.</th></tr>"
        "<tr><td>McNeil</td><td>72</td><td>.351</td></tr><tr><td>Dahl</td><td/><td>.322</td></tr></table>"
    )
    assert text(f"<p>x</p>{markup}") == "x\n\nTop\n\n        G   Pct.\nMcNeil  72  .351\nDahl        .322"


def test_a_table_that_lays_out_a_page_is_text() -> None:
    prose = "Rain fell on Lisbon. " * 12
    assert text(f"<table><tr><td><p>{prose}</p></td><td><p>More.</p></td></tr></table>") == (
        f"{prose.strip()}\n\nMore."
    )


def test_captions_come_last() -> None:
    markup = "<media><media-caption>A street.</media-caption></media><p>It rained.</p>"
    assert text(markup) == "It rained.\n\nA street."


def test_scripts_styles_and_comments_leave_nothing() -> None:
    assert text("<script>x</script><p>It<!-- now --> rained<style>p</style>.</p><iframe>y</iframe>") == (
        "It rained."
    )


def test_breaks_of_a_narrow_screen_are_joined() -> None:
    wrapped = (
        "More extreme weather forecast over the next few days the <br/>fire situation is likely to get worse"
        " with a massive fire front <br/>spanning a huge area."
    )
    assert "\n" not in text(f"<p>{wrapped}</p>")


def test_breaks_that_are_meant_stay() -> None:
    assert text("<p>Bryan Ezako<br/>Manager<br/><br/>Tel. 5914</p>") == "Bryan Ezako\nManager\n\nTel. 5914"


def test_wire_text_in_one_element() -> None:
    wire = """(Adds detail)
    By Arpan Varghese
    Gold rose on Tuesday on increased safe
haven demand as a U.S.-
backed plan rattled markets.
    Spot gold  1,200.00  0.4
    Silver        17.14  0.2
 """
    assert text(f"<p>{wire}</p>") == (
        "(Adds detail)\n\nBy Arpan Varghese\n\nGold rose on Tuesday on increased safe haven demand as a "
        "U.S.-backed plan rattled markets.\n\nSpot gold  1,200.00  0.4\n    Silver        17.14  0.2"
    )


def test_pretty_printed_xml_is_one_paragraph() -> None:
    assert text("<p>Rain fell on\n                Lisbon, and\n                on Porto.</p>") == (
        "Rain fell on Lisbon, and on Porto."
    )


def test_what_was_escaped_once_too_often() -> None:
    assert text("<p>&amp;quot;Rain&amp;quot; at 4 o&amp;#39;clock &lt;b&gt;now&lt;/b&gt;</p>") == (
        '"Rain" at 4 o\'clock now'
    )


def test_a_less_than_sign_is_no_markup() -> None:
    assert text("<p>5 &lt; 6 and a&lt;b</p>") == "5 < 6 and a<b"


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("- one\n- two", "- one\n- two"),
        ("\tA first paragraph.\n\n\n\tA second.", "A first paragraph.\n\nA second."),
        ("<P>One.</P>\n<P>Two.</P>", "One.\n\nTwo."),
        ("Non\u00a0breaking 1\u202f200", "Non\u00a0breaking 1\u202f200"),
    ],
)
def test_plain_text(plain: str, expected: str) -> None:
    assert plain_text(plain) == expected


@given(st.text(alphabet="ab .-\n\t|1é", max_size=300))
def test_no_character_but_white_space_changes(words: str) -> None:
    def visible(text: str) -> str:
        return "".join(text.split())

    for found in (plain_text(words), text(f"<p>{words}</p>"), text(f"<pre>{words}</pre>")):
        # a paragraph of a lone dash is a rule, and rules are left out
        assert visible(found).replace("-", "") == visible(words).replace("-", "")
