"""One immutable segment: searched in place, its vectors and attributes never read into memory whole.

Within the scope given, `search` returns the true nearest passages of a small segment; of a
large one the candidates come from compressed codes and are re-scored on the exact vectors,
so that every score returned is exact to half precision.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from domain.errors import IndexMissing, IndexStale
from retrieval.files import REBUILD, read_json, sha256
from retrieval.scope import HiddenVersions, Scope

FAISS: Any = faiss  # its stubs leave out the keyword forms of selectors and search parameters

FORMAT = 1
MANIFEST = "manifest.json"
EXACT = "exact.faiss"  # half-precision vectors in row order
COARSE = "coarse.faiss"  # inverted lists of RaBitQ codes, large segments only
COLUMNS = ("passage_ids", "version_ids", "published", "languages", "providers", "kinds")

# A scan costs 32 ns a row and core (220,000 rows of 384 dimensions: 7 ms), so that with this few rows
# left after filtering it is no slower than the lists, and exact (docs/notes-retrieval.md).
EXACT_SCAN_ROWS = 100_000
# At 1/64 and 2 recall@10 was already 1.00 on drawn vectors; kept wider because real ones are less even.
PROBED_SHARE = 1 / 16  # of the lists
RESCORED_FACTOR = 8  # candidates from the codes for each passage wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Passages by descending cosine."""

    passage_ids: NDArray[np.int64]
    scores: NDArray[np.float32]


NOTHING = Found(passage_ids=np.empty(0, dtype=np.int64), scores=np.empty(0, dtype=np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a segment says of itself; the last file written."""

    rows: int
    dimensions: int
    period: str
    first_published: int
    last_published: int
    first_version: int
    last_version: int
    first_passage: int
    last_passage: int
    languages: tuple[str, ...]
    providers: tuple[str, ...]
    kinds: tuple[str, ...]
    digests: dict[str, str]


class Segment:
    """Open files of one segment. Any number of threads may search it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder / MANIFEST)
        try:
            self._exact: Any = faiss.read_index(str(folder / EXACT), faiss.IO_FLAG_MMAP_IFC)
            coarse = folder / COARSE
            self._coarse: Any = faiss.read_index(str(coarse), faiss.IO_FLAG_MMAP) if coarse.exists() else None
            self._columns = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in COLUMNS}
        except (RuntimeError, OSError, ValueError) as error:
            if not folder.exists():  # merged away between reading the list and opening
                raise IndexMissing(f"{folder} is gone", hint=REBUILD) from error
            raise IndexStale(f"{folder} cannot be opened: {error}", hint=REBUILD) from error
        lengths = {len(column) for column in self._columns.values()} | {self._exact.ntotal}
        if lengths != {self.manifest.rows}:
            raise IndexStale(f"{folder} holds {lengths} rows, not {self.manifest.rows}", hint=REBUILD)
        self._hidden_rows: tuple[int, NDArray[np.int64]] | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self.manifest.rows

    @property
    def is_compressed(self) -> bool:
        return self._coarse is not None

    def search(self, vector: NDArray[np.float32], *, depth: int, scope: Scope) -> Found:
        if not self._may_hold(scope):
            return NOTHING
        mask = self._mask(scope)
        allowed = self.manifest.rows if mask is None else int(np.count_nonzero(mask))
        if allowed == 0:
            return NOTHING
        selector = None if mask is None else FAISS.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        query = vector.reshape(1, -1)
        if self._coarse is None or allowed <= EXACT_SCAN_ROWS:
            parameters = FAISS.SearchParameters(sel=selector) if selector is not None else None
            scores, rows = self._exact.search(query, min(depth, allowed), params=parameters)
            return self._found(rows[0], scores[0])
        return self._search_codes(query, depth=depth, selector=selector)

    def contains(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these passages are in this segment."""
        found: NDArray[np.bool_]
        near = (passage_ids >= self.manifest.first_passage) & (passage_ids <= self.manifest.last_passage)
        if not near.any():
            return near
        found = near & np.isin(passage_ids, self._columns["passage_ids"])
        return found

    def passage_ids(self) -> NDArray[np.int64]:
        return self.column("passage_ids")

    def vectors(self, start: int, count: int) -> NDArray[np.float32]:
        """Rows from `start` on, as they were stored."""
        block: NDArray[np.float32] = self._exact.reconstruct_n(start, count)
        return block

    def column(self, name: str) -> NDArray[Any]:
        """An attribute of every row, mapped from disk."""
        column: NDArray[Any] = self._columns[name]
        return column

    def labels(self, name: str) -> NDArray[np.object_]:
        """A coded column with its codes spelled out."""
        table: tuple[str, ...] = getattr(self.manifest, name)
        labels: NDArray[np.object_] = np.array(table, dtype=object)[self._columns[name]]
        return labels

    def damage(self) -> list[str]:
        """Files whose content is not what the manifest recorded."""
        return [
            f"{self.folder.name}/{name}: digest differs"
            for name, digest in sorted(self.manifest.digests.items())
            if not (self.folder / name).exists() or sha256(self.folder / name) != digest
        ]

    def _search_codes(self, query: NDArray[np.float32], *, depth: int, selector: Any) -> Found:
        probes = max(1, round(self._coarse.nlist * PROBED_SHARE))
        parameters = FAISS.IVFRaBitQSearchParameters(sel=selector, nprobe=probes)
        _, rows = self._coarse.search(query, depth * RESCORED_FACTOR, params=parameters)
        candidates = rows[0][rows[0] >= 0]
        if not candidates.size:
            return NOTHING
        scores = self._exact.reconstruct_batch(candidates) @ query[0]
        best = np.argsort(-scores, kind="stable")[:depth]
        return self._found(candidates[best], scores[best])

    def _found(self, rows: NDArray[np.int64], scores: NDArray[np.float32]) -> Found:
        real = rows >= 0
        return Found(passage_ids=np.asarray(self._columns["passage_ids"][rows[real]]), scores=scores[real])

    def _may_hold(self, scope: Scope) -> bool:
        own = self.manifest
        if scope.since is not None and own.last_published < scope.since:
            return False
        if scope.until is not None and own.first_published >= scope.until:
            return False
        return all(
            not wanted or not wanted.isdisjoint(held)
            for wanted, held in (
                (scope.languages, own.languages),
                (scope.providers, own.providers),
                (scope.kinds, own.kinds),
            )
        )

    def _mask(self, scope: Scope) -> NDArray[np.bool_] | None:
        """Rows the scope allows; None when it allows all of them."""
        own = self.manifest
        limits: list[NDArray[np.bool_]] = []
        if scope.since is not None and own.first_published < scope.since:
            limits.append(self._columns["published"] >= scope.since)
        if scope.until is not None and own.last_published >= scope.until:
            limits.append(self._columns["published"] < scope.until)
        for wanted, held, name in (
            (scope.languages, own.languages, "languages"),
            (scope.providers, own.providers, "providers"),
            (scope.kinds, own.kinds, "kinds"),
        ):
            if wanted and not wanted.issuperset(held):
                codes = [code for code, label in enumerate(held) if label in wanted]
                limits.append(np.isin(self._columns[name], codes))
        hidden = self._rows_hidden(scope.hidden)
        if not limits and not hidden.size:
            return None
        mask = np.ones(own.rows, dtype=np.bool_)
        for limit in limits:
            mask &= limit
        mask[hidden] = False
        return mask

    def _rows_hidden(self, hidden: HiddenVersions) -> NDArray[np.int64]:
        """Rows of hidden versions, found once for each state of the archive's visibility."""
        with self._lock:
            if self._hidden_rows is not None and self._hidden_rows[0] == hidden.token:
                return self._hidden_rows[1]
        low = np.searchsorted(hidden.ids, self.manifest.first_version, side="left")
        high = np.searchsorted(hidden.ids, self.manifest.last_version, side="right")
        rows = np.flatnonzero(np.isin(self._columns["version_ids"], hidden.ids[low:high]))
        with self._lock:
            self._hidden_rows = (hidden.token, rows)
        return rows


def read_manifest(path: Path) -> Manifest:
    content = read_json(path)
    if content.get("format") != FORMAT:
        raise IndexStale(f"{path} has format {content.get('format')}, not {FORMAT}", hint=REBUILD)
    try:
        texts: dict[str, Any] = dict(content)
        return Manifest(
            rows=int(texts["rows"]),
            dimensions=int(texts["dimensions"]),
            period=str(texts["period"]),
            first_published=int(texts["first_published"]),
            last_published=int(texts["last_published"]),
            first_version=int(texts["first_version"]),
            last_version=int(texts["last_version"]),
            first_passage=int(texts["first_passage"]),
            last_passage=int(texts["last_passage"]),
            languages=tuple(texts["languages"]),
            providers=tuple(texts["providers"]),
            kinds=tuple(texts["kinds"]),
            digests=dict(texts["digests"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IndexStale(f"{path} lacks or garbles {error}", hint=REBUILD) from error
