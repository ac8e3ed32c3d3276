"""One spelling for comparing: lower case, no accents, ASCII digits, one form of each Arabic letter.

`fold` is idempotent. The folded text may be shorter than the original, so offsets into it are never
offsets into a story.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_ARABIC = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ة": "ه",
    "ک": "ك",
    "ؤ": "و",
    "ئ": "ئ",
    "ـ": "",
}
_PUNCTUATION = {
    **dict.fromkeys("’‘ʼ´", "'"),
    **dict.fromkeys("–—−‐‑", "-"),
    "⁄": "/",
    "٪": "%",
    "٫": ".",
    "٬": ",",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "ß": "ss",
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
}


class _Folding(dict[int, str]):
    """A translation table filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _ARABIC:
            folded = _ARABIC[character]
        elif character.isspace():
            folded = "\n" if character == "\n" else " "
        else:
            decomposed = unicodedata.normalize("NFKD", character.casefold())
            kept = (c for c in decomposed if not unicodedata.combining(c) and not _is_format(c))
            folded = "".join(_ascii_digit(_PUNCTUATION.get(c, _ARABIC.get(c, c))) for c in kept)
        self[code] = folded
        return folded


def _is_format(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _ascii_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() and not character.isascii() else character


_TABLE = _Folding({ord(k): v for k, v in _PUNCTUATION.items()})


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """The comparable form of `text`; white space stays, one character for one."""
    # Composed first: "ئ" written as two code points must fold as the one.
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def fold_words(listed: str) -> frozenset[str]:
    """The folded words of a list written as a text."""
    return frozenset(fold(listed).split())


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The consonants of a name in Latin letters: "Mandela" and "مانديلا" give the same "mntl".

    Vowels go, and the letters that are vowels in one language and not in another (w, y, h); letters
    that transliterations confuse fall together; doubled ones count once.
    """
    # و and ي are long vowels, or nearly always.
    latin = anyascii(word.replace("و", "").replace("ي", "")).casefold()
    latin = re.sub(r"c(?=[eiy])", "s", latin)
    for variants, letter in _SOUNDS:
        for variant in variants:
            latin = latin.replace(variant, letter)
    kept = [c for c in latin if c.isalpha() and c not in "aeiouywh"]
    return "".join(c for i, c in enumerate(kept) if i == 0 or kept[i - 1] != c)


# Longer spellings first.
_SOUNDS = (
    (("tsch", "tch", "tsh", "sch", "sh", "ch", "zh", "x"), "s"),
    (("kh", "ck", "gh", "q", "c", "g", "j"), "k"),
    (("ph", "v"), "f"),
    (("p",), "b"),
    (("th", "dh"), "t"),
    (("z",), "s"),
    (("d",), "t"),
)
