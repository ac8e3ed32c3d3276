"""Pairs of Reuters stories judged by reading, and what an archive's links say of them."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.store import StoryStore

LABELS = Path(__file__).with_name("duplicates_labels.tsv")
Pair = tuple[str, str]  # guids


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """`drawn`: how the pair came into the set. `half`: thresholds were set on 0; by the pair's name alone."""

    relation: str
    drawn: str
    half: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Pairs by what was found of them."""

    right: Sequence[Pair]
    wrong: Sequence[Pair]
    missed: Sequence[Pair]

    @property
    def precision(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.wrong))

    @property
    def recall(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.missed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`copies`: one group of near-duplicates. `events`: one source, by whichever link."""

    copies: Judged
    events: Judged


def labelled() -> dict[Pair, Label]:
    rows = [line.split("\t") for line in LABELS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {
        (guid_of(first), guid_of(second)): Label(
            relation=relation, drawn=drawn, half=zlib.crc32(f"{first} {second}".encode()) % 2
        )
        for first, second, relation, drawn in rows
    }


def guid_of(newid: str) -> str:
    return f"urn:reuters21578:{newid}"


def judged(store: StoryStore, labels: Mapping[Pair, Label]) -> Verdict:
    ids = store.links.story_ids({guid for pair in labels for guid in pair})
    copies = store.duplicate_groups(ids.values())
    chains = store.event_chains(ids.values())

    def is_copy(pair: Pair) -> bool:
        return _together(copies, ids, pair)

    def is_one_source(pair: Pair) -> bool:
        return _together(copies, ids, pair) or _together(chains, ids, pair)

    copied = {pair: one.relation == "copy" for pair, one in labels.items()}
    told = {pair: one.relation != "other" for pair, one in labels.items() if one.relation != "copy"}
    return Verdict(
        copies=_compared(copied, {pair for pair in copied if is_copy(pair)}),
        events=_compared(told, {pair for pair in told if is_one_source(pair)}),
    )


def _compared(truth: Mapping[Pair, bool], found: Collection[Pair]) -> Judged:
    return Judged(
        right=[pair for pair in truth if truth[pair] and pair in found],
        wrong=[pair for pair in truth if not truth[pair] and pair in found],
        missed=[pair for pair in truth if truth[pair] and pair not in found],
    )


def _together(groups: Mapping[int, int], ids: Mapping[str, int], pair: Pair) -> bool:
    first, second = (groups.get(ids[guid]) for guid in pair)
    return first is not None and first == second
