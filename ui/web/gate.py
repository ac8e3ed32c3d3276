"""Stands before every request: nothing of an archive leaves to someone who has no session.

Streamlit's own routes (the socket, uploads, media) ask nobody who they are, so this asks for them. Open to
all are the sign-in page, Streamlit's program, which holds nothing of the archive, and its health word.
Without a login the host named must be this machine: a page elsewhere that has its name lead here
(DNS rebinding) is turned away.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import NotSignedIn
from runtime.access import Access
from ui.web.pages import PAGES, render

OPEN = ("/login", "/auth/logout", "/_stcore/health", "/static/", "/favicon.png", "/depeche/")

# The pages load nothing from elsewhere and send nothing elsewhere, whatever a story might get a browser to try.
# Streamlit's program needs inline styles and scripts; Vega, which draws the charts, compiles its expressions.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`access` None: no login. `hosts`: names this server answers to; None: any."""

    access: Access | None
    cookie: str
    hosts: frozenset[str] | None


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = await self._refused(HTTPConnection(scope))
        if refused is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "not signed in"})
        else:
            await refused(scope, receive, _with_headers(send))

    async def _refused(self, asked: HTTPConnection) -> ASGIApp | None:
        """What to answer in place of what was asked for; None: it may pass."""
        rules = self._rules
        if rules.hosts is not None and (asked.url.hostname or "").strip("[]") not in rules.hosts:
            return PlainTextResponse("this server answers to this machine's own names only", status_code=421)
        path = asked.url.path
        if rules.access is None or any(path == one or path.startswith(one.rstrip("/") + "/") for one in OPEN):
            return None
        token = asked.cookies.get(rules.cookie)
        try:
            await run_in_threadpool(rules.access.user, token)
        except NotSignedIn:
            return _turned_away(asked, known=token is not None)
        return None


def _turned_away(asked: HTTPConnection, *, known: bool) -> ASGIApp:
    """To the sign-in page, if this would have been a page."""
    if asked.scope["type"] == "websocket" or asked.scope["method"] != "GET" or asked.url.path not in PAGES:
        return PlainTextResponse("sign in first", status_code=401)
    back = asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")
    address = "/login?" + urlencode({"next": back})
    if known:
        return RedirectResponse(address, status_code=303)
    # A link in a mail brings no SameSite=Strict cookie along, even of someone who has signed in. The step that
    # this page takes by itself comes from this site, and does.
    return HTMLResponse(render("onward.html.jinja", address=address))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
