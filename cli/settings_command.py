"""`settings`: every setting, its value here, where it can be set and what it means."""

from __future__ import annotations

from dataclasses import asdict

import typer

from cli.options import ArchiveOption, JsonOption, settings_for
from cli.shapes import print_json
from runtime.described import described


def register(app: typer.Typer) -> None:
    app.command(name="settings", epilog="Example:  depeche settings --json")(show_settings)


def show_settings(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Show every setting: value, default, environment variable and meaning."""
    rows = list(described(settings_for(archive)))
    if json:
        print_json({"settings": [asdict(row) for row in rows]})
        return
    for row in rows:
        changed = "" if row.value == row.default or row.default is None else f"  (default {row.default})"
        typer.echo(f"{row.name} = {row.value if row.value is not None else '-'}{changed}")
        typer.echo(f"    {row.meaning}  [{row.variable}]")
