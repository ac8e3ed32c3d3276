"""What a run was made with: enough to know whether another could give the same, and to make it again."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from models.catalogue import load_catalogue
from models.machine import inspect_machine
from runtime import wiring
from runtime.archive import Archive
from runtime.settings import Settings

# Those whose version can change what is found or said.
_LIBRARIES = ("depeche", "faiss-cpu", "tantivy", "llama-cpp-python", "openvino", "sentence-transformers",
              "tokenizers", "numpy", "ir-measures")  # fmt: skip
_CODE = ("domain", "db", "models", "ingest", "retrieval", "answering", "evaluation", "runtime")
ROOT = Path(__file__).resolve().parents[1]


def manifest(archive: Archive, *, model: str | None) -> dict[str, Any]:
    """`model`: its name, "extractive", or None for retrieval alone."""
    settings = archive.settings
    return {
        "embedder": archive.embedder.fingerprint,
        "model": model,
        "model_digest": _model_digest(settings, model),
        "settings": wiring.recorded(settings, embedder=archive.embedder),
        "seed": settings.model.seed,
        "versions": _versions(),
        "code": code_digest(),
        "machine": _machine(),
    }


@cache
def code_digest() -> str:
    """Of the product's own source files, data files included: a commit's id says nothing of an edited tree."""
    digest = hashlib.sha256()
    for package in _CODE:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".toml", ".jinja") and path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def archive_digest(archive: Archive) -> str:
    """Of an archive that exists already: which one it is, how much it holds, and what may be shown of it."""
    counts = archive.counts()
    state = (archive.store.fingerprint(), counts.stories, counts.versions, archive.store.visibility_epoch())
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def _model_digest(settings: Settings, model: str | None) -> str | None:
    """The catalogue's sha256, which was verified when it was fetched; of a file of one's own, its size."""
    if model is None or model == "extractive" or wiring.is_endpoint(model):
        return None
    path = Path(model).expanduser()
    if path.is_file():
        return f"{path.name}, {path.stat().st_size} bytes"
    known = {spec.name: spec for spec in load_catalogue().models}
    return known[model].sha256 if model in known else None


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _machine() -> dict[str, str | int | float | None]:
    machine = inspect_machine()
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": machine.processor,
        "cores": machine.cores,
        "memory_gib": round(machine.memory_bytes / 2**30, 1),
    }
