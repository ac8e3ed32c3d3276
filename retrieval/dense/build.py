"""Writing a segment: everything in a folder beside, flushed, its manifest last, then one rename.

A build killed half-way leaves a folder whose name starts with a dot and which no list
names; the next writer removes it.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.dense.columns import CODES, NUMBERS, write_columns
from retrieval.dense.manifest import COARSE, COLUMNS, EXACT, FORMAT, MANIFEST, Manifest
from retrieval.dense.rows import Rows
from retrieval.dense.vectors import half_precision
from retrieval.files import disk_faults_told, sha256, sync_file, sync_folder, write_json

# Below this an exact scan takes half a millisecond of one core; above it 768 bytes a row would count as
# the reader's own memory ("Search at scale" in docs/performance.md).
COMPRESSED_FROM_ROWS = 16_384
TRAINED_PER_LIST = 40  # the least faiss asks for; 64 gained nothing that could be measured
LIST_FACTOR = 2  # lists = 2·√rows
CODES_SEED = 1983  # the same rows give the same lists


@disk_faults_told
def write_segment(parent: Path, blocks: Iterable[Rows], *, period: str, dimensions: int) -> str:
    """Write the rows of `blocks` as one new segment of `parent`; returns its folder's name.

    At most one block and the segment's own half-precision vectors are in memory.
    """
    name = f"{period}-{secrets.token_hex(6)}"
    folder = parent / f".{name}"
    folder.mkdir(parents=True)
    exact = half_precision(dimensions)
    columns = _Columns()
    for block in blocks:
        exact.add(block.vectors)
        columns.add(block)
    faiss.write_index(exact, str(folder / EXACT))
    columns.write(folder)
    if exact.ntotal >= COMPRESSED_FROM_ROWS:
        faiss.write_index(_compressed(exact), str(folder / COARSE))
    manifest = columns.manifest(folder, period=period, dimensions=dimensions)
    for file in folder.iterdir():
        sync_file(file)
    write_json(folder / MANIFEST, {"format": FORMAT, **asdict(manifest)})
    folder.rename(parent / name)
    sync_folder(parent)
    return name


def remove_unlisted(parent: Path, listed: Iterable[str]) -> None:
    """Remove folders no list names. One still mapped by a reader on Windows stays until next time."""
    keep = set(listed)
    for folder in parent.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


class _Columns:
    """Attribute columns as they grow; labels become codes into a table of the segment's own."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[NDArray[np.int64]]] = {name: [] for name in NUMBERS}
        self._codes: dict[str, list[NDArray[np.uint16]]] = {name: [] for name in CODES}
        self._tables: dict[str, dict[str, int]] = {name: {} for name in CODES}

    def add(self, block: Rows) -> None:
        for name, numbers in self._numbers.items():
            numbers.append(getattr(block, name))
        for name, codes in self._codes.items():
            table = self._tables[name]
            labels: tuple[str, ...] = getattr(block, name)
            codes.append(np.array([table.setdefault(label, len(table)) for label in labels], dtype=np.uint16))

    def write(self, folder: Path) -> None:
        grown: dict[str, list[NDArray[Any]]] = {**self._numbers, **self._codes}
        write_columns(folder / COLUMNS, {name: np.concatenate(parts) for name, parts in grown.items()})

    def manifest(self, folder: Path, *, period: str, dimensions: int) -> Manifest:
        ranges = {
            name: (min(int(p.min()) for p in parts if p.size), max(int(p.max()) for p in parts if p.size))
            for name, parts in self._numbers.items()
        }
        ids = np.concatenate(self._numbers["passage_ids"])
        return Manifest(
            rows=ids.size,
            dimensions=dimensions,
            period=period,
            first_published=ranges["published"][0],
            last_published=ranges["published"][1],
            first_version=ranges["version_ids"][0],
            last_version=ranges["version_ids"][1],
            first_passage=ranges["passage_ids"][0],
            last_passage=ranges["passage_ids"][1],
            ascending=bool((ids[1:] > ids[:-1]).all()),
            languages=tuple(self._tables["languages"]),
            providers=tuple(self._tables["providers"]),
            kinds=tuple(self._tables["kinds"]),
            digests={file.name: sha256(file) for file in sorted(folder.iterdir())},
        )


def _compressed(exact: Any) -> Any:
    """Inverted lists of RaBitQ codes (1 bit a dimension) over the same rows, in the same order."""
    rows = int(exact.ntotal)
    lists = max(1, round(LIST_FACTOR * rows**0.5))
    index = faiss.index_factory(exact.d, f"IVF{lists},RaBitQ", faiss.METRIC_INNER_PRODUCT)
    sample = min(rows, lists * TRAINED_PER_LIST)
    places = np.sort(np.random.default_rng(CODES_SEED).choice(rows, size=sample, replace=False))
    index.train(exact.reconstruct_batch(places))
    step = 65_536
    for start in range(0, rows, step):
        index.add(exact.reconstruct_n(start, min(step, rows - start)))
    return index
