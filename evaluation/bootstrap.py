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


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """None of fewer than two values."""
    if len(values) < 2:
        return None
    numbers = np.asarray(values, dtype=np.float64)
    places = np.random.default_rng(SEED).integers(0, len(numbers), size=(DRAWS, len(numbers)), dtype=np.int32)
    means = numbers[places].mean(axis=1)
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(means, (tail, 100 - tail))
    return round(float(low), 4), round(float(high), 4)
