"""What can be set about answering. Values only; `runtime` reads them from the settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from answering.outcome import Limits
from answering.verify import Thresholds

# Tokens of stories in a prompt. A 1.5B model on 2 cores reads 60 to 100 tokens a second, so 500 tokens are
# 5 to 8 seconds: about what a reader waits for. A machine with a GPU sets it far higher.
STORY_TOKENS = 500
ANSWER_TOKENS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOptions:
    """How much is read, how much is written, and how strict the check is."""

    extractive: bool = False  # quote the best sentences even where a model is at hand
    evidence: int = 8  # stories offered to the packer
    budget: int | None = None  # tokens of stories in the prompt; None: STORY_TOKENS
    max_wait: float | None = None  # seconds of reading at most, turned into tokens by the measured rate
    max_tokens: int = ANSWER_TOKENS  # tokens of the answer at most
    thresholds: Thresholds = field(default_factory=Thresholds)
    limits: Limits = field(default_factory=Limits)
