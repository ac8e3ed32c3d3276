"""The server of `depeche serve`: Streamlit's own, with the gate and the sign-in page in front of it.

Run as `python -m ui.serving`; what it serves comes from the settings, where it listens from its arguments.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from domain.errors import ArchiveError
from runtime.access import Access
from runtime.settings import LOOPBACK, Settings, load_settings
from ui.session import archive, cookie_name
from ui.telling import tell
from ui.web import pages
from ui.web.gate import Gate, Rules
from ui.web.oidc import Provider
from ui.web.sign_in import SignIn

PROGRAM = Path(str(resources.files("ui"))) / "main.py"


def make_app(settings: Settings, *, address: str, port: int, over_tls: bool) -> App:
    """The pages of one archive behind the login that its settings ask for."""
    chosen = settings.access
    cookie = cookie_name(port)
    secure = over_tls or (chosen.address or "").startswith("https://")
    access, routes = None, pages.routes()
    if chosen.login != "none":
        access = Access.open(settings)
        provider = Provider(chosen) if chosen.login == "oidc" else None
        routes += SignIn(access=access, cookie=cookie, secure=secure, provider=provider).routes()
    rules = Rules(access=access, cookie=cookie, hosts=_own_names(settings, address))
    return App(PROGRAM, routes=routes, middleware=[Middleware(Gate, rules=rules)], on_script_error=tell)


def _own_names(settings: Settings, address: str) -> frozenset[str] | None:
    """The names this server answers to, where it lets in whoever reaches it; None: any."""
    if settings.access.login != "none" or settings.access.open_to_all:
        return None
    return frozenset({*LOOPBACK, address})


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="depeche serve")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    given = parser.parse_args(arguments)
    with suppress(ArchiveError):  # the pages say what is wrong, to whoever opens them
        archive().make_ready()
    app = make_app(
        load_settings(), address=given.address, port=given.port, over_tls=given.certificate is not None
    )
    options = {"server.address": given.address, "server.port": given.port, "logger.hideWelcomeMessage": True}
    if given.certificate is not None:
        options |= {"server.sslCertFile": given.certificate, "server.sslKeyFile": given.key}
    app.run(config=options)


if __name__ == "__main__":
    main()
