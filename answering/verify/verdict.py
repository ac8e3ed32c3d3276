"""One verdict from all checks: a veto refuses, a doubt or a loose meaning leaves it partly supported.

Pure: closeness is given as a number, so the whole judgement can be tested with literals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from answering.verify import (
    attribution,
    contests,
    dates,
    direction,
    modality,
    names,
    numbers,
    ordinals,
    polarity,
    quotations,
    roles,
    subjects,
    tenses,
)
from answering.verify.marks import share
from answering.verify.objection import Context, ErrorKind, Objection, Severity, doubt, veto
from answering.verify.thresholds import Thresholds
from answering.words import coverage
from domain.answer import Verdict

_DECISIVE = frozenset(
    {ErrorKind.MEANING, ErrorKind.NAME, ErrorKind.ROLE, ErrorKind.NEGATION, ErrorKind.DIRECTION}
)

Check = Callable[[str, str, Context], list[Objection]]

CHECKS: tuple[Check, ...] = (
    numbers.check,
    ordinals.check,
    dates.check,
    names.check,
    quotations.check,
    polarity.check,
    modality.check,
    tenses.check,
    direction.check,
    roles.check,
    subjects.check,
    contests.check,
    attribution.check,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    verdict: Verdict
    objections: tuple[Objection, ...]
    meaning: float

    @property
    def may_be_shown(self) -> bool:
        """Whether a reader may be given the sentence: supported, or in doubt only of a detail.

        A doubt of the meaning, or of who did what, is too much: on data/evaluation three in four
        sentences with such a doubt were wrong, all of them echoing a question's false premise.
        """
        if self.verdict is Verdict.UNSUPPORTED:
            return False
        return not any(o.kind in _DECISIVE for o in self.objections)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(o.reason for o in self.objections))


def objections(sentence: str, span: str, context: Context) -> tuple[Objection, ...]:
    """What all checks say against the sentence; none of them needs a model."""
    return tuple(o for check in CHECKS for o in check(sentence, span, context))


def meaning(sentence: str, span: str, context: Context, closeness: float | None) -> float:
    """0 to 1: within a language the mean of closeness and shared words, across languages closeness alone.

    Without an embedder: shared words, and across languages what needs no translation.
    """
    if context.crosses_languages:
        return share(sentence, span, context) if closeness is None else closeness
    shared = coverage(sentence, span, language=context.claim_language, other_language=context.language)
    return shared if closeness is None else (closeness + shared) / 2


def judge(
    sentence: str,
    span: str,
    context: Context,
    *,
    closeness: float | None,
    thresholds: Thresholds | None = None,
) -> Judgement:
    """The verdict on a sentence and one span of a story. `closeness` None: no embedder at hand."""
    limits = thresholds or Thresholds()
    found = list(objections(sentence, span, context))
    near = meaning(sentence, span, context, closeness)
    supported, partly = limits.limits(across=context.crosses_languages, embedded=closeness is not None)
    if near < partly:
        found.append(veto(ErrorKind.MEANING, "the story's words do not say this"))
    elif near < supported:
        found.append(doubt(ErrorKind.MEANING, "the story says something near to this, not quite this"))
    if any(o.severity is Severity.VETO for o in found):
        verdict = Verdict.UNSUPPORTED
    else:
        verdict = Verdict.PARTLY if found else Verdict.SUPPORTED
    return Judgement(verdict=verdict, objections=tuple(found), meaning=near)
