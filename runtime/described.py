"""Every setting with its value here, its default and its meaning: for `depeche settings`.

A key (`model.api_key`, `access.oidc_client_secret`) is never shown: only whether one is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from runtime.settings import Settings

_SECRET = frozenset({"model.api_key", "access.oidc_client_secret"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One setting. `name` is dotted; `variable` is the environment's word for it."""

    name: str
    value: str | None
    default: str | None
    meaning: str
    variable: str


# Set by options and variables of their own, not by a section of depeche.toml.
_TOP = {
    "archive": ("--archive DIR, the folder of the archive", "DEPECHE_ARCHIVE"),
    "models_cache": ("where weights are kept, shared between archives", "DEPECHE_MODELS"),
    "database": ("SQLAlchemy URL; absent: archive.sqlite in the archive's folder", "DEPECHE_DATABASE"),
}


def described(settings: Settings) -> Iterator[Described]:
    """All settings, section by section, in the order of the classes."""
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            for inner, inner_field in type(value).model_fields.items():
                yield _one(f"{name}.{inner}", getattr(value, inner), inner_field)
        else:
            meaning, variable = _TOP[name]
            default = None if field.is_required() else _text(field.default)
            yield Described(
                name=name, value=_text(value), default=default, meaning=meaning, variable=variable
            )


def _one(name: str, value: object, field: FieldInfo) -> Described:
    shown = "(set)" if name in _SECRET and value else _text(value)
    return Described(
        name=name,
        value=shown,
        default=_text(field.default),
        meaning=field.description or "",
        variable="DEPECHE_" + name.upper().replace(".", "__"),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
