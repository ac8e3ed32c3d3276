"""The paired randomisation test against scipy's, which counts every flip where there are few."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, permutation_test

from evaluation.significance import FEW, holm, randomisation_p


@pytest.mark.parametrize("lift", [0.0, 0.05, 0.2])
def test_it_agrees_with_scipy(lift: float) -> None:
    random = np.random.default_rng(3)
    theirs = random.uniform(0, 1, 12)
    ours = theirs + lift + random.normal(0, 0.1, 12)
    exact = permutation_test(
        (ours, theirs), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=np.inf
    )
    assert randomisation_p(ours.tolist(), theirs.tolist()) == pytest.approx(exact.pvalue, abs=0.02)


@pytest.mark.parametrize("steps", [1, 3, None], ids=["right or wrong", "thirds", "any value"])
@pytest.mark.parametrize("lift", [0.0, 0.015, 0.03])
def test_many_questions_come_out_as_their_normal_distribution(steps: int | None, lift: float) -> None:
    """So many flips sum up to a normal deviate of the root of the sum of squares, but for the steps between sums."""
    random = np.random.default_rng(5)
    theirs, chance = random.uniform(0, 1, (2, FEW + 3_000))
    ours = np.clip(np.where(chance < 0.5, theirs, random.uniform(0, 1, theirs.size)) + lift, 0, 1)
    if steps:
        ours, theirs = (ours * steps).round() / steps, (theirs * steps).round() / steps
    differences = ours - theirs
    expected = 2 * norm.sf(abs(differences.sum()) / np.sqrt((differences**2).sum()))
    assert randomisation_p(ours.tolist(), theirs.tolist()) == pytest.approx(expected, abs=0.03)


def test_equal_systems_are_never_apart() -> None:
    assert randomisation_p([0.5, 1.0, 0.0], [0.5, 1.0, 0.0]) == 1.0


def test_one_question_proves_nothing() -> None:
    assert randomisation_p([1.0, 0.3], [0.0, 0.3]) == pytest.approx(1.0)


def test_thirty_better_of_thirty_is_not_luck() -> None:
    assert randomisation_p([0.9] * 30, [0.8] * 30) < 0.001


def test_holm_by_hand() -> None:
    # Ordered .01 × 3, .02 × 2, .03 × 1; the last may not come out below the one before it.
    assert holm({"c": 0.03, "a": 0.01, "b": 0.02}) == pytest.approx({"c": 0.04, "a": 0.03, "b": 0.04})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}
