"""`verify calibrate`: set the limits of the check of sentences on a set of pairs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, settings_for
from cli.shapes import print_json
from runtime.verification import calibrate_thresholds


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The check of an answer's sentences.", no_args_is_help=True)
    group.command(epilog="Example:  depeche verify calibrate data/verification")(calibrate)
    app.add_typer(group, name="verify")


def calibrate(
    folder: Annotated[
        Path, typer.Argument(metavar="SET", help="A folder of sentence pairs (docs/verification.md).")
    ],
    archive: ArchiveOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write here in place of the file the program reads.")
    ] = None,
    ask_model: Annotated[
        bool,
        typer.Option(
            "--ask-model", help="Also ask the language model about pairs in doubt, and set its bounds."
        ),
    ] = False,
    asked_pairs: Annotated[
        int, typer.Option("--asked-pairs", min=20, help="How many pairs the language model is asked about.")
    ] = 200,
    json: JsonOption = False,
) -> None:
    """Set the thresholds on the calibrating half of SET with the archive's embedder, and store them with their origin."""
    found = calibrate_thresholds(
        folder, settings_for(archive), out=out, ask_model=ask_model, asked_pairs=asked_pairs
    )
    if json:
        print_json(
            {
                "thresholds": asdict(found.thresholds),
                "balanced_accuracy": round(found.with_embedder.balanced_accuracy, 3),
                "balanced_accuracy_without_embedder": round(found.without.balanced_accuracy, 3),
                "pairs": found.pairs,
                "asked": found.asked and asdict(found.asked),
                "file": str(found.file),
            }
        )
        return
    for name, value in asdict(found.thresholds).items():
        typer.echo(f"{name:18} {value:g}")
    typer.echo(
        f"balanced accuracy on these {found.pairs} pairs: {found.with_embedder.balanced_accuracy:.3f} with the "
        f"embedder, {found.without.balanced_accuracy:.3f} without; written to {found.file}"
    )
    if found.asked is not None:
        asked = found.asked
        typer.echo(
            f"{found.asked_model} asked about {asked.asked} of {asked.in_doubt} pairs in doubt, "
            f"{asked.seconds:.1f} s a pair: balanced accuracy on them {asked.before.balanced_accuracy:.3f} before, "
            f"{asked.after.balanced_accuracy:.3f} after; of the half, in proportion, {asked.half_before:.3f} and "
            f"{asked.half_after:.3f}"
        )
