"""`feedback`: what readers said of answers, listed, or written as an evaluation set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import feedback_shape, print_json
from cli.text import feedback_lines
from runtime.feedback import feedback_set_of, write


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche feedback --export judged")(feedback)


def feedback(
    archive: ArchiveOption = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write an evaluation set into this new folder: see docs/sets.md."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List what readers said of answers, or make an evaluation set of it."""
    with open_archive(archive) as opened:
        if export is None:
            judged = opened.given.judged()
            if json:
                print_json({"answers": [feedback_shape(given, said) for given, said in judged]})
            else:
                lines = (line for given, said in judged for line in feedback_lines(given, said))
                typer.echo("\n".join(lines) or "no answer was judged yet")
            return
        made = feedback_set_of(opened)
        write(made, export)
    left_out = {why.value: count for why, count in made.left_out.items()}
    if json:
        print_json({"folder": str(export), "questions": len(made.questions), "left_out": left_out})
        return
    typer.echo(f"{len(made.questions)} questions in {export}")
    for why, count in left_out.items():
        typer.echo(f"{count} left out: {why}", err=True)
