"""Whether one run is ahead of another on the same questions, or only lucky."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000  # a p of .05 is then known to ±.004
SEED = 7
_AT_ONCE = 100  # draws held in memory: 80 MB for 100,000 questions
# With more differences than these the same sums come from fewer random numbers (100,000: a batch of signs takes
# 0.17 s, of bits 0.04, of 60 sizes 0.0002); up to them from signs, so that the p of every set so far stays.
FEW = 5_000
ALIKE = 20  # differences of one size, on average, from which on they are drawn together


def randomisation_p(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Two-sided paired randomisation test (Smucker, Allan & Carterette, CIKM 2007).

    The share of sign flips of the questions' differences whose sum is at least as far from zero as
    the one seen; the unflipped one counts, so that p is never 0.
    """
    differences = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    differences = differences[differences != 0]
    if not differences.size:
        return 1.0
    seen = abs(differences.sum())
    draw = _sums(np.random.default_rng(SEED), differences)
    as_far = sum(int((np.abs(draw()) >= seen - 1e-9).sum()) for _ in range(DRAWS // _AT_ONCE))
    return (as_far + 1) / (DRAWS + 1)


def _sums(random: np.random.Generator, differences: NDArray[np.float64]) -> Callable[[], NDArray[np.float64]]:
    """Gives _AT_ONCE sums at each call, each of the differences with signs drawn anew."""
    many = differences.size

    def signs() -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = random.choice((-1.0, 1.0), size=(_AT_ONCE, many)) @ differences
        return drawn

    if many <= FEW:
        return signs
    sizes, counts = np.unique(np.abs(differences).round(9), return_counts=True)

    def alike() -> NDArray[np.float64]:
        """How many of those that differ by as much fall to one side, in place of each one's sign."""
        drawn: NDArray[np.float64] = (
            2 * random.binomial(counts, 0.5, (_AT_ONCE, sizes.size)) - counts
        ) @ sizes
        return drawn

    def bits() -> NDArray[np.float64]:
        bytes_drawn = np.frombuffer(random.bytes(_AT_ONCE * many // 8 + 1), dtype=np.uint8)
        ones = np.unpackbits(bytes_drawn, count=_AT_ONCE * many).reshape(_AT_ONCE, many)
        drawn: NDArray[np.float64] = 2.0 * (ones.astype(np.float64) @ differences) - differences.sum()
        return drawn

    return alike if sizes.size * ALIKE <= many else bits


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Each p adjusted for having looked at all of them (Holm 1979): compare with .05 as it stands.

    The smallest is multiplied by their number m, the next by m − 1, and so on; none comes out smaller
    than one before it, none above 1.
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        largest = max(largest, min(1.0, p * (len(p_values) - place)))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}
