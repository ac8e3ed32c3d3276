"""What every side is given alike: the stories, how many passages, prompts in batches, the cores."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

TOP = 4  # passages: what LangChain's similarity_search gives as it comes
BATCH_TOKENS = 512  # of a prompt evaluated at once; LangChain's own default is 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStory:
    """A story as a side other than Dépêche is given it: read, cleaned and dated already."""

    guid: str
    version: int
    published: datetime
    headline: str | None
    body: str


def threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
