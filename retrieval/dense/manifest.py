"""What a segment says of itself: its counts, ranges and labels, and the digest of each of its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import IndexStale
from retrieval.files import REBUILD, read_json

FORMAT = 1
MANIFEST = "manifest.json"
EXACT = "exact.faiss"  # half-precision vectors in row order
COARSE = "coarse.faiss"  # inverted lists of RaBitQ codes, larger segments only
COLUMNS = "columns.bin"  # what filters look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The last file written of a segment."""

    rows: int
    dimensions: int
    period: str
    first_published: int
    last_published: int
    first_version: int
    last_version: int
    first_passage: int
    last_passage: int
    ascending: bool  # passage ids rise from row to row, so that one can be found without reading all
    languages: tuple[str, ...]
    providers: tuple[str, ...]
    kinds: tuple[str, ...]
    digests: dict[str, str]


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
            ascending=bool(texts.get("ascending", False)),
            languages=tuple(texts["languages"]),
            providers=tuple(texts["providers"]),
            kinds=tuple(texts["kinds"]),
            digests=dict(texts["digests"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IndexStale(f"{path} lacks or garbles {error}", hint=REBUILD) from error
