"""Vectors of passages by their ids, from whichever segments hold them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from retrieval.dense.index import DenseIndex


def vectors_by_id(dense: DenseIndex, passage_ids: Collection[int]) -> dict[int, NDArray[np.float32]]:
    """Those that are indexed. Looks each id up in the segments whose range it is in; reads no column whole."""
    wanted = np.unique(np.fromiter(passage_ids, dtype=np.int64, count=len(passage_ids)))
    found: dict[int, NDArray[np.float32]] = {}
    for segment in dense.segments():
        rows = segment.rows_of(wanted)
        held = rows >= 0
        if held.any():
            found.update(zip(wanted[held].tolist(), segment.vectors_at(rows[held]), strict=True))
    return found
