"""The bits kept between questions are what a look at every row gives, whatever changed in between."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.dense.allowed import AllowedRows, count, pack, places, unpack
from retrieval.dense.manifest import Manifest
from retrieval.dense.rows import Rows
from retrieval.scope import HiddenVersions, Visibility
from tests.retrieval.random_rows import NOW, allowed, random_rows, scope

ROWS = random_rows(333, seed=4, first_id=40)


def filter_of(rows: Rows) -> AllowedRows:
    tables = {name: tuple(sorted(set(getattr(rows, name)))) for name in ("languages", "providers", "kinds")}
    columns = {name: getattr(rows, name) for name in ("passage_ids", "version_ids", "published")}
    for name, table in tables.items():
        columns[name] = np.array([table.index(label) for label in getattr(rows, name)], dtype=np.uint16)
    manifest = Manifest(
        rows=len(rows),
        dimensions=rows.vectors.shape[1],
        period="1985",
        first_published=int(rows.published.min()),
        last_published=int(rows.published.max()),
        first_version=int(rows.version_ids.min()),
        last_version=int(rows.version_ids.max()),
        first_passage=int(rows.passage_ids.min()),
        last_passage=int(rows.passage_ids.max()),
        ascending=True,
        digests={},
        **tables,
    )
    return AllowedRows(manifest, columns)


class Archive:
    """A visibility source whose hidden versions the test sets."""

    def __init__(self) -> None:
        self.hidden: frozenset[int] = frozenset()
        self.epoch = 0

    def hidden_version_ids(self, **_: object) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(sorted(self.hidden), dtype=np.int64)

    def visibility_epoch(self) -> int:
        return self.epoch

    def next_embargo_end(self, _: object) -> None:
        return None


# Versions of the segment's own rows (13 to 124), and of others before and after it.
versions = st.frozensets(st.integers(0, 140), max_size=30)


@settings(max_examples=200, deadline=None)
@given(
    history=st.lists(versions, min_size=1, max_size=7),
    skipped=st.sets(st.integers(0, 6)),
    spread=st.sampled_from([1, 1000]),
)
def test_hidden_rows_follow_every_change(
    history: list[frozenset[int]], skipped: set[int], spread: int
) -> None:
    """Also when some states were never asked about, so that the change since the last one is not known,
    and when the versions of a segment lie far apart."""
    archive, rows = Archive(), replace(ROWS, version_ids=ROWS.version_ids * spread)
    kept, visibility = filter_of(rows), Visibility(archive)
    for step, hidden in enumerate(history):
        archive.hidden, archive.epoch = frozenset(version * spread for version in hidden), step
        now = visibility.hidden(now=NOW, as_of=None)
        if step in skipped:
            continue
        limits = scope(languages=frozenset({"fr", "und"}))
        limits = type(limits)(
            since=None, until=None, languages=limits.languages, providers=frozenset(), kinds=frozenset(),
            hidden=now, now=NOW, as_of=None,
        )  # fmt: skip
        bits = kept.bits(limits)
        assert bits is not None
        assert places(bits, len(rows)).tolist() == np.flatnonzero(allowed(rows, limits)).tolist()


@given(before=versions, after=versions)
def test_a_change_spans_every_difference(before: frozenset[int], after: frozenset[int]) -> None:
    archive = Archive()
    visibility = Visibility(archive)
    archive.hidden = before
    first = visibility.hidden(now=NOW, as_of=None)
    archive.hidden, archive.epoch = after, 1
    changed = visibility.hidden(now=NOW, as_of=None).changed
    assert changed is not None
    assert changed.token == first.token
    assert all(changed.first <= version <= changed.last for version in before ^ after)


@given(st.lists(st.booleans(), max_size=300))
def test_bits_are_rows(mask: list[bool]) -> None:
    rows = np.array(mask, dtype=np.bool_)
    bits = pack(rows)
    assert unpack(bits, len(mask)).tolist() == mask
    assert count(bits) == sum(mask)
    assert places(bits, len(mask)).tolist() == [n for n, on in enumerate(mask) if on]


def test_an_inverted_filter_allows_no_row_past_the_last() -> None:
    """333 rows are not a multiple of 64: the spare bits of the last word must stay zero."""
    tokens = itertools.count(1)
    hidden = HiddenVersions(ids=np.array([20], dtype=np.int64), token=next(tokens))
    limits = scope(hidden=hidden.ids, token=hidden.token)
    bits = filter_of(ROWS).bits(limits)
    assert bits is not None
    assert count(bits) == int(allowed(ROWS, limits).sum())
