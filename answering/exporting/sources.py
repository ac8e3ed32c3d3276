"""What an answer cites, for the formats it is exported in: each story once, in one line, without control characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.answer import Answer, Citation, numbered

# Control characters and overrides of writing direction: a file that is opened elsewhere obeys them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedStory:
    """A version of a story with all that is quoted of it, in the order in which it is cited."""

    first: Citation
    quotes: tuple[str, ...]


def cited_stories(answer: Answer) -> tuple[CitedStory, ...]:
    """Each version once, however many of its words are cited."""
    found: dict[tuple[str, str, int], list[Citation]] = {}
    for one in numbered(answer):
        found.setdefault((one.provider, one.guid, one.version), []).append(one)
    return tuple(
        CitedStory(first=cited[0], quotes=tuple(one_line(one.quote) for one in cited))
        for cited in found.values()
    )


def one_line(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def title(citation: Citation) -> str:
    return one_line(citation.headline or "") or citation.guid
