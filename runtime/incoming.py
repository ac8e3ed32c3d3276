"""Files that people upload, kept in the archive's own folder until what they hold has been taken in.

- The folder of each is drawn here. A file keeps the plain letters of its name, since a text without a
  date of its own has that of its file's name; the name as it was given is data, beside it.
- A file is whole or absent: one that is cut off on its way leaves nothing.
- One whose items are all taken in is removed; one with items in quarantine stays, to be tried again.
  What is known of it (name, size, digest, by whom) stays for good: stories name it as where they are from.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import string
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from db.ledger import Ledger
from domain.errors import LimitExceeded, SourceError
from ingest.normalise import printable

MOST_MEGABYTES = 200  # as the pages' server takes at most, which holds an upload in memory until it is kept
BLOCK = 1 << 20
KEPT_SECONDS = 30 * 86_400  # of a file that was uploaded and then left alone
_RECORD = "upload.json"
_DRAWN = re.compile(r"[a-z]{16}")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was given. `path` is where it is kept, while it is."""

    name: str
    path: Path
    bytes: int
    sha256: str
    by: str
    at: str


class Incoming:
    """The uploads of one archive: `Incoming(settings.incoming_folder)`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def receive(self, name: str, stream: BinaryIO, *, by: str) -> Upload:
        """Keeps a file, block by block. LimitExceeded when it is larger than what is taken."""
        # Letters only: a day would be read out of digits, and be taken for the story's.
        folder = self._folder / "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))
        path = folder / _plain(name)
        try:
            folder.mkdir(parents=True, mode=0o700)
            size, digest = _copy(stream, path)
            upload = Upload(
                name=printable(name), path=path, bytes=size, sha256=digest, by=by,
                at=datetime.now(UTC).isoformat(),
            )  # fmt: skip
            (folder / _RECORD).write_text(json.dumps(asdict(upload) | {"path": path.name}), encoding="utf-8")
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SourceError(
                f"the file cannot be kept: {error.strerror or error}",
                hint="free disk space, then upload it again",
            ) from error
        except LimitExceeded:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return upload

    def holds(self, path: Path) -> bool:
        """Whether this is an uploaded file, wherever links lead."""
        return self._folder.resolve() in path.resolve().parents

    def upload(self, path: str) -> Upload | None:
        """The upload that a path, or the label of a member within it, belongs to."""
        start = f"{self._folder}/"
        drawn, _, rest = path.removeprefix(start).partition("/")
        if not path.startswith(start) or not _DRAWN.fullmatch(drawn) or not rest:
            return None
        try:
            found = json.loads((self._folder / drawn / _RECORD).read_bytes())
            kept = {name: found[name] for name in ("name", "bytes", "sha256", "by", "at")}
            return Upload(path=self._folder / drawn / _plain(found["path"]), **kept)
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def shown(self, path: str) -> str:
        """The path as people know it: an uploaded file by the name that they gave it."""
        upload = self.upload(path)
        return path if upload is None else upload.name + path.removeprefix(str(upload.path))

    def settle(self, paths: Iterable[Path], ledger: Ledger) -> None:
        """Removes those of these files that are uploads with nothing in quarantine."""
        for path in paths:
            if self.upload(str(path)) is not None and not ledger.failing_paths(str(path)):
                path.unlink(missing_ok=True)

    def sweep(self, *, is_needed: Callable[[Path], bool]) -> None:
        """Removes files that were left alone for long, and are not needed."""
        for record in self._folder.glob(f"*/{_RECORD}"):
            upload = self.upload(f"{record.parent}/-")
            if upload is None or not upload.path.is_file():
                continue
            if time.time() - upload.path.stat().st_mtime > KEPT_SECONDS and not is_needed(upload.path):
                upload.path.unlink(missing_ok=True)


def _copy(stream: BinaryIO, path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > MOST_MEGABYTES * 1024 * 1024:
                raise LimitExceeded(
                    f"the file is larger than {MOST_MEGABYTES} MB",
                    hint="name its folder on the server instead, or use `depeche ingest`",
                )
            digest.update(block)
            file.write(block)
    part.replace(path)
    return size, digest.hexdigest()


def _plain(name: str) -> str:
    """Letters, digits, hyphens, underscores and dots of the name's last part; never a path or a hidden file."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", last)[-_LONGEST_NAME:].lstrip(".-")
    return kept if kept and kept != _RECORD else "upload"
