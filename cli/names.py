"""`suppress`, `unsuppress`, `suppressions`: names hidden by order."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import print_json
from cli.text import clean, day
from domain.errors import ArchiveError
from runtime import Archive
from runtime.taking_off import touched_name

NameArgument = Annotated[str, typer.Argument(help="The name in full, as it is printed.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="By whose order and why; kept for good.")]


def register(app: typer.Typer) -> None:
    app.command(epilog='Example:  depeche suppress "Maria Silva" --reason "court order 12/2001"')(suppress)
    app.command(epilog='Example:  depeche unsuppress "Maria Silva" --reason "order lifted"')(unsuppress)
    app.command(epilog="Example:  depeche suppressions --json")(suppressions)


def suppress(name: NameArgument, reason: ReasonOption, archive: ArchiveOption = None) -> None:
    """Hide a person's name from search, answers and story pages; the stored text stays as it is."""
    with open_archive(archive) as opened:
        holding, warning = _holding(opened, name)  # before: a name that is hidden is found nowhere
        opened.suppress(name, reason=reason, actor=getpass.getuser())
    typer.echo(f"{holding}the name is hidden from the next question on")
    if warning:
        typer.echo(f"warning: {warning}", err=True)


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


def _holding(opened: Archive, name: str) -> tuple[str, str | None]:
    """How many stories hold the name now, and what gives reason to look at its spelling again."""
    try:
        touched = touched_name(opened, name)
    except ArchiveError as error:  # an order is carried out all the same
        return "", f"the stories that hold the name could not be counted: {error}"
    if touched.hidden_since is not None:
        return f"hidden already since {day(touched.hidden_since)}; ", None
    if not touched.stories:
        return "no story holds the name now; ", (
            f"check how “{clean(touched.name)}” is spelled; it is recorded, and hidden in stories that come "
            "(`depeche unsuppress` takes it back)"
        )
    return f"{touched.stories} {'story holds' if touched.stories == 1 else 'stories hold'} the name; ", None
