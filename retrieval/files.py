"""Files that are either whole or absent: written beside, flushed to disk, then renamed into place."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from domain.errors import IndexFault, IndexMissing, IndexStale

REBUILD = "run: depeche index --rebuild"

P = ParamSpec("P")
R = TypeVar("R")


def disk_faults_told(write: Callable[Concatenate[Path, P], R]) -> Callable[Concatenate[Path, P], R]:
    """A full or failing disk as IndexFault; faiss says it with a RuntimeError."""

    @functools.wraps(write)
    def writing(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return write(path, *args, **kwargs)
        except (OSError, RuntimeError) as error:
            raise IndexFault(
                f"{path} cannot be written: {error}",
                hint="free disk space and run the command again: nothing is lost",
            ) from error

    return writing


@disk_faults_told
def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Replace `path` atomically; after return the content survives a power cut."""
    beside = path.with_name(path.name + ".tmp")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def read_json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise IndexMissing(f"{path} is not there", hint=REBUILD) from error
    except (OSError, ValueError) as error:
        raise IndexStale(f"{path} cannot be read: {error}", hint=REBUILD) from error
    if not isinstance(content, dict):
        raise IndexStale(f"{path} is not a JSON object", hint=REBUILD)
    return content


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames within `folder` durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Changes whenever `path` is replaced; None while it is absent."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
