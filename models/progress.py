"""How a long transfer tells where it is: bytes done, bytes in all (0 when unknown), and words for people."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]


def silent(done: int, total: int, words: str) -> None:
    """For callers that show nothing."""
