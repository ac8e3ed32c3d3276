"""Drafts as small models really write them: marks before and after the stop, several, ranges, lists."""

import pytest

from answering.parse import parse_draft


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("It opened in 1989 [1].", [("It opened in 1989.", (1,))]),
        ("It opened in 1989. [1]", [("It opened in 1989.", (1,))]),
        (
            "It opened [1], [2], [3]. He said so [1] and [2].",
            [("It opened.", (1, 2, 3)), ("He said so.", (1, 2))],
        ),
        ("It opened [1][2]. It closed [2, 4].", [("It opened.", (1, 2)), ("It closed.", (2, 4))]),
        ("It opened [1-3].", [("It opened.", (1, 2, 3))]),
        ("Answer: It opened [source 2].", [("It opened.", (2,))]),
        ("One. Two [2].", [("One.", (2,)), ("Two.", (2,))]),
        ("فتح الجدار عام 1989 [1]؟ نعم [2].", [("فتح الجدار عام 1989؟", (1,)), ("نعم.", (2,))]),
        ("It is [1989] by law.", [("It is [1989] by law.", ())]),
        ("", []),
        ("[1]", []),
    ],
)
def test_drafts(draft: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(s.text, s.sources) for s in parse_draft(draft)] == expected
