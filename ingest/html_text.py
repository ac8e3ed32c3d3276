"""HTML or XHTML to plain text: paragraphs, line breaks, list entries and table rows survive, markup does not.

Scripts, styles, comments and embedded media leave nothing behind. Any input gives a string; the walk
is iterative, so that depth costs no stack, and nothing is fetched.
"""

from __future__ import annotations

import html
import re

from lxml import etree

from ingest.cleaning import clean

_DROPPED = frozenset(
    "script style noscript template iframe object embed svg math head form button select textarea".split()  # noqa: SIM905
)
_BLOCKS = frozenset(
    "p div section article header footer main aside h1 h2 h3 h4 h5 h6 ul ol dl dt dd table figure "  # noqa: SIM905
    "figcaption blockquote pre address hr hl1 hl2 body.content block".split()
)
_RESOURCE_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_TAG = re.compile(r"<[!/?A-Za-z][^<>]*>")
_DROPPED_WHOLE = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.S | re.I)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")


def html_to_text(markup: str) -> str:
    """The visible text of `markup`, paragraphs separated by a blank line."""
    markup = clean(markup)  # libxml2 would stop at a NUL
    if "<" not in markup and "&" not in markup:
        return _tidy(_SPACE.sub(" ", markup))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    if any(entry.type == _RESOURCE_LIMIT for entry in parser.error_log):
        # Nested deeper than libxml2 goes (256): it drops the rest, so the tags are taken out by their shape.
        return _tidy(html.unescape(_TAG.sub("\n\n", _DROPPED_WHOLE.sub("", markup))))
    return "" if root is None else tree_to_text(root)


def tree_to_text(root: etree._Element) -> str:
    """The visible text of a parsed tree, HTML or XML, by the local names of its elements."""
    pieces: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        tag = tag.rpartition("}")[2].lower()
        if event == "start":
            if tag in _DROPPED or not tag:
                walker.skip_subtree()
                continue
            pieces.append(_before(tag, element))
            if element.text:
                pieces.append(_SPACE.sub(" ", element.text))
            continue
        if tag in _BLOCKS:
            pieces.append("\n\n")
        if element.tail and element is not root:
            pieces.append(_SPACE.sub(" ", element.tail))
    return _tidy("".join(pieces))


def _before(tag: str, element: etree._Element) -> str:
    if tag in _BLOCKS:
        return "\n\n"
    if tag == "br" or tag == "tr":
        return "\n"
    if tag == "li":
        return "\n- "
    if tag in ("td", "th"):
        return "  " if element.getprevious() is not None else ""
    return ""


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _AROUND_BREAK.sub("\n", text)).strip()
