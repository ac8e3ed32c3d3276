"""`suppress`, `unsuppress`, `suppressions`: names hidden by order."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import print_json
from cli.text import clean, day

NameArgument = Annotated[str, typer.Argument(help="The name in full, as it is printed.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="By whose order and why; kept for good.")]


def register(app: typer.Typer) -> None:
    app.command(epilog='Example:  depeche suppress "Maria Silva" --reason "court order 12/2001"')(suppress)
    app.command(epilog='Example:  depeche unsuppress "Maria Silva" --reason "order lifted"')(unsuppress)
    app.command(epilog="Example:  depeche suppressions --json")(suppressions)


def suppress(name: NameArgument, reason: ReasonOption, archive: ArchiveOption = None) -> None:
    """Hide a person's name from search, answers and story pages; the stored text stays as it is."""
    with open_archive(archive) as opened:
        opened.suppress(name, reason=reason, actor=getpass.getuser())
    typer.echo("the name is hidden from the next question on")


def unsuppress(name: NameArgument, reason: ReasonOption, archive: ArchiveOption = None) -> None:
    """Show a hidden name again."""
    with open_archive(archive) as opened:
        opened.unsuppress(name, reason=reason, actor=getpass.getuser())
    typer.echo("the name is shown again")


def suppressions(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """List the hidden names (for the archive's desk: this shows them)."""
    with open_archive(archive) as opened:
        rows = opened.suppressions()
    if json:
        print_json({"suppressions": [asdict(row) for row in rows]})
    else:
        lines = (f"{clean(r.name)}  since {day(r.since)}, {clean(r.actor)}: {clean(r.reason)}" for r in rows)
        typer.echo("\n".join(lines) or "no name is hidden")
