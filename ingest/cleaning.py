"""What stored text never holds: NUL and other control characters, lone surrogates, carriage
returns, invisible marks, blank lines in a row. What it keeps: every visible character, NFC.

Line breaks inside a paragraph are kept (tables, lists); paragraphs are separated by "\\n\\n".
Non-breaking spaces stay: "1 200 000" is one number in French.
"""

from __future__ import annotations

import re
import unicodedata

_REMOVED = (
    *range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0),
    0x00AD,  # soft hyphen
    0x200B, 0x2060, 0xFEFF,  # zero-width space, word joiner, byte-order mark
    *range(0xFFF9, 0xFFFC), 0xFFFE, 0xFFFF,
)  # fmt: skip
_TABLE: dict[int, str | None] = dict.fromkeys(_REMOVED) | {
    0x0C: "\n\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n\n",
}
_UNWANTED = re.compile("[" + "".join(f"\\U{code:08x}" for code in sorted(_TABLE)) + "]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """`text` in NFC without what no stored text holds; white space otherwise as it was."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        # The common case without the two searches, which go character by character.
        if text.replace("\n", " ").replace("\t", " ").isprintable():
            return text
    elif _SURROGATE.search(text):
        # A pair written as two escapes becomes its character; a lone half becomes U+FFFD.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if _UNWANTED.search(text):
        text = text.translate(_TABLE)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def clean_body(text: str) -> str:
    """Paragraphs separated by exactly one blank line; no white space at either end or before a line end."""
    text = "\n".join(line.rstrip() for line in clean(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip()


def clean_line(text: str | None) -> str | None:
    """One line, single spaces; None when nothing is left."""
    if not text:
        return None
    return " ".join(clean(text).split()) or None
