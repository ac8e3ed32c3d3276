"""A question that takes for granted what the archive says otherwise: answered by what the archive says.

Only what can be told for sure is told: the winner was the loser, a profit was a loss, all died where
survivors are asked for, a year, number, place or prize is another (`answering.particulars`). That some died
contradicts no question about survivors. Yes-or-no questions take nothing for granted, and "who won" not who.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from answering.citations import cite
from answering.extract import dated
from answering.figures import figure_asked, says_none
from answering.folding import fold
from answering.lexicon import lexicon
from answering.outcome import Bearing, Limits, bears_on
from answering.particulars import against, against_year
from answering.phrases import phrase
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify import contests
from answering.verify.moments import find_moments
from answering.verify.names import find_names, name_stands
from answering.verify.objection import Context, Severity
from answering.wrong_person import against_person
from domain.answer import Sentence, Verdict

# Set by hand on data/evaluation: of 135 questions with a true premise none is corrected.
_LOOKED_AT, _NEAR_BEST, _CLOSENESS = 6, 0.7, 0.35
_LOOKED_AT_FOR_PERSONS, _CLOSENESS_OF_PERSONS = 24, 0.2
_OPPOSITES = (
    ("win", "lose"), ("lose", "win"), ("profit", "loss"), ("loss", "profit"),
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
    of_time: bool = False  # the question has the wrong year
    otherwise: bool = True  # False: "nobody was killed" says what was asked, and needs no such beginning


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
        if item.closeness < _CLOSENESS:
            continue
        told = bears.names_found >= limits.names_found and bears.time_found
        reasons = _against(claim, item, asked) if told else []
        of_time = None if reasons else against_year(asked, item, ranked)
        if particular := None if reasons else of_time or against(asked, item, ranked):
            reasons = [particular]
        if reasons:
            found.append(_correction(item, bears, reasons, limits, of_time=of_time is not None))
    return (
        max(found, key=lambda c: _named(c.item, asked), default=None)
        or _another_person(asked, ranked, limits)
        or _nobody(asked, ranked, limits)
    )


def _correction(
    item: Ranked, bears: Bearing, reasons: Sequence[str], limits: Limits, *, of_time: bool = False
) -> Correction:
    """It need not have what was asked for: what was asked for did not happen."""
    answers = replace(
        bears, kind_met=True, focus_found=1.0, names_found=1.0, time_found=True, numbers_found=True,
        closeness=max(bears.closeness, limits.closeness),
    )  # fmt: skip
    return Correction(item=item, bearing=answers, reasons=tuple(dict.fromkeys(reasons)), of_time=of_time)


def _another_person(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> Correction | None:
    """Another held the office or did it, by the best sentence that says so: a wrong name draws a sentence away
    from the question, so that those looked at are more."""
    for item in ranked[:_LOOKED_AT_FOR_PERSONS]:
        if item.closeness >= _CLOSENESS_OF_PERSONS and (reason := against_person(asked, item, ranked)):
            return _correction(item, bears_on(asked, item), [reason], limits)
    return None


def _nobody(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> Correction | None:
    """ "Nobody was killed", of the story that bears on "how many died" best and counts no dead anywhere."""
    if not ranked or asked.kind is not Kind.HOW_MANY or ranked[0].closeness < _CLOSENESS:
        return None
    story = ranked[0].story
    bears = bears_on(asked, ranked[0])
    if (
        bears.names_found < limits.names_found
        or not bears.time_found
        or bears.focus_found < limits.focus_found
    ):
        return None
    language = story.hit.language
    texts = [story.text(i, i) for i in range(len(story.sentences))]
    if any(figure_asked(asked, text, language) for text in texts):
        return None
    for item in ranked:
        if item.story is story and says_none(asked, item.text, language):
            answers = replace(bears, kind_met=True, focus_found=1.0)
            return Correction(item=item, bearing=answers, reasons=(), otherwise=False)
    return None


def as_sentence(correction: Correction, language: str) -> Sentence:
    """ "The archive says otherwise: …", with the story's own words; against a wrong year, with the day that
    "on Friday" stands for."""
    story = correction.item.story
    citation = cite(story, *story.sentences[correction.item.index])
    text = dated(citation.quote, correction.item, language) if correction.of_time else citation.quote
    return Sentence(
        text=phrase("otherwise", language, text=text) if correction.otherwise else text,
        verdict=Verdict.SUPPORTED,
        citations=(citation,),
        reasons=correction.reasons,
    )


def _against(claim: str, item: Ranked, asked: Asked) -> list[str]:
    """How the sentence contradicts what the question takes for granted; nothing where it does not."""
    context = _of_its_years(asked, item)
    # "Wen schlugen die Broncos?": who won and who lost is what is asked.
    contest = () if asked.kind is Kind.WHO else contests.check(claim, item.text, context)
    told = [o.reason for o in contest if o.severity is Severity.VETO]
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


def _of_its_years(asked: Asked, item: Ranked) -> Context:
    """The story without the sentences of other years: who won in 1983 does not clear up who won in 1989."""
    story, day = item.story, item.story.hit.published.date()
    texts = [story.text(i, i) for i in range(len(story.sentences))]
    years = [{m.year for m in find_moments(t, story.hit.language, anchor=day) if m.year} for t in texts]
    body = " ".join(t for t, named in zip(texts, years, strict=True) if not named or named & asked.years)
    context = story.context(asked.language)
    return replace(context, body=body) if asked.years else context


def _may_stand_together(name: str, item: Ranked, asked: Asked, stated: str) -> bool:
    """Some died and some survived; one wins seats and loses others: no contradiction by itself."""
    if name == "alive":
        return not _ALL.search(stated)
    if name in ("win", "lose"):
        of_others = asked.kind in (Kind.HOW_MANY, Kind.WHO) or not asked.names
        elsewhere = of_others or _named(item, asked) < len(asked.names)
        return elsewhere or not _begins_with_whom_it_is_asked_of(item, asked)
    return False


def _begins_with_whom_it_is_asked_of(item: Ranked, asked: Asked) -> bool:
    """ "France won, beating Brazil" says of France that it won, and so of Brazil that it lost."""
    told = contests.contest(_INVERTED.sub("", asked.text), asked.language)
    names = [n for n in find_names(item.text, item.story.hit.language) if n.surely]
    # "¿Por qué perdió España …": where no doer stands ahead of the verb, the first name is taken for it.
    whom = (*told.winners, *told.losers) or asked.names[:1]
    parts = {part for name in whom for part in name.parts}
    return bool(names) and bool(parts & set(names[0].parts))


def _named(item: Ranked, asked: Asked) -> int:
    """How many of the question's names the sentence itself has, the first of a story with its headline."""
    context = item.story.context(asked.language)
    text = item.text if item.index else f"{item.story.hit.headline or ''}. {item.text}"
    return sum(name_stands(name, text, context) for name in asked.names)


def _asks_yes_or_no(claim: str, asked: Asked) -> bool:
    pattern = lexicon(asked.language).question.get("yes_no")
    return asked.kind is None and pattern is not None and bool(pattern.match(fold(claim)))
