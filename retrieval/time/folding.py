"""Text folded for matching, with the way back: every folded offset maps to one of the original.

Folding drops case, accents, Arabic vowel marks and tatweel; joins the shapes of alif, ya and ta
marbuta; turns every decimal digit into ASCII, every dash into "-", every apostrophe into "'" and
every white space but a paragraph break into " ". So "FÉVRIER", "février" and "fevrier" are one,
composed or decomposed.
"""

from __future__ import annotations

import re
import unicodedata
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
    folded = "".join(pieces)
    origins = None
    if len(folded) != len(text) or any(len(piece) != 1 for piece in pieces):
        origins = tuple(at for at, piece in enumerate(pieces) for _ in piece)
    if "\n" in text:
        for gap in _PARAGRAPH.finditer(text):
            at = gap.start()
            place = at if origins is None else _first_at_or_after(origins, at)
            folded = f"{folded[:place]}\n{folded[place + 1 :]}"
    return Folded(original=text, text=folded, origins=origins)


def fold_key(text: str) -> str:
    """A table's entry as the folded text would show it."""
    return fold(text).text


def _first_at_or_after(origins: tuple[int, ...], at: int) -> int:
    low, high = 0, len(origins)
    while low < high:
        middle = (low + high) // 2
        if origins[middle] < at:
            low = middle + 1
        else:
            high = middle
    return low


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
