"""A setting that there is not: which file or variable says it, and which name it may be a slip of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel

from domain.errors import SettingsError


def no_such_setting(
    loc: Sequence[str | int], layers: Sequence[tuple[str, Mapping[str, object]]], kind: type[BaseModel]
) -> SettingsError:
    """The error for what `loc` leads to in one of the layers (lowest first), and `kind` does not have."""
    where = ".".join(part for part in loc if isinstance(part, str))
    origin = next((name for name, layer in reversed(layers) if _says(layer, loc)), "settings")
    near = get_close_matches(where, _names(kind), n=1)
    return SettingsError(
        f"no such setting: {where} ({origin})",
        hint=f"did you mean {near[0]}? " * bool(near) + "`depeche settings` shows every name and its meaning",
    )


def _says(layer: object, loc: Sequence[str | int]) -> bool:
    for part in loc:
        try:
            layer = layer[part]  # type: ignore[index]  # what has no such part says nothing of it
        except (TypeError, LookupError):
            return False
    return True


def _names(kind: type[BaseModel], above: str = "") -> Iterator[str]:
    """Sections and settings below `kind`, dotted."""
    for name, field in kind.model_fields.items():
        yield f"{above}{name}"
        for below in (field.annotation, *get_args(field.annotation)):
            if isinstance(below, type) and issubclass(below, BaseModel):
                yield from _names(below, f"{above}{name}.")
