"""The pages that are not Streamlit's: sign-in, and the one that carries Streamlit's program to the browser.

Only templates write HTML here, and they escape whatever they are given. The carrying page says the reader's
language to screen readers (`<html lang>`), which Streamlit itself cannot.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

import jinja2
import streamlit
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ui.strings import FALLBACK, languages, preferred

PAGES = (  # addresses of ui/main.py
    "/", "/ask", "/search", "/story", "/ingest", "/evaluate", "/health", "/accounts",
)  # fmt: skip
_FIRST = "/ask"
LANGUAGE_COOKIE = "depeche_lang"
_SCRIPT, _STYLE = "/depeche/language.js", "/depeche/pages.css"

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("ui.web", "templates"), autoescape=True, undefined=jinja2.StrictUndefined
)


def render(template: str, **values: object) -> str:
    return _templates.get_template(template).render(**values)


def language_of(asked: HTTPConnection) -> str:
    """`?lang=`, then what was chosen before, then what the browser prefers, then English."""
    accepted = asked.headers.get("accept-language", "").split(",")
    wanted = (asked.query_params.get("lang"), asked.cookies.get(LANGUAGE_COOKIE), *accepted)
    return preferred(wanted) or FALLBACK


def routes() -> list[Route]:
    """Each page's address, and the script that keeps the language with it."""
    own = (path for path in PAGES if path != _FIRST)
    return [
        *(Route(path, _carrying_page) for path in own),
        Route(_FIRST, _first),
        Route(_SCRIPT, _script),
        Route(_STYLE, _style),
    ]


async def _first(asked: Request) -> Response:
    """Streamlit knows the first page at / only."""
    return RedirectResponse("/" + (f"?{asked.url.query}" if asked.url.query else ""), status_code=307)


async def _carrying_page(asked: Request) -> Response:
    # Asked for each time: the language is the reader's, and the program's file names change with its version.
    return HTMLResponse(_carrying(language_of(asked)), headers={"Cache-Control": "no-cache"})


async def _script(asked: Request) -> Response:
    file = Path(str(resources.files("ui.web") / "language.js"))
    return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def _style(asked: Request) -> Response:
    file = Path(str(resources.files("ui.web") / "pages.css"))
    return FileResponse(file, media_type="text/css", headers={"Cache-Control": "no-cache"})


@cache
def _carrying(language: str) -> str:
    """Streamlit's index.html with our name, the reader's language, our script and our style."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    script = f'<script src="{_SCRIPT}" data-languages="{" ".join(languages())}"></script>'
    style = f'<link rel="stylesheet" href="{_STYLE}">'
    for found, put in (
        (r'<html lang="[a-z]+">', f'<html lang="{language}">'),
        (r"<title>[^<]*</title>", "<title>Dépêche</title>"),
        (r"</head>", f"  {script}\n  {style}\n  </head>"),
    ):
        page, times = re.subn(found, put, page, count=1)
        if times != 1:
            raise RuntimeError(f"Streamlit's index.html has no {found}: this was written for 1.67")
    return page
