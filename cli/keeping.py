"""`backup` and `restore`: an archive in one file, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive, settings_for
from cli.shapes import print_json
from runtime.backup import BackupReport
from runtime.backup import backup as take
from runtime.backup import restore as put_back

ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche backup /mnt/safe/archive-2024-05-01.tar.zst")(backup)
    app.command(epilog="Example:  depeche restore archive-2024-05-01.tar.zst --archive ~/archives/afp")(
        restore
    )


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, .tar.zst.")],
    archive: ArchiveOption = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Write the whole archive, with its index, to one file; questions and kills go on meanwhile."""
    with open_archive(archive) as opened:
        _show("backed up", take(opened.settings, opened.store, file, force=force), json=json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `depeche backup` made.")],
    archive: ArchiveOption = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Verify a backup and put it in the archive's folder."""
    _show("restored", put_back(settings_for(archive), file, force=force), json=json)


def _show(what: str, report: BackupReport, *, json: bool) -> None:
    if json:
        print_json(asdict(report) | {"file": str(report.file)})
    else:
        typer.echo(
            f"{what}: {report.stories} stories, {report.passages} passages, {report.files} files, "
            f"{report.bytes / 1e6:.1f} MB, as of {report.taken:%Y-%m-%d %H:%M} UTC"
        )
