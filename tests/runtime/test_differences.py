"""What changed between two texts: nothing is lost, and it is said in words."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.differences import MOST_TOKENS, Change, Piece, changed, differences, words_changed

# On a machine that has other work, time says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.text(alphabet="ab é1%.,\n", max_size=80)


def side(pieces: tuple[Piece, ...], without: Change) -> str:
    return "".join(piece.text for piece in pieces if piece.change is not without)


@PATIENT
@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert side(pieces, Change.ADDED) == before
    assert side(pieces, Change.REMOVED) == after
    assert changed(pieces) == (before != after)
    assert all(piece.text for piece in pieces)


def test_a_figure_mended_is_the_only_change() -> None:
    pieces = differences(
        "Twelve died.\n\nSome 12% rose, traders said.", "Twelve died.\n\nSome 14% rose, traders said."
    )
    assert [piece for piece in pieces if piece.change is not Change.NONE] == [
        Piece("12", Change.REMOVED),
        Piece("14", Change.ADDED),
    ]
    assert words_changed(pieces) == (1, 1)


def test_words_changed_side_by_side_are_one_change() -> None:
    pieces = differences("The red old house stands", "The blue new house stands")
    assert [piece.text for piece in pieces] == ["The ", "red old", "blue new", " house stands"]


def test_a_paragraph_taken_out_leaves_the_others_alone() -> None:
    assert differences("One.\n\nTwo.\n\nThree.", "One.\n\nThree.") == (
        Piece("One.\n\n"),
        Piece("Two.\n\n", Change.REMOVED),
        Piece("Three."),
    )


def test_a_text_beyond_the_limit_is_shown_whole() -> None:
    before, after = "a " * MOST_TOKENS, "b " * MOST_TOKENS
    assert differences(before, after) == (Piece(before, Change.REMOVED), Piece(after, Change.ADDED))
