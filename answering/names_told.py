"""Whom a sentence of a story gives what a question asks "who" of: elected, named, arrested, the winner.

None rather than a guess: the one person in the clause that tells of it, or the one that the verb's own place
tells from others. Where names are not written with capitals (Arabic) nobody is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from answering.evidence import EvidenceStory
from answering.folding import fold, fold_words
from answering.happenings import Happening, dispute_words, told_in
from answering.persons import persons, same_person
from answering.questions import Asked
from answering.verify import contests, roles
from answering.verify.names import Name

_ARTICLES = fold_words("the a an le la les l un une el los las o os as der die das den dem")
_LEAD_IN = fold_words(
    """of in at from with against by over on for since under de du des d en dans chez sur avec contre par pour sous con
    contra por sobre desde ante del em do da dos das no na com pelo pela perante von vom im am bei beim mit gegen durch
    uber unter seit"""
)
_BY = fold_words("by par por pelo pela von vom durch")
_BY_ONE = frozenset({"discover"})
_NEAR_DENIED = 24  # characters from "not" to the name that it denies: "not the former mayor Karl Brandt"


def holder(asked: Asked, text: str, story: EvidenceStory, happening: Happening) -> Name | None:
    """The one person to whom the sentence gives it; persons that the question names are not asked for."""
    told = told_in(text, story.hit.language, happening)
    language = story.hit.language
    if not told or len(fold(text)) != len(text):
        return None
    people = [n for n in persons(text, story) if not denied(n, text, language)]
    people = [n for n in people if not _is_led(n, text, by=happening.name in _BY_ONE)]
    asked_of = {part for name in asked.names for part in name.parts}
    people = [n for n in people if not asked_of & set(n.parts)]
    start, end = told[0]
    inside = [n for n in people if start <= n.start and n.end <= end]
    left = _different(inside or [n for n in people if n.start < start])
    if len(left) > 1 and not inside and _is_closed(left[0], start, text):
        left = left[:1]
    if len(left) == 1:
        return left[0]
    return _by_place(left, text, language, happening)


def _is_led(name: Name, text: str, *, by: bool) -> bool:
    """Whether a preposition leads the name in: "at the palace of", "par M. Rocard", "in der Paulskirche"; `by`: of
    what is told of whom it was done by, "by" is none."""
    ahead = re.findall(r"[^\W\d_]+", text[max(0, name.start - 24) : name.start])
    if re.search(r"[.,;:()]\s*$", text[: name.start]):
        return False
    words = [w for w in map(fold, ahead) if w not in _ARTICLES]
    return bool(words) and words[-1] in _LEAD_IN and not (by and words[-1] in _BY)


def _is_closed(name: Name, start: int, text: str) -> bool:
    """Whether what stands between the name and the clause is set off by two commas: "Roth, the mayor, was …"."""
    return text.count(",", name.end, start + 1) == 2


def denied(name: Name, text: str, language: str | None) -> bool:
    """Whether "not" or "instead of" stands close ahead of the name, with no mark between."""
    ahead = re.split(r"[.,;:()]", fold(text)[max(0, name.start - _NEAR_DENIED) : name.start])[-1]
    return bool(dispute_words(language)["denies"].search(ahead))


def _different(names: Sequence[Name]) -> list[Name]:
    found: list[Name] = []
    for name in names:
        if not any(same_person(name, other) for other in found):
            found.append(name)
    return found


def _by_place(names: Sequence[Name], text: str, language: str | None, happening: Happening) -> Name | None:
    """Of several, the winner, or whom the verb is done to."""
    if happening.name == "win":
        chosen = list(contests.contest(text, language).winners)
    else:
        told = [r for r in roles.relations(text, language) if happening.told.search(fold(r.word))]
        chosen = [r.sufferer for r in told if r.sufferer]
    left = [n for n in names if any(n.parts == c.parts for c in chosen)]
    return left[0] if len(left) == 1 else None
