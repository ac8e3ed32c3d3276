"""The dateline at the head of a body: "WASHINGTON, Feb. 26 (Agency) - Profits rose …".

Only looked for where a format has no field of its own. The body is left as it was: the words
are part of what was sent. A miss is a None, never a guess: the place must stand in capitals
before a dash, or before an agency's name in brackets and a dash.
"""

from __future__ import annotations

import re

_DASH = r"(?:--|[-–—]|=)"
_DATELINE = re.compile(
    r"\A[ \t]*"
    r"(?P<place>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+(?:[ /-][A-ZÀ-ÖØ-Þ.'’]+){0,4})"  # PARIS, NEW YORK, SAINT-DENIS
    r"(?P<region>, (?!\d)(?:[A-ZÀ-Þ][\w.’' -]{1,24}?))?"  # ", Italy"
    r"(?:,? (?P<date>\d{1,2}\.? ?(?:er )?[^\W\d_]{3,10}\.?(?: \d{4})?"
    r"|[^\W\d_]{3,10}\.? \d{1,2}(?:, \d{4})?))?"
    rf"(?: ?\([^()\n]{{2,40}}\) ?{_DASH}?| ?{_DASH})\s"
)
_MAX_LENGTH = 120


def find(body: str) -> tuple[str | None, str | None]:
    """(place, date as printed); each None where there is none."""
    match = _DATELINE.match(body, 0, min(len(body), _MAX_LENGTH))
    if not match:
        return None, None
    return match["place"] + (match["region"] or ""), match["date"]
