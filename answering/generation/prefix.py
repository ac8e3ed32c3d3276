"""The evaluated beginning of every prompt, kept on disk between runs of the program.

Reading it back takes milliseconds where evaluating it takes a second or two on two cores. A file
is used only for the very tokens, model file, cache type and library it was made with: all of them
are in its name, and the tokens are compared again on loading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import llama_cpp

from answering.generation.native import Context

KEPT_FILES = 8  # a few models times a few prompts; about 30 KB a token each


def prepare(context: Context, prefix: Sequence[int], *, model_file: Path, kv_type: str, folder: Path) -> bool:
    """Bring `prefix` into the context's memory; whether it came from disk."""
    if context.resident[: len(prefix)] == list(prefix):
        return True
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_key(prefix, model_file, kv_type, context.flash)}.kv"
    if path.is_file() and context.load(path, prefix):
        path.touch()
        return True
    context.keep_common([*prefix, -1])  # -1: no token, so that the whole prefix may be kept
    for start in range(len(context.resident), len(prefix), context.batch):
        context.evaluate(prefix[start : start + context.batch])
    context.save(path)
    for old in sorted(folder.glob("*.kv"), key=lambda p: p.stat().st_mtime, reverse=True)[KEPT_FILES:]:
        old.unlink(missing_ok=True)
    return False


def common_prefix(first: Sequence[int], second: Sequence[int]) -> list[int]:
    same: list[int] = []
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        same.append(a)
    return same


def _key(prefix: Sequence[int], model_file: Path, kv_type: str, flash: bool | None) -> str:
    status = model_file.stat()
    parts = (
        model_file.name, status.st_size, status.st_mtime_ns, kv_type, flash, llama_cpp.__version__,
        ",".join(map(str, prefix)),
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
