"""How far a mean could have come out otherwise with other questions of the same kind.

Percentile bootstrap over questions: the 2.5th and 97.5th percentile of the means of DRAWS samples drawn
with replacement. Always the same draws for the same number of values, so that a report can be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DRAWS = 2_000  # the bounds of a share over 150 questions then move by less than .01 between seeds
SEED = 7
LEVEL = 95
_AT_ONCE = 50  # draws held in memory: 80 MB for 100,000 questions


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """None of fewer than two values."""
    if len(values) < 2:
        return None
    numbers = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(SEED)
    means = np.concatenate([
        numbers[random.integers(0, len(numbers), size=(_AT_ONCE, len(numbers)))].mean(axis=1)
        for _ in range(DRAWS // _AT_ONCE)
    ])  # fmt: skip
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(means, (tail, 100 - tail))
    return round(float(low), 4), round(float(high), 4)
