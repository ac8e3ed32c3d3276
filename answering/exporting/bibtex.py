r"""BibTeX: an entry for each version cited, in UTF-8, for biber or a BibTeX that reads it.

A headline's braces become \textbraceleft{} and \textbraceright{}: BibTeX counts braces even behind a
backslash, and one that is not closed would swallow the entries that follow.
"""

from __future__ import annotations

import re
import unicodedata

from answering.exporting.sources import CitedStory, cited_stories, one_line, title
from domain.answer import Answer

_COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
}


def as_bibtex(answer: Answer) -> str:
    return "\n".join(_entry(story, number) for number, story in enumerate(cited_stories(answer), start=1))


def _entry(story: CitedStory, number: int) -> str:
    cited = story.first
    fields = {
        # Twice in braces: capitals are kept as printed.
        "title": f"{{{_escaped(title(cited))}}}",
        "howpublished": _escaped(cited.provider),
        "year": f"{cited.published:%Y}",
        "month": f"{cited.published:%m}",
        "date": f"{cited.published:%Y-%m-%d}",
        "number": _escaped(f"{cited.guid}, v{cited.version}"),
        "note": _escaped(" … ".join(f"“{quote}”" for quote in story.quotes)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{_key(story, number)},", *lines, "}", ""])


def _key(story: CitedStory, number: int) -> str:
    """ASCII letters and digits only; the number makes it the only one of its answer."""
    plain = unicodedata.normalize("NFKD", story.first.provider).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]", "", plain.lower()) or "story"
    return f"{name}-{story.first.published:%Y-%m-%d}-{number}"


def _escaped(text: str) -> str:
    return "".join(_COMMANDS.get(character, character) for character in one_line(text))
