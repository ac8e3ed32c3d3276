"""How an archive and its machine are, in figures: one question of the health page each.

Nothing here reads the whole archive: totals come from counters, sizes from the files' own entries, times
from the latest `LATEST_ANSWERS` answers. What only a whole reading can tell is a job (`check_index`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from db.records import AnswerSeconds
from retrieval.recorded import read_current

if TYPE_CHECKING:
    from runtime.archive import Archive
    from runtime.settings import Settings

LATEST_ANSWERS = 1000
RANKS = (50, 95, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Seconds that so many of a hundred answers took at most, by rank; interpolated between neighbours."""

    what: str  # retrieve: to the evidence; first_token: to the first word; total: to the checked answer
    answers: int
    seconds: tuple[float, ...]  # as RANKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Bytes on disk: what each part takes, and what is free where the archive is."""

    database: int | None  # None: on a server of its own
    index: int
    jobs: int
    models: int
    free: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes resident: this server, its language models; and what the machine has."""

    server: int
    models: int
    available: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQueue:
    """One language model that questions were put to: its process, who waits, how fast it reads and writes."""

    name: str
    is_loaded: bool
    is_busy: bool
    waiting: int
    prefill_rate: float | None  # tokens a second
    decode_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """`embedder`: whose vectors are searched; None before anything was indexed."""

    embedder: str | None
    generation: str | None
    passages: int  # in the database
    pending: int  # of them, not in the index yet


def percentiles(answers: Sequence[AnswerSeconds]) -> tuple[Percentiles, ...]:
    """Of each span that any of the answers has."""
    spans = {
        "retrieve": [one.retrieve for one in answers],
        "first_token": [one.first_token for one in answers if one.first_token is not None],
        "total": [one.total for one in answers],
    }
    return tuple(
        Percentiles(
            what=what,
            answers=len(seconds),
            seconds=tuple(float(np.percentile(seconds, rank)) for rank in RANKS),
        )
        for what, seconds in spans.items()
        if seconds
    )


def space(settings: Settings) -> Space:
    """Sizes of the files as their folders have them; a file that goes meanwhile counts nothing."""
    disk = shutil.disk_usage(settings.archive)
    files = [settings.archive / f"archive.sqlite{suffix}" for suffix in ("", "-wal", "-shm")]
    return Space(
        database=None if settings.database else sum(map(_size, files)),
        index=_tree(settings.index_folder),
        jobs=_tree(settings.jobs_folder),
        models=_tree(settings.models_cache),
        free=disk.free,
        whole=disk.total,
    )


def memory(model_processes: Sequence[int]) -> Memory:
    machine = psutil.virtual_memory()
    return Memory(
        server=psutil.Process().memory_info().rss,
        models=sum(map(_resident, model_processes)),
        available=machine.available,
        whole=machine.total,
    )


def index_state(archive: Archive) -> IndexState:
    current = read_current(archive.settings.index_folder)
    counts = archive.counts()
    return IndexState(
        embedder=(current.embedder or current.fingerprint) if current else None,
        generation=current.generation if current else None,
        passages=counts.passages,
        pending=counts.pending,
    )


def _tree(folder: Path) -> int:
    """Bytes of the files below; a link counts nothing."""
    size = 0
    for parent, _, names in os.walk(folder):
        size += sum(_size(Path(parent) / name) for name in names)
    return size


def _size(path: Path) -> int:
    try:
        return 0 if path.is_symlink() else path.stat().st_size
    except OSError:
        return 0


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
