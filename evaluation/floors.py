"""Floors that a run of a set must hold: pinned in a file beside the set, each with a reason and a date.

corpus = "73aa3dd65c1a4359"       the fingerprint the floors were measured on; another corpus is refused
[[floor]]
measure = "answer_accuracy"       a key of the summary, or two: "abstention.recall"
at_least = 0.74                   or at_most, where lower is better
measured = 0.77                   what the run gave when the floor was set
on = 2026-11-25
reason = "…"                      lowering a floor is done by hand, and says here why
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from domain.errors import SetError


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Exactly one of the two limits is set."""

    measure: str
    at_least: float | None
    at_most: float | None
    measured: float
    on: date
    reason: str

    def holds(self, value: float) -> bool:
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    corpus: str
    floors: tuple[Floor, ...]


def read_floors(path: Path) -> Floors:
    """SetError naming the entry and what is wrong with it."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise SetError(f"{path} is missing") from error
    except tomllib.TOMLDecodeError as error:
        raise SetError(f"{path}: {error}") from error
    if not isinstance(written.get("corpus"), str) or not written.get("floor"):
        raise SetError(f'{path}: needs corpus = "…" and at least one [[floor]]')
    return Floors(
        corpus=written["corpus"],
        floors=tuple(
            _floor(entry, f"{path}, floor {at}") for at, entry in enumerate(written["floor"], start=1)
        ),
    )


def below(floors: Floors, *, corpus: str, summary: Mapping[str, Any]) -> list[str]:
    """What does not hold, in words; nothing when all do. SetError where the floors are of another corpus."""
    if corpus != floors.corpus:
        raise SetError(
            f"the floors are of corpus {floors.corpus}, and this is {corpus}",
            hint="measure anew, then write the new fingerprint and floors, each with its reason",
        )
    broken: list[str] = []
    for floor in floors.floors:
        value = _value(summary, floor.measure)
        if value is None:
            broken.append(f"{floor.measure} was not measured")
        elif not floor.holds(value):
            limit = f"at least {floor.at_least}" if floor.at_least is not None else f"at most {floor.at_most}"
            broken.append(f"{floor.measure} is {value}, {limit} is the floor ({floor.on}: {floor.measured})")
    return broken


def _floor(entry: Mapping[str, Any], where: str) -> Floor:
    limits = [entry.get("at_least"), entry.get("at_most")]
    numbers = [limit for limit in limits if isinstance(limit, int | float)]
    if len(numbers) != 1:
        raise SetError(f"{where}: exactly one of at_least and at_most, a number")
    for name, kind in (("measure", str), ("measured", int | float), ("on", date), ("reason", str)):
        if not isinstance(entry.get(name), kind) or entry[name] == "":
            raise SetError(f"{where}: no {name!r}")
    return Floor(
        measure=entry["measure"],
        at_least=limits[0],
        at_most=limits[1],
        measured=entry["measured"],
        on=entry["on"],
        reason=entry["reason"],
    )


def _value(summary: Mapping[str, Any], measure: str) -> float | None:
    found: Any = summary
    for name in measure.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, int | float) else None
