"""What a check says against a sentence, and what it may look at.

A check is a pure function `check(sentence, span, context) -> list[Objection]`; no objection means
that this check found nothing wrong, not that the sentence is true. A VETO alone makes a sentence
unsupported; DOUBT makes it partly supported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ErrorKind(StrEnum):
    """What is wrong, as in data/verification."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"
    NEGATION = "negation"
    MODALITY = "modality"
    DIRECTION = "direction"
    ROLE = "role"
    ATTRIBUTION = "attribution"
    MEANING = "meaning"


class Severity(StrEnum):
    VETO = "veto"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    kind: ErrorKind
    severity: Severity
    reason: str  # readable: "the story says 12 percent, not 21"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The story around a span, and the languages of the two sides."""

    published: datetime
    body: str = ""
    headline: str | None = None
    place: str | None = None
    people: tuple[str, ...] = ()
    language: str | None = None  # of the story
    claim_language: str | None = None  # of the sentence
    before: str = ""  # the two sentences ahead of the span: what its pronouns stand for

    @property
    def day(self) -> date:
        return self.published.date()

    @property
    def crosses_languages(self) -> bool:
        return None not in (self.language, self.claim_language) and self.language != self.claim_language


def veto(kind: ErrorKind, reason: str) -> Objection:
    return Objection(kind=kind, severity=Severity.VETO, reason=reason)


def doubt(kind: ErrorKind, reason: str) -> Objection:
    return Objection(kind=kind, severity=Severity.DOUBT, reason=reason)
