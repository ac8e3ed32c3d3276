"""The day that a file's path names, for items that carry no date of their own.

Only unmistakable forms, with a year of four digits first: 1987-03-26, 1987_03_26, 19870326, and
folders 1987/03/26 or 1987-03/26. The last such date in the path counts. A path is a name here:
nothing is opened.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ingest.dates import EARLIEST, LATEST

_DAY = re.compile(r"(?<!\d)(\d{4})[-_./]?(0[1-9]|1[0-2])[-_./]?(0[1-9]|[12]\d|3[01])(?!\d)")


def date_in(path: str) -> datetime | None:
    """The first instant of the day, UTC; None where the path names none."""
    for match in reversed(list(_DAY.finditer(path))):
        try:
            day = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
        except ValueError:
            continue
        if EARLIEST <= day <= LATEST:
            return day
    return None
