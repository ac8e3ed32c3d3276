"""One hit a story, and one hit for what is one source: copies of a text, and the chain of an event.

Pure functions over hits, best first. Of a group the latest hit stands for all, in the place of the best and
with its score; the others are named in it. Only what is among the hits is looked at: a member that is
killed, held, under embargo or outside the filters was never a hit, so it stands for none and hides none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from domain.query import Hit

# Words in runs of three: two agencies' accounts of one event share few runs, a re-file most.
SHINGLE_WORDS = 3
SAME_TEXT = 0.6  # Jaccard of shingles between two passages

_WORDS = re.compile(r"\w+")


def best_per_story(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each story."""
    first: dict[int, Hit] = {}
    for hit in hits:
        first.setdefault(hit.story_id, hit)
    return list(first.values())


def without_copies(
    hits: Sequence[Hit],
    *,
    groups: Mapping[int, int],
    chains: Mapping[int, int],
    alerts: Collection[int] = (),
) -> list[Hit]:
    """One hit for each duplicate group and each chain; a hit that is in both joins the two.

    `groups`, `chains`: story → its group. `alerts`: stories that stand for others only where all are alerts,
    whatever the minute they were sent in.
    """
    sources: list[list[Hit]] = []
    place_of: dict[tuple[str, int], int] = {}
    for hit in hits:
        keys = [
            (kind, some[hit.story_id])
            for kind, some in (("copy", groups), ("event", chains))
            if hit.story_id in some
        ]
        places = sorted({place_of[key] for key in keys if key in place_of})
        if not places:
            places = [len(sources)]
            sources.append([])
        first, *joined = places
        for place in joined:
            sources[first].extend(sources[place])
            sources[place].clear()
        sources[first].append(hit)
        if joined:
            place_of = {key: first if place in joined else place for key, place in place_of.items()}
        place_of.update((key, first) for key in keys)
    return [_source(members, alerts) for members in sources if members]


def _source(members: Sequence[Hit], alerts: Collection[int]) -> Hit:
    if len(members) == 1:
        return members[0]
    shown = max(members, key=lambda hit: (hit.story_id not in alerts, hit.published, hit.version_id))
    others = [guid for hit in members for guid in (hit.guid, *hit.duplicates) if guid != shown.guid]
    return replace(
        shown,
        score=max(hit.score for hit in members),
        duplicates=tuple(dict.fromkeys((*shown.duplicates, *others))),
    )


def similarity(first: str, second: str) -> float:
    """Jaccard of the texts' runs of three words, case and punctuation aside; 1 for equal texts."""
    ours, theirs = _shingles(first), _shingles(second)
    union = len(ours | theirs)
    return len(ours & theirs) / union if union else 1.0


def _shingles(text: str) -> set[tuple[str, ...]]:
    spoken = _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())
    size = min(SHINGLE_WORDS, len(spoken))
    return {tuple(spoken[place : place + size]) for place in range(len(spoken) - size + 1)} if size else set()
