"""One verdict from all checks: a veto refuses, a doubt or a loose meaning leaves it partly supported.

Pure: closeness is given as a number, so the whole judgement can be tested with literals.
"""

from __future__ import annotations

from collections.abc import Callable

from answering.verify import (
    attribution,
    bindings,
    contests,
    dates,
    direction,
    modality,
    names,
    numbers,
    order,
    ordinals,
    polarity,
    quotations,
    roles,
    subjects,
    tenses,
)
from answering.verify.judgement import Judgement
from answering.verify.marks import share
from answering.verify.names import find_names
from answering.verify.objection import Context, ErrorKind, Objection, Severity, doubt, veto
from answering.verify.thresholds import Thresholds
from answering.words import coverage, stem_set
from domain.answer import Verdict

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
    order.check,
    roles.check,
    subjects.check,
    bindings.check,
    contests.check,
    attribution.check,
)


def objections(sentence: str, span: str, context: Context) -> tuple[Objection, ...]:
    """What all checks say against the sentence; none of them needs a model."""
    return tuple(o for check in CHECKS for o in check(sentence, span, context))


def meaning(sentence: str, span: str, context: Context, closeness: float | None) -> float:
    """0 to 1: the mean of closeness and of what the two share, either alone where the other cannot be told.

    Shared are words within a language, and across languages what needs no translation.
    """
    shared = (
        share(sentence, span, context)
        if context.crosses_languages
        else coverage(sentence, span, language=context.claim_language, other_language=context.language)
    )
    told = [value for value in (closeness, shared) if value is not None]
    return sum(told) / len(told) if told else 0.0


def shares_a_name_alone(sentence: str, span: str, context: Context) -> bool:
    """Whether all that sentence and span have in common is one name: that it did something else is no support."""
    names = [n for n in find_names(sentence, context.claim_language) if n.surely]
    if context.crosses_languages or len(names) > 1:
        return False
    named = {s for n in names for s in stem_set(n.text, context.claim_language)}
    wanted = stem_set(sentence, context.claim_language) - named
    return len(wanted) >= _LEAST_SAID and not wanted & stem_set(span, context.language)


_LEAST_SAID = 2  # words beside the name; one alone is often said otherwise


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
    elif near < supported or shares_a_name_alone(sentence, span, context):
        found.append(doubt(ErrorKind.MEANING, "the story says something near to this, not quite this"))
    if any(o.severity is Severity.VETO for o in found):
        verdict = Verdict.UNSUPPORTED
    else:
        verdict = Verdict.PARTLY if found else Verdict.SUPPORTED
    return Judgement(verdict=verdict, objections=tuple(found), meaning=near)
