"""Options that several commands share, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import StoreError
from runtime import Archive, Settings, load_settings

ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", "-a", help="Archive folder [env: DEPECHE_ARCHIVE].", show_default=False),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Catalogue name, a .gguf file, or an endpoint's URL.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="Published on or after: 1987, 1987-03, 1987-03-26."),
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Published on or before (the whole period named).")
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Answer from what was published by then.")
]
LangOption = Annotated[
    list[str] | None,
    typer.Option("--lang", metavar="LANG", help="Language of the stories (en, fr …); repeatable."),
]
ProviderOption = Annotated[
    list[str] | None, typer.Option("--provider", metavar="NAME", help="Provider of the stories; repeatable.")
]
SubjectOption = Annotated[
    list[str] | None,
    typer.Option("--subject", metavar="SUBJECT", help="Subject of the stories, by code or name; repeatable."),
]
PlaceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--place", metavar="PLACE", help="Dateline of the stories, or a place they name; repeatable."
    ),
]


class _Chosen:
    """What was given before the command's name: `depeche --archive DIR search …`."""

    archive: Path | None = None


chosen = _Chosen()


def settings_for(archive: Path | None, **overrides: Any) -> Settings:
    """Settings of one command; `model__name="x"` overrides `model.name`."""
    dotted = {name.replace("__", "."): value for name, value in overrides.items()}
    return load_settings(archive or chosen.archive, overrides=dotted)


def open_archive(archive: Path | None, *, makes: bool = False, **overrides: Any) -> Archive:
    """The archive of one command. Only one that `makes` archives goes on where there is none: for all others a
    folder without one is a name mistyped, and an empty archive would answer "nothing found"."""
    settings = settings_for(archive, **overrides)
    return Archive.open(settings if makes else of_archive(settings))


def of_archive(settings: Settings) -> Settings:
    """The same settings. Raises StoreError where no archive was made."""
    if not settings.has_archive:
        raise StoreError(
            f"no archive in {settings.archive}",
            hint="`depeche ingest` makes one; or name another with --archive",
        )
    return settings
