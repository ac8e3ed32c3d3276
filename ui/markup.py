"""Story text as HTML that cannot act: everything is escaped, then our own marks are added.

Only this module writes HTML. `st.html` sanitises once more in the browser.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from urllib.parse import urlencode

from domain.answer import Citation
from domain.query import Hit

RTL_LANGUAGES = {"ar", "fa", "he", "ur"}


def direction(language: str | None) -> str:
    return "rtl" if language in RTL_LANGUAGES else "ltr"


def story_html(body: str, *, spans: Sequence[tuple[int, int]] = (), language: str | None = None) -> str:
    """The body in paragraphs with each [start, end) span inside <mark>; spans may cross paragraphs."""
    paragraphs: list[str] = []
    offset = 0
    for paragraph in body.split("\n\n"):
        paragraphs.append(f"<p>{_marked(paragraph, offset, spans)}</p>")
        offset += len(paragraph) + 2
    lang = html.escape(language or "", quote=True)
    return f'<div class="depeche-story" lang="{lang}" dir="{direction(language)}">{"".join(paragraphs)}</div>'


def _marked(paragraph: str, offset: int, spans: Sequence[tuple[int, int]]) -> str:
    inside = sorted((max(0, s - offset), min(len(paragraph), e - offset)) for s, e in spans)
    parts: list[str] = []
    at = 0
    for start, end in inside:
        start = max(start, at)
        if start >= end:
            continue
        parts += [html.escape(paragraph[at:start]), "<mark>", html.escape(paragraph[start:end]), "</mark>"]
        at = end
    parts.append(html.escape(paragraph[at:]))
    return "".join(parts)


def plain(text: str | None) -> str:
    """Story text inside Markdown: every character that Markdown or HTML gives a meaning is escaped."""
    escaped = "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|~<>$:&" else c for c in text or "")
    return escaped.replace("\n", " ")


def story_link(words: Citation | Hit) -> str:
    """The story page, opened at these words. A guid is data: it is percent-encoded whole."""
    return "story?" + urlencode(
        {"guid": words.guid, "version": words.version, "start": words.start, "end": words.end}
    )
