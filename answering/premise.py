"""A question that takes for granted what the archive says otherwise: answered by what the archive says.

Only what the checks of verification can tell is told: the winner was the loser, the dead are asked for
as survivors, what fell is said to have risen. Where a number is asked for, the whole story must
contradict the question, so that a story of both the dead and the saved corrects nobody. Yes-or-no
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
from answering.verify import contests, direction
from answering.verify.objection import Objection, Severity
from domain.answer import Sentence, Verdict

# Set by hand on data/evaluation: of 135 questions with a true premise none is corrected.
_LOOKED_AT, _NEAR_BEST, _CLOSENESS = 6, 0.7, 0.35
_CHECKS = (contests.check, direction.check)
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
    for item in ranked[:_LOOKED_AT]:
        if item.score < ranked[0].score * _NEAR_BEST:
            return None
        bears = bears_on(asked, item)
        if item.closeness < _CLOSENESS or bears.names_found < limits.names_found or not bears.years_found:
            continue
        if objections := _against(claim, item, asked):
            # It need not have what was asked for: what was asked for did not happen.
            answers = replace(bears, kind_met=True, focus_found=1.0)
            reasons = tuple(dict.fromkeys(o.reason for o in objections))
            return Correction(item=item, bearing=answers, reasons=reasons)
    return None


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


def _against(claim: str, item: Ranked, asked: Asked) -> list[Objection]:
    story = item.story
    context = story.context(asked.language)
    found = [o for check in _CHECKS for o in check(claim, item.text, context) if o.severity is Severity.VETO]
    if found and asked.kind is Kind.HOW_MANY:
        # One story tells of the dead and of the saved, of the injured and of the rest, each in its sentence.
        whole = f"{story.hit.headline or ''}.\n{story.body}"
        held = any(o.severity is Severity.VETO for check in _CHECKS for o in check(claim, whole, context))
        return found if held else []
    return found


def _asks_yes_or_no(claim: str, asked: Asked) -> bool:
    pattern = lexicon(asked.language).question.get("yes_no")
    return asked.kind is None and pattern is not None and bool(pattern.match(fold(claim)))
