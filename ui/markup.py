"""Story text as HTML and Markdown that cannot act: everything is escaped, then our own marks are added.

Only this module writes HTML, and what it writes is text, paragraphs, marks and links to the story page;
`st.html` sanitises once more in the browser. What `plain` gives is shown by Streamlit's Markdown as the
very characters it was given, but for white space and for controls that nobody sees.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from domain.answer import Citation
from domain.excerpts import Excerpt
from domain.query import Hit
from runtime.differences import Change, Piece

Spans = Sequence[tuple[int, int]]

RTL_LANGUAGES = {"ar", "fa", "he", "ur"}

# Streamlit reads `:smile:`, `:material/…:`, web addresses, e-mail addresses and arrows in the finished text,
# after Markdown's escapes are gone: only a character between theirs stops it. This one takes no room, has no
# glyph and breaks no line.
JOINER = "\N{WORD JOINER}"

_OPENS_AT_MARK = "<style>.depeche-story mark{scroll-initial-target:nearest;scroll-margin:30vh}</style>"

_ESCAPED = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
# Controls, and the overrides of direction with which a text could put its neighbours' words in another order.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_READ_LATE = re.compile(
    r":(?=[\w+-][\w+-]*:)|:(?=material/)"  # emoji and icons
    r"|(?<=http)(?=s?://)|(?<=https)(?=://)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@)"  # addresses
    r"|(?<=(?<!\S)<)(?=->?(?!\S))|(?<=(?<!\S)-)(?=[->](?!\S))|(?<=(?<!\S)[<>~])(?==(?!\S))",  # arrows, dashes, ≥
    re.IGNORECASE,
)


def direction(language: str | None) -> str:
    return "rtl" if language in RTL_LANGUAGES else "ltr"


def plain(text: str | None) -> str:
    """Any text inside Markdown, as itself: a word of it is never a link, an emoji, a formula or a list."""
    shown = _SPACE.sub(" ", _UNSEEN.sub("", text or "")).strip(" ")
    return _ESCAPED.sub(r"\\\1", _READ_LATE.sub(lambda match: match[0] + JOINER, shown))


def story_html(
    body: str, *, spans: Spans = (), language: str | None = None, opens_at_mark: bool = False
) -> str:
    """The body in paragraphs with each [start, end) span inside <mark>; spans may cross paragraphs.

    `opens_at_mark`: a browser that can (by style alone, without a script) shows the page from there.
    """
    style = _OPENS_AT_MARK if opens_at_mark and spans else ""
    paragraphs: list[str] = []
    offset = 0
    for paragraph in body.split("\n\n"):
        paragraphs.append(f"<p>{_marked(paragraph, offset, spans)}</p>")
        offset += len(paragraph) + 2
    return style + _block("div", "depeche-story", "".join(paragraphs), language=language)


def marked_html(text: str, *, spans: Spans = (), language: str | None = None) -> str:
    """One run of text with each [start, end) span inside <mark>."""
    return _block("span", "depeche-marked", _marked(text, 0, spans), language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHit:
    """A hit as a list shows it. `note`: when, where, from whom; `also`: what is said before its copies' links."""

    hit: Hit
    headline_spans: Spans
    excerpt: Excerpt
    note: str
    also: str


def hits_html(listed: Sequence[ListedHit], *, first: int) -> str:
    """A numbered list of stories: headline, note, an excerpt with the words that were asked for marked."""
    style = (
        "<style>.depeche-hits li{margin-bottom:1rem}.depeche-hits p{margin:.15rem 0}"
        ".depeche-hits a{color:inherit}.depeche-hits .depeche-headline{font-weight:600}.depeche-note{opacity:.8;font-size:.875rem}</style>"
    )
    items = "".join(f"<li>{_hit(one)}</li>" for one in listed)
    return f'{style}<ol class="depeche-hits" start="{first}">{items}</ol>'


def _hit(one: ListedHit) -> str:
    hit, shown = one.hit, one.excerpt
    headline = _marked(hit.headline, 0, one.headline_spans) if hit.headline else html.escape(hit.guid)
    link = f'<a class="depeche-headline" href="{html.escape(story_link(hit))}">{headline}</a>'
    before, after = ("… " if shown.is_cut_before else ""), (" …" if shown.is_cut_after else "")
    text = f"{before}{_marked(shown.text, 0, shown.spans)}{after}"
    copies = ", ".join(
        f'<a href="{html.escape(version_link(guid))}">{html.escape(guid)}</a>' for guid in hit.duplicates
    )
    return "".join(
        (
            _block("p", "depeche-title", link, language=hit.language),
            f'<p class="depeche-note">{html.escape(one.note)}</p>',
            _block("p", "depeche-hit", text, language=hit.language),
            f'<p class="depeche-note">{html.escape(one.also)} {copies}</p>' if copies else "",
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStory:
    """A story in a list. `tag` tells what it is there: "alert", "this story"."""

    guid: str
    version: int
    headline: str | None
    language: str | None
    note: str
    tag: str = ""


def stories_html(listed: Sequence[ListedStory]) -> str:
    """Stories in their order, each a link with its note."""
    items = "".join(
        f'<li><a href="{html.escape(version_link(one.guid, version=one.version))}" '
        f'lang="{html.escape(one.language or "", quote=True)}" dir="auto">'
        f"{html.escape(one.headline or one.guid)}</a>"
        + (f" <strong>[{html.escape(one.tag)}]</strong>" if one.tag else "")
        + f'<br><span style="opacity:.8;font-size:.875rem">{html.escape(one.note)}</span></li>'
        for one in listed
    )
    style = "<style>.depeche-stories a{color:inherit}</style>"
    return f'{style}<ol class="depeche-stories">{items}</ol>'


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a story. `address`: the web address it may link to, from `web_address`."""

    name: str
    value: str
    address: str | None = None


def facts_html(facts: Sequence[Fact]) -> str:
    """Names and values, one under the other."""
    style = (
        "<style>dl.depeche-facts.depeche-facts{padding-left:0}.depeche-facts a{color:inherit}.depeche-facts dt{opacity:.8;font-size:.875rem}"
        ".depeche-facts dd{margin:0 0 .5rem 0;overflow-wrap:anywhere}</style>"
    )
    items = "".join(f'<dt>{html.escape(one.name)}</dt><dd dir="auto">{_value(one)}</dd>' for one in facts)
    return f'{style}<dl class="depeche-facts">{items}</dl>'


def _value(fact: Fact) -> str:
    if fact.address is None:
        return html.escape(fact.value)
    return f'<a href="{html.escape(fact.address)}" target="_blank">{html.escape(fact.value)}</a>'


def difference_html(pieces: Sequence[Piece], *, added: str, removed: str, language: str | None = None) -> str:
    """Two versions as one text: <del> for what only the first has, <ins> for what only the second has.

    Struck out and underlined, so that colour tells nothing alone; `added` and `removed` are read out before
    them and not seen: a sign there would be taken for a figure's.
    """
    unseen = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
    style = (
        "<style>.depeche-difference del{background:rgba(200,60,60,.18);text-decoration:line-through}"
        ".depeche-difference ins{background:rgba(60,150,60,.18);text-decoration:underline}"
        f'.depeche-difference del::before{{content:"{_css(removed)}";{unseen}}}'
        f'.depeche-difference ins::before{{content:"{_css(added)}";{unseen}}}'
        ".depeche-difference p{white-space:pre-line}</style>"
    )
    paragraphs = "".join(f"<p>{''.join(one)}</p>" for one in _paragraphs(pieces) if any(one))
    return style + _block("div", "depeche-difference", paragraphs, language=language)


def story_link(words: Citation | Hit) -> str:
    """The story page, opened at these words. A guid is data: it is percent-encoded whole."""
    return version_link(words.guid, version=words.version, span=(words.start, words.end))


def version_link(guid: str, *, version: int | None = None, span: tuple[int, int] | None = None) -> str:
    """The story page at its current version or at one of them."""
    named: dict[str, str | int] = {"guid": guid}
    if version is not None:
        named["version"] = version
    if span is not None:
        named |= {"start": span[0], "end": span[1]}
    return "story?" + urlencode(named)


def web_address(url: str | None) -> str | None:
    """The address as it may stand in a link: http or https with a host, percent-encoded; else None."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return re.sub(r"[\s<>()\[\]\\\"'`|{}]", lambda match: f"%{ord(match[0]):02X}", url.strip())


def _css(words: str) -> str:
    """Our own words inside a quoted string of a style sheet."""
    return "".join(one if one.isalnum() or one == " " else f"\\{ord(one):x} " for one in words)


def _block(tag: str, name: str, inner: str, *, language: str | None) -> str:
    lang = html.escape(language or "", quote=True)
    return f'<{tag} class="{name}" lang="{lang}" dir="{direction(language)}">{inner}</{tag}>'


def _marked(paragraph: str, offset: int, spans: Spans) -> str:
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


def _paragraphs(pieces: Sequence[Piece]) -> Iterator[list[str]]:
    """The pieces cut where paragraphs end, each part in its element."""
    tags = {Change.ADDED: ("<ins>", "</ins>"), Change.REMOVED: ("<del>", "</del>"), Change.NONE: ("", "")}
    paragraph: list[str] = []
    for piece in pieces:
        opening, closing = tags[piece.change]
        first, *others = piece.text.split("\n\n")
        paragraph.append(f"{opening}{html.escape(first)}{closing}" if first else "")
        for part in others:
            yield paragraph
            paragraph = [f"{opening}{html.escape(part)}{closing}" if part else ""]
    yield paragraph
