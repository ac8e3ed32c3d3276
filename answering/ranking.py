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
# Shares of each sign in a score. Set by hand on the sample archive; to be swept on data/evaluation.
_WORDS, _RANK, _PASSAGE, _LEAD, _KIND = 0.6, 0.25, 0.10, 0.05, 0.12


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
    rough: list[tuple[float, EvidenceStory, int]] = []
    for rank, story in enumerate(stories):
        passage = story.within_passage()
        for index in range(len(story.sentences)):
            text = story.text(index, index)
            if gives_orders(text):
                continue
            score = _RANK * (1 - rank / len(stories)) + _kind_bonus(asked, text, story)
            score += _PASSAGE * (index in passage) + _LEAD * (index == 0)
            if same_language(asked.language, story.hit.language):
                score += _WORDS * coverage(
                    asked.text, text, language=asked.language, other_language=story.hit.language
                )
            elif index in passage:
                score += _WORDS / 2  # no words to share: what the search found comes first
            rough.append((score, story, index))
    rough.sort(key=lambda item: -item[0])
    pool = rough[:_EMBEDDED]
    across = [not same_language(asked.language, s.hit.language) for _, s, _ in pool]
    near = closeness.among(asked.text, [s.text(i, i) for _, s, i in pool], across=across)
    ranked = [
        Ranked(story=story, index=index, score=score + close, closeness=close)
        for (score, story, index), close in zip(pool, near, strict=True)
    ]
    return sorted(ranked, key=lambda r: -r.score)


def _kind_bonus(asked: Asked, text: str, story: EvidenceStory) -> float:
    return _KIND if asked.kind and asked.is_met_by(text, story.hit.language) else 0.0
