"""The dense index returns what numpy finds by brute force, whatever is filtered, hidden, split or merged."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import IndexMissing, IndexStale
from retrieval.dense import build as building
from retrieval.dense import search as searching
from retrieval.dense.index import MERGED_AT_ONCE, DenseIndex
from retrieval.dense.lookup import vectors_by_id
from retrieval.dense.manifest import EXACT
from retrieval.dense.rows import Rows
from retrieval.dense.search import search
from retrieval.scope import Scope
from tests.retrieval.random_rows import DIMENSIONS, KINDS, LANGUAGES, PROVIDERS, allowed, random_rows, scope

ROWS = random_rows(900, seed=7)
TOKENS = itertools.count(1)


def by_brute_force(rows: Rows, query: np.ndarray, limits: Scope, depth: int) -> list[int]:
    """Nearest allowed rows by numpy, on vectors rounded to half precision as the index keeps them."""
    kept = rows.vectors.astype(np.float16).astype(np.float32)
    scores = np.where(allowed(rows, limits), kept @ query, -np.inf)
    order = np.lexsort((rows.passage_ids, -scores))
    return [int(rows.passage_ids[place]) for place in order[:depth] if np.isfinite(scores[place])]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> DenseIndex:
    built = DenseIndex.create(tmp_path_factory.mktemp("dense"), dimensions=DIMENSIONS)
    for start in range(0, len(ROWS), 300):
        built.append(ROWS.take(np.arange(start, start + 300)))
    return built


limits_drawn = st.builds(
    lambda instants, languages, providers, kinds, hidden: scope(
        since=min(instants) if instants else None,
        until=max(instants) if len(instants) == 2 else None,
        languages=languages,
        providers=providers,
        kinds=kinds,
        hidden=np.array(sorted(hidden), dtype=np.int64),
        token=next(TOKENS),
    ),
    st.lists(st.sampled_from(ROWS.published.tolist()), max_size=2),
    st.frozensets(st.sampled_from((*LANGUAGES, "zz"))),
    st.frozensets(st.sampled_from((*PROVIDERS, "Nobody"))),
    st.frozensets(st.sampled_from(KINDS)),
    st.frozensets(st.sampled_from(ROWS.version_ids.tolist()), max_size=250),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=limits_drawn, seed=st.integers(0, 50), depth=st.sampled_from([1, 7, 100, 2000]))
def test_search_equals_brute_force(index: DenseIndex, limits: Scope, seed: int, depth: int) -> None:
    query = random_rows(1, seed=1000 + seed).vectors[0]
    found = index.search(query, depth=depth, scope=limits)
    assert found.passage_ids.tolist() == by_brute_force(ROWS, query, limits, depth)


def test_scores_are_cosines(index: DenseIndex) -> None:
    query = ROWS.vectors[17]
    found = index.search(query, depth=5, scope=scope())
    assert found.passage_ids[0] == ROWS.passage_ids[17]
    expected = [float(ROWS.vectors[i - 1] @ query) for i in found.passage_ids.tolist()]
    assert found.scores.tolist() == pytest.approx(expected, abs=1e-3)


def test_merging_changes_no_result(tmp_path: Path) -> None:
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    size = len(ROWS) // 20
    for start in range(0, len(ROWS), size):
        built.append(ROWS.take(np.arange(start, min(start + size, len(ROWS)))))
    query = random_rows(1, seed=3).vectors[0]
    limits = scope(languages=frozenset({"fr"}), hidden=ROWS.version_ids[:200], token=next(TOKENS))
    reader = DenseIndex(tmp_path, dimensions=DIMENSIONS)
    before = reader.search(query, depth=50, scope=limits)
    many = len(built.segments())
    assert built.merge() >= MERGED_AT_ONCE
    built.sweep()
    after = reader.search(query, depth=50, scope=limits)
    assert len(reader.segments()) < many
    assert after.passage_ids.tolist() == before.passage_ids.tolist()
    assert len(reader) == len(ROWS)
    assert built.problems() == []


def test_a_reader_keeps_its_files_while_they_are_merged_away(tmp_path: Path) -> None:
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    one_year = ROWS.take(np.flatnonzero(ROWS.published < np.quantile(ROWS.published, 0.15)))
    for place in range(MERGED_AT_ONCE):
        built.append(one_year.take(np.array([place])))
    held = built.segments()
    built.merge()
    built.sweep()
    assert not held[0].folder.exists()
    found = [int(search([s], one_year.vectors[0], depth=1, scope=scope()).passage_ids[0]) for s in held]
    assert found == one_year.passage_ids[:MERGED_AT_ONCE].tolist()


def test_contains_tells_held_from_absent(index: DenseIndex) -> None:
    assert index.contains([1, 900, 901, 0, 450]).tolist() == [True, True, False, False, True]


@pytest.mark.parametrize("order", ["rising", "shuffled"])
def test_a_passage_is_found_by_its_id_in_any_order_of_rows(tmp_path: Path, order: str) -> None:
    """Ids 1, 3, 5 … are held, in segments whose ranges overlap or do not; the others are not."""
    rows = replace(random_rows(240, seed=9), passage_ids=np.arange(240, dtype=np.int64) * 2 + 1)
    places = np.arange(240) if order == "rising" else np.random.default_rng(0).permutation(240)
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    for start in range(0, 240, 80):
        built.append(rows.take(places[start : start + 80]))
    built.settle()
    assert all(segment.manifest.ascending for segment in built.segments()) is (order == "rising")
    assert built.contains(range(-1, 484)).tolist() == [i % 2 == 1 and 0 < i < 480 for i in range(-1, 484)]
    found = vectors_by_id(built, range(-1, 484))
    assert sorted(found) == rows.passage_ids.tolist()
    for at, passage_id in enumerate(rows.passage_ids.tolist()):
        assert found[passage_id] == pytest.approx(rows.vectors[at], abs=1e-3)


def test_a_half_written_segment_is_not_listed_and_is_swept(tmp_path: Path) -> None:
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    built.append(ROWS.take(np.arange(5)))
    (tmp_path / ".1987-dead").mkdir()
    (tmp_path / "1987-whole-but-unlisted").mkdir()
    assert len(DenseIndex(tmp_path, dimensions=DIMENSIONS)) == 5
    built.sweep()
    assert not (tmp_path / ".1987-dead").exists()
    assert not (tmp_path / "1987-whole-but-unlisted").exists()
    assert len(built) == 5


def test_damage_is_named(tmp_path: Path) -> None:
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    built.append(ROWS.take(np.arange(5)))
    vectors = next(iter(built.segments())).folder / EXACT
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    assert any("digest differs" in problem for problem in built.problems())


def test_a_missing_segment_is_an_index_fault(tmp_path: Path) -> None:
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    built.append(ROWS.take(np.arange(5)))
    segment = built.segments()[0].folder
    (segment / EXACT).unlink()
    with pytest.raises(IndexStale, match="cannot be opened"):
        DenseIndex(tmp_path, dimensions=DIMENSIONS).segments()
    segment.rename(tmp_path / "elsewhere")
    with pytest.raises(IndexMissing):
        DenseIndex(tmp_path, dimensions=DIMENSIONS).segments()


@pytest.mark.parametrize("share", [1.0, 0.5, 0.01])
def test_a_compressed_segment_loses_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    """Recall@10 against brute force of lists and codes, over all rows and within filters of either size."""
    monkeypatch.setattr(building, "COMPRESSED_FROM_ROWS", 5000)
    monkeypatch.setattr(searching, "EXACT_SCAN_ROWS", 1000)
    monkeypatch.setattr(searching, "LEAST_PROBED_ROWS", 0)
    rng = np.random.default_rng(5)
    centres = rng.standard_normal((60, DIMENSIONS))
    drawn = random_rows(6000, seed=11)
    vectors = centres[rng.integers(60, size=6000)] + 0.5 * rng.standard_normal((6000, DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    year = np.full(6000, drawn.published.min())
    rows = replace(drawn, vectors=vectors.astype(np.float32), published=year + np.arange(6000))
    built = DenseIndex.create(tmp_path, dimensions=DIMENSIONS)
    built.append(rows)
    assert [segment.is_compressed for segment in built.segments()] == [True]
    limits = scope(until=int(year[0] + 6000 * share), hidden=rows.version_ids[:30], token=next(TOKENS))
    kept = allowed(rows, limits)
    found = wanted = 0
    for place in rng.choice(6000, size=50, replace=False):
        query = rows.vectors[place] + 0.1 * rng.standard_normal(DIMENSIONS).astype(np.float32)
        exact = set(by_brute_force(rows, query, limits, 10))
        near = built.search(query, depth=10, scope=limits).passage_ids.tolist()
        assert all(kept[i - 1] for i in near)
        found += len(exact & set(near))
        wanted += len(exact)
    assert found / wanted >= 0.97
