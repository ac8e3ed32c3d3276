"""Signing in and out: the only place that hands a browser a session.

The cookie is out of reach of scripts (HttpOnly), is sent from this site's own pages only (SameSite=Strict),
over TLS only where the server has it (Secure), and runs out with the session. It holds a random number and
nothing else. A form that another site sends is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from domain.errors import NotSignedIn, SignInRefused
from runtime.access import Access
from ui.strings import languages, preferred, said, words
from ui.web.oidc import Provider, Refused
from ui.web.pages import LANGUAGE_COOKIE, PAGES, language_of, render

LONGEST_FORM = 8192  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """`provider` None: names and passwords. `secure`: people reach this server over TLS."""

    access: Access
    cookie: str
    secure: bool
    provider: Provider | None

    def routes(self) -> Sequence[Route]:
        ours = [
            Route("/login", self._show, methods=["GET"]),
            Route("/login", self._take, methods=["POST"]),
            # Where st.logout() sends the browser; in front of Streamlit's own, which knows only its own cookie.
            Route("/auth/logout", self._leave, methods=["GET"]),
        ]
        if self.provider is not None:
            ours += [
                Route("/login/start", self._start, methods=["GET"]),
                Route("/login/return", self._return, methods=["GET"]),
            ]
        return ours

    async def _show(self, request: Request) -> Response:
        """The form; or straight on, for someone who is signed in already."""
        try:
            await run_in_threadpool(self.access.user, request.cookies.get(self.cookie))
        except NotSignedIn:
            return self._form(request, onward=request.query_params.get("next", ""))
        return RedirectResponse(safe_onward(request.query_params.get("next", "")), status_code=303)

    async def _take(self, request: Request) -> Response:
        if self.provider is not None or not _is_from_here(request):
            return self._form(request, message="login.elsewhere", status=403)
        form = await _read(request)
        if form is None:
            return self._form(request, message="login.wrong", status=413)
        name, onward = form.get("name", ""), form.get("next", "")
        try:
            token = await run_in_threadpool(self.access.sign_in, name, form.get("password", ""))
        except SignInRefused as error:
            if error.wait is None:
                return self._form(request, message="login.wrong", name=name, onward=onward, status=401)
            return self._form(
                request, message="login.wait", seconds=error.wait, name=name, onward=onward, status=429
            )
        return self._enter(token, onward)

    async def _leave(self, request: Request) -> Response:
        response = RedirectResponse("/login", status_code=303)
        token = request.cookies.get(self.cookie)
        if token is not None:  # absent where another site sent the browser here: it signs nobody out
            await run_in_threadpool(self.access.sign_out, token)
            response.delete_cookie(
                self.cookie, path="/", httponly=True, samesite="strict", secure=self.secure
            )
        return response

    async def _start(self, request: Request) -> Response:
        assert self.provider is not None
        request.session["onward"] = safe_onward(request.query_params.get("next", ""))
        try:
            return await self.provider.start(request)
        except Refused as error:
            return self._form(request, message=error.word, status=502)

    async def _return(self, request: Request) -> Response:
        assert self.provider is not None
        onward = str(request.session.pop("onward", ""))
        email = ""
        try:
            email = await self.provider.email(request)
            token = await run_in_threadpool(self.access.admit, email)
        except Refused as error:
            return self._form(request, message=error.word, name=error.name, status=403)
        except SignInRefused:
            return self._form(request, message="login.no_role", name=email, status=403)
        return self._enter(token, onward)

    def _enter(self, token: str, onward: str) -> Response:
        response = RedirectResponse(safe_onward(onward), status_code=303)
        response.set_cookie(
            self.cookie,
            token,
            max_age=int(self.access.lasts.total_seconds()),
            path="/",
            httponly=True,
            samesite="strict",
            secure=self.secure,
        )
        return response

    def _form(
        self,
        request: Request,
        *,
        message: str | None = None,
        seconds: float = 0,
        name: str = "",
        onward: str = "",
        status: int = 200,
    ) -> Response:
        code = language_of(request)
        onward = safe_onward(onward)
        shown = said(code, message, seconds=max(1, seconds), name=name) if message else None
        start = f"/login/start?{urlencode({'next': onward})}" if self.provider else None
        others = [
            (one, f"/login?{urlencode({'lang': one, 'next': onward})}", words(one)["common.language_name"])
            for one in languages()
        ]
        page = render(
            "login.html.jinja",
            language=code,
            words=words(code),
            message=shown,
            provider=start,
            onward=onward,
            name=name,
            others=others,
        )
        response = HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})
        if preferred([request.query_params.get("lang")]):
            response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86_400, path="/", samesite="lax")
        return response


def safe_onward(address: str) -> str:
    """The page to go on to: one of ours, whatever the address says; else the first."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.path not in PAGES:
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _is_from_here(request: Request) -> bool:
    """Browsers name the site a form stands on; a program that names none has no cookies to misuse."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _read(request: Request) -> dict[str, str] | None:
    """A small form's fields; None when it is not one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return None
    return {name: values[-1] for name, values in fields.items()}
