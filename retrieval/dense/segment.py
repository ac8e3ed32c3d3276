"""One immutable segment: searched in place, its vectors and attributes never read into memory whole.

`nearest` gives the true nearest of the rows a scope allows. `candidates` draws likely ones from
compressed codes, with estimates comparable across segments; `scores` says how near they really
are, exact to half precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from domain.errors import IndexMissing, IndexStale
from retrieval.dense.allowed import AllowedRows, Bits, count, places
from retrieval.dense.columns import map_columns
from retrieval.dense.manifest import COARSE, COLUMNS, EXACT, MANIFEST, read_manifest
from retrieval.dense.vectors import ExactVectors
from retrieval.files import REBUILD, sha256
from retrieval.scope import Scope

FAISS: Any = faiss  # its stubs leave out the keyword forms of selectors and search parameters

QUERY_BITS = 4  # a dimension of the query, when it meets the codes: 8 gained nothing, exact costs ten times


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Passages by descending cosine."""

    passage_ids: NDArray[np.int64]
    scores: NDArray[np.float32]


NOTHING = Found(passage_ids=np.empty(0, dtype=np.int64), scores=np.empty(0, dtype=np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Rows of one segment and their estimated cosines."""

    segment: Segment
    rows: NDArray[np.int64]
    estimates: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A segment and those of its rows that a search may return. `bits` is None when all of them are."""

    segment: Segment
    bits: Bits | None
    allowed: int


class Segment:
    """Open files of one segment. Any number of threads may search it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder / MANIFEST)
        own = self.manifest
        try:
            self._columns = map_columns(folder / COLUMNS, rows=own.rows)
            self._vectors = ExactVectors(folder / EXACT, rows=own.rows, dimensions=own.dimensions)
            self._codes = _codes(folder / COARSE)
            # Scanned whole only where there are no codes; otherwise rows are read one by one.
            self._scanned: Any = (
                faiss.read_index(str(folder / EXACT), faiss.IO_FLAG_MMAP_IFC) if self._codes is None else None
            )
        except (RuntimeError, OSError, ValueError) as error:
            if not folder.exists():  # merged away between reading the list and opening
                raise IndexMissing(f"{folder} is gone", hint=REBUILD) from error
            raise IndexStale(f"{folder} cannot be opened: {error}", hint=REBUILD) from error
        held: Any = self._scanned if self._codes is None else self._codes
        if held.ntotal != own.rows:
            raise IndexStale(f"{folder} holds {held.ntotal} rows, not {own.rows}", hint=REBUILD)
        self._allowed = AllowedRows(own, self._columns)

    def __len__(self) -> int:
        return self.manifest.rows

    @property
    def is_compressed(self) -> bool:
        return self._codes is not None

    def part(self, scope: Scope) -> Part | None:
        """What the scope allows of this segment; None when that is nothing."""
        if self._allowed.none_in(scope):
            return None
        bits = self._allowed.bits(scope)
        allowed = self.manifest.rows if bits is None else count(bits)
        return Part(segment=self, bits=bits, allowed=allowed) if allowed else None

    def nearest(self, part: Part, query: NDArray[np.float32], *, depth: int) -> Found:
        """The nearest of the part's rows, every one of which is looked at."""
        wanted = min(depth, part.allowed)
        if self._codes is None:
            chosen = FAISS.SearchParameters(sel=_selector(part.bits)) if part.bits is not None else None
            scores, found = self._scanned.search(query.reshape(1, -1), wanted, params=chosen)
            return self.found(found[0], scores[0])
        rows = np.arange(len(self)) if part.bits is None else places(part.bits, len(self))
        scores = self._vectors.scores(rows, query)
        best = np.argpartition(-scores, wanted - 1)[:wanted] if wanted < rows.size else np.arange(rows.size)
        return self.found(rows[best], scores[best])

    def candidates(self, part: Part, query: NDArray[np.float32], *, limit: int, probed: float) -> Candidates:
        """Likely nearest rows by their codes, from the nearest lists. Compressed segments only.

        `probed` is the share of the lists looked into when every row is allowed.
        """
        # The rarer the allowed rows, the further apart the lists that hold the nearest of them.
        share = min(1.0, probed * float(len(self) / part.allowed) ** 0.5)
        parameters = FAISS.IVFRaBitQSearchParameters(
            sel=_selector(part.bits) if part.bits is not None else None,
            nprobe=max(1, round(self._codes.nlist * share)),
            qb=QUERY_BITS,
        )
        estimates, rows = self._codes.search(
            query.reshape(1, -1), min(limit, part.allowed), params=parameters
        )
        real = rows[0] >= 0
        return Candidates(segment=self, rows=rows[0][real], estimates=estimates[0][real])

    def scored(self, rows: NDArray[np.int64], query: NDArray[np.float32]) -> Found:
        """These rows with their exact scores."""
        rows = np.sort(rows)
        return self.found(rows, self._vectors.scores(rows, query))

    def found(self, rows: NDArray[np.int64], scores: NDArray[np.float32]) -> Found:
        real = rows >= 0
        return Found(passage_ids=self._columns["passage_ids"][rows[real]], scores=scores[real])

    def rows_of(self, passage_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each of these passages; -1 for those that are not in this segment."""
        own = self.manifest
        rows = np.full(passage_ids.size, -1, dtype=np.int64)
        near = np.flatnonzero((passage_ids >= own.first_passage) & (passage_ids <= own.last_passage))
        if not near.size:
            return rows
        held, wanted = self._columns["passage_ids"], passage_ids[near]
        if own.ascending:
            places = np.searchsorted(held, wanted)  # at most the last row: none is above `last_passage`
        else:
            order = np.argsort(held)
            places = order[np.searchsorted(held, wanted, sorter=order)]
        rows[near] = np.where(held[places] == wanted, places, -1)
        return rows

    def contains(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these passages are in this segment."""
        found: NDArray[np.bool_] = self.rows_of(passage_ids) >= 0
        return found

    def passage_ids(self) -> NDArray[np.int64]:
        return self.column("passage_ids")

    def vectors(self, start: int, count: int) -> NDArray[np.float32]:
        """Rows from `start` on, as they were stored."""
        return self._vectors.block(start, count)

    def vectors_at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """These rows, as they were stored."""
        return self._vectors.rows(rows)

    def column(self, name: str) -> NDArray[Any]:
        """An attribute of every row, mapped from disk."""
        return self._columns[name]

    def labels(self, name: str) -> NDArray[np.object_]:
        """A coded column with its codes spelled out."""
        table: tuple[str, ...] = getattr(self.manifest, name)
        labels: NDArray[np.object_] = np.array(table, dtype=object)[self._columns[name]]
        return labels

    def damage(self) -> list[str]:
        """Files whose content is not what the manifest recorded."""
        return [
            f"{self.folder.name}/{name}: digest differs; {REBUILD}"
            for name, digest in sorted(self.manifest.digests.items())
            if not (self.folder / name).exists() or sha256(self.folder / name) != digest
        ]


def _codes(path: Path) -> Any:
    """The inverted lists, mapped; None where the segment has none."""
    if not path.exists():
        return None
    codes: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
    # FAISS would start up to 32 threads a search to touch the lists ahead of itself: on pages that are
    # mostly in memory they cost more than the search.
    FAISS.downcast_InvertedLists(codes.invlists).prefetch_nthread = 0
    return codes


def _selector(bits: Bits) -> Any:
    return FAISS.IDSelectorBitmap(bits.view(np.uint8))
