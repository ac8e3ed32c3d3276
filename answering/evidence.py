"""A story as answering sees it: its body, cut into sentences, with the hit that brought it.

`EvidenceStory.sentences` are offsets into the body as stored; nothing here alters a body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from answering.folding import fold
from answering.lexicon import read_patterns
from answering.verify.objection import Context
from domain.query import Hit
from domain.sentences import split_sentences
from domain.story import Version


@lru_cache(maxsize=16_384)
def gives_orders(text: str) -> bool:
    """Whether the words are addressed to a language model: data all the same, and useless as evidence."""
    return bool(_orders().search(fold(text)))


@cache
def _orders() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in read_patterns("orders")["patterns"]), re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class EvidenceStory:
    """One version of one story, found for a question."""

    hit: Hit
    body: str

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Offsets of the body's sentences, in order."""
        return tuple(split_sentences(self.body))

    def text(self, first: int, last: int) -> str:
        """The body from sentence `first` through sentence `last`."""
        return self.body[self.sentences[first][0] : self.sentences[last][1]]

    def around(self, start: int, end: int, *, sentences: int) -> str:
        """The sentences that body[start:end] touches, and so many more on either side."""
        touched = self._touching(start, end)
        if not touched:
            return ""
        last = len(self.sentences) - 1
        return self.text(max(0, touched[0] - sentences), min(last, touched[-1] + sentences))

    def context(self, claim_language: str | None, *, first: int = 0) -> Context:
        """What the checks may look at, for a span that begins at sentence `first`."""
        before = self.text(max(0, first - 2), first - 1) if first else ""
        return Context(
            published=self.hit.published, body=self.body, headline=self.hit.headline, place=self.hit.place,
            language=self.hit.language, claim_language=claim_language, before=before,
        )  # fmt: skip

    def sentences_before(self, start: int) -> int:
        """How many sentences of the body end before `start`."""
        return sum(end <= start for _, end in self.sentences)

    def within_passage(self) -> range:
        """The sentences that the hit's passage touches."""
        return self._touching(self.hit.start, self.hit.end)

    def _touching(self, start: int, end: int) -> range:
        touched = [i for i, (first, last) in enumerate(self.sentences) if first < end and start < last]
        return range(touched[0], touched[-1] + 1) if touched else range(0)


def whole(version: Version) -> EvidenceStory:
    """A version that no search found: its hit is all of it, with ids of no row."""
    hit = Hit(
        passage_id=0, version_id=0, story_id=0, guid=version.guid, version=version.version,
        provider=version.provider, published=version.published, language=version.language,
        headline=version.headline, place=version.dateline_place, passage=version.body, start=0,
        end=len(version.body), score=0.0,
    )  # fmt: skip
    return EvidenceStory(hit=hit, body=version.body)


def gather(hits: Sequence[Hit], bodies: Mapping[int, str]) -> tuple[EvidenceStory, ...]:
    """The stories of the hits, best first, one for each version; a hit without a body is left out."""
    seen: dict[int, EvidenceStory] = {}
    for hit in hits:
        if hit.version_id in bodies and hit.version_id not in seen:
            seen[hit.version_id] = EvidenceStory(hit=hit, body=bodies[hit.version_id])
    return tuple(seen.values())
