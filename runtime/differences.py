"""What changed from one text to another, in words.

`differences(a, b)`: the pieces that are not ADDED joined give `a`, those that are not REMOVED give `b`, to the
last character. Paragraphs are matched first and words within those that changed, so that a long story with
one figure mended costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

# Words, white space and signs by themselves: "12%" against "14%" differ in the figure.
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_PARAGRAPHS = re.compile(r"(?s).+?(?:\n\n|\Z)")
# A bit for each pair of words is kept while two texts are compared, 12 MB at most: beyond this, passages that
# changed are shown whole.
MOST_TOKENS = 10_000


class Change(StrEnum):
    NONE = "none"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both have, or one of them."""

    text: str
    change: Change = Change.NONE


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one, what was taken out before what was put in its place."""
    return tuple(_joined(_by_paragraph(before, after)))


def changed(pieces: Sequence[Piece]) -> bool:
    return any(piece.change is not Change.NONE for piece in pieces)


def words_changed(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many words were added, and how many taken out."""
    counted = {
        change: sum(len(re.findall(r"\w+", piece.text)) for piece in pieces if piece.change is change)
        for change in (Change.ADDED, Change.REMOVED)
    }
    return counted[Change.ADDED], counted[Change.REMOVED]


def _by_paragraph(before: str, after: str) -> Iterator[Piece]:
    ours, theirs = _PARAGRAPHS.findall(before), _PARAGRAPHS.findall(after)
    for same, old, new in _runs(ours, theirs):
        if same:
            yield Piece("".join(old))
        else:
            yield from _by_word("".join(old), "".join(new))


def _by_word(before: str, after: str) -> Iterator[Piece]:
    ours, theirs = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(ours), len(theirs)) > MOST_TOKENS:
        yield from (Piece(before, Change.REMOVED), Piece(after, Change.ADDED))
        return
    for same, old, new in _runs(ours, theirs):
        if same:
            yield Piece("".join(old))
        else:
            yield from (Piece("".join(old), Change.REMOVED), Piece("".join(new), Change.ADDED))


def _runs(ours: list[str], theirs: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    """What both have, and between that what stood there before and what stands there now."""
    old: list[str] = []
    new: list[str] = []
    for one in Indel.opcodes(ours, theirs):
        if one.tag == "equal":
            if old or new:
                yield False, old, new
                old, new = [], []
            yield True, ours[one.src_start : one.src_end], theirs[one.dest_start : one.dest_end]
        else:
            old += ours[one.src_start : one.src_end]
            new += theirs[one.dest_start : one.dest_end]
    if old or new:
        yield False, old, new


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """A space that two changed words have in common is part of the change: "a b" to "c d" reads as one."""
    removed, added = "", ""
    gap = ""
    for piece in pieces:
        if (
            piece.change is Change.NONE
            and (removed or added)
            and piece.text.isspace()
            and "\n" not in piece.text
        ):
            gap += piece.text
        elif piece.change is Change.NONE:
            yield from _change(removed, added)
            yield Piece(gap + piece.text)
            removed, added, gap = "", "", ""
        else:
            if removed or added:
                removed, added = removed + gap, added + gap
            elif gap:
                yield Piece(gap)
            gap = ""
            if piece.change is Change.REMOVED:
                removed += piece.text
            else:
                added += piece.text
    yield from _change(removed, added)
    if gap:
        yield Piece(gap)


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece(removed, Change.REMOVED)
    if added:
        yield Piece(added, Change.ADDED)
