"""`models list|pull|verify|use|add|remove` and `doctor`: what is installed, what fits this machine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from cli.options import ArchiveOption, JsonOption, settings_for
from cli.shapes import print_json
from cli.text import clean
from domain.errors import ModelNotInstalled
from runtime.inventory import (
    add_model,
    doctor_lines,
    examine,
    models,
    pull_model,
    remove_model,
    use_model,
    verify_model,
)

NamesArgument = Annotated[list[str], typer.Argument(help="Names from `depeche models list`.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The models: list, fetch, verify, choose, add, remove.", no_args_is_help=True)
    group.command(name="list", epilog="Example:  depeche models list --json")(list_models)
    group.command(epilog="Example:  depeche models pull mistral-small-3.1-24b")(pull)
    group.command(epilog="Example:  depeche models verify qwen2.5-coder-1.5b")(verify)
    group.command(epilog="Example:  depeche models use mistral-small-3.1-24b --task synthesis")(use)
    group.command(epilog="Example:  depeche models add house-model /srv/models/house.gguf")(add)
    group.command(epilog="Example:  depeche models remove qwen2.5-coder-0.5b")(remove)
    app.add_typer(group, name="models")
    app.command(epilog="Example:  depeche doctor --json")(doctor)


def list_models(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """What the catalogue knows and what is on this machine."""
    rows = models(settings_for(archive))
    if json:
        print_json({"models": rows})
        return
    typer.echo(f"  {'model':24} {'kind':9} {'size':>10}  {'here':10} licence")
    for row in rows:
        where = "installed" if row["installed"] else "-"
        typer.echo(
            f"{'*' if row['chosen'] else ' '} {row['name']:24} {row['kind']:9} {row['size'] / 2**30:6.2f} GiB  "
            f"{where:10} {row['licence']}"
        )
    typer.echo("* chosen for this archive", err=True)


def pull(names: NamesArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Fetch models: resumed, verified by sha256 before use, never half-visible. Does nothing if they are here."""
    settings = settings_for(archive)
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    paths: dict[str, str] = {}
    for name in names:
        if not (json or console.is_terminal):
            typer.echo(f"{name}: fetching, unless it is here", err=True)
        with Progress(*columns, console=console, disable=json or not console.is_terminal) as bar:
            task = bar.add_task(name, total=None)

            def advance(done: int, total: int, what: str, bar: Progress = bar, task: object = task) -> None:
                bar.update(task, completed=done, total=total, description=what)  # type: ignore[arg-type]

            paths[name] = str(pull_model(settings, name, advance))
        if not json:
            typer.echo(f"{name}: {paths[name]}", err=True)
    if json:
        print_json({"models": paths})


def verify(names: NamesArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Read the models' files again and compare their digests with the catalogue's."""
    settings = settings_for(archive)
    for name in names:
        verify_model(settings, name)
    if json:
        print_json({"verified": names})
    else:
        typer.echo("\n".join(f"{name}: as the catalogue says" for name in names))


class TaskOption(StrEnum):
    LOOKUP = "lookup"
    SYNTHESIS = "synthesis"


def use(
    name: Annotated[str, typer.Argument(help="Catalogue name, a .gguf file, or an endpoint's URL.")],
    archive: ArchiveOption = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="LANG", help="Only for questions in it (en, fr …).")
    ] = None,
    task: Annotated[
        TaskOption | None,
        typer.Option("--task", help="Only for lookups (one fact asked for), or only for all the others."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Choose the archive's model, or add a rule for a language or task, in the archive's depeche.toml."""
    written = use_model(settings_for(archive), name, language=language, task=task)
    if json:
        print_json({"model": name, "language": language, "task": task, "file": str(written)})
    else:
        only = " ".join(filter(None, (language, task and f"{task}"))) or "all questions"
        typer.echo(f"{clean(name)} for {only}: {written}")


def add(
    name: Annotated[str, typer.Argument(help="The name it is to have.")],
    file: Annotated[
        Path, typer.Argument(help="A GGUF file; it stays where it is.", exists=True, dir_okay=False)
    ],
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Add a model of your own to the catalogue, with the facts its file states and its digest."""
    settings = settings_for(archive)
    add_model(settings, name, file)
    if json:
        print_json({"model": next(row for row in models(settings) if row["name"] == name)})
    else:
        typer.echo(f"{clean(name)}: {file} (depeche models use {clean(name)})")


def remove(names: NamesArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Remove models' files. A model that was added is forgotten; its file stays."""
    settings = settings_for(archive)
    for name in names:
        if not remove_model(settings, name):
            raise ModelNotInstalled(f"{name} is not installed", hint="depeche models list")
    if json:
        print_json({"removed": names})
    else:
        typer.echo("\n".join(f"{clean(name)}: removed" for name in names))


def doctor(
    archive: ArchiveOption = None,
    other_machines: Annotated[
        bool,
        typer.Option(
            "--other-machines", help="Also what Mistral Small needs on machines that one might buy."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """What is installed and chosen, what this machine is, which models fit it, and the arithmetic."""
    found = examine(settings_for(archive))
    if json:
        print_json(found)
        return
    typer.echo("\n".join(doctor_lines(found, other_machines=other_machines)))
