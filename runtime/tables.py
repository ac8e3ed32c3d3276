"""Lists as CSV that a spreadsheet opens as they are: no cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula, OWASP's list


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark that spreadsheets know it by. Numbers stay numbers, None is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_STARTS):
        return f"'{value}"
    return value
