"""Models and machine as a person asks about them: what is here, what could be, what fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.catalogue import ModelKind, load_catalogue
from models.fetch import installed, pull, verify
from models.machine import inspect_machine
from models.planner import GIB, Plan, plans_for, recommend, survey
from runtime.settings import Settings

LARGE_MODEL = "mistral-small-3.1-24b"  # whose arithmetic `doctor` shows for machines one might buy


def models(settings: Settings) -> list[dict[str, Any]]:
    """The catalogue in its order, with where each model is (`installed`: path or None)."""
    return [
        {
            "name": spec.name,
            "title": spec.title,
            "kind": spec.kind,
            "licence": spec.licence,
            "languages": list(spec.languages),
            "size": spec.disk_bytes,
            "context": spec.context,
            "installed": str(path) if (path := installed(spec, settings.models_cache)) else None,
            "chosen": spec.name in (settings.model.name, settings.embedder.name),
        }
        for spec in load_catalogue()
    ]


def pull_model(
    settings: Settings, name: str, progress: Callable[[int, int, str], None] | None = None
) -> Path:
    """Fetches a model of the catalogue; returns at once when it is here. Raises DownloadFailed, ModelCorrupt."""
    spec = load_catalogue().get(name)
    return installed(spec, settings.models_cache) or pull(
        spec, cache=settings.models_cache, progress=progress
    )


def verify_model(settings: Settings, name: str) -> Path:
    return verify(load_catalogue().get(name), settings.models_cache)


def examine(settings: Settings) -> dict[str, Any]:
    """This machine, what fits it (each language model, with the arithmetic), and the large model elsewhere."""
    machine = inspect_machine()
    catalogue = load_catalogue()
    llms = catalogue.of_kind(ModelKind.LLM)
    advised = recommend(machine, llms, settings.model.context)
    return {
        "machine": asdict(machine),
        "model": settings.model.name,
        "advised": advised.name if advised else None,
        "here": [_plan_row(p) for spec in llms for p in plans_for(machine, spec, settings.model.context)],
        "elsewhere": [_plan_row(p) for p in survey(catalogue.get(LARGE_MODEL))],
    }


def _plan_row(plan: Plan) -> dict[str, Any]:
    return asdict(plan) | {"total_bytes": plan.total_bytes, "fits": plan.fits}


def doctor_lines(found: dict[str, Any]) -> Iterator[str]:
    """`examine` as lines for a terminal."""
    machine = found["machine"]
    yield f"{machine['processor']}: {machine['cores']} cores, {_gib(machine['memory_bytes'])} ({', '.join(machine['flags'])})"
    for gpu in machine["gpus"]:
        yield f"GPU {gpu['name']}: {_gib(gpu['memory_bytes'])}"
    yield f"\nmodel chosen: {found['model']}; advised for this machine: {found['advised'] or 'none fits'}"
    yield "\non this machine (weights + context × bytes a token + overhead = total, of what may be used):"
    yield from map(_plan_line, found["here"])
    yield f"\n{LARGE_MODEL} with its whole context elsewhere:"
    yield from map(_plan_line, found["elsewhere"])


def _plan_line(row: dict[str, Any]) -> str:
    verdict = "fits" if row["fits"] else f"no: {row['largest_context']} tokens at most"
    if not row["fits"] and row["gpu_layers"] is not None:
        verdict += f", or {row['gpu_layers']} layers on the GPU"
    return (
        f"  {row['model']:22} {row['place']:5} {_gib(row['memory_bytes']):>9} {row['kv_type']:5} "
        f"{_gib(row['weights_bytes'])} + {row['context']} × {row['kv_bytes_per_token'] / 1024:.0f} KiB "
        f"+ {_gib(row['overhead_bytes'])} = {_gib(row['total_bytes'])} of {_gib(row['usable_bytes'])}: {verdict}"
    )


def _gib(size: float) -> str:
    return f"{size / GIB:.1f} GiB"
