"""Of whom it is told: the sentence's subject is the one the story tells it of, and a number its owner's.

A sentence that begins with a name tells of that name. Where the span tells the same in a sentence that
begins with another name and does not hold the first, the first has taken the other's part. Likewise a
number stands with the name in whose clause the span gives it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from answering.folding import fold, fold_words
from answering.verify.moments import find_moments
from answering.verify.names import Name, find_names, name_stands, stands_by_last
from answering.verify.objection import Context, ErrorKind, Objection, doubt
from answering.verify.quantities import find_quantities
from answering.words import stem_set, words
from domain.sentences import split_sentences

_LEAD = 5  # words that may stand before a sentence's subject: "The former president"
# With one of these ahead the name is no subject: "the ban on the ANC", "entré au CNRS".
_ASIDE = fold_words(
    """of on in at to for from with by de du des d au aux a al en sur par pour avec del do da dos das no na por con para
    von vom im am an auf zu zum zur bei mit fur"""
)
_CLAUSE = re.compile(
    r"[,;:()]|(?<!\w)(?:and|et|y|e|und|while|against|contre|contra|gegen|mientras|enquanto|tandis que)(?!\w)"
)


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    if "ar" in (context.claim_language, context.language):
        return []
    subject = _subject(sentence, context.claim_language)
    if subject is not None and (objection := _of_another(subject, sentence, span, context)):
        return [objection]
    return _owners(sentence, span, context)


def _of_another(subject: Name, sentence: str, span: str, context: Context) -> Objection | None:
    told = _nearest(sentence, span, context, besides=subject)
    if name_stands(subject, told, context) or stands_by_last(subject, told, context):
        return None
    other = _subject(told, context.language)
    if other is None or _same(subject, other, context) or other.common or not _is_person(other, subject):
        return None
    if name_stands(other, sentence, context):
        return None  # the sentence tells of both, each in a clause of its own
    return doubt(ErrorKind.ROLE, f"the story tells this of {other.text}, not of {subject.text}")


def _is_person(other: Name, subject: Name) -> bool:
    """Two names of one kind: persons with persons, not "France" where the sentence says "the coach"."""
    return not other.placed and not subject.placed


def _nearest(sentence: str, span: str, context: Context, *, besides: Name) -> str:
    """The sentence of the span that shares most with the claim, the subject's own name left out."""
    parts = [span[a:b] for a, b in split_sentences(span)] or [span]
    if len(parts) == 1 or context.crosses_languages:
        return span if context.crosses_languages else parts[0]
    stems = stem_set(sentence, context.claim_language) - stem_set(besides.text, context.claim_language)
    return max(parts, key=lambda p: len(stems & stem_set(p, context.language)))


@lru_cache(maxsize=8192)
def _subject(text: str, language: str | None) -> Name | None:
    """The name a text begins with, when few words lead up to it."""
    names = [n for n in find_names(text, language) if n.surely]
    if not names:
        return None
    lead = text[: names[0].start]
    ahead = words(lead)
    if len(ahead) > _LEAD or re.search(r"[,;:\d]", lead) or _ASIDE & set(ahead):
        return None
    return names[0]


def _same(one: Name, other: Name, context: Context) -> bool:
    return (
        bool(set(one.parts) & set(other.parts))
        or name_stands(one, other.text, context)
        or name_stands(other, one.text, context)
    )


def _owners(sentence: str, span: str, context: Context) -> list[Objection]:
    """Numbers that the span gives in the clause of another name, the sentence's being in a clause of its own."""
    if context.crosses_languages:
        return []
    claimed = _clauses(sentence, context.claim_language)
    told = _clauses(span, context.language)
    for names, numbers in claimed:
        if len(names) != 1:
            continue
        owner = names[0]
        for number in numbers:
            held = [ns for ns, numbers_told in told if number in numbers_told]
            if len(held) != 1 or len(held[0]) != 1 or _same(owner, held[0][0], context):
                continue
            elsewhere = [1 for ns, qs in told if len(ns) == 1 and qs and _same(owner, ns[0], context)]
            if elsewhere:
                return [
                    doubt(
                        ErrorKind.ROLE, f"in the story {number:g} is {held[0][0].text}'s, not {owner.text}'s"
                    )
                ]
    return []


@lru_cache(maxsize=4096)
def _clauses(text: str, language: str | None) -> tuple[tuple[tuple[Name, ...], tuple[float, ...]], ...]:
    """The names and the numbers (years too) of each clause."""
    folded = fold(text)
    if len(folded) != len(text):  # offsets must mean the same in both
        return ()
    edges = [0, *(i for m in _CLAUSE.finditer(folded) for i in m.span()), len(text)]
    names = [n for n in find_names(text, language) if n.surely and (n.placed or not n.common)]
    numbers = [(q.start, q.value) for q in find_quantities(text, language)]
    numbers += [(m.start, float(m.year)) for m in find_moments(text, language) if m.year]
    return tuple(
        (
            tuple(n for n in names if start <= n.start < end),
            tuple(value for at, value in numbers if start <= at < end),
        )
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    )
