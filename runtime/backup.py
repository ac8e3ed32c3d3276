"""An archive in one file, and back: stories, acts, answers and the index, each file with its SHA-256.

The file is a .tar.zst: the archive's files, then `manifest.json` with their sizes and digests. It appears
whole or not at all, and an existing one is not overwritten unless told. A backup is of one instant as far
as stories and index are concerned: ingestion waits for it, kills and questions do not. `restore` changes
nothing before every byte has been verified; killed after that, it leaves either the old database or
the restored one, and at worst no index (`depeche index --rebuild`). Settings and models are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from backports import zstd

from db.copying import make_replaceable
from db.store import StoryStore
from domain.errors import SourceError, StoreError
from retrieval.recorded import CURRENT, read_current
from runtime.clock import utc_now
from runtime.settings import Settings

FORMAT = "depeche-backup/1"
MANIFEST = "manifest.json"
DATABASE = "archive.sqlite"
INDEX = "index"
_LEVEL = 3
_BLOCK = 1 << 20
_MAX_MANIFEST_BYTES = 64 * 1024 * 1024
_NOT_OURS = "name a file that `depeche backup` made"
_DAMAGED = "the archive is as it was; take another backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup holds. `bytes` are those of the one file."""

    file: Path
    stories: int
    passages: int
    files: int
    bytes: int
    taken: datetime


def backup(settings: Settings, store: StoryStore, file: Path, *, force: bool = False) -> BackupReport:
    """Writes the archive to `file`. Raises ArchiveLocked while another process ingests."""
    if file.exists() and not force:
        raise StoreError(f"{file} exists", hint="choose another name, or say --force")
    if not file.parent.is_dir():
        raise StoreError(f"{file.parent} is no folder", hint="make it first")
    taken = utc_now()
    digests: dict[str, dict[str, object]] = {}
    with store.writer_lock(), _beside(file) as (part, folder):
        copy = folder / DATABASE
        store.copy_to(copy)
        counts = store.counts()
        with zstd.open(part, "wb", level=_LEVEL) as packed:
            stream = cast(BinaryIO, packed)
            with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, DATABASE, copy, digests)
                for path in _index_files(settings.index_folder):
                    name = str(PurePosixPath(INDEX, *path.relative_to(settings.index_folder).parts))
                    _add(tar, name, path, digests)
                manifest = {
                    "format": FORMAT,
                    "taken": taken.isoformat(),
                    "archive": store.fingerprint(),
                    "stories": counts.stories,
                    "passages": counts.passages,
                    "files": digests,
                }
                _add_manifest(tar, manifest, folder)
        _synced(part)
        part.replace(file)
        _synced(file.parent)
    return BackupReport(
        file=file, stories=counts.stories, passages=counts.passages, files=len(digests),
        bytes=file.stat().st_size, taken=taken,
    )  # fmt: skip


def restore(settings: Settings, file: Path, *, force: bool = False) -> BackupReport:
    """Puts the archive in `file` where the settings say. An archive that is there stays unless `force`."""
    if settings.database is not None:
        raise StoreError("the settings name a database server", hint="use pg_restore for PostgreSQL")
    target = settings.archive / DATABASE
    if target.exists() and not force:
        raise StoreError(f"{settings.archive} holds an archive", hint="name another folder, or say --force")
    if not file.is_file():
        raise StoreError(f"there is no file {file}", hint=_NOT_OURS)
    settings.make_archive_folder()
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.archive) as name:
        folder = Path(name)
        manifest = _unpacked(file, folder)
        _put_in_place(folder, settings, target)
    return BackupReport(
        file=file, stories=manifest.stories, passages=manifest.passages,
        files=len(manifest.files), bytes=file.stat().st_size,
        taken=manifest.taken,
    )  # fmt: skip


def _put_in_place(folder: Path, settings: Settings, target: Path) -> None:
    """The old index goes first and the new one comes last: a database never meets another's index."""
    make_replaceable(target)
    if settings.index_folder.exists():
        settings.index_folder.rename(folder / "replaced")  # one step; removed with the folder
    (folder / DATABASE).replace(target)
    _synced(settings.archive)
    if (folder / INDEX).exists():
        (folder / INDEX).rename(settings.index_folder)
        _synced(settings.archive)


def _index_files(folder: Path) -> Iterator[Path]:
    """The generation that serves and the file that names it; not one that is being made beside it."""
    current = read_current(folder)
    if current is None:
        return
    yield folder / CURRENT
    for path in sorted((folder / current.generation).rglob("*")):
        if path.is_file() and not path.name.endswith(".lock"):
            yield path


def _add(tar: tarfile.TarFile, name: str, path: Path, digests: dict[str, dict[str, object]]) -> None:
    size = path.stat().st_size
    with path.open("rb") as stream:
        read = _Digested(stream)
        header = tarfile.TarInfo(name)
        header.size, header.mtime, header.mode = size, int(path.stat().st_mtime), 0o600
        tar.addfile(header, cast("IO[bytes]", read))
    digests[name] = {"bytes": size, "sha256": read.digest.hexdigest()}


def _add_manifest(tar: tarfile.TarFile, manifest: dict[str, object], folder: Path) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    _add(tar, MANIFEST, path, {})


class _Digested:
    """A stream that is hashed as it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.digest.update(block)
        return block


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    stories: int
    passages: int
    taken: datetime
    files: dict[str, tuple[int, str]]  # bytes and SHA-256 by name

    @classmethod
    def read(cls, raw: bytes, file: Path) -> _Manifest:
        try:
            found = json.loads(raw)
            if found["format"] != FORMAT:
                raise SourceError(f"{file} is of format {found['format']}, not {FORMAT}", hint=_NOT_OURS)
            return cls(
                stories=int(found["stories"]),
                passages=int(found["passages"]),
                taken=datetime.fromisoformat(found["taken"]),
                files={name: (int(one["bytes"]), str(one["sha256"])) for name, one in found["files"].items()},
            )
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise SourceError(f"the manifest of {file} cannot be read: {error}", hint=_NOT_OURS) from error


def _unpacked(file: Path, folder: Path) -> _Manifest:
    """Sets the files down in `folder` and proves them against the manifest. Raises SourceError."""
    found: dict[str, tuple[int, str]] = {}
    manifest: _Manifest | None = None
    try:
        with zstd.open(file, "rb") as packed, tarfile.open(fileobj=cast(BinaryIO, packed), mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member) if _is_ours(member) else None
                if content is None:
                    raise SourceError(f"{file} holds {member.name!r}, which no backup does", hint=_NOT_OURS)
                if member.name == MANIFEST:
                    manifest = _Manifest.read(content.read(_MAX_MANIFEST_BYTES), file)
                else:
                    found[member.name] = _set_down(content, folder / member.name)
    except (zstd.ZstdError, tarfile.TarError, EOFError) as error:
        raise SourceError(f"{file} is damaged or no backup: {error}", hint=_DAMAGED) from error
    except OSError as error:
        raise StoreError(
            f"{file} cannot be restored: {error}", hint="check the disk's space and rights"
        ) from error
    if manifest is None or DATABASE not in manifest.files:
        raise SourceError(f"{file} has no manifest of an archive", hint=_NOT_OURS)
    if manifest.files != found:
        wrong = sorted(name for name, one in manifest.files.items() if found.get(name) != one)
        raise SourceError(f"{file} is damaged: {', '.join(wrong[:3]) or 'files too many'}", hint=_DAMAGED)
    return manifest


def _is_ours(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    if not member.isfile() or ".." in path.parts or path.is_absolute():
        return False
    return member.name in (DATABASE, MANIFEST) or (path.parts[0] == INDEX and len(path.parts) > 1)


def _set_down(content: IO[bytes], path: Path) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as copy:
        while block := content.read(_BLOCK):
            digest.update(block)
            size += len(block)
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    return size, digest.hexdigest()


@contextmanager
def _beside(file: Path) -> Iterator[tuple[Path, Path]]:
    """A folder next to `file`, on the same disk, and the place in it where the file is written first."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as name:
            folder = Path(name)
            yield folder / "whole", folder
    except OSError as error:
        raise StoreError(
            f"{file} cannot be written: {error}", hint="check the disk's space and rights"
        ) from error


def _synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
