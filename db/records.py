"""The values that cross the store's door and belong to it alone; stories and answers are domain's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from domain.answer import Energy, Outcome, Seconds, StatedFigure, TokenCount, Verdict
from domain.query import Hit, Query
from domain.story import Directive, Passage, Rejected, Version

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedVersion:
    """A version ready to be stored, with the passages cut from its body.

    `version.version` below 1 means that the source gave no reliable number: the next free one is used.
    """

    version: Version
    passages: tuple[Passage, ...] = ()


BatchItem = PreparedVersion | Directive | Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCounts:
    """What became of the items of a batch: each is in exactly one of new … quarantined.

    A version or directive that takes a story off (killed or held) counts as killed, and as nothing else.
    A directive that lifts or corrects counts as updated; one seen before, waiting or without effect, as
    unchanged.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    killed: int = 0
    quarantined: int = 0
    passages: int = 0

    def __add__(self, other: BatchCounts) -> BatchCounts:
        return BatchCounts(
            new=self.new + other.new,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            killed=self.killed + other.killed,
            quarantined=self.quarantined + other.quarantined,
            passages=self.passages + other.passages,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How many stories there are, in all and by language and provider of their current version."""

    stories: int
    by_language: dict[str, int]
    by_provider: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCounts:
    """How much the archive holds. Languages and providers count stories ("und": language not known)."""

    stories: int
    versions: int
    passages: int
    pending: int
    quarantined: int
    killed: int
    withheld: int
    by_language: Mapping[str, int] = field(default_factory=dict)
    by_provider: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An item in quarantine: where it was read, why it was refused, what would mend it."""

    failure_id: int
    path: str
    position: int
    reason: str
    remedy: str
    excerpt: bytes
    first_seen: datetime
    last_seen: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingDirective:
    """A kill, hold, lift or correction whose story is not known yet; `note` says why it waits."""

    directive_id: int
    directive: Directive
    received_at: datetime
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleReason:
    """Why a stored answer no longer stands: `cause` is killed, withheld, embargoed or corrected."""

    cause: str
    guid: str
    provider: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCitation:
    """Where a sentence of a stored answer points. The words are body[start:end] of that version."""

    version_id: int
    guid: str
    provider: str
    version: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSentence:
    text: str
    verdict: Verdict
    withheld: bool
    reasons: tuple[str, ...]
    citations: tuple[StoredCitation, ...]
    figure: StatedFigure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer given earlier. `text` is None when it quotes a story that may no longer be read."""

    answer_id: int
    asked_at: datetime
    question: str
    outcome: Outcome
    text: str | None
    language: str
    model: str | None
    settings: Mapping[str, str]
    stale: tuple[StaleReason, ...]
    query: Query
    tokens: TokenCount
    seconds: Seconds
    energy: Energy | None
    asked_by: str | None
    shared: bool  # others than `asked_by` may open it
    sentences: tuple[StoredSentence, ...] = ()  # this and the next filled by `StoryStore.answer` alone
    evidence: tuple[Hit, ...] = ()  # best first, less the stories that may not be read now

    @property
    def withdrawn(self) -> bool:
        """It cites a story that may not be read: nothing of its text is given."""
        return self.text is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSeconds:
    """What one answer took from the question on; `first_token` is None of one quoted without a model."""

    retrieve: float
    first_token: float | None
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTotals:
    """Sums over the stored answers of one model; `model` is None for those quoted without one.

    `joules_estimated` is the part of `joules` that no meter measured.
    """

    model: str | None
    answers: int
    declined: int  # not in the archive
    prompt_tokens: int
    generated_tokens: int
    seconds: float
    joules: float
    joules_estimated: float
    first_asked: datetime
    last_asked: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A name not to be shown, by whose order and why."""

    name: str
    reason: str
    actor: str
    since: datetime
