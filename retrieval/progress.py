"""What indexing reports while it runs, and what a check of the indexes finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexProgress:
    """Passages done and to do in this run, and seconds since it began."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Passages a second so far."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.rate if self.rate > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCheck:
    """Counts on both sides and every disagreement, in words. No problems: the index is whole."""

    passages: int  # in the database, marked as indexed
    pending: int  # in the database, waiting
    dense: int
    lexical: int
    segments: int
    problems: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not self.problems
