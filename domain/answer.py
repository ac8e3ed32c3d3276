"""An answer: sentences, each with a verdict and the exact words it rests on.

Only `answering.citations` makes a Citation, and only after finding the quote in the
stored text: `quote == body[start:end]` of that version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.query import Hit, Query


class Verdict(StrEnum):
    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"


class Outcome(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"
    DISPUTED = "disputed"
    NOT_IN_ARCHIVE = "not_in_archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact words of one version of one story: quote == body[start:end]."""

    guid: str
    version: int
    published: datetime
    start: int
    end: int
    quote: str
    provider: str
    headline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFigure:
    """The figure that a sentence gives where sources differ, as the sentence words it and as a number."""

    words: str
    value: float
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the answer, what the check said of it and why, and its citations."""

    text: str
    verdict: Verdict
    citations: tuple[Citation, ...] = ()
    reasons: tuple[str, ...] = ()  # readable: "the story says 12 percent, not 21"
    figure: StatedFigure | None = None  # of a disputed answer's sequence of figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCount:
    prompt: int = 0
    generated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Joules of one answer: by the processor's own meter, otherwise estimated from processor seconds."""

    joules: float
    measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """Wall-clock seconds from the question: evidence ready, first word, answer complete."""

    retrieve: float
    first_token: float | None
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the reader is given. `model` is None when the answer was extracted without one."""

    question: str
    outcome: Outcome
    text: str
    sentences: tuple[Sentence, ...]
    withheld: tuple[Sentence, ...]
    evidence: tuple[Hit, ...]
    query: Query
    model: str | None
    tokens: TokenCount
    seconds: Seconds
    language: str
    energy: Energy | None = None
    answer_id: int | None = None  # set once stored
    model_error: str | None = None  # why the model gave nothing, where one was asked; the stories are quoted


def numbered(answer: Answer) -> dict[Citation, int]:
    """The citations of the sentences that stand, from 1, in the order in which they come: [1] is the same everywhere."""
    numbers: dict[Citation, int] = {}
    for sentence in answer.sentences:
        for citation in sentence.citations:
            numbers.setdefault(citation, len(numbers) + 1)
    return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """First of a stream: the ranked stories, before a word is generated.

    It may come twice: at once, in the order of a first look, and once `settled`, which is what is read.
    """

    hits: tuple[Hit, ...]
    query: Query
    seconds: float
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """A piece of the draft, as it is generated and not yet checked."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReady:
    """Last event of a stream: the checked answer."""

    answer: Answer


AnswerEvent = EvidenceFound | TextDelta | AnswerReady


def checked_answer(events: Iterable[AnswerEvent]) -> Answer:
    """The answer that a stream ends with; what leads to it is passed over."""
    for event in events:
        if isinstance(event, AnswerReady):
            return event.answer
    raise AssertionError("a stream ends with AnswerReady")
