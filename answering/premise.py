"""A question that takes for granted what the archive says otherwise: answered by what the archive says.

Only what can be told for sure is told: the winner was the loser, what fell is said to have risen, all
died where survivors are asked for. That some died contradicts no question about survivors. Yes-or-no
questions take nothing for granted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from answering.citations import cite
from answering.folding import fold
from answering.lexicon import lexicon
from answering.outcome import Bearing, Limits, bears_on
from answering.phrases import phrase
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify import contests
from answering.verify.names import name_stands
from answering.verify.objection import Severity
from domain.answer import Sentence, Verdict

# Set by hand on data/evaluation: of 135 questions with a true premise none is corrected.
_LOOKED_AT, _NEAR_BEST, _CLOSENESS = 6, 0.7, 0.35
_OPPOSITES = (
    ("win", "lose"), ("lose", "win"), ("up", "down"), ("down", "up"), ("profit", "loss"), ("loss", "profit"),
    ("alive", "dead"),
)  # fmt: skip
_ALL = re.compile(
    r"(?<!\w)(?:all|tous|toutes|todos|todas|alle|(?:no|aucun|sin|keine|sem) (?:surviv|superviv|uberleb|sobreviv)\w*|جميع|كل)(?!\w)"
)
# "Why was X beaten" in French: "X a-t-il été battu"; the pronoun hides the verb from the checks.
_INVERTED = re.compile(r"-(?:t-)?(?:il|elle|on|ils|elles)(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The sentence of the archive that contradicts the question, and how."""

    item: Ranked
    bearing: Bearing
    reasons: tuple[str, ...]


def contradicted(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> Correction | None:
    """What the archive says against the question's premise; None where it says nothing against it."""
    claim = _INVERTED.sub("", asked.text.strip(" ?¿؟"))
    if _asks_yes_or_no(claim, asked):
        return None
    found: list[Correction] = []
    for item in ranked[:_LOOKED_AT]:
        if item.score < ranked[0].score * _NEAR_BEST:
            break
        bears = bears_on(asked, item)
        if item.closeness < _CLOSENESS or bears.names_found < limits.names_found or not bears.years_found:
            continue
        if reasons := _against(claim, item, asked):
            # It need not have what was asked for: what was asked for did not happen.
            answers = replace(bears, kind_met=True, focus_found=1.0)
            found.append(Correction(item=item, bearing=answers, reasons=tuple(dict.fromkeys(reasons))))
    return max(found, key=lambda c: _named(c.item, asked), default=None)


def as_sentence(correction: Correction, language: str) -> Sentence:
    """ "The archive says otherwise: …", with the story's own words."""
    story = correction.item.story
    citation = cite(story, *story.sentences[correction.item.index])
    return Sentence(
        text=phrase("otherwise", language, text=citation.quote),
        verdict=Verdict.SUPPORTED,
        citations=(citation,),
        reasons=correction.reasons,
    )


def _against(claim: str, item: Ranked, asked: Asked) -> list[str]:
    """How the sentence contradicts what the question takes for granted; nothing where it does not."""
    context = item.story.context(asked.language)
    told = [o.reason for o in contests.check(claim, item.text, context) if o.severity is Severity.VETO]
    if told and _named(item, asked) < len(asked.names):
        return []  # another contest may be meant
    claimed, stated = fold(claim), fold(item.text)
    ours, theirs = lexicon(asked.language).direction, lexicon(item.story.hit.language).direction
    if told or not ours or not theirs:
        return told
    for name, opposite in _OPPOSITES:
        said, against = ours[name].search(claimed), theirs[opposite].search(stated)
        if not said or not against or ours[opposite].search(claimed) or theirs[name].search(stated):
            continue
        if _may_stand_together(name, item, asked, stated):
            continue
        return [f"the story says “{against.group()}”, not “{said.group()}”"]
    return []


def _may_stand_together(name: str, item: Ranked, asked: Asked, stated: str) -> bool:
    """Some died and some survived; one wins seats and loses others: no contradiction by itself."""
    if name == "alive":
        return not _ALL.search(stated)
    if name in ("win", "lose"):
        return asked.kind is Kind.HOW_MANY or _named(item, asked) < len(asked.names)
    return False


def _named(item: Ranked, asked: Asked) -> int:
    """How many of the question's names the sentence itself has."""
    context = item.story.context(asked.language)
    return sum(name_stands(name, item.text, context) for name in asked.names)


def _asks_yes_or_no(claim: str, asked: Asked) -> bool:
    pattern = lexicon(asked.language).question.get("yes_no")
    return asked.kind is None and pattern is not None and bool(pattern.match(fold(claim)))
