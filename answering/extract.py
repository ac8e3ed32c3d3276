"""An answer without a model: the story's own sentences, verbatim and cited."""

from __future__ import annotations

from collections.abc import Sequence

from answering.citations import cite
from answering.questions import Asked
from answering.ranking import Ranked
from answering.words import stem_set
from domain.answer import Sentence, Verdict

_MOST = 3  # sentences quoted
# A further sentence is quoted when its score is at least this share of the best one's, and its words are
# not already said. Set by hand on the sample archive.
_NEAR_BEST, _ALREADY_SAID = 0.90, 0.6


def extract(asked: Asked, ranked: Sequence[Ranked]) -> tuple[Sentence, ...]:
    """The best sentences, best first; those that cannot answer (no number for "how many") only if none can."""
    able = [r for r in ranked if asked.is_met_by(r.text, r.story.hit.language)] or list(ranked)
    chosen: list[Ranked] = []
    for item in able:
        if len(chosen) == _MOST or (chosen and item.score < chosen[0].score * _NEAR_BEST):
            break
        if not any(_says_the_same(item, other) for other in chosen):
            chosen.append(item)
    return tuple(quote(item) for item in chosen)


def quote(item: Ranked) -> Sentence:
    """A sentence of the story as a sentence of the answer: its words are their own support."""
    start, end = item.story.sentences[item.index]
    citation = cite(item.story, start, end)
    return Sentence(text=citation.quote, verdict=Verdict.SUPPORTED, citations=(citation,))


def _says_the_same(one: Ranked, other: Ranked) -> bool:
    a, b = stem_set(one.text, one.story.hit.language), stem_set(other.text, other.story.hit.language)
    return bool(a and b) and len(a & b) / min(len(a), len(b)) >= _ALREADY_SAID
