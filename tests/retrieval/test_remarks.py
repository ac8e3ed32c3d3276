"""What was not understood is pointed at where it stands; what was is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.remarks import Trouble, remarks
from tests.conftest import ROOT

# On a machine that has other work, time says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

HELD = {"lang": ("en", "fr"), "provider": ("afp",)}


def told(text: str) -> list[tuple[Trouble, str]]:
    return [(one.trouble, text[one.start : one.end]) for one in remarks(text, labels=HELD.__getitem__)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"dock strike', [(Trouble.UNCLOSED_QUOTE, '"dock strike')]),
        ('wheat AND "dock strike', [(Trouble.UNCLOSED_QUOTE, '"dock strike')]),
        ("wheat AND (barley OR maize", [(Trouble.UNCLOSED_BRACKET, "(")]),
        ("wheat AND barley)", [(Trouble.UNOPENED_BRACKET, ")")]),
        ("wheat AND author:smith", [(Trouble.UNKNOWN_FIELD, "author:")]),
        ("author:smith", [(Trouble.UNKNOWN_FIELD, "author:")]),
        ("date:yesterday", [(Trouble.NOT_A_DATE, "yesterday")]),
        ("date:1987-13", [(Trouble.NOT_A_DATE, "1987-13")]),
        ("kind:flash", [(Trouble.UNKNOWN_VALUE, "flash")]),
        ("lang:xx provider:AFP", [(Trouble.UNKNOWN_VALUE, "xx")]),
        ("wheat AND", [(Trouble.NOTHING_BESIDE, "AND")]),
        ("OR wheat NOT", [(Trouble.NOTHING_BESIDE, "OR"), (Trouble.NOTHING_BESIDE, "NOT")]),
        ("Was wheat AND barley sold?", [(Trouble.READ_AS_QUESTION, "Was wheat AND barley sold?")]),
        ("WHEAT AND BARLEY SOLD", [(Trouble.READ_AS_HEADLINE, "WHEAT AND BARLEY SOLD")]),
        ("NOT wheat", []),
        ("wheat barley", []),
        ("date:>=1990 OR date:1987-03..1987-06 OR date:[1987 TO 1988]", []),
        ('lang:FR provider:"afp" "a ( b AND"', []),
        ("see http://example.com at 10:30", []),
        ("Who spoke at 10:30?", []),
    ],
)
def test_remarks(text: str, expected: list[tuple[Trouble, str]]) -> None:
    assert told(text) == expected


def test_nothing_is_said_of_the_expressions_on_the_page() -> None:
    page = (ROOT / "docs" / "searching.md").read_text(encoding="utf-8")
    expressions = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert len(expressions) > 20
    assert {text: remarks(text) for text in expressions if remarks(text)} == {}


@PATIENT
@given(st.text(alphabet='ab "():*ANDORT-1', max_size=30))
def test_places_lie_in_the_text(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in remarks(text))
