"""Hard clues become filters. A filter is only ever narrowed: never widened, never dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from domain.query import Filters, TimeClue


def apply(clues: Iterable[TimeClue], filters: Filters) -> Filters:
    """`filters` within what the hard clues say. Clues that contradict each other leave nothing to find."""
    for clue in clues:
        if not clue.hard:
            continue
        if clue.as_known:
            if clue.end is not None:
                last = clue.end - timedelta(microseconds=1)  # `end` is exclusive, `as_of` inclusive
                filters = replace(filters, as_of=min(filters.as_of, last) if filters.as_of else last)
            continue
        if clue.start is not None:
            filters = replace(filters, start=max(filters.start, clue.start) if filters.start else clue.start)
        if clue.end is not None:
            filters = replace(filters, end=min(filters.end, clue.end) if filters.end else clue.end)
    return filters
