"""Inline XML (NITF, XHTML) and wire text to paragraphs separated by a blank line.

Scripts, styles, media and page furniture leave nothing behind. A table gives a line a row, its columns
aligned so that an empty cell is seen; captions come after the text, each a paragraph of its own. Text
that an agency wrapped at some 70 characters inside one element is joined again into paragraphs, its
tables kept line by line. Words are never changed, only white space; HTML that was escaped once too
often is read as HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import zip_longest

from lxml import etree


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_DROPPED = _names(
    """
    script style noscript template iframe object embed svg math head form button select textarea video
    audio nav header img media-reference media-metadata media-producer media-object body.head body.end
    tobject docdata nitf-table-metadata colgroup col
    """
)
_BLOCKS = _names(
    """
    p div section article footer main aside h1 h2 h3 h4 h5 h6 ul ol dl li dt dd figure blockquote bq address
    hr hl1 hl2 body.content block media note fn table tr td th caption credit datasource abstract
    """
)
_CAPTIONS = frozenset({"media-caption", "figcaption"})
_BREAK = "\u2028"
_ESCAPED_MARKUP = re.compile(
    r"</?(?:p|div|br|b|i|em|strong|a|span|script|iframe|ul|ol|li|blockquote|figure|img|table|tr|td|h[1-6]"
    r"|font|u|sup|sub)\b[^<>]*>",
    re.I,
)
_ESCAPED_TWICE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|quot|apos|amp|nbsp|[lg]t);", re.I)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ROW = re.compile(r"\S(?: {2,}|\t)\S")
_RULE = re.compile(r"\s*[-=_*.~]{3,}\s*")
_BULLET = re.compile(r"\s*[-*•–·]\s")
# Lines of an agency's screen: 64 to 80 characters wide.
_WRAPPED_AT_LEAST, _WRAPPED_AT_MOST = 45, 90
_LONGEST_LINE = 110  # characters of a line that a person or a wrapping program ended; longer ones run on
_MAX_ALIGNED_CELL = 30  # characters; longer cells are prose, and padding would only add white space
_MAX_TABLE_CELL = 200  # a cell of more is page layout: its paragraphs are text


def element_text(root: etree._Element, *, headline: str | None = None) -> str:
    """The text of `root`, without a first paragraph that only repeats `headline`."""
    blocks: list[str] = []
    captions: list[str] = []
    pieces: list[str] = []
    kept = caption = False  # inside <pre>; inside a caption

    def flush() -> None:
        raw = "".join(pieces)
        pieces.clear()
        if not raw.isspace() and raw:
            (captions if caption else blocks).extend(_paragraphs(raw, preformatted=kept))

    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event in ("comment", "pi"):
            pieces.append(element.tail or "")
            continue
        tag = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        starts = event == "start"
        if starts and element is not root and (tag in _DROPPED or not tag):
            walker.skip_subtree()
            if tag in ("header", "nav", "form"):
                flush()
            continue
        if not starts and tag in _DROPPED:
            pieces.append(element.tail or "")
            continue
        if tag in _BLOCKS or tag == "pre" or tag in _CAPTIONS:
            flush()
            if tag == "pre":
                kept = starts
            elif tag in _CAPTIONS:
                caption = starts
            elif starts and tag == "li":
                pieces.append("- ")
            elif starts and tag == "table" and (rows := _table(element)):
                blocks.extend(collapse(_cell_text(title)) for title in element.iterchildren("{*}caption"))
                blocks.append(rows)
                walker.skip_subtree()
                continue
        elif starts and tag == "br":
            pieces.append(_BREAK)
        elif starts and tag == "frac-den":
            pieces.append("/")
        if starts:
            pieces.append(element.text or "")
        elif element is not root:
            pieces.append(element.tail or "")
    flush()
    return join([*_without_headline(blocks, headline), *captions])


def plain_text(text: str, *, headline: str | None = None) -> str:
    """The paragraphs of character data: plain wire text, or HTML carried as text."""
    if "<" in text and _ESCAPED_MARKUP.search(text):
        return _markup_text(text, headline=headline)
    return join(_without_headline(_reflow(_unescaped(text), plain=True), headline))


def _markup_text(markup: str, *, headline: str | None = None) -> str:
    """The text of HTML that was carried as character data."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    return "" if root is None else element_text(root, headline=headline)


def join(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph.strip() not in ("", "-"))


def collapse(text: str) -> str:
    """One line, white space as in HTML: non-breaking spaces stay."""
    if text.isascii():
        return " ".join(text.split())
    return _SPACE.sub(" ", text).strip(" ")


def _without_headline(paragraphs: list[str], headline: str | None) -> list[str]:
    if headline and paragraphs and paragraphs[0].split() == headline.split() and len(paragraphs) > 1:
        return paragraphs[1:]
    return paragraphs


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text and _ESCAPED_TWICE.search(text) else text


def _paragraphs(raw: str, *, preformatted: bool) -> list[str]:
    raw = _unescaped(raw)
    if "<" in raw and _ESCAPED_MARKUP.search(raw):
        return [_markup_text(raw)]
    if preformatted:
        return [part.strip("\n") for part in re.split(r"\n\s*\n", raw.replace(_BREAK, "\n"))]
    if _BREAK not in raw:
        return _reflow(raw, plain=False) if "\n" in raw.strip() else [collapse(raw)]
    paragraphs: list[list[str]] = [[]]
    for line in map(collapse, raw.split(_BREAK)):
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [(" " if _is_wrapped(lines) else "\n").join(lines) for lines in paragraphs if lines]


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the line ends are those of a narrow screen and not the writer's."""
    return len(lines) > 1 and all(_WRAPPED_AT_LEAST <= len(line) <= _WRAPPED_AT_MOST for line in lines[:-1])


def _reflow(raw: str, *, plain: bool) -> list[str]:
    """Paragraphs of text whose line ends may be an agency's wrapping, a pretty-printer's, or meant."""
    lines = raw.expandtabs(4).strip("\n").split("\n")
    following = [line for line in lines[1:] if line.strip()]
    if not following:
        return [collapse(raw)]
    at_margin = sum(not line[0].isspace() for line in following)
    if at_margin * 4 >= len(following):  # a pretty-printer indents every line
        return _unwrapped(lines, one_line_one_paragraph=plain and not _looks_wrapped(lines))
    parts = [[collapse(line) for line in part.split("\n")] for part in re.split(r"\n\s*\n", raw)]
    if not plain or _looks_wrapped(lines):
        return [" ".join(filter(None, part)) for part in parts]
    if max(len(line.strip()) for line in following) > _LONGEST_LINE:  # a line is a paragraph
        return [line for part in parts for line in part]
    return ["\n".join(filter(None, part)) for part in parts]


def _looks_wrapped(lines: list[str]) -> bool:
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    return bool(lengths) and lengths[-1] <= _LONGEST_LINE and lengths[len(lengths) // 2] >= _WRAPPED_AT_LEAST


def _unwrapped(lines: list[str], *, one_line_one_paragraph: bool) -> list[str]:
    """Wire layout: a blank line or an indent begins a paragraph, a table keeps its lines."""
    paragraphs: list[str] = []
    text, last = "", ""
    for line in lines:
        is_row = bool(_ROW.search(line.strip())) or bool(_RULE.fullmatch(line))
        after_row = bool(_ROW.search(last.strip())) or bool(_RULE.fullmatch(last))
        is_entry = _BULLET.match(line) is not None
        indented = line[:2] == "  " and not (is_row and after_row)
        if not line.strip() or indented or (one_line_one_paragraph and not (is_row or after_row or is_entry)):
            if text:
                paragraphs.append(text)
            text = line.strip()
        elif not text:
            text = line.strip()
        elif is_row or after_row or is_entry:
            text += "\n" + line.rstrip()
        elif text[-1] == "-" and (text[-2:-1].isalnum() or text[-2:-1] == ".") and line[0].isalpha():
            text += line.strip()  # "U.S.-" / "backed"
        else:
            text += " " + line.strip()
        last = line
    if text:
        paragraphs.append(text)
    return paragraphs


def _table(table: etree._Element) -> str | None:
    """The rows of a table of short cells; None for one that only lays out a page."""
    if next(table.iterdescendants("{*}table"), None) is not None:
        return None
    rows: list[list[str]] = []
    has_spans = False
    for row in table.iterdescendants("{*}tr"):
        cells = list(row.iterchildren("{*}td", "{*}th"))
        has_spans = has_spans or any(cell.get("colspan") not in (None, "1") for cell in cells)
        rows.append([collapse(_unescaped(_cell_text(cell))) for cell in cells])
    if any(len(cell) > _MAX_TABLE_CELL for row in rows for cell in row):
        return None
    columns = [column for column in zip_longest(*rows, fillvalue="") if any(column)]
    widths = [max(map(len, column)) for column in columns]
    if (
        has_spans
        or len({len(row) for row in rows if sum(map(bool, row)) > 1}) > 1
        or max(widths, default=0) > _MAX_ALIGNED_CELL
    ):
        lines = ["  ".join(filter(None, row)) for row in rows]
    else:
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
                 for row in zip(*columns, strict=True)]  # fmt: skip
    return "\n".join(line for line in lines if line.strip()) or None


def _cell_text(cell: etree._Element) -> str:
    broken = next(cell.iterdescendants("{*}p", "{*}br", "{*}div"), None) is not None
    return (" " if broken else "").join(cell.itertext())
