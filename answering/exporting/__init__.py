"""An answer with its citations, for other programs: pure functions of a checked answer.

Only sentences that stand are exported, never those withheld. Story text is data in every format: it is
escaped, and no line of it can pass for one of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from answering.exporting.bibtex import as_bibtex
from answering.exporting.html import as_html
from answering.exporting.markdown import as_markdown
from answering.exporting.plain import as_text
from answering.exporting.ris import as_ris
from domain.answer import Answer

__all__ = ["Format", "export"]


class Format(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    BIBTEX = "bibtex"
    RIS = "ris"

    @property
    def ending(self) -> str:
        """Of a file in this format."""
        return {"text": "txt", "markdown": "md", "bibtex": "bib"}.get(self.value, self.value)


_WRITERS: dict[Format, Callable[[Answer], str]] = {
    Format.TEXT: as_text,
    Format.MARKDOWN: as_markdown,
    Format.HTML: as_html,
    Format.BIBTEX: as_bibtex,
    Format.RIS: as_ris,
}


def export(answer: Answer, format: Format) -> str:
    """The answer in that format, with a final line break. BibTeX and RIS hold the stories cited alone."""
    return _WRITERS[format](answer)
