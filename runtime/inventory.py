"""Models and machine as a person asks about them: what is here, what could be, what fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from answering.generation.native import Model
from domain.errors import IndexStale, ModelNotInstalled, SettingsError
from models import added
from models.added import Shape, catalogue_at
from models.catalogue import ModelKind
from models.fetch import installed, pull, remove, verify
from models.machine import inspect_machine
from models.planner import GIB, Plan, plans_for, recommend, survey
from models.receipt import digest_file
from runtime import model_choice, wiring
from runtime.embedders import embedder_name
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
        for spec in catalogue_at(settings.models_cache)
    ]


def pull_model(
    settings: Settings, name: str, progress: Callable[[int, int, str], None] | None = None
) -> Path:
    """Fetches a model of the catalogue; returns at once when it is here. Raises DownloadFailed, ModelCorrupt."""
    spec = catalogue_at(settings.models_cache).get(name)
    return installed(spec, settings.models_cache) or pull(
        spec, cache=settings.models_cache, progress=progress
    )


def verify_model(settings: Settings, name: str) -> Path:
    return verify(catalogue_at(settings.models_cache).get(name), settings.models_cache)


def remove_model(settings: Settings, name: str) -> bool:
    """Takes a model's files away; of one that was added, only its entry: the file is the user's."""
    cache = settings.models_cache
    if added.is_added(name, cache):
        added.forget(name, cache)
        return True
    return remove(catalogue_at(cache).get(name), cache)


def add_model(
    settings: Settings, name: str, file: Path, progress: Callable[[int, int, str], None] | None = None
) -> Path:
    """Knows a GGUF file by a name of its own, where it lies. Raises ModelCorrupt, SettingsError."""
    shape = _shape(Model(file, vocabulary_only=True), file)
    added.add(name, file, shape, sha256=digest_file(file, progress), cache=settings.models_cache)
    return file


def use_model(settings: Settings, name: str, *, language: str | None = None, task: str | None = None) -> Path:
    """Makes a model the archive's own, or that of its questions in a language or of a task; the file written.

    Raises ModelNotInstalled for one that is not on this machine.
    """
    if not wiring.is_elsewhere(name):
        wiring.required_path(name, settings)
    if language or task:
        return model_choice.add_rule(name, settings.archive, language=language, task=task)
    return model_choice.use(name, settings.archive)


def _shape(model: Model, file: Path) -> Shape:
    """What the planner needs, from the file's own header."""
    kind = model.metadata("general.architecture")
    if kind is None:
        raise SettingsError(
            f"{file} does not say what it is", hint="a GGUF file of a language model is needed"
        )

    def number(key: str) -> int | None:
        value = model.metadata(f"{kind}.{key}")
        return int(value) if value and value.isdigit() else None

    heads, width, layers, context = (
        number(key) for key in ("attention.head_count", "embedding_length", "block_count", "context_length")
    )
    if not (heads and width and layers and context):
        raise SettingsError(
            f"{file} does not state its layers and heads",
            hint="name the file itself: depeche models use FILE",
        )
    return Shape(
        context=context,
        layers=layers,
        kv_heads=number("attention.head_count_kv") or heads,
        head_dim=number("attention.key_length") or width // heads,
        vocabulary=model.vocabulary_size,
        title=model.metadata("general.name"),
        licence=model.metadata("general.license"),
    )


def examine(settings: Settings) -> dict[str, Any]:
    """This machine, what fits it (each language model, with the arithmetic), and the large model elsewhere."""
    machine = inspect_machine()
    catalogue = catalogue_at(settings.models_cache)
    llms = catalogue.of_kind(ModelKind.LLM)
    advised = recommend(machine, llms, settings.model.context)
    return {
        "machine": asdict(machine),
        "model": settings.model.name,
        "chosen": [
            _choice("language model", settings.model.name, settings),
            _choice("embedder", _embedder(settings), settings),
        ],
        "advised": advised.name if advised else None,
        "here": [_plan_row(p) for spec in llms for p in plans_for(machine, spec, settings.model.context)],
        "elsewhere": [_plan_row(p) for p in survey(catalogue.get(LARGE_MODEL))],
        "measured": _measured(settings.models_cache / "tunings"),
    }


def _embedder(settings: Settings) -> str:
    try:
        return embedder_name(settings)
    except IndexStale:  # made by code that only its owner may name
        return settings.embedder.name


def _choice(what: str, name: str, settings: Settings) -> dict[str, Any]:
    """Whether a model that the settings choose can be used here, and the command that fetches it if not."""
    try:
        is_here = wiring.model_installed(settings, name)
        remedy = f"depeche models pull {name}"
    except ModelNotInstalled:  # neither a file here nor a name of the catalogue
        is_here, remedy = False, "no model is called that: depeche models list"
    return {"what": what, "name": name, "installed": is_here, "remedy": None if is_here else remedy}


def _measured(folder: Path) -> list[dict[str, Any]]:
    """How fast models ran here when they were first started, the latest last."""
    rows = []
    for path in sorted(folder.glob("*.json"), key=lambda one: one.stat().st_mtime):
        try:
            rows.append(orjson.loads(path.read_bytes()))
        except (OSError, orjson.JSONDecodeError):
            continue  # it is measured again at the next start
    return rows


def _plan_row(plan: Plan) -> dict[str, Any]:
    return asdict(plan) | {"total_bytes": plan.total_bytes, "fits": plan.fits}


def doctor_lines(found: dict[str, Any], *, other_machines: bool = False) -> Iterator[str]:
    """`examine` as lines for a terminal: what there is to do first, the arithmetic after it."""
    for one in found["chosen"]:
        state = "installed" if one["installed"] else f"not installed: {one['remedy']}"
        yield f"{one['what']}: {one['name']} ({state})"
    yield f"advised for this machine: {found['advised'] or 'none fits'}\n"
    machine = found["machine"]
    yield f"{machine['processor']}: {machine['cores']} cores, {_gib(machine['memory_bytes'])} ({', '.join(machine['flags'])})"
    for gpu in machine["gpus"]:
        yield f"GPU {gpu['name']}: {_gib(gpu['memory_bytes'])}"
    yield "\non this machine (weights + context × bytes a token + overhead = total, of what may be used):"
    yield from map(_plan_line, found["here"])
    if found["measured"]:
        yield "\nmeasured on this machine at the first start, otherwise idle:"
        yield from map(_measured_line, found["measured"])
    if other_machines:
        yield f"\n{LARGE_MODEL} with its whole context elsewhere:"
        yield from map(_plan_line, found["elsewhere"])
    else:
        yield f"\nwhat {LARGE_MODEL} needs on other machines: depeche doctor --other-machines"


def _plan_line(row: dict[str, Any]) -> str:
    verdict = "fits" if row["fits"] else f"no: {row['largest_context']} tokens at most"
    if not row["fits"] and row["gpu_layers"] is not None:
        verdict += f", or {row['gpu_layers']} layers on the GPU"
    return (
        f"  {row['model']:22} {row['place']:5} {_gib(row['memory_bytes']):>9} {row['kv_type']:5} "
        f"{_gib(row['weights_bytes'])} + {row['context']} × {row['kv_bytes_per_token'] / 1024:.0f} KiB "
        f"+ {_gib(row['overhead_bytes'])} = {_gib(row['total_bytes'])} of {_gib(row['usable_bytes'])}: {verdict}"
    )


def _measured_line(row: dict[str, Any]) -> str:
    flash = "with" if row["flash"] else "without"
    return (
        f"  {row['model']}: reads {row['prefill_rate']} and writes {row['decode_rate']} tokens a second "
        f"({row['threads']} threads, {row['kv_type']}, batches of {row['batch']}, {flash} flash attention)"
    )


def _gib(size: float) -> str:
    return f"{size / GIB:.1f} GiB"
