"""Of an answer that must say several things, the share it says: ALCE's string recall (STR-EM).

Each part counts when one of its wordings stands in the text, word for word after normalising (ALCE looks
for the characters, so that "art" is found in "party"; here it is not).
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.measures.answers import contains


def parts_said(text: str, parts: Sequence[Sequence[str]]) -> float:
    """0 to 1. No parts at all: 0."""
    return sum(contains(text, wordings) for wordings in parts) / len(parts) if parts else 0.0
