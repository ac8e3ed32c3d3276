"""An excerpt is a slice of the text, no longer than allowed, with its marks in their places."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.excerpts import excerpt

# On a machine that has other work, time says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

LONG = (
    "Filler words stand here. " * 20 + "Then the dockers of the port struck. " + "More filler follows. " * 20
)


@PATIENT
@given(
    st.text(alphabet="ab  .", max_size=300), st.lists(st.integers(0, 299), max_size=6), st.integers(80, 200)
)
def test_what_is_marked_is_what_was_marked(text: str, edges: list[int], longest: int) -> None:
    marks = sorted({edge for edge in edges if edge < len(text)})
    spans = list(zip(marks[::2], marks[1::2], strict=False))
    found = excerpt(text, spans, longest=longest)
    assert found.text in text
    assert len(found.text) <= max(longest, len(text) if len(text) <= longest else 0)
    whole = {text[start:end] for start, end in spans}
    assert all(any(found.text[start:end] in one for one in whole) for start, end in found.spans)
    if not found.is_cut_before and not found.is_cut_after:
        assert found.text == text
        assert list(found.spans) == spans


def test_it_stands_where_the_marks_are_and_begins_with_a_word() -> None:
    spans = [
        (LONG.index("dockers"), LONG.index("dockers") + 7),
        (LONG.index("struck"), LONG.index("struck") + 6),
    ]
    found = excerpt(LONG, spans, longest=200)
    assert [found.text[start:end] for start, end in found.spans] == ["dockers", "struck"]
    assert found.is_cut_before
    assert found.is_cut_after
    assert found.text.split()[0] in {"Filler", "words", "stand", "here."}
    assert not found.text.endswith(" ")


def test_without_marks_it_is_the_beginning() -> None:
    found = excerpt(LONG, [], longest=100)
    assert LONG.startswith(found.text)
    assert not found.is_cut_before
