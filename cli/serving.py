"""`serve` and `version`."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from importlib import resources
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, settings_for
from cli.shapes import print_json

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche serve --port 8600")(serve)
    app.command()(version)


def serve(
    archive: ArchiveOption = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the pages.")] = 8501,
    address: Annotated[
        str,
        typer.Option(
            "--address", help="Address to listen on; anything but loopback opens the archive to the network."
        ),
    ] = LOOPBACK,
) -> None:
    """Serve the pages (Streamlit), on this machine only unless told otherwise."""
    settings = settings_for(archive)
    if address != LOOPBACK:
        typer.echo(f"warning: listening on {address}: anyone who reaches it can read this archive", err=True)
    command = [
        sys.executable, "-m", "streamlit", "run", str(resources.files("ui") / "main.py"),
        "--server.address", address, "--server.port", str(port), "--server.headless", "true",
        "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none", "--client.toolbarMode", "minimal",
    ]  # fmt: skip
    typer.echo(f"http://{address}:{port}  (Ctrl-C stops)", err=True)
    environment = os.environ | {"DEPECHE_ARCHIVE": str(settings.archive)}
    try:
        raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def version(json: JsonOption = False) -> None:
    """Print the versions of Dépêche and of what it stands on."""
    names = (
        "depeche",
        "llama-cpp-python",
        "faiss-cpu",
        "tantivy",
        "sentence-transformers",
        "SQLAlchemy",
        "streamlit",
    )
    found = {name: importlib.metadata.version(name) for name in names}
    if json:
        print_json(found)
    else:
        typer.echo("\n".join(f"{name} {number}" for name, number in found.items()))
