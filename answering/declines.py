"""Recognises a sentence in which the model says that it has no answer, in six languages.

Such a sentence is never shown nor cited: it is the model declining, and counts as that. The patterns
stand in lexicons/declines.toml.
"""

from __future__ import annotations

import re
from functools import cache

from answering.folding import fold
from answering.lexicon import read_patterns


def is_decline(sentence: str) -> bool:
    """Whether the sentence speaks of the sources' silence instead of the news."""
    return bool(_pattern().search(fold(sentence)))


@cache
def _pattern() -> re.Pattern[str]:
    listed = read_patterns("declines")
    return re.compile("|".join(f"(?:{p})" for patterns in listed.values() for p in patterns))
