"""What is found for a question: one search, or one for each part of a question of two things, merged.

The parts of a comparison are searched and ranked apart, so that the better-covered one cannot push
the other out of the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from answering.comparison import Side, merged
from answering.decompose import Decomposed, Part, decompose
from answering.evidence import EvidenceStory, gather
from answering.questions import Asked
from answering.ranking import Ranked, rank_sentences
from answering.verify.closeness import Closeness
from db.store import StoryStore
from domain.query import Hit, Query, SearchResult

Search = Callable[[Query], SearchResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The searches of a question: `whole` is what is shown, `parts` the searches of its parts, if any."""

    whole: SearchResult
    of: Decomposed | None = None
    parts: tuple[SearchResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Stories and their sentences in the order of worth; `sides` are those of each part by itself."""

    asked: Asked
    query: Query
    stories: tuple[EvidenceStory, ...]
    ranked: Sequence[Ranked]
    of: Decomposed | None = None
    sides: tuple[Side, ...] = ()


def search_parts(asked: Asked, query: Query, search: Search) -> Found:
    """Searches the question, and each of its parts where it has two."""
    of = decompose(asked)
    whole = search(query)
    if of is None:
        return Found(whole=whole)
    parts = tuple(search(_of_part(query, part)) for part in of.parts)
    return Found(
        whole=replace(whole, hits=_in_turn([*(p.hits for p in parts), whole.hits])), of=of, parts=parts
    )


def read(asked: Asked, found: Found, *, store: StoryStore, closeness: Closeness, stories: int) -> Evidence:
    """The bodies of the best `stories` hits, and their sentences ranked."""
    whole = _stories(found.whole.hits[:stories], store)
    if found.of is None:
        ranked = rank_sentences(asked, whole, closeness)
        return Evidence(asked=asked, query=found.whole.query, stories=whole, ranked=ranked)
    sides = []
    for part, result in zip(found.of.parts, found.parts, strict=True):
        of_part = part.asked(asked.language)
        bodies = _stories(result.hits[: max(1, stories // 2)], store)
        sides.append(Side(part=part, asked=of_part, ranked=rank_sentences(of_part, bodies, closeness)))
    return Evidence(
        asked=asked, query=found.whole.query, stories=whole, ranked=merged(sides), of=found.of,
        sides=tuple(sides),
    )  # fmt: skip


def _of_part(query: Query, part: Part) -> Query:
    """The query for one part, with what the question says of time in that part's own words."""
    clues = tuple(c for c in query.clues if c.words.casefold() in part.question.casefold())
    return replace(query, text=part.question, clues=clues)


def _stories(hits: Sequence[Hit], store: StoryStore) -> tuple[EvidenceStory, ...]:
    return gather(hits, store.bodies([h.version_id for h in hits]))


def _in_turn(lists: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The first of each, the second of each …; one hit for each version."""
    seen: dict[int, Hit] = {}
    for turn in zip_longest(*lists):
        for hit in turn:
            if hit is not None:
                seen.setdefault(hit.version_id, hit)
    return tuple(seen.values())
