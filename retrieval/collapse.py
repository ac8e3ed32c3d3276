"""One hit a story, and one story an original: what repeats another hit is named in it, not shown beside it.

Pure functions over hits, best first. The best-scored of each group stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.query import Hit

# Words in runs of three: two agencies' accounts of one event share few runs, a re-file most.
SHINGLE_WORDS = 3
SAME_TEXT = 0.6  # Jaccard of shingles between passages under one headline

_WORDS = re.compile(r"\w+")


def best_per_story(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each story."""
    first: dict[int, Hit] = {}
    for hit in hits:
        first.setdefault(hit.story_id, hit)
    return list(first.values())


def without_copies(hits: Sequence[Hit], *, groups: Mapping[int, int]) -> list[Hit]:
    """Fold each hit into an earlier one of its duplicate group, or with the same headline and text."""
    kept: list[Hit] = []
    folded: list[list[str]] = []
    by_group: dict[int, int] = {}
    by_headline: dict[str, list[int]] = {}
    for hit in hits:
        group = groups.get(hit.story_id)
        headline = _key(hit.headline)
        place = by_group.get(group) if group is not None else None
        if place is None:
            place = _same_text(hit, kept, by_headline.get(headline, [])) if headline else None
        if place is None:
            place = len(kept)
            kept.append(hit)
            folded.append([])
        else:
            folded[place].append(hit.guid)
        if group is not None:
            by_group.setdefault(group, place)
        if headline:
            by_headline.setdefault(headline, []).append(place)
    return [
        replace(hit, duplicates=tuple(dict.fromkeys((*hit.duplicates, *guids)))) if guids else hit
        for hit, guids in zip(kept, folded, strict=True)
    ]


def similarity(first: str, second: str) -> float:
    """Jaccard of the texts' runs of three words, case and punctuation aside; 1 for equal texts."""
    ours, theirs = _shingles(first), _shingles(second)
    union = len(ours | theirs)
    return len(ours & theirs) / union if union else 1.0


def _same_text(hit: Hit, kept: Sequence[Hit], places: Sequence[int]) -> int | None:
    for place in dict.fromkeys(places):
        if similarity(kept[place].passage, hit.passage) >= SAME_TEXT:
            return place
    return None


def _shingles(text: str) -> set[tuple[str, ...]]:
    spoken = _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())
    size = min(SHINGLE_WORDS, len(spoken))
    return {tuple(spoken[place : place + size]) for place in range(len(spoken) - size + 1)} if size else set()


def _key(headline: str | None) -> str:
    return " ".join(_WORDS.findall(headline.casefold())) if headline else ""
