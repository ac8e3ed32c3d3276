"""The interval against scipy's bootstrap, and where there is nothing to draw from."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from evaluation.bootstrap import MANY, interval


def test_it_agrees_with_scipy() -> None:
    values = np.random.default_rng(5).uniform(0, 1, 80)
    theirs = bootstrap((values,), np.mean, method="percentile", n_resamples=5_000, rng=1).confidence_interval
    found = interval(values.tolist())
    assert found == pytest.approx((theirs.low, theirs.high), abs=0.01)


@pytest.mark.parametrize("kind", ["shares", "yes_and_no"])
def test_many_values_give_what_drawing_each_would(kind: str) -> None:
    drawn = np.random.default_rng(5).uniform(0, 1, MANY + 500)
    values = drawn if kind == "shares" else (drawn < 0.8).astype(float)
    theirs = bootstrap((values,), np.mean, method="percentile", n_resamples=10_000, rng=1).confidence_interval
    found = interval(values.tolist())
    assert found == pytest.approx((theirs.low, theirs.high), abs=0.002)  # the interval is .02 to .03 wide
    assert found == interval(values.tolist())


def test_it_is_the_same_every_time() -> None:
    assert interval([0.0, 1.0, 1.0]) == interval([0.0, 1.0, 1.0])


def test_equal_values_leave_no_room() -> None:
    assert interval([0.5] * 9) == (0.5, 0.5)
    assert interval([1.0]) is None
    assert interval([]) is None
