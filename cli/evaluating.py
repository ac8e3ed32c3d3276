"""`eval`: run an evaluation set and print its measures."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from cli.options import ArchiveOption, JsonOption, settings_for
from cli.progress import IngestBars
from cli.shapes import print_json
from runtime.evaluation import compare, prepare


def register(app: typer.Typer) -> None:
    app.command(name="eval", epilog="Example:  depeche eval data/evaluation --limit 20 --name quick")(
        run_evaluation
    )


def run_evaluation(
    folder: Annotated[
        Path, typer.Argument(metavar="SET", help="A folder in BEIR layout (docs/evaluation.md).")
    ],
    archive: ArchiveOption = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the run; an interrupted one resumes under its name.")
    ] = None,
    retrieval_only: Annotated[
        bool, typer.Option("--retrieval-only", help="Rank stories; ask no model.")
    ] = False,
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Answer by quoting, without a model.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N questions.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Catalogue name, a .gguf file, or an endpoint's URL.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--compare", metavar="RUN", help="Show what changed against that run.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also copy the run's files into this folder.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run an evaluation set in an archive of its own (cached by content) and print every measure."""
    settings = settings_for(archive, model__name=model)
    console = Console(stderr=True)
    columns = (
        TextColumn("questions"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with IngestBars(enabled=not json) as bars:
        prepared = prepare(folder, settings, reading=bars.reading, indexing=bars.indexing)
    with prepared, Progress(*columns, console=console, disable=json or not console.is_terminal) as bar:
        task = bar.add_task("questions", total=None)
        run = prepared.run(
            name=name,
            retrieval_only=retrieval_only,
            extractive=extractive,
            limit=limit,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    changes = compare(run.folder.parent / against, run.folder) if against else None
    if report:
        shutil.copytree(run.folder, report, dirs_exist_ok=True)
    if json:
        print_json(run.summary | ({"changes": changes} if changes is not None else {}))
        return
    for measure, value in run.summary.items():
        typer.echo(
            f"{measure:20} {value}"
            if not isinstance(value, dict)
            else f"{measure}:\n" + "\n".join(f"  {k:18} {v}" for k, v in value.items())
        )
    for change in changes or ():
        typer.echo(f"{change['query_id']}: {change['before']} → {change['after']}  {change['text']}")
    typer.echo(f"run kept in {run.folder}", err=True)
