"""The facts filters look at, one file a segment: each column whole, one after the other.

One file and not one a column: an open segment holds a file handle for each mapping, and an archive
has hundreds of segments.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Little-endian, in this order. Labels are codes into tables of the segment's manifest.
NUMBERS = ("passage_ids", "version_ids", "published")
CODES = ("languages", "providers", "kinds")
TYPES: dict[str, np.dtype[Any]] = {
    **dict.fromkeys(NUMBERS, np.dtype("<i8")),
    **dict.fromkeys(CODES, np.dtype("<u2")),
}
ROW_BYTES = sum(kind.itemsize for kind in TYPES.values())


def write_columns(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    with path.open("wb") as file:
        for name, kind in TYPES.items():
            columns[name].astype(kind, copy=False).tofile(file)


def map_columns(path: Path, *, rows: int) -> dict[str, NDArray[Any]]:
    """Every column by name, mapped from disk. ValueError when the file is not for that many rows."""
    if path.stat().st_size != rows * ROW_BYTES:
        raise ValueError(f"{path} holds {path.stat().st_size} bytes, not {ROW_BYTES} for each of {rows} rows")
    # A plain array over the mapping: memmap's own class costs microseconds at every slice.
    octets = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    columns, start = {}, 0
    for name, kind in TYPES.items():
        end = start + rows * kind.itemsize
        columns[name] = octets[start:end].view(kind)
        start = end
    return columns
