"""`waiting`: kills, holds and corrections whose story has not arrived, or that could mean several."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import print_json
from cli.text import clean, day


def register(app: typer.Typer) -> None:
    app.command(
        epilog='Example:  depeche waiting --dismiss 12 --reason "killed by hand"',
    )(waiting)


def waiting(
    archive: ArchiveOption = None,
    dismiss: Annotated[
        int | None, typer.Option("--dismiss", help="Number of a message to take off the list.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; needed to dismiss.")] = None,
    json: JsonOption = False,
) -> None:
    """List messages about other stories that wait: each is carried out when its story arrives."""
    if dismiss is not None and not (reason or "").strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    with open_archive(archive) as opened:
        if dismiss is not None:
            opened.dismiss(dismiss, reason=reason or "", actor=getpass.getuser())
        rows = opened.waiting()
    if json:
        print_json({"waiting": rows})
        return
    for row in rows:
        named = row["target"] if row["reference"] is None else row["reference"]
        typer.echo(
            f"{row['id']}  {row['action']}  {day(row['issued'])}  {clean(row['provider'])}: {clean(named or '?')}"
            f"  ({clean(row['note'] or 'new')})"
        )
    if not rows:
        typer.echo("no message waits")
