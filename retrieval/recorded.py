"""Which generation of an index serves, and which embedder made it: one small file, replaced atomically.

The embedder is recorded twice over: by fingerprint, which decides whether vectors may be compared,
and by the name it was asked for under, with which the archive opens it the next time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.files import read_json, write_json

CURRENT = "CURRENT.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """`embedder`: its name in the settings; None when it was handed over as an object."""

    generation: str
    fingerprint: str | None = None
    embedder: str | None = None


def read_current(folder: Path) -> Current | None:
    """What serves in the index `folder` now; None where no index was ever begun. IndexStale if unreadable."""
    path = folder / CURRENT
    if not path.exists():
        return None
    content = read_json(path)
    return Current(
        generation=str(content.get("generation", "")),
        fingerprint=_text(content.get("fingerprint")),
        embedder=_text(content.get("embedder")),
    )


def write_current(folder: Path, current: Current) -> None:
    write_json(folder / CURRENT, asdict(current))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
