"""Each sentence of a draft meets the stories: supported, re-cited, or withheld with the reasons.

A sentence is first held against the sources it names, then against every other story found; the
answer keeps what some story carries. Sentences in which the model declines are left out entirely.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from answering.citations import Known, Support, find_support, joined
from answering.declines import is_decline
from answering.evidence import EvidenceStory
from answering.options import AnswerOptions
from answering.outcome import Bearing, bearing
from answering.pack import PackedPrompt
from answering.parse import DraftSentence
from answering.questions import Asked
from answering.translated import marked
from answering.verify import Thresholds, split_claims
from answering.verify.checkers import Question, SecondLook
from answering.verify.closeness import Closeness
from answering.words import same_language
from domain.answer import Sentence, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A draft after the check. `declined` counts sentences in which the model said it had no answer."""

    kept: tuple[tuple[Sentence, Bearing], ...]
    withheld: tuple[Sentence, ...]
    declined: int


def review(
    draft: Sequence[DraftSentence],
    *,
    asked: Asked,
    prompt: PackedPrompt,
    stories: Sequence[EvidenceStory],
    closeness: Closeness,
    options: AnswerOptions,
    looks: Sequence[SecondLook] = (),
) -> Reviewed:
    """The sentences that stand, with how they bear on the question, and those that do not.

    `looks`: what looks again at the sentences that the rules leave in doubt.
    """
    kept: list[tuple[Sentence, Bearing]] = []
    withheld: list[Sentence] = []
    declined = 0
    for drafted in draft:
        if is_decline(drafted.text):
            declined += 1
            continue
        named = [s.story for n in drafted.sources if (s := prompt.source(n))]
        best = best_support(drafted.text, named, stories, asked=asked, closeness=closeness, options=options)
        best = best and looked_at_again(drafted.text, best, looks, asked.language, options.thresholds)
        if best is None:
            withheld.append(_unsupported(drafted.text, ("no story was found",)))
        elif not best.judgement.may_be_shown:
            withheld.append(_unsupported(drafted.text, best.judgement.reasons))
        elif all(not s.text.startswith(drafted.text) for s, _ in kept):
            kept.append((_sentence(drafted.text, best, asked), bear(asked, drafted.text, best, closeness)))
    return Reviewed(kept=tuple(kept), withheld=tuple(withheld), declined=declined)


def best_support(
    text: str,
    named: Sequence[EvidenceStory],
    stories: Iterable[EvidenceStory],
    *,
    asked: Asked,
    closeness: Closeness | None,
    options: AnswerOptions,
) -> Support | None:
    """The best support in the stories named, or in the others when those named do not carry the sentence.

    Where no story carries the whole sentence, its claims may each stand on a story of their own.
    """
    others = [s for s in stories if s not in named]
    known: Known = {}
    best = _in_one_story(text, named, others, asked, closeness, options, known)
    claims = split_claims(text, asked.language)
    if len(claims) == 1 or best is None or best.judgement.verdict is Verdict.SUPPORTED:
        return best
    each = [_in_one_story(claim, named, others, asked, closeness, options, known) for claim in claims]
    told = joined(claims, [s for s in each if s is not None])
    # One language: what the sentence translates is marked for one source.
    alike = len({s.story.hit.language for s in each if s is not None}) == 1
    return told if alike and told.judgement.verdict is Verdict.SUPPORTED else best


def looked_at_again(
    text: str,
    support: Support,
    looks: Sequence[SecondLook],
    language: str | None,
    thresholds: Thresholds,
) -> Support:
    """The support as the checkers that are configured leave it."""
    question = question_of(text, support)
    across = support.story.context(language).crosses_languages
    limit, _ = thresholds.limits(across=across, embedded=True)
    judgement = support.judgement
    for look in looks:
        judgement = look.at(question, judgement, limit=limit)
    return replace(support, judgement=judgement)


def question_of(text: str, support: Support) -> Question:
    """What a checker is asked about a sentence and the words that it cites."""
    hit = support.story.hit
    return Question(
        sentence=text,
        words=" … ".join(c.quote for c in support.citations),
        day=hit.published.date().isoformat(),
        headline=hit.headline,
    )


def _in_one_story(
    text: str,
    named: Sequence[EvidenceStory],
    others: Sequence[EvidenceStory],
    asked: Asked,
    closeness: Closeness | None,
    options: AnswerOptions,
    known: Known,
) -> Support | None:
    best = _best(text, named, asked, closeness, options, known)
    if best is not None and best.judgement.verdict is Verdict.SUPPORTED:
        return best
    other = _best(text, others, asked, closeness, options, known)
    # What the story named speaks against needs full support elsewhere; near words elsewhere are not that.
    if other is not None and (best is None or other.judgement.verdict is Verdict.SUPPORTED):
        return other
    return best


def bear(asked: Asked, text: str, support: Support, closeness: Closeness) -> Bearing:
    """How a supported sentence bears on the question: the nearer of the sentence and its quotes counts."""
    hit = support.story.hit
    cited = [
        c
        for c in support.citations
        if (c.guid, c.provider, c.version) == (hit.guid, hit.provider, hit.version)
    ]
    quotes = [c.quote for c in cited]
    across = not same_language(asked.language, hit.language)
    near = closeness.to_question(asked.text, [text, *quotes], across=[False, *([across] * len(quotes))])
    spans = [(c.start, c.end) for c in cited]
    return bearing(asked, text, asked.language, support.story, spans=spans, closeness=max(near))


def _best(
    text: str,
    stories: Sequence[EvidenceStory],
    asked: Asked,
    closeness: Closeness | None,
    options: AnswerOptions,
    known: Known,
) -> Support | None:
    best: Support | None = None
    for story in stories:
        found = find_support(
            text, story, language=asked.language, closeness=closeness, thresholds=options.thresholds,
            known=known,
        )  # fmt: skip
        if found and (best is None or found.rank > best.rank):
            best = found
        if best and best.judgement.verdict is Verdict.SUPPORTED:
            break
    return best


def _sentence(text: str, support: Support, asked: Asked) -> Sentence:
    source = support.story.hit.language
    return Sentence(
        text=marked(text, support.citations, language=asked.language, source=source),
        verdict=support.judgement.verdict,
        citations=support.citations,
        reasons=support.judgement.reasons,
    )


def _unsupported(text: str, reasons: tuple[str, ...]) -> Sentence:
    return Sentence(text=text, verdict=Verdict.UNSUPPORTED, reasons=reasons)
