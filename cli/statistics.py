"""`stats`: what the archive holds, and what its answers have cost in tokens, seconds and energy."""

from __future__ import annotations

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import print_json
from cli.text import clean
from runtime.statistics import statistics, statistics_lines


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche stats --json")(stats)


def stats(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Count stories, answers, tokens, seconds and joules, by model."""
    with open_archive(archive) as opened:
        found = statistics(opened.store)
    if json:
        print_json(found)
    else:
        typer.echo("\n".join(map(clean, statistics_lines(found))))
