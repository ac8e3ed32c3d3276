"""Fusion against sums done by hand, and its bounds for any scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import min_max, reciprocal_rank


def test_reciprocal_rank_by_hand() -> None:
    fused = reciprocal_rank([[1, 2, 3], [3, 1]])
    assert fused == pytest.approx({1: 1 / 61 + 1 / 62, 2: 1 / 62, 3: 1 / 63 + 1 / 61})


def test_reciprocal_rank_weights_and_k() -> None:
    assert reciprocal_rank([[1], [1, 2]], weights=[2, 1], k=10) == pytest.approx({1: 3 / 11, 2: 1 / 12})


def test_min_max_by_hand() -> None:
    dense = {1: 0.9, 2: 0.8, 3: 0.7}
    lexical = {3: 12.0, 4: 4.0}
    assert min_max([dense, lexical], weights=[0.5, 0.5]) == pytest.approx({1: 0.5, 2: 0.25, 3: 0.5, 4: 0.0})


@pytest.mark.parametrize(
    ("lists", "expected"),
    [([{}, {}], {}), ([{1: 3.0}, {}], {1: 0.5}), ([{1: 2.0, 2: 2.0}, {}], {1: 0.5, 2: 0.5})],
)
def test_min_max_of_little(lists: list[dict[int, float]], expected: dict[int, float]) -> None:
    assert min_max(lists, weights=[0.5, 0.5]) == expected


scores = st.dictionaries(st.integers(1, 30), st.floats(-100, 100), max_size=20)


@given(first=scores, second=scores)
def test_min_max_bounds_and_agreement(first: dict[int, float], second: dict[int, float]) -> None:
    fused = min_max([first, second], weights=[0.5, 0.5])
    assert set(fused) == set(first) | set(second)
    assert all(0 <= score <= 1 for score in fused.values())
    for item in set(first) & set(second):
        assert fused[item] == pytest.approx(
            min_max([first], weights=[0.5])[item] + min_max([second], weights=[0.5])[item]
        )
