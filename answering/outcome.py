"""Whether what was written answers what was asked: answered, partial, disputed, not in the archive.

The model's word alone never decides. A sentence counts as an answer when the check supports it, the
story it cites speaks of the question's names and years, it has what this kind of question asks for,
and it is close to the question. All limits stand in `Limits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from answering.evidence import EvidenceStory
from answering.figures import meets
from answering.questions import Asked
from answering.ranking import Ranked
from answering.verify.moments import LAST_YEAR, find_moments
from answering.verify.names import name_stands
from answering.verify.quantities import find_quantities, matches
from answering.words import same_language, stem_set
from domain.answer import Outcome, Sentence, Verdict

FOCUS_WEIGHT = 0.4  # swept with the limits below
_NEAR = 3  # sentences on either side of the words cited; 1 to 3 swept with the limits below
_ANNOUNCED, _FOLLOWED_UP = timedelta(days=8), timedelta(days=31)  # stories ahead of an event, and after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on a sentence answers a question."""

    # Swept on data/evaluation and RealtimeQA together (400 questions, extractive answers,
    # multilingual-e5-small): docs/evaluation.md has what each then declines.
    names_found: float = 0.99  # share of the question's names that the cited story has
    focus_found: float = 0.2  # share of its other words that stand near the words cited (same language)
    closeness: float = 0.28  # of the question to the sentence or its quote
    closeness_across: float = 0.24  # the same when the story is in another language
    together: float = 0.5  # closeness + FOCUS_WEIGHT × focus_found (same language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """How a sentence bears on the question; every share is 0 to 1."""

    names_found: float
    time_found: bool  # the question's years, and the days that it means by "this week"
    numbers_found: bool  # of its numbers at least one
    focus_found: float
    kind_met: bool
    closeness: float
    crosses_languages: bool

    def answers(self, limits: Limits) -> bool:
        if self.names_found < limits.names_found or not (
            self.time_found and self.numbers_found and self.kind_met
        ):
            return False
        if self.crosses_languages:
            return self.closeness >= limits.closeness_across
        apart = self.focus_found >= limits.focus_found and self.closeness >= limits.closeness
        return apart and self.closeness + FOCUS_WEIGHT * self.focus_found >= limits.together


def bearing(
    asked: Asked,
    sentence: str,
    language: str | None,
    story: EvidenceStory,
    *,
    spans: Sequence[tuple[int, int]],
    closeness: float,
) -> Bearing:
    """Measures one sentence of an answer, and the words of the story it cites, against the question."""
    return Bearing(
        names_found=_names_found(asked, story),
        time_found=_years_found(asked, story) and _days_found(asked, story, spans),
        focus_found=_focus_found(asked, story, spans),
        numbers_found=_numbers_found(asked, story),
        kind_met=meets(asked, sentence, language)
        and not asked.choices_missing
        and not sentence.rstrip("\"'”»)").endswith(("?", "؟")),
        closeness=closeness,
        crosses_languages=not same_language(asked.language, story.hit.language),
    )


def bears_on(asked: Asked, item: Ranked) -> Bearing:
    """How a sentence of a story, as it stands there, bears on the question."""
    return bearing(
        asked, item.text, item.story.hit.language, item.story,
        spans=[item.story.sentences[item.index]], closeness=item.closeness,
    )  # fmt: skip


def _names_found(asked: Asked, story: EvidenceStory) -> float:
    if not asked.names:
        return 1.0
    text, context = _whole(story), story.context(asked.language)
    return sum(name_stands(name, text, context) for name in asked.names) / len(asked.names)


def _years_found(asked: Asked, story: EvidenceStory) -> bool:
    """Every year of the question is one the story names, or the one it was published in."""
    text, language, day = _whole(story), story.hit.language, story.hit.published.date()
    known = {day.year}
    known |= {m.year for m in find_moments(text, language, anchor=day) if m.year}
    known |= {int(v) for q in find_quantities(text, language) for v in q.values if v < LAST_YEAR}
    return asked.years <= known


def _days_found(asked: Asked, story: EvidenceStory, spans: Sequence[tuple[int, int]]) -> bool:
    """The story is of the days that "this week" means, or names one of them near the words cited."""
    if asked.days is None:
        return True
    first, after = asked.days
    day = story.hit.published.date()
    if first - _ANNOUNCED <= day < after + _FOLLOWED_UP:
        return True
    near = " ".join(story.around(start, end, sentences=_NEAR) for start, end in spans)
    said = find_moments(near, story.hit.language, anchor=day)
    return any(_as_said(first) <= (m.year or 0, m.month or 0, m.day or 0) < _as_said(after) for m in said)


def _as_said(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day  # a text may say 31 June


def _numbers_found(asked: Asked, story: EvidenceStory) -> bool:
    """The story has a number of the question, if there is one: "an $87 million settlement" is not any settlement."""
    if not asked.numbers:
        return True
    stated = find_quantities(_whole(story), story.hit.language)
    return any(
        set(one.values) & set(q.values) or matches(one, q) or matches(q, one)
        for one in asked.numbers
        for q in stated
    )


def _focus_found(asked: Asked, story: EvidenceStory, spans: Sequence[tuple[int, int]]) -> float:
    """Of what is asked about, what stands in the headline or near the words cited.

    A long page speaks of everything somewhere: at the same limits, of RealtimeQA's questions without an
    answer 52 % were declined by the whole story's words, 62 % by those near the words cited.
    """
    if not asked.focus:
        return 1.0
    if not same_language(asked.language, story.hit.language):
        return 0.0
    said = stem_set(story.hit.headline or "", story.hit.language)
    for start, end in spans:
        said |= stem_set(story.around(start, end, sentences=_NEAR), story.hit.language)
    return len(asked.focus & said) / len(asked.focus)


def _whole(story: EvidenceStory) -> str:
    return f"{story.hit.headline or ''}. {story.hit.place or ''}. {story.body}"


def decide(kept: Sequence[tuple[Sentence, Bearing]], limits: Limits, *, disputed: bool = False) -> Outcome:
    """The outcome, from the sentences that will be shown and how each bears on the question."""
    answering = [s for s, b in kept if b.answers(limits)]
    if not answering:
        return Outcome.NOT_IN_ARCHIVE
    if disputed:
        return Outcome.DISPUTED
    if any(s.verdict is Verdict.SUPPORTED for s in answering):
        return Outcome.ANSWERED
    return Outcome.PARTIAL
