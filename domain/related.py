"""A story among the others: whether it may be shown, who copied it, and the chain of its event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.story import Kind, Status

URGENT = 2  # urgency 1 is a flash, 2 an urgent; 3 and on are the day's stories


class Standing(StrEnum):
    """Whether a story may be read, and if not, why."""

    SHOWN = "shown"
    KILLED = "killed"
    HELD = "held"
    EMBARGOED = "embargoed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStanding:
    """What everybody may know of a story, whatever became of it; never a word of its text.

    `since`: when it was last killed, held or released. `replaced_by`: the guid of its correction, where that
    was sent under another.
    """

    guid: str
    provider: str
    status: Status
    since: datetime | None
    embargo_until: datetime | None
    replaced_by: str | None
    replaced_at: datetime | None

    def at(self, now: datetime) -> Standing:
        if self.status is Status.CANCELED:
            return Standing.KILLED
        if self.status is Status.WITHHELD:
            return Standing.HELD
        is_embargoed = self.embargo_until is not None and self.embargo_until > now
        return Standing.EMBARGOED if is_embargoed else Standing.SHOWN


class Link(StrEnum):
    """What a story is in the chain of its event, as far as it says so itself."""

    ALERT = "alert"
    URGENT = "urgent"
    LEAD = "lead"
    WRAP = "wrap"
    STORY = "story"


_WRAP = re.compile(
    r"\b(?:WRAP-?UP|WRAP|ROUND-?UP|SYNTH[EÈ]SE|ZUSAMMENFASSUNG|S[IÍ]NTESIS|S[IÍ]NTESE)\b", re.IGNORECASE
)
_LEAD = re.compile(r"\b(?:\d+(?:ST|ND|RD|TH|ER|E|ÈME)?[- ]?)?(?:LEAD|PAPIER G[EÉ]N[EÉ]RAL|PRIMER PLANO)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """A story in a list: its current version, and when its first was sent."""

    guid: str
    provider: str
    version: int
    published: datetime
    first_sent: datetime
    kind: Kind
    urgency: int | None
    language: str | None
    headline: str | None
    slugline: str | None

    @property
    def link(self) -> Link:
        """Alerts by their kind, urgents by their urgency, leads and wraps by the words desks write on them."""
        if self.kind is Kind.ALERT:
            return Link.ALERT
        said = f"{self.slugline or ''} {self.headline or ''}"
        if _WRAP.search(said):
            return Link.WRAP
        if _LEAD.search(said):
            return Link.LEAD
        return Link.URGENT if self.urgency is not None and self.urgency <= URGENT else Link.STORY
