"""Exact vectors on disk, read row by row: re-scoring touches the rows it needs and maps none.

Half precision, in row order, at the end of the FAISS file that an exact scan maps. Rows are read by
position rather than through a mapping: the kernel maps the sixteen pages around each page touched, so
that a few hundred questions would count gigabytes of vectors as the process's own.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Octets = NDArray[np.uint8]

DECODED_ROWS = 16_384  # 24 MB of single precision at 384 dimensions


class ExactVectors:
    """The vectors of one segment. Any number of threads may read; the file may be unlinked meanwhile."""

    def __init__(self, path: Path, *, rows: int, dimensions: int) -> None:
        self._rows = rows
        self._codec = half_precision(dimensions)
        self._width = int(self._codec.sa_code_size())
        first = path.stat().st_size - rows * self._width
        if first < 0:
            raise ValueError(f"{path} is too short for {rows} rows")
        self._read = _reader(self, path, first)

    def scores(self, rows: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Inner products of these rows with one query."""
        scores = np.empty(rows.size, dtype=np.float32)
        for start in range(0, rows.size, DECODED_ROWS):
            part = slice(start, start + DECODED_ROWS)
            scores[part] = self.rows(rows[part]) @ query
        return scores

    def rows(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """These rows, in ascending order of row if they are to be read quickly."""
        octets = np.empty((rows.size, self._width), dtype=np.uint8)
        edges = np.flatnonzero(np.diff(rows) != 1) + 1
        for first, last in zip((0, *edges.tolist()), (*edges.tolist(), rows.size), strict=True):
            if last > first:
                self._read(octets[first:last], int(rows[first]) * self._width)
        return self._decoded(octets)

    def block(self, start: int, count: int) -> NDArray[np.float32]:
        """`count` rows from `start` on."""
        octets = np.empty((count, self._width), dtype=np.uint8)
        self._read(octets, start * self._width)
        return self._decoded(octets)

    def _decoded(self, octets: Octets) -> NDArray[np.float32]:
        decoded: NDArray[np.float32] = self._codec.sa_decode(octets)
        return decoded


def half_precision(dimensions: int) -> Any:
    """An empty FAISS index that keeps vectors in half precision."""
    index: Any = faiss.IndexScalarQuantizer(
        dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.is_trained = True  # half precision has nothing to learn
    return index


def _reader(owner: object, path: Path, first: int) -> Callable[[Octets, int], None]:
    if sys.platform == "win32":  # has no pread
        mapped = np.memmap(path, dtype=np.uint8, mode="r", offset=first)

        def copy(into: Octets, place: int) -> None:
            into.reshape(-1)[:] = mapped[place : place + into.size]

        return copy
    handle = os.open(path, os.O_RDONLY)
    weakref.finalize(owner, os.close, handle)
    if sys.platform == "linux":  # read the rows asked for and not the 128 KB behind each
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_RANDOM)

    def read(into: Octets, place: int) -> None:
        view, done = into.reshape(-1).data, 0
        while done < into.size:
            got = os.preadv(handle, [view[done:]], first + place + done)
            if not got:
                raise OSError(f"{path} ends before its last row")
            done += got

    return read
