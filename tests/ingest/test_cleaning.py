"""Stored text: what it never holds, on any input; and that nothing visible is lost."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import clean, clean_body, clean_line
from ingest.encoding import decode
from ingest.html_text import html_to_text

ANY = st.text(alphabet=st.characters(exclude_categories=[]))  # lone surrogates and controls included


@given(ANY)
def test_stored_text_is_storable_and_stays_as_it_is(text: str) -> None:
    body = clean_body(text)
    body.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\r]", body)
    assert "\n\n\n" not in body
    assert body == body.strip()
    assert unicodedata.is_normalized("NFC", body)
    assert clean_body(body) == body


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])))
def test_visible_characters_are_kept(text: str) -> None:
    assert "".join(clean(text).split()) == unicodedata.normalize("NFC", "".join(text.split()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x07c", "abc"),
        ("smile \ud83d\ude00 half \ud83d", "smile 😀 half \ufffd"),
        ("e\u0301te\u0301", "été"),
        ("one\r\ntwo\rthree\u2029four", "one\ntwo\nthree\n\nfour"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("1\u00a0200\u202f000", "1\u00a0200\u202f000"),
        ("word  \t\n\n \n\n\nnext", "word\n\nnext"),
    ],
)
def test_body(text: str, expected: str) -> None:
    assert clean_body(text) == expected


def test_line() -> None:
    assert clean_line(" a\n b\x00\tc ") == "a b c"
    assert clean_line(" \x00 ") is None
    assert clean_line(None) is None


@pytest.mark.parametrize(
    ("raw", "declared", "expected"),
    [
        ("déjà".encode(), None, "déjà"),
        ("déjà".encode("cp1252"), None, "déjà"),
        ("déjà — ".encode("cp1252") + "été".encode(), None, "déjà — été"),  # two encodings in one file
        (b"\xef\xbb\xbfabc", "latin-1", "abc"),
        ("день".encode("utf-16"), None, "день"),
        ("день".encode("koi8-r"), "koi8-r", "день"),
        ("déjà".encode(), "no-such-code", "déjà"),
        (b"\x81\x8d", None, "\ufffd\ufffd"),
    ],
)
def test_bytes_become_the_text_that_was_meant(raw: bytes, declared: str | None, expected: str) -> None:
    assert decode(raw, declared=declared) == expected


@given(st.binary())
def test_any_bytes_decode(raw: bytes) -> None:
    decode(raw, declared="ascii").encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One.</p><p>Two <b>bold</b>&nbsp;&amp; more.</p>", "One.\n\nTwo bold\u00a0& more."),
        ("plain &lt;b&gt; text", "plain <b> text"),
        ("a<br/>b<script>alert(1)</script><style>x{}</style><!-- c -->d", "a\nbd"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        (
            "<table><tr><td>Net</td><td>1.2</td></tr><tr><td>Rev</td><td>3</td></tr></table>",
            "Net  1.2\nRev  3",
        ),
        ("<div>" * 2000 + "deep" + "</div>" * 2000, "deep"),
        ("nul\x00inside <i>kept</i>", "nulinside kept"),
        ("<p>never closed <b>at all", "never closed at all"),
        ("", ""),
    ],
)
def test_html(markup: str, expected: str) -> None:
    assert html_to_text(markup) == expected


@given(ANY)
def test_any_markup_gives_text(text: str) -> None:
    assert "\n\n\n" not in html_to_text(f"<p>{text}</p>")
