"""Bytes to text without losing a story: any bytes decode, and right ones decode rightly.

A byte-order mark decides first, then the encoding declared, then UTF-8. Bytes that are none of
these are read one by one as Windows-1252, which is what old feeds most often meant; the five
values it leaves undefined become U+FFFD.
"""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins like this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("depeche.windows-1252", _as_windows_1252)


def decode(raw: bytes, *, declared: str | None = None) -> str:
    """The text of `raw`. Never fails."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if declared:
        try:
            return raw.decode(declared)
        except (UnicodeDecodeError, LookupError):
            pass  # declared wrongly, or a name Python does not know
    return raw.decode("utf-8", "depeche.windows-1252")
