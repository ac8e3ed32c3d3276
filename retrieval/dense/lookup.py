"""Vectors of passages by their ids, from whichever segments hold them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from retrieval.dense.index import DenseIndex


def vectors_by_id(dense: DenseIndex, passage_ids: Collection[int]) -> dict[int, NDArray[np.float32]]:
    """Those that are indexed. Reads each segment's column of ids once: a millisecond for half a million."""
    wanted = np.fromiter(passage_ids, dtype=np.int64, count=len(passage_ids))
    if not wanted.size:
        return {}
    low, high = int(wanted.min()), int(wanted.max())
    found: dict[int, NDArray[np.float32]] = {}
    for segment in dense.segments():
        if segment.manifest.last_passage < low or segment.manifest.first_passage > high:
            continue
        held = segment.passage_ids()
        for row in np.flatnonzero(np.isin(held, wanted)):
            found[int(held[row])] = segment.vectors(int(row), 1)[0]
    return found
