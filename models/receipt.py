"""What was installed, and how to see without reading it that it has not changed since.

A receipt stands beside a model ("NAME.receipt.json"). It is written last, so that its presence
means a whole and verified model; size and modification time of each file tell whether it still is.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.progress import Progress

CHUNK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`digests` and `stamps` are by path inside the folder; the path of a single file is ""."""

    source: str
    digests: dict[str, str]
    stamps: dict[str, tuple[int, int]]  # size, modification time in nanoseconds

    @classmethod
    def of(cls, target: Path, *, source: str, digests: dict[str, str]) -> Receipt:
        return cls(source=source, digests=digests, stamps={name: _stamp(target, name) for name in digests})

    def unchanged(self, target: Path) -> bool:
        try:
            return all(_stamp(target, name) == stamp for name, stamp in self.stamps.items())
        except FileNotFoundError:
            return False

    @property
    def identity(self) -> str:
        """One digest for the whole: of the file, or of the folder's files in name order."""
        if "" in self.digests:
            return self.digests[""]
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


def receipt_path(target: Path) -> Path:
    return target.with_name(target.name + ".receipt.json")


def read_receipt(target: Path) -> Receipt | None:
    """The receipt of the model at `target`; None when there is none that can be read."""
    try:
        saved = json.loads(receipt_path(target).read_text(encoding="utf-8"))
        return Receipt(
            source=str(saved["source"]),
            digests={str(k): str(v) for k, v in saved["digests"].items()},
            stamps={str(k): (int(size), int(time)) for k, (size, time) in saved["stamps"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_receipt(target: Path, receipt: Receipt) -> None:
    content = {"source": receipt.source, "digests": receipt.digests, "stamps": receipt.stamps}
    path = receipt_path(target)
    scratch = path.with_name(path.name + ".new")
    # A cache that may only be read is used without a receipt: its files are hashed each time.
    with suppress(PermissionError):
        scratch.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        scratch.replace(path)


def digest_file(path: Path, progress: Progress | None = None) -> str:
    """sha256 of a file's bytes."""
    total = path.stat().st_size
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, total, "checking")
    return digest.hexdigest()


def _stamp(target: Path, name: str) -> tuple[int, int]:
    status = (target / name if name else target).stat()
    return status.st_size, status.st_mtime_ns
