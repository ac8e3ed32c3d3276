"""What was built and measured of archives of several sizes, kept beside them, and the line through two sizes.

Times, memory and disk are taken to grow by a fixed amount a passage over a fixed cost; recall falls by a fixed
amount each time the archive is ten times as large. Both are read off the two largest archives measured.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import psutil

BUILT = "built.json"
MEASURED = "measured.json"
TARGET = 100_000_000  # passages: 38 million stories
P95_AIM_MS = 500  # of ten million passages; nothing is asked of more
RECALL_AIM = 0.97
ONCE_AIM_MS = 1_000  # a choice of ours: opening, and a kill, which is to be obeyed at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """`seconds` and `disk` (bytes) by part."""

    passages: int
    seconds: dict[str, float]
    disk: dict[str, int]
    peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Milliseconds and bytes by what was measured; `recall` is of the first ten."""

    passages: int
    clock_p95: dict[str, float]
    processor_p95: dict[str, float]
    resident: dict[str, int]
    recall: dict[str, float]
    once: dict[str, float]  # opening, a kill


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One measure at two sizes, on its way to a limit. `falls`: recall, by the logarithm of the size."""

    name: str
    sizes: tuple[int, int]
    values: tuple[float, float]
    limit: float
    falls: bool = False

    def at(self, passages: int) -> float:
        (small, large), (first, second) = map(self._place, self.sizes), self.values
        return second + (second - first) / (large - small) * (self._place(passages) - large)

    def crossing(self) -> float:
        """Passages at which the limit is reached; infinite for what does not move towards it."""
        (small, large), (first, second) = map(self._place, self.sizes), self.values
        if (second < self.limit) if self.falls else (second > self.limit):
            return self.sizes[1]
        slope = (second - first) / (large - small)
        if slope >= 0 if self.falls else slope <= 0:
            return math.inf
        place = large + (self.limit - second) / slope
        return 10.0 ** min(place, 300) if self.falls else place

    def _place(self, passages: int) -> float:
        return math.log10(passages) if self.falls else passages


Kept = TypeVar("Kept", Built, Measured)


def save(path: Path, kept: Built | Measured) -> None:
    path.write_text(json.dumps(asdict(kept), indent=1), "utf-8")


def load(path: Path, kind: type[Kept]) -> Kept:
    return kind(**json.loads(path.read_text("utf-8")))


def measured_sizes(folder: Path) -> list[Measured]:
    """Every archive measured in `folder`, the smallest first."""
    found = [load(path, Measured) for path in folder.glob(f"*/{MEASURED}")]
    return sorted(found, key=lambda one: one.passages)


def extrapolate(measured: Sequence[Measured], *, folder: Path) -> None:
    """Each measure by the two largest archives that have it."""
    trends = sorted(_trends(measured, folder), key=Trend.crossing)
    if not trends:
        print("\nno second size was measured: no slope")
        return
    print(f"\nat {TARGET:,} passages, by the line through two sizes; what gives way first comes first")
    print(f"{'':<48} {'smaller':>12} {'larger':>12} {'at target':>12} {'limit':>8}  reached at")
    for trend in trends:
        first, second = trend.values
        crossing = trend.crossing()
        reached = "never" if crossing > 1e12 else f"{crossing:,.0f}"
        if crossing <= trend.sizes[1]:
            reached = f"{trend.sizes[1]:,} or before"
        print(
            f"  {trend.name:<46} {first:>12,.3g} {second:>12,.3g} {trend.at(TARGET):>12,.3g}"
            f" {trend.limit:>8,.3g}  {reached}"
        )
    print(f"  sizes: {', '.join(f'{one.passages:,}' for one in measured)}; GB: 10⁹ bytes", flush=True)


def _trends(measured: Sequence[Measured], folder: Path) -> Iterator[Trend]:
    memory = psutil.virtual_memory().total / 1e9
    space = shutil.disk_usage(folder).total / 1e9
    for name, sizes in _by_name(measured, lambda one: one.processor_p95):
        yield from _trend(f"{name}: p95, ms of processor", sizes, limit=P95_AIM_MS)
    for name, sizes in _by_name(measured, lambda one: one.clock_p95):
        yield from _trend(f"{name}: p95, ms by the clock", sizes, limit=P95_AIM_MS)
    for name, sizes in _by_name(measured, lambda one: one.once):
        yield from _trend(f"{name}, ms", sizes, limit=ONCE_AIM_MS)
    for name, sizes in _by_name(measured, lambda one: one.recall):
        yield from _trend(f"recall@10, {name}", sizes, limit=RECALL_AIM, falls=True)
    for name, sizes in _by_name(measured, lambda one: {n: b / 1e9 for n, b in one.resident.items()}):
        yield from _trend(f"resident, {name}, GB (this machine's)", sizes, limit=memory)
    built = [load(path, Built) for path in folder.glob(f"*/{BUILT}")]
    for name, sizes in _by_name(built, lambda one: {n: b / 1e9 for n, b in one.disk.items()}):
        yield from _trend(f"on disk, {name}, GB (this one's)", sizes, limit=space)


def _by_name(
    archives: Sequence[Kept], values: Callable[[Kept], Mapping[str, float]]
) -> Iterator[tuple[str, dict[int, float]]]:
    """Each measure's value by size of archive."""
    names = dict.fromkeys(name for one in archives for name in values(one))
    for name in names:
        yield name, {one.passages: values(one)[name] for one in archives if name in values(one)}


def _trend(name: str, by_size: Mapping[int, float], *, limit: float, falls: bool = False) -> Iterator[Trend]:
    """None where there are not two sizes."""
    if len(by_size) < 2:
        return
    small, large = sorted(by_size)[-2:]
    yield Trend(
        name=name, sizes=(small, large), values=(by_size[small], by_size[large]), limit=limit, falls=falls
    )
