"""Searching all segments as one: filters first, then likely rows by codes, then exact scores.

Every passage found is allowed by the scope, and every score is exact to half precision. While few rows
are allowed each of them is looked at, and the result is the true one. Beyond that the best candidates of
*all* segments together are re-scored, so that the rows read from disk do not grow with the archive.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import accumulate

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.dense.segment import NOTHING, Candidates, Found, Part, Segment
from retrieval.scope import Scope

# Reading and multiplying this many rows of a compressed segment takes 10 ms of one core; fewer are
# looked at one by one, and a day of a large archive is fewer.
EXACT_SCAN_ROWS = 20_000
# Swept by benchmarks/scale.py: see "Search at scale" in docs/performance.md.
PROBED_SHARE = 1 / 4  # of the lists of each segment
LEAST_PROBED_ROWS = 500_000  # 10 ms of one core: below this all lists, which loses nothing
# One bit a dimension orders near neighbours loosely: at 10 million passages 200 candidates hold 84 % of the
# true first ten, 800 94 %, 3,200 98 %.
LEAST_RESCORED = 3_000  # 20 ms of one core
RESCORED_FACTOR = 8  # candidates for each passage wanted, where that is more
# A segment gives up to four times its share of the candidates, so that a year with a great story in it is not
# cut short, and never fewer than this: sorting 3,000 of each of forty segments took as long as finding them.
LEAST_OF_A_SEGMENT = 800
SHARE_FACTOR = 4
ROWS_A_TASK = 100_000  # a millisecond or more of work for each hand-over to a thread

Query = NDArray[np.float32]


def search(segments: Sequence[Segment], query: Query, *, depth: int, scope: Scope) -> Found:
    """The `depth` passages nearest to `query` within `scope`; equal scores in passage order."""
    parts = [part for segment in segments if (part := segment.part(scope)) is not None]
    coded = [part for part in parts if part.segment.is_compressed]
    if sum(part.allowed for part in coded) <= EXACT_SCAN_ROWS:
        coded = []
    by_codes = {id(part) for part in coded}
    limit = max(depth * RESCORED_FACTOR, LEAST_RESCORED)
    exact = partial(_nearest, query=query, depth=depth)
    likely = partial(_candidates, query=query, limit=limit, among=coded)
    # Codes first: they take longest, and the small scans fill the gaps.
    drawing = [_threads().submit(likely, task) for task in _tasks(coded)]
    scanning = [
        _threads().submit(exact, task) for task in _tasks([p for p in parts if id(p) not in by_codes])
    ]
    drawn = [one for task in drawing for one in task.result()]
    found = list(_threads().map(partial(_scored, query=query), _best(drawn, limit)))
    found += [one for task in scanning for one in task.result()]
    return _merged(found, depth)


def _nearest(parts: Sequence[Part], *, query: Query, depth: int) -> list[Found]:
    return [part.segment.nearest(part, query, depth=depth) for part in parts]


def _candidates(
    parts: Sequence[Part], *, query: Query, limit: int, among: Sequence[Part]
) -> list[Candidates]:
    probed, allowed = _probed(among), sum(part.allowed for part in among)
    return [
        part.segment.candidates(
            part,
            query,
            limit=min(limit, max(LEAST_OF_A_SEGMENT, SHARE_FACTOR * limit * part.allowed // allowed)),
            probed=probed,
        )
        for part in parts
    ]


def _probed(parts: Sequence[Part]) -> float:
    """The share of lists to look into: all while that is little work."""
    rows = sum(len(part.segment) for part in parts)
    return min(1.0, max(PROBED_SHARE, LEAST_PROBED_ROWS / rows)) if rows else 1.0


def _scored(candidates: Candidates, *, query: Query) -> Found:
    return candidates.segment.scored(candidates.rows, query)


def _best(drawn: Sequence[Candidates], limit: int) -> list[Candidates]:
    """Of all candidates the `limit` with the highest estimates, each with its segment."""
    total = sum(one.rows.size for one in drawn)
    if total <= limit:
        return [one for one in drawn if one.rows.size]
    estimates = np.concatenate([one.estimates for one in drawn])
    best = np.sort(np.argpartition(-estimates, limit - 1)[:limit])
    ends = list(accumulate(one.rows.size for one in drawn))
    kept = []
    for one, end, places in zip(drawn, ends, np.split(best, np.searchsorted(best, ends[:-1])), strict=True):
        if places.size:
            own = places - (end - one.rows.size)
            kept.append(Candidates(segment=one.segment, rows=one.rows[own], estimates=one.estimates[own]))
    return kept


def _merged(found: Sequence[Found], depth: int) -> Found:
    real = [one for one in found if one.scores.size]
    if not real:
        return NOTHING
    passage_ids = np.concatenate([one.passage_ids for one in real])
    scores = np.concatenate([one.scores for one in real])
    order = np.lexsort((passage_ids, -scores))[:depth]
    return Found(passage_ids=passage_ids[order], scores=scores[order])


def _tasks(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """The parts in groups of about equal work."""
    group: list[Part] = []
    rows = 0
    for part in parts:
        group.append(part)
        rows += len(part.segment)
        if rows >= ROWS_A_TASK:
            yield group
            group, rows = [], 0
    if group:
        yield group


@cache
def _threads() -> ThreadPoolExecutor:
    """A thread a core, each searching one segment alone.

    FAISS's own threads meet at a barrier in every segment: on a busy machine a scan of half a
    millisecond then takes forty, waiting for a core.
    """
    return ThreadPoolExecutor(
        max_workers=os.cpu_count(),
        thread_name_prefix="dense-search",
        initializer=partial(faiss.omp_set_num_threads, 1),
    )
