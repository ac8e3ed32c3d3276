"""`ingest`, `story`, `kill`, `hold`, `release`: what goes in, and what may be shown."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.progress import IngestBars
from cli.shapes import ingest_shape, print_json, story_shape
from cli.text import STATUSES, failure_lines, report_line, story_lines

GuidArgument = Annotated[str, typer.Argument(help="The story's guid, as `search` and `ask` print it.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the story's history.")]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche ingest feed/ archive-1987.sgm.gz --provider afp")(ingest)
    app.command(epilog="Example:  depeche story urn:newsml:afp.com:20240101:1 --history")(story)
    app.command(epilog='Example:  depeche kill GUID --reason "withdrawn by the agency"')(kill)
    app.command(epilog='Example:  depeche hold GUID --reason "being checked"')(hold)
    app.command(epilog='Example:  depeche release GUID --reason "checked"')(release)


def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders, mixed as they come.")] = None,
    archive: ArchiveOption = None,
    format: Annotated[
        str, typer.Option("--format", help="Reader to use; auto looks at the content.")
    ] = "auto",
    provider: Annotated[
        str | None, typer.Option("--provider", help="Provider's name, over what items say.")
    ] = None,
    failures: Annotated[
        bool, typer.Option("--failures", help="List what could not be read, and the remedy.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Take stories in: read, store, embed, index. Running it again changes nothing."""
    with open_archive(archive, makes=not failures) as opened:
        if failures:
            rows = opened.failures()
            if json:
                print_json({"failures": rows})
            else:
                typer.echo("\n".join(failure_lines(rows)))
            return
        if not paths:
            raise typer.BadParameter("name at least one file or folder", param_hint="PATHS")
        with IngestBars(enabled=not json) as bars:
            report = opened.ingest(
                paths, format=format, provider=provider, reading=bars.reading, indexing=bars.indexing
            )
        if json:
            print_json(ingest_shape(report))
        else:
            typer.echo(report_line(report))
        if report.quarantined and not json:
            typer.echo(f"{report.quarantined} kept aside: depeche ingest --failures", err=True)


def story(
    guid: GuidArgument,
    archive: ArchiveOption = None,
    version: Annotated[int | None, typer.Option("--version", help="One version only.")] = None,
    history: Annotated[bool, typer.Option("--history", help="With kills, holds and releases.")] = False,
    json: JsonOption = False,
) -> None:
    """Show a story and its versions."""
    with open_archive(archive) as opened:
        record = opened.story(guid, version=version, history=history)
        if json:
            print_json(story_shape(record, number=version, history=history))
        else:
            typer.echo("\n".join(story_lines(record, number=version, history=history)))


def kill(
    guid: GuidArgument, reason: ReasonOption, archive: ArchiveOption = None, json: JsonOption = False
) -> None:
    """Take a story, in all its versions, out of search, answers and pages for good."""
    _act("kill", guid, reason, archive, json=json)


def hold(
    guid: GuidArgument,
    reason: ReasonOption = "by hand",
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Withhold a story until it is released."""
    _act("hold", guid, reason, archive, json=json)


def release(
    guid: GuidArgument,
    reason: ReasonOption = "by hand",
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Lift a hold (or, by hand and on the record, a kill)."""
    _act("release", guid, reason, archive, json=json)


def _act(action: str, guid: str, reason: str, archive: Path | None, *, json: bool) -> None:
    with open_archive(archive) as opened:
        {"kill": opened.kill, "hold": opened.hold, "release": opened.release}[action](
            guid, reason=reason, actor=getpass.getuser()
        )
        record = opened.story(guid, history=True)
        if json:
            print_json(story_shape(record, number=None, history=True))
        else:
            typer.echo(f"{guid} is now {STATUSES[record.status]}")
