"""Concepts of a code table: codes, their names in every language, and how they stand to one another.

IPTC's Subject Codes ("subj:04000000", 1998 to 2010) and Media Topics ("medtop:20000344", since) are two
such tables with a mapping between them. A code has one spelling here, however a file or a person
writes it: the prefix in lower case, or the code as given where it has none of ours.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """What a concept says of another code. Names follow SKOS."""

    BROADER = "broader"  # the other is wider
    NARROWER = "narrower"
    EXACT = "exact"  # the same, in another table
    CLOSE = "close"  # nearly the same, in another table


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    relation: Relation
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One entry of a table as its file states it."""

    code: str
    names: tuple[tuple[str, str], ...]  # (BCP 47 tag, name), in file order
    links: tuple[Link, ...] = ()
    is_retired: bool = False

    def name(self, language: str | None = None) -> str | None:
        """Its name in the language, or else in English, or else its first."""
        for wanted in (language, "en"):
            for tag, name in self.names:
                if wanted and tag.partition("-")[0].lower() == wanted.partition("-")[0].lower():
                    return name
        return self.names[0][1] if self.names else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedConcept:
    """An entry that could not be read: where it stands in the file, and why."""

    position: int
    reason: str


_ADDRESS = re.compile(r"https?://cv\.iptc\.org/newscodes/([a-z]+)/([^/?#]+)/?", re.I)
_QCODE = re.compile(r"([A-Za-z][\w-]*):(\S+)")
_PREFIXES = {"mediatopic": "medtop", "subjectcode": "subj", "subject": "subj"}
_WORD = re.compile(r"[^\W_]+")
_EIGHT_FIGURES = re.compile(r"\d{8}")


def subject_code(text: str) -> str:
    """The code as it is stored: "Mediatopic:20000344" and IPTC's web address are "medtop:20000344"."""
    text = text.strip()
    if address := _ADDRESS.fullmatch(text):
        return f"{_prefix(address[1])}:{address[2]}"
    if qcode := _QCODE.fullmatch(text):
        return f"{_prefix(qcode[1])}:{qcode[2]}"
    return text


def codes_meant(text: str) -> tuple[str, ...]:
    """The codes that a person may mean: eight figures alone are a code of either of IPTC's tables."""
    code = subject_code(text)
    return (f"medtop:{code}", f"subj:{code}") if _EIGHT_FIGURES.fullmatch(code) else (code,)


def _prefix(name: str) -> str:
    return _PREFIXES.get(name.lower(), name.lower())


def name_key(text: str) -> str:
    """A name with case, accents and punctuation aside, its words between single spaces: " arts culture "."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = (character for character in plain if not unicodedata.combining(character))
    return f" {' '.join(_WORD.findall(''.join(letters)))} "
