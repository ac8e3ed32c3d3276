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
    switch: Annotated[
        str | None,
        typer.Option(
            "--switch",
            metavar="EMBEDDER",
            help="Embed everything anew with another model beside the index that serves, then switch to it.",
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Prove that database and indexes agree.")] = False,
    json: JsonOption = False,
) -> None:
    """Index what is pending; or prove the indexes, restore them, or change their embedder.

    With --switch, searches and ingestion go on meanwhile, here or elsewhere. Interrupted, the same
    command goes on where it was; afterwards the archive opens with that embedder.
    """
    if rebuild + check + (switch is not None) > 1:
        raise typer.BadParameter("choose one of --rebuild, --check and --switch")
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
            if switch is not None:
                done = opened.switch_embedder(switch, bars.indexing)
            elif rebuild:
                done = opened.rebuild_index(bars.indexing)
            else:
                done = opened.index_pending(bars.indexing)
        embedder = opened.embedder_in_use
    if json:
        print_json({"indexed": done, "embedder": embedder})
    else:
        typer.echo(f"{done} passages indexed by {embedder}")
