"""Fusion against sums done by hand, and its bounds for any scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import Weights, fuse, min_max, reciprocal_rank, share_of_best


def test_reciprocal_rank_by_hand() -> None:
    fused = reciprocal_rank([[1, 2, 3], [3, 1]])
    assert fused == pytest.approx({1: 1 / 61 + 1 / 62, 2: 1 / 62, 3: 1 / 63 + 1 / 61})


def test_reciprocal_rank_weights_and_k() -> None:
    assert reciprocal_rank([[1], [1, 2]], weights=[2, 1], k=10) == pytest.approx({1: 3 / 11, 2: 1 / 12})


def test_min_max_by_hand() -> None:
    assert min_max({1: 0.9, 2: 0.8, 3: 0.7}) == pytest.approx({1: 1.0, 2: 0.5, 3: 0.0})
    assert min_max({1: 0.9, 2: 0.8, 3: 0.7}, among=2) == pytest.approx({1: 1.0, 2: 0.0, 3: -1.0})
    assert min_max({}) == {}
    assert min_max({1: 2.0, 2: 2.0}) == {1: 1.0, 2: 1.0}


def test_share_of_best_by_hand() -> None:
    assert share_of_best({3: 12.0, 4: 3.0}) == pytest.approx({3: 1.0, 4: 0.25})
    assert share_of_best({}) == {}


def test_fused_by_hand() -> None:
    halves = Weights(own_language=0.5, other_language=1.0)
    dense = {1: 0.9, 2: 0.8, 3: 0.7}
    lexical = {3: 12.0, 4: 3.0}
    assert fuse(dense, lexical, weights=halves) == pytest.approx({1: 0.5, 2: 0.25, 3: 0.5, 4: 0.125})
    across = fuse(dense, lexical, foreign={1, 3}, weights=halves)
    assert across == pytest.approx({1: 1.0, 2: 0.25, 3: 0.0, 4: 0.125}), "foreign: by meaning alone"


scores = st.dictionaries(st.integers(1, 30), st.floats(0.125, 100), max_size=20)


@given(dense=scores, lexical=scores, foreign=st.sets(st.integers(1, 30)))
def test_fused_bounds(dense: dict[int, float], lexical: dict[int, float], foreign: set[int]) -> None:
    fused = fuse(dense, lexical, foreign=foreign)
    assert set(fused) == set(dense) | set(lexical)
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())


@given(dense=scores)
def test_one_half_alone_keeps_its_order(dense: dict[int, float]) -> None:
    fused = fuse(dense, {})
    for first in dense:
        for second in dense:
            assert dense[first] <= dense[second] or fused[first] >= fused[second]


def test_what_is_asked_for_beyond_the_first_hundred_changes_no_order_among_them() -> None:
    dense = {number: 1.0 - number / 1000 for number in range(400)}
    lexical = dict.fromkeys(range(0, 400, 7), 10.0)
    shallow = fuse({n: s for n, s in dense.items() if n < 100}, lexical)
    deep = fuse(dense, lexical)
    near = list(range(100))
    assert sorted(near, key=lambda n: -shallow[n]) == sorted(near, key=lambda n: -deep[n])
