"""Which sentences of the stories found bear on the question: for the packer and for quoting.

A sentence's score joins closeness of meaning, words shared with the question, the rank of its
story, and whether it is of the kind asked for (a number for "how many"). Scores are comparable
within one question only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answering.evidence import EvidenceStory, gives_orders
from answering.questions import Asked
from answering.verify.closeness import Closeness
from answering.words import coverage, same_language

# Sentences embedded for one question: 48 of 30 tokens take about 0.5 s on 2 cores with e5-small.
_EMBEDDED = 48
# Shares of each sign in a score, closeness being 1. Random search of 6,000 settings on half of
# data/evaluation (multilingual-e5-small): an answering sentence comes first for 74 % of the other half's
# questions, within three for 93 % (before: 63 % and 83 %).
_STORY, _RANK, _WORDS, _PASSAGE, _KIND = 0.8, 0.4, 0.4, 0.2, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A sentence of a story with its score, and the closeness alone."""

    story: EvidenceStory
    index: int  # of the sentence in the story
    score: float
    closeness: float

    @property
    def text(self) -> str:
        return self.story.text(self.index, self.index)


def rank_sentences(asked: Asked, stories: Sequence[EvidenceStory], closeness: Closeness) -> list[Ranked]:
    """The sentences worth reading, best first."""
    best = max((s.hit.score for s in stories), default=0.0)
    rough: list[tuple[float, EvidenceStory, int]] = []
    for rank, story in enumerate(stories):
        passage = story.within_passage()
        of_story = _RANK * (1 - rank / len(stories)) + (_STORY * story.hit.score / best if best > 0 else 0.0)
        for index in range(len(story.sentences)):
            text = story.text(index, index)
            if gives_orders(text):
                continue
            score = of_story + _PASSAGE * (index in passage) + _kind_bonus(asked, text, story)
            score += _WORDS * _words_shared(asked, text, story)
            rough.append((score, story, index))
    rough.sort(key=lambda item: -item[0])
    pool = rough[:_EMBEDDED]
    across = [not same_language(asked.language, s.hit.language) for _, s, _ in pool]
    near = closeness.to_question(asked.text, [s.text(i, i) for _, s, i in pool], across=across)
    ranked = [
        Ranked(story=story, index=index, score=score + close, closeness=close)
        for (score, story, index), close in zip(pool, near, strict=True)
    ]
    return sorted(ranked, key=lambda r: -r.score)


def _words_shared(asked: Asked, text: str, story: EvidenceStory) -> float:
    language = story.hit.language
    if not same_language(asked.language, language):
        return 0.5  # no words to share: neither for nor against
    return coverage(asked.text, text, language=asked.language, other_language=language)


def _kind_bonus(asked: Asked, text: str, story: EvidenceStory) -> float:
    return _KIND if asked.kind and asked.is_met_by(text, story.hit.language) else 0.0
