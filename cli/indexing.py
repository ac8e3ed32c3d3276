"""`index`: check the derived indexes against the database, or make them again from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.progress import IngestBars
from cli.shapes import print_json


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche index --check")(index)


def index(
    archive: ArchiveOption = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Throw the indexes away and make them again from the database.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Prove that database and indexes agree.")] = False,
    json: JsonOption = False,
) -> None:
    """Index what is pending; with --check or --rebuild, prove or restore the indexes."""
    if rebuild and check:
        raise typer.BadParameter("choose one of --rebuild and --check")
    with open_archive(archive) as opened:
        if check:
            found = opened.check_index()
            if json:
                print_json(asdict(found) | {"ok": found.is_whole})
            else:
                typer.echo(
                    "\n".join(found.problems) or f"database and indexes agree on {found.passages} passages"
                )
            if not found.is_whole:
                raise typer.Exit(1)
            return
        with IngestBars(enabled=not json) as bars:
            done = opened.rebuild_index(bars.indexing) if rebuild else opened.index_pending(bars.indexing)
    if json:
        print_json({"indexed": done})
    else:
        typer.echo(f"{done} passages indexed")
