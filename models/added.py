"""Models of the user's own, added to the catalogue by name: a file beside the cached weights.

The file has the form of catalogue.toml and can be written by hand as well. It is read by the catalogue's own
parser before it replaces the old one, so that an entry that cannot be used never gets in.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ModelNotInstalled, SettingsError
from models.catalogue import Catalogue, load_catalogue

FILE_NAME = "models.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a language model's file says of itself."""

    context: int
    layers: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    title: str | None = None
    licence: str | None = None
    prompt_format: str | None = None


def catalogue_at(cache: Path) -> Catalogue:
    """The catalogue with the user's own entries before it."""
    return load_catalogue(cache / FILE_NAME)


def add(name: str, file: Path, shape: Shape, *, sha256: str, cache: Path) -> None:
    """Knows the GGUF file where it lies under `name` from now on. Raises SettingsError."""
    if name in load_catalogue().names():
        raise SettingsError(f"{name} is a name of the catalogue", hint="choose another name")
    entry: dict[str, object] = {
        "name": name,
        "kind": "llm",
        "title": shape.title or name,
        "licence": shape.licence or "not stated",
        "languages": [],
        "file": f"{name}.gguf",  # a name for the cache, which does not hold it
        "size": file.stat().st_size,
        "sha256": sha256,
        "context": shape.context,
        "layers": shape.layers,
        "kv_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "vocabulary": shape.vocabulary,
        "note": "added here",
    }
    if shape.prompt_format:
        entry["prompt_format"] = shape.prompt_format
    _replace(
        cache, [*_others(name, cache), entry | {"sources": [{"kind": "file", "path": str(file.resolve())}]}]
    )


def forget(name: str, cache: Path) -> None:
    """Takes an added entry away; the file stays. Raises ModelNotInstalled when it was not added here."""
    if name not in [entry["name"] for entry in _entries(cache)]:
        raise ModelNotInstalled(f"{name} was not added here", hint="depeche models list")
    _replace(cache, _others(name, cache))


def is_added(name: str, cache: Path) -> bool:
    return any(entry["name"] == name for entry in _entries(cache))


def _entries(cache: Path) -> list[dict[str, object]]:
    path = cache / FILE_NAME
    if not path.is_file():
        return []
    load_catalogue(path)  # refuses, by name and field, what is not an entry
    listed = tomllib.loads(path.read_text("utf-8")).get("model", [])
    return [dict(entry) for entry in listed]


def _others(name: str, cache: Path) -> list[dict[str, object]]:
    return [entry for entry in _entries(cache) if entry["name"] != name]


def _replace(cache: Path, entries: list[dict[str, object]]) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    scratch = cache / f"{FILE_NAME}.{os.getpid()}.new"
    scratch.write_text("\n".join(map(_written, entries)), encoding="utf-8")
    try:
        load_catalogue(scratch)
    except SettingsError:
        scratch.unlink()
        raise
    scratch.replace(cache / FILE_NAME)


def _written(entry: Mapping[str, object]) -> str:
    fields = {name: value for name, value in entry.items() if name != "sources"}
    lines = ["[[model]]", *(f"{name} = {_value(value)}" for name, value in fields.items())]
    sources = entry["sources"]
    if not isinstance(sources, list):
        raise AssertionError("the catalogue's parser has seen a list")
    for source in sources:
        lines += [
            "",
            "  [[model.sources]]",
            *(f"  {name} = {_value(value)}" for name, value in source.items()),
        ]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """TOML of a text, number, truth or list. JSON's escapes are TOML's, but for the delete character."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
