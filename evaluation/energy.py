"""How many joules a stretch of work took: from the processor's own meter (RAPL) where it may be read.

Elsewhere an estimate, and called one: the processor seconds of this process and its children times
WATTS_A_CORE. RAPL counts the whole machine, other programs included; the estimate counts ours alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

POWERCAP = Path("/sys/class/powercap")
# Assumed, not measured here: a busy core of the last years' laptops and servers draws 4 to 15 W.
WATTS_A_CORE = 10.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A state of the meter; only the difference of two means anything."""

    microjoules: dict[str, int]  # by package; empty where RAPL cannot be read
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class Joules:
    value: float
    measured: bool


def read_meter(powercap: Path = POWERCAP) -> Reading:
    return with_children(read_own_meter(powercap))


def read_own_meter(powercap: Path = POWERCAP) -> Reading:
    """Without the children: finding them goes through every process of the machine, which takes milliseconds."""
    return Reading(_packages(powercap), _seconds_of([psutil.Process()]))


def with_children(own: Reading) -> Reading:
    """A reading of this process alone, completed by what its children have used until now."""
    children = psutil.Process().children(recursive=True)
    return replace(own, processor_seconds=own.processor_seconds + _seconds_of(children))


def used(before: Reading, after: Reading, *, powercap: Path = POWERCAP) -> Joules:
    """What was used between two readings. A counter that ran over is taken at its full range."""
    if before.microjoules and before.microjoules.keys() == after.microjoules.keys():
        total = 0
        for name, start in before.microjoules.items():
            spent = after.microjoules[name] - start
            total += (
                spent if spent >= 0 else spent + _number(powercap / name / "max_energy_range_uj", default=0)
            )
        return Joules(total / 1e6, measured=True)
    seconds = max(0.0, after.processor_seconds - before.processor_seconds)
    return Joules(seconds * WATTS_A_CORE, measured=False)


def _packages(powercap: Path) -> dict[str, int]:
    """Whole packages only ("intel-rapl:0"): their parts ("intel-rapl:0:1") are in them already."""
    found: dict[str, int] = {}
    for folder in sorted(powercap.glob("intel-rapl:*")):
        if folder.name.count(":") == 1:
            value = _number(folder / "energy_uj", default=-1)
            if value < 0:
                return {}
            found[folder.name] = value
    return found


def _number(path: Path, *, default: int) -> int:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return default  # root alone may read it on most machines


def _seconds_of(processes: Iterable[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue  # it ended between the listing and the reading
        total += times.user + times.system
    return total
