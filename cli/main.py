"""Entry point of `depeche`: gathers the commands, and turns every ArchiveError into two plain lines.

Exit status: 0 done, 1 failed, 2 misused (Typer's own), 130 interrupted. Results go to standard
output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import (
    evaluating,
    feedback,
    finding,
    indexing,
    keeping,
    models_commands,
    names,
    questions,
    saving,
    serving,
    settings_command,
    statistics,
    stories,
    subjects,
    users,
    verifying,
    waiting,
    watching,
)
from cli.options import chosen
from domain.errors import ArchiveError, SettingsError

app = typer.Typer(
    name="depeche",
    help="Ask a press archive on your own machine; every sentence of the answer cites the words of a story.",
    epilog='Start with:  depeche ingest data/sample  then  depeche ask "When did the Berlin Wall open?"',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def main(
    archive: Annotated[
        Path | None,
        typer.Option(
            "--archive", "-a", help="Archive folder, for whichever command follows [env: DEPECHE_ARCHIVE]."
        ),
    ] = None,
) -> None:
    chosen.archive = archive


for part in (
    stories,
    watching,
    waiting,
    questions,
    feedback,
    finding,
    saving,
    subjects,
    names,
    evaluating,
    verifying,
    models_commands,
    statistics,
    indexing,
    keeping,
    users,
    serving,
    settings_command,
):
    part.register(app)


def run() -> None:
    """What the `depeche` script calls."""
    # A reader's terminal is not the place for the libraries' own progress and telemetry.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        app()
    except ArchiveError as error:
        print_error(error)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # `depeche search … | head` closed our output: not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def print_error(error: ArchiveError) -> None:
    typer.echo(f"depeche: {error.message}", err=True)
    if error.hint:
        typer.echo(f"  → {error.hint}", err=True)


if __name__ == "__main__":
    run()
