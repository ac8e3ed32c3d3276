"""`serve` and `version`."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, settings_for
from cli.shapes import print_json
from runtime.access.opening import serving_warnings

LOOPBACK = "127.0.0.1"


class Login(StrEnum):
    NONE = "none"
    LOCAL = "local"
    OIDC = "oidc"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche serve --port 8600")(serve)
    app.command()(version)


def serve(
    archive: ArchiveOption = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the pages.")] = 8501,
    address: Annotated[
        str,
        typer.Option("--address", help="Address to listen on; beyond this machine, a login is needed."),
    ] = LOOPBACK,
    login: Annotated[
        Login | None,
        typer.Option(
            "--login",
            help="local: names and passwords of `depeche users`; oidc: the provider that the settings name under "
            "[access]; none: whoever reaches the server is admin [default: access.login of the settings, else none].",
            show_default=False,
        ),
    ] = None,
    open_to_all: Annotated[
        bool,
        typer.Option(
            "--open-to-all", help="Listen beyond this machine without a login; whoever comes is admin."
        ),
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", help="PEM file: serve over TLS.", exists=True, dir_okay=False),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="PEM file of its private key.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Serve the pages, on this machine only unless told otherwise."""
    if (certificate is None) != (key is None):
        raise typer.BadParameter("--certificate and --key go together")
    settings = settings_for(
        archive, access__login=login and login.value, access__open_to_all=open_to_all or None
    )
    for warning in serving_warnings(settings, address=address, over_tls=certificate is not None):
        typer.echo(f"warning: {warning}", err=True)
    command = [sys.executable, "-m", "ui.serving", "--address", address, "--port", str(port)]
    if certificate is not None:
        command += ["--certificate", str(certificate), "--key", str(key)]
    environment = os.environ | {
        "DEPECHE_ARCHIVE": str(settings.archive),
        "DEPECHE_ACCESS__LOGIN": settings.access.login,
        "DEPECHE_ACCESS__OPEN_TO_ALL": str(settings.access.open_to_all),
    }
    typer.echo(f"{'https' if certificate else 'http'}://{address}:{port}  (Ctrl-C stops)", err=True)
    if os.name == "posix":  # this process becomes the server: what stops the one stops the other
        os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


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
