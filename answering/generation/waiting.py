"""How much may be read so that nobody waits longer than they said: seconds into tokens.

The rate is the one measured on this machine: in the last answer, before that at the model's first start. A
model whose rate is not known yet is given what it is given without a limit.
"""

from __future__ import annotations

from domain.protocols import Generator

# Fewer tells a model nothing: two or three sentences with their headline.
LEAST_TOKENS = 100


def tokens_within(seconds: float, generator: Generator) -> int | None:
    """Tokens of stories that are read within so many seconds; None where the model's rate is not known."""
    generator.count_tokens("")  # a model that is still loading knows its rate afterwards
    rate: float | None = getattr(generator, "prefill_rate", None)
    return None if rate is None else max(LEAST_TOKENS, int(rate * seconds))


def budget_for(generator: Generator, *, budget: int | None, otherwise: int, max_wait: float | None) -> int:
    """Tokens of stories in a prompt: `budget`, or `otherwise`; with `max_wait` what is read by then.

    A budget that was given is not exceeded for patience's sake.
    """
    affordable = None if max_wait is None else tokens_within(max_wait, generator)
    if affordable is None:
        return budget or otherwise
    return affordable if budget is None else min(budget, affordable)
