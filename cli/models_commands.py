"""`models list|pull|verify|remove` and `doctor`: what is installed, what fits this machine."""

from __future__ import annotations

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
from runtime.inventory import doctor_lines, examine, models, pull_model, verify_model

NamesArgument = Annotated[list[str], typer.Argument(help="Names from `depeche models list`.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The models: list, fetch, verify.", no_args_is_help=True)
    group.command(name="list", epilog="Example:  depeche models list --json")(list_models)
    group.command(epilog="Example:  depeche models pull mistral-small-3.1-24b")(pull)
    group.command(epilog="Example:  depeche models verify qwen2.5-coder-1.5b")(verify)
    app.add_typer(group, name="models")
    app.command(epilog="Example:  depeche doctor --json")(doctor)


def list_models(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """What the catalogue knows and what is on this machine."""
    rows = models(settings_for(archive))
    if json:
        print_json({"models": rows})
        return
    for row in rows:
        where = "installed" if row["installed"] else "-"
        typer.echo(
            f"{row['name']:24} {row['kind']:9} {row['size'] / 2**30:6.2f} GiB  {where:10} {row['licence']}"
        )


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


def doctor(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """What this machine is, which models fit it, and the arithmetic."""
    found = examine(settings_for(archive))
    if json:
        print_json(found)
        return
    typer.echo("\n".join(doctor_lines(found)))
