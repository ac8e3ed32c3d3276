"""Text folded for matching, with the way back: every folded offset maps to one of the original.

Folding drops case, accents, Arabic vowel marks and tatweel; joins the shapes of alif, ya and ta
marbuta; turns every decimal digit into ASCII, every dash into "-", every apostrophe into "'", every
run of white space into one " ", or "\\n" where it breaks a paragraph. So "FÉVRIER", "février" and
"fevrier" are one, composed or decomposed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_SINGLE = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": "",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "〜": "~", "～": "~",
    "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\ufeff": "", "\u00ad": "",
    "º": "º", "ª": "ª", "…": "…",
}  # fmt: skip
_PARAGRAPH = re.compile(r"\n[ \t\r\f\v]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """`text` is what is matched against; `original[slice of span(a, b)]` is what a reader wrote."""

    original: str
    text: str
    origins: tuple[int, ...] | None  # None where folding changed no length

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of a folded slice, marks that folding dropped included."""
        if self.origins is None:
            return start, end
        first = self.origins[start] if start < len(self.origins) else len(self.original)
        last = self.origins[end] if end < len(self.origins) else len(self.original)
        # one letter folded into two ("ß" to "ss") is never cut
        return first, max(last, self.origins[end - 1] + 1) if end > start else last


def fold(text: str) -> Folded:
    pieces = [_fold_character(character) for character in text]
    if "  " in "".join(pieces):
        pieces = _single_spaced(pieces)
    folded = "".join(pieces)
    origins = None
    if len(folded) != len(text) or any(len(piece) != 1 for piece in pieces):
        origins = tuple(at for at, piece in enumerate(pieces) for _ in piece)
    if "\n" in text:
        for gap in _PARAGRAPH.finditer(text):
            place = gap.start() if origins is None else _last_at_or_before(origins, gap.start())
            folded = f"{folded[:place]}\n{folded[place + 1 :]}"
    return Folded(original=text, text=folded, origins=origins)


def _single_spaced(pieces: list[str]) -> list[str]:
    spaced, after_space = [], False
    for piece in pieces:
        spaced.append("" if piece == " " and after_space else piece)
        if piece:
            after_space = piece == " "
    return spaced


def fold_key(text: str) -> str:
    """A table's entry as the folded text would show it."""
    return fold(text).text


def _last_at_or_before(origins: tuple[int, ...], at: int) -> int:
    """The folded offset of what stands at `at`, or of the space that took it in."""
    return bisect_right(origins, at) - 1


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _SINGLE:
        return _SINGLE[character]
    if character.isspace():
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character < "\x80":
        return character.lower()
    if unicodedata.combining(character):
        # kana voicing marks distinguish words; Latin accents and Arabic vowels don't
        return character if character in "\u3099\u309a" else ""
    if "\u3040" <= character <= "\u9fff":
        return character
    folded = unicodedata.normalize("NFKD", character.casefold())
    return "".join(_SINGLE.get(c, c) for c in folded if not unicodedata.combining(c))
