"""`watch`: takes in what arrives, until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import ingest_shape, print_json
from cli.text import report_line
from domain.story import IngestReport
from runtime.watch import FEED_EVERY, watch, watched


def register(app: typer.Typer) -> None:
    app.command(name="watch", epilog="Example:  depeche watch /srv/feeds https://example.org/news.rss")(
        watching
    )


def watching(
    what: Annotated[
        list[str], typer.Argument(help="Folders, and http(s) addresses of RSS, Atom or JSON feeds.")
    ],
    archive: ArchiveOption = None,
    every: Annotated[
        float,
        typer.Option("--every", min=1, help="Seconds between two looks at a feed; folders: one second."),
    ] = FEED_EVERY,
    provider: Annotated[
        str | None, typer.Option("--provider", help="Provider's name, over what items say.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Take in what arrives in folders and feeds within seconds, until Ctrl-C."""
    stop = threading.Event()
    # A batch under way is finished and indexed; a second Ctrl-C does not wait for it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda caught, _frame: _ended(stop, caught))
    with open_archive(archive, makes=True) as opened:

        def ingest(paths: Sequence[Path]) -> IngestReport:
            return opened.ingest(paths, provider=provider)

        sources = watched(what, feeds=opened.settings.archive / "feeds", feed_every=every)
        typer.echo(f"watching {', '.join(what)} (Ctrl-C ends)", err=True)
        for report in watch(sources, ingest=ingest, told=_tell, stop=stop):
            if json:
                print_json(ingest_shape(report))
            else:
                typer.echo(report_line(report))


def _tell(trouble: str) -> None:
    typer.echo(trouble, err=True)


def _ended(stop: threading.Event, caught: int) -> None:
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()
    typer.echo(f"ending ({signal.Signals(caught).name})", err=True)
