"""What one generation cost: tokens and seconds, measured where they were spent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Finish(StrEnum):
    """Why the text ends where it does."""

    STOP = "stop"  # the model ended its turn
    LENGTH = "length"  # max_tokens reached
    CANCELLED = "cancelled"  # stop() was true, or the reader left


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Of one stream. `prompt` counts the whole prompt; `cached` of it were still in memory."""

    prompt: int = 0
    cached: int = 0
    generated: int = 0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0
    finish: Finish = Finish.STOP

    @property
    def prefill_rate(self) -> float | None:
        """Prompt tokens evaluated a second; None when too few were evaluated to tell."""
        evaluated = self.prompt - self.cached
        return evaluated / self.prefill_seconds if evaluated >= 16 and self.prefill_seconds > 0 else None

    @property
    def decode_rate(self) -> float | None:
        """Tokens generated a second."""
        return self.generated / self.decode_seconds if self.generated and self.decode_seconds > 0 else None
