"""Words are marked where the index finds them: other forms, accents, scripts; phrases as phrases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.lexical.analysis import placed_terms, terms
from retrieval.marking import Marker

# On a machine that has other work, time says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

LANGUAGES = ("en", "fr", "de", "ar", "zh")


def marked(query: str, text: str, language: str | None = "en", field: str = "body") -> list[str]:
    spans = Marker(query, languages=LANGUAGES).spans(text, language=language, field=field)
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("query", "text", "language", "expected"),
    [
        ("striking dockers", "Dockers strike; one docker spoke.", "en", ["Dockers", "strike", "docker"]),
        ("Who speaks for the dockers?", "The dockers who work for the port", "en", ["dockers"]),
        ("elections AND NOT poll", "L'élection, les ÉLECTIONS, the poll", "fr", ["élection", "ÉLECTIONS"]),
        ('"dock strike"', "A dock strike; the strike at the dock.", "en", ["dock strike"]),
        ('"price weeks"~4', "Prices rose in six weeks.", "en", ["Prices", "weeks"]),
        ('"price weeks"~2', "Prices rose in six weeks.", "en", []),
        ("trad*", "Traders trade; a retrader", "en", ["Traders", "trade"]),
        ("US AND troops", "U.S. troops left us", "en", ["U.S.", "troops", "us"]),
        ("1200 OR nothing", "some 1,200 tonnes, not 200", "en", ["1,200"]),
        ("选举 OR 大会", "人民大会的选举", "zh", ["大会", "选举"]),
        ("place:paris wheat", "Wheat in Paris", "en", ["Wheat"]),
        ("الانتخابات", "جرت انتخابات في القاهرة والانتخابات المقبلة", "ar", ["والانتخابات"]),
        ("wheat -maize", "wheat and maize", "en", ["wheat"]),
        ("", "anything", "en", []),
    ],
)
def test_marks(query: str, text: str, language: str, expected: list[str]) -> None:
    assert marked(query, text, language) == expected


def test_a_field_keeps_to_its_text() -> None:
    assert marked("headline:maize wheat", "Maize and wheat", field="headline") == ["Maize", "wheat"]
    assert marked("headline:maize wheat", "Maize and wheat") == ["wheat"]


@PATIENT
@given(st.text(max_size=60), st.text(max_size=20))
def test_marks_lie_within_the_text_and_apart(text: str, query: str) -> None:
    spans = Marker(query, languages=LANGUAGES).spans(text, language="en")
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= start < end <= len(text) for start, end in spans)


@PATIENT
@given(st.text(alphabet="ab é.,1 U选举", max_size=40))
def test_a_word_is_placed_where_it_stands(text: str) -> None:
    """Of texts without acronyms and thousands, which join what stands apart: the terms in their order."""
    if any(sign in text for sign in ".,"):
        return
    assert [term for _, _, term in placed_terms(text, "en")] == terms(text, "en")
