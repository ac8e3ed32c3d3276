"""Run by path in a process of its own: reads one PDF under limits and prints JSON. Imports none of ours.

    pdf_worker.py text FILE MEMORY MAX_PAGES            pages of paragraphs, title, author, created, headline
    pdf_worker.py picture FILE MEMORY MAX_PAGES N OUT   page N as a PNG at 300 dpi

Reading order is found by recursive cuts (Nagy & Seth's X-Y cut): a page is cut at its widest empty band,
vertical bands between columns before horizontal ones between paragraphs, until a block has none.
"""

from __future__ import annotations

import itertools
import json
import re
import statistics
import sys
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_DPI = 300
_POINTS = 72
_MAX_SIDE_PIXELS = 10_000
_GUTTER = 0.9  # of a line's height: an empty band that wide between columns (words stand 0.25–0.4 apart)
_GAP = 0.75  # of a line's height: an empty band that high between paragraphs
_EXTRA_LEADING = 0.35  # of a line's height, over the block's usual leading: a paragraph's own space
_INDENT = 0.8  # of a line's height
_WORD_GAP = 0.6  # of a line's height: characters that far apart are no word, whatever stands between
_HEADING_LINES = 12
_COLUMN_LINES = 4
_SAME_LINE = 0.5  # of a line's height: pieces whose middles are nearer stand on one line
_MAX_DEPTH = 60
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")
_HEADLINE_RATIO = 1.25  # of the usual height


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text and its box, in points, y upwards."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


def _words(page: pdfium.PdfPage) -> list[_Piece]:
    """PDFium's characters, its own spaces and line ends between them, gathered into words."""
    textpage = page.get_textpage()
    found: list[_Piece] = []
    word: list[str] = []
    box = (0.0, 0.0, 0.0, 0.0)
    for index in range(textpage.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(textpage, index))
        left, bottom, right, top = textpage.get_charbox(index, loose=True)
        apart = bool(word) and (
            left - box[2] > _WORD_GAP * (box[3] - box[1]) or left < box[0] or not bottom < box[3]
        )
        if word and (character.isspace() or character == "\0" or apart):
            found.append(_Piece(*box, "".join(word)))
            word = []
        if character.isspace() or character == "\0":
            continue
        # U+FFFE and U+0002 are how PDFium writes a hyphen at the end of a line
        word.append("-" if character in "\ufffe\x02" else character)
        box = (
            (min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top))
            if len(word) > 1
            else (left, bottom, right, top)
        )
    if word:
        found.append(_Piece(*box, "".join(word)))
    textpage.close()
    return [one for one in found if one.right > one.left and one.top > one.bottom]


def _blocks(pieces: list[_Piece], height: float, depth: int = 0) -> list[list[_Piece]]:
    """The pieces in reading order, a list for each block that no empty band crosses."""
    if len(pieces) < 2 or depth > _MAX_DEPTH:
        return [pieces] if pieces else []
    at = _gutter(pieces, height)
    if at is not None:
        first = [one for one in pieces if one.right <= at]
        second = [one for one in pieces if one.right > at]
        return _blocks(first, height, depth + 1) + _blocks(second, height, depth + 1)
    gaps = _gaps([(one.bottom, one.top) for one in pieces])
    width, at = max(gaps, default=(0.0, None))
    if at is None or width < _GAP * height:
        at = _above_columns(pieces, gaps, height)
    if at is None:
        return [pieces]
    upper = [one for one in pieces if one.bottom >= at]
    lower = [one for one in pieces if one.bottom < at]
    return _blocks(upper, height, depth + 1) + _blocks(lower, height, depth + 1)


def _gutter(pieces: list[_Piece], height: float) -> float | None:
    """Where the widest empty band between columns stands."""
    width, at = max(_gaps([(one.left, one.right) for one in pieces]), default=(0.0, 0.0))
    return at if width >= _GUTTER * height and _are_columns(pieces, at) else None


def _above_columns(pieces: list[_Piece], gaps: list[tuple[float, float]], height: float) -> float | None:
    """The highest cut under which columns begin: a headline may stand close above them."""
    for _, at in sorted(gaps, key=lambda gap: -gap[1])[:_HEADING_LINES]:
        if _gutter([one for one in pieces if one.bottom < at], height) is not None:
            return at
    return None


def _are_columns(pieces: list[_Piece], at: float) -> bool:
    """Whether both sides of the band hold lines enough: labels beside lines, and small tables, do not."""
    sides = ([one for one in pieces if one.right <= at], [one for one in pieces if one.right > at])
    return all(len({round(one.bottom) for one in side}) >= _COLUMN_LINES for side in sides)


def _gaps(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """(width, middle) of each empty band between the spans."""
    found = []
    end = float("inf")
    for start, stop in sorted(spans):
        if start > end:
            found.append((start - end, (start + end) / 2))
        end = stop if end == float("inf") else max(end, stop)
    return found


def _lines(block: list[_Piece]) -> list[_Piece]:
    """Pieces that stand side by side joined, from the top down."""
    lines: list[list[_Piece]] = []
    for piece in sorted(block, key=lambda one: -(one.top + one.bottom)):
        middle = (piece.top + piece.bottom) / 2
        if lines:
            last = lines[-1][0]
            if abs((last.top + last.bottom) / 2 - middle) < _SAME_LINE * (last.top - last.bottom):
                lines[-1].append(piece)
                continue
        lines.append([piece])
    return [_joined(sorted(line, key=lambda one: one.left)) for line in lines]


def _joined(line: list[_Piece]) -> _Piece:
    return _Piece(
        min(one.left for one in line), min(one.bottom for one in line),
        max(one.right for one in line), max(one.top for one in line), " ".join(one.text for one in line),
    )  # fmt: skip


def _paragraphs(lines: list[_Piece], height: float) -> list[str]:
    """Lines joined: an indent, a gap, another size, or a short line before it begins a paragraph."""
    found: list[str] = []
    margin = min((line.left for line in lines), default=0.0)
    edge = max((line.right for line in lines), default=0.0)
    leading = (
        statistics.median([a.bottom - b.top for a, b in itertools.pairwise(lines)]) if len(lines) > 1 else 0.0
    )
    previous: _Piece | None = None
    for line in lines:
        begins = previous is None or (
            line.left - margin > _INDENT * height > previous.left - margin
            or previous.bottom - line.top > leading + _EXTRA_LEADING * height
            or abs((line.top - line.bottom) - (previous.top - previous.bottom)) > 0.3 * height
            or (previous.right < margin + 0.75 * (edge - margin) and previous.text[-1:] in '.!?:”"»')
        )
        if begins:
            found.append(line.text)
        elif _HYPHEN.search(found[-1]) and line.text[:1].islower():
            found[-1] = found[-1][:-1] + line.text
        else:
            found[-1] += " " + line.text
        previous = line
    return found


def _read(document: pdfium.PdfDocument) -> dict[str, object]:
    pages: list[list[str]] = []
    headline, largest = None, 0.0
    for number in range(len(document)):
        page = document[number]
        pieces = _words(page)
        page.close()
        height = statistics.median([one.top - one.bottom for one in pieces]) if pieces else 0.0
        blocks = [_lines(block) for block in _blocks(pieces, height)] if pieces else []
        pages.append([paragraph for lines in blocks for paragraph in _paragraphs(lines, height)])
        if number == 0:
            for lines in blocks[:4]:
                size = lines[0].top - lines[0].bottom
                if size > max(largest, _HEADLINE_RATIO * height):
                    headline, largest = _paragraphs(lines, height)[0], size
    facts = document.get_metadata_dict()
    return {
        "pages": pages, "headline": headline, "title": facts.get("Title"),
        "author": facts.get("Author"), "created": facts.get("CreationDate"),
    }  # fmt: skip


def _picture(document: pdfium.PdfDocument, number: int, out: str) -> None:
    page = document[number]
    scale = min(_DPI / _POINTS, _MAX_SIDE_PIXELS / max(page.get_size()))
    page.render(scale=scale, grayscale=True).to_pil().save(out)


def _limit(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the parent remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    task, path, memory_bytes, max_pages, *rest = arguments
    _limit(int(memory_bytes))
    try:
        document = pdfium.PdfDocument(path)
        if len(document) > int(max_pages):
            raise ValueError(f"it has {len(document)} pages, more than {max_pages}")
        answer = _read(document) if task == "text" else {}
        if task == "picture":
            _picture(document, int(rest[0]), rest[1])
    except (pdfium.PdfiumError, ValueError, MemoryError, OSError) as error:
        answer = {"error": str(error) or type(error).__name__}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
