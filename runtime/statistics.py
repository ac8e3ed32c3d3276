"""What answers cost: the energy of one, and the sums of all.

A meter of the processor counts the whole machine, other programs and other questions included; where it may
not be read, the estimate counts this program and its models alone, and says that it is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from domain.answer import Energy
from evaluation.energy import Reading, read_meter, read_own_meter, used, with_children

if TYPE_CHECKING:
    from db.store import AnswerTotals, StoryStore

__all__ = ["read_own_meter", "spent_since", "statistics", "statistics_lines", "with_children"]

_KWH = 3.6e6  # joules


def spent_since(before: Reading) -> Energy:
    spent = used(before, read_meter())
    return Energy(joules=round(spent.value, 3), measured=spent.measured)


def statistics(store: StoryStore) -> dict[str, Any]:
    """Of the archive: its stories, and what the answers given so far cost, by model and in all."""
    totals = store.answer_totals()
    counts = store.counts()
    return {
        "archive": asdict(counts),
        "models": [_row(one) for one in totals],
        "answers": sum(one.answers for one in totals),
        "declined": sum(one.declined for one in totals),
        "tokens": {
            "prompt": sum(one.prompt_tokens for one in totals),
            "generated": sum(one.generated_tokens for one in totals),
        },
        "seconds": round(sum(one.seconds for one in totals), 3),
        "joules": round(sum(one.joules for one in totals), 1),
        "joules_estimated": round(sum(one.joules_estimated for one in totals), 1),
    }


def _row(totals: AnswerTotals) -> dict[str, Any]:
    return asdict(totals) | {
        "seconds": round(totals.seconds, 3),
        "joules": round(totals.joules, 1),
        "joules_estimated": round(totals.joules_estimated, 1),
    }


def statistics_lines(found: dict[str, Any]) -> Iterator[str]:
    yield ", ".join(
        f"{value} {name.replace('_', ' ')}"
        for name, value in found["archive"].items()
        if isinstance(value, int)
    )
    if not found["answers"]:
        yield "no answers yet"
        return
    yield (
        f"{found['answers']} answers, {found['declined']} of them not in the archive; "
        f"{found['tokens']['prompt']} tokens read, {found['tokens']['generated']} written; "
        f"{found['seconds']:.0f} s; {_energy(found)}"
    )
    for row in found["models"]:
        yield (
            f"  {row['model'] or 'quoted without a model'}: {row['answers']} answers, {row['prompt_tokens']} + "
            f"{row['generated_tokens']} tokens, {row['seconds'] / row['answers']:.1f} s and "
            f"{row['joules'] / row['answers']:.0f} J each"
        )


def _energy(found: dict[str, Any]) -> str:
    joules, estimated = found["joules"], found["joules_estimated"]
    how = (
        "measured"
        if not estimated
        else "estimated"
        if estimated >= joules
        else f"{estimated:.0f} J of it estimated"
    )
    return f"{joules:.0f} J ({joules / _KWH:.4f} kWh, {how})"
