"""Stories that should not have been shown: killed, on hold, under embargo, or outside the dates asked for.

Found from the story's own record and dates, not by the function that keeps them out. Each must be 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from domain.query import Filters
from domain.story import Status, StoryRecord


class Violation(StrEnum):
    KILLED = "killed"
    WITHHELD = "withheld"
    EMBARGOED = "embargoed"
    AFTER_AS_OF = "after_as_of"  # published after the instant the archive was asked as of
    OUTSIDE_DATES = "outside_dates"  # before "from" or after "to"


_OF_STATUS = {Status.CANCELED: Violation.KILLED, Status.WITHHELD: Violation.WITHHELD}


def violations(
    record: StoryRecord, *, published: datetime, filters: Filters, now: datetime
) -> tuple[Violation, ...]:
    """What is wrong with having shown the version `published` then, of this story, at `now`."""
    found: list[Violation] = []
    if record.status in _OF_STATUS:
        found.append(_OF_STATUS[record.status])
    if record.embargo_until is not None and record.embargo_until > now:
        found.append(Violation.EMBARGOED)
    if filters.as_of is not None and published > filters.as_of:
        found.append(Violation.AFTER_AS_OF)
    too_early = filters.start is not None and published < filters.start
    if too_early or (filters.end is not None and published >= filters.end):
        found.append(Violation.OUTSIDE_DATES)
    return tuple(found)


def count_violations(found: Sequence[str]) -> dict[str, int]:
    """Every kind with its number, 0 included."""
    counted = Counter(found)
    return {kind.value: counted[kind.value] for kind in Violation}
