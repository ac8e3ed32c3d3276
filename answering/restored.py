"""A stored answer as it was given: sentences, citations with their words, evidence.

The words cited are read from the version that was cited, not from the story's current one.
"""

from __future__ import annotations

from collections.abc import Mapping

from answering.citations import cite_again
from db.store import StoredAnswer, StoredSentence
from domain.answer import Answer, Sentence
from domain.story import Version


def restored(stored: StoredAnswer, versions: Mapping[int, Version]) -> Answer:
    """`versions`: those cited, by id. An answer that is withdrawn has neither text nor sentences."""
    sentences = [(_sentence(one, versions), one.withheld) for one in stored.sentences]
    return Answer(
        question=stored.question,
        outcome=stored.outcome,
        text=stored.text or "",
        sentences=tuple(one for one, withheld in sentences if not withheld),
        withheld=tuple(one for one, withheld in sentences if withheld),
        evidence=stored.evidence,
        query=stored.query,
        model=stored.model,
        tokens=stored.tokens,
        seconds=stored.seconds,
        language=stored.language,
        energy=stored.energy,
        answer_id=stored.answer_id,
    )


def _sentence(stored: StoredSentence, versions: Mapping[int, Version]) -> Sentence:
    return Sentence(
        text=stored.text,
        verdict=stored.verdict,
        citations=tuple(cite_again(versions[one.version_id], one.start, one.end) for one in stored.citations),
        reasons=stored.reasons,
        figure=stored.figure,
    )
