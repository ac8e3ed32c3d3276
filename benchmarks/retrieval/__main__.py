"""python -m benchmarks.retrieval [--sets NAME,…] [--fusion] [--tokens] [--pairs] [--no-peers]

Prints nDCG@10 of the search's parts on each set, with the p of a paired randomisation test between the
hybrid as shipped and each half. `--fusion`: other ways and weights to join the halves. `--tokens`: other
settings of late interaction.
Run with OMP_NUM_THREADS=1; the first run embeds about 20,000 passages (a quarter of an hour of one core).
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.retrieval.sets import LANGUAGES, ROOT, Asked, Task, archive_name, folders, load, tasks
from benchmarks.retrieval.systems import Systems, peers
from benchmarks.retrieval.tables import p_between, pairs_table, systems_table
from benchmarks.retrieval.vectors import KeptVectors
from domain.story import StoredPassage
from evaluation.measures.ranking import ranking_measures
from runtime import Archive, load_settings
from runtime.embedders import make_embedder
from runtime.settings import shared_folder

SETS = (
    "reuters",
    "reuters-tuning",
    "reuters-held-out",
    "realtimeqa",
    "sample",
    "xquad-r",
    "xquad-r-held-out",
)
BUILD = ROOT / "build" / "retrieval"

Results = dict[str, dict[str, dict[str, float]]]  # group or task → system → query id → nDCG@10


def opened(name: str, folder: Path, shared: Path) -> tuple[Archive, list[Task]]:
    """The set's archive, made if it is not there yet, and what is asked of it."""
    of = load(folder, shared)
    settings = load_settings(BUILD / "archives" / f"{archive_name(name)}-{of.fingerprint}")
    archive = Archive.open(
        settings, embedder=KeptVectors(make_embedder(settings, settings.embedder.name), BUILD)
    )
    archive.ingest(of.corpus)
    return archive, tasks(of, name)


def ranked(
    asked: Sequence[Asked], found: Mapping[str, Sequence[int]], originals: Originals
) -> dict[str, float]:
    """nDCG@10 by question: stories in the order of their best passage, a story and its copies being one."""
    stories = {
        q.query_id: list(dict.fromkeys(originals.of_passage[at] for at in found[q.query_id])) for q in asked
    }
    relevant = {
        q.query_id: {originals.of_guid.get(guid, guid): grade for guid, grade in q.relevant.items()}
        for q in asked
    }
    return ranking_measures(stories, relevant)["ndcg@10"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Originals:
    """For each passage and each guid the guid that stands for the story and all its copies."""

    of_passage: Mapping[int, str]
    of_guid: Mapping[str, str]


def originals(archive: Archive, passages: Sequence[StoredPassage]) -> Originals:
    guids = {passage.story_id: passage.guid for passage in passages}
    groups = archive.store.duplicate_groups(list(guids))
    first: dict[int, str] = {}
    for story_id in sorted(guids):
        if (group := groups.get(story_id)) is not None:
            first.setdefault(group, guids[story_id])
    of_story = {story_id: first.get(groups.get(story_id, -1), guid) for story_id, guid in guids.items()}
    return Originals(
        of_passage={passage.passage_id: of_story[passage.story_id] for passage in passages},
        of_guid={guid: of_story[story_id] for story_id, guid in guids.items()},
    )


def measured(
    archive: Archive, asked_of: Sequence[Task], *, fusion: bool, tokens: bool, with_peers: bool
) -> tuple[Results, Results]:
    """By group of tasks, and by task."""
    own = Systems(archive)
    systems = own.shipped() | (own.joined() if fusion else {}) | (own.by_tokens() if tokens else {})
    passages = [passage for batch in archive.store.iter_passages() for passage in batch]
    if with_peers:
        systems |= peers(archive, passages)
    stands_for = originals(archive, passages)
    groups: Results = defaultdict(lambda: defaultdict(dict))
    by_task: Results = defaultdict(dict)
    for task in asked_of:
        found: dict[str, dict[str, Sequence[int]]] = defaultdict(dict)
        for asked in task.asked:
            for name, system in systems.items():
                found[name][asked.query_id] = system(asked)
        for name in systems:
            values = ranked(task.asked, found[name], stands_for)
            by_task[task.name][name] = values
            groups[task.group][name] |= {f"{task.name} {q}": value for q, value in values.items()}
    parts = {
        "dense": own.dense,
        "lexical": own.lexical,
        "joining": own.fused,
        "joining and refining": own.refined,
    }
    spent = ", ".join(f"{name} {1000 * median(part.seconds):.1f}" for name, part in parts.items())
    if not tokens and isinstance(kept := archive.embedder, KeptVectors) and kept.token_seconds:
        questions = sum(len(task.asked) for task in asked_of)
        spent += f"; read for their tokens {kept.passages_read / questions:.1f} passages a question"
        spent += f", {1000 * median(kept.token_seconds):.1f} each"
    print(f"<!-- {len(passages)} passages; median processor milliseconds a question: {spent} -->")
    return groups, by_task


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--fusion", action="store_true")
    parser.add_argument("--tokens", action="store_true")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    chosen = parser.parse_args()
    shared = shared_folder()
    where = folders(BUILD, shared)
    groups: Results = {}
    by_task: Results = {}
    for name in chosen.sets.split(","):
        archive, asked_of = opened(name, where[name], shared)
        with archive:
            own, each = measured(
                archive,
                asked_of,
                fusion=chosen.fusion,
                tokens=chosen.tokens,
                with_peers=not chosen.no_peers,
            )
        groups |= own
        by_task |= each
    if (alike := [groups[name] for name in groups if name.startswith("reuters")])[1:]:
        groups["reuters, all"] = {
            system: {q: value for one in alike for q, value in one[system].items()} for system in alike[0]
        }
    halves = ("dense half", "lexical half", "joined", "joined and refined", "LangChain FAISS", "bm25s")
    print(systems_table(groups, against=halves, ahead="hybrid, as shipped"))
    for group, systems in groups.items():
        told = ", ".join(
            f"{half} {p_between(systems['hybrid, as shipped'], systems[half]):.4f}"
            for half in halves
            if half in systems
        )
        print(f"<!-- p, hybrid as shipped against, {group}: {told} -->")
    if chosen.pairs:
        shipped = {name: systems["hybrid, as shipped"] for name, systems in by_task.items()}
        for name in chosen.sets.split(","):
            if name.startswith("xquad-r"):
                print(pairs_table(shipped, LANGUAGES, of=name))


if __name__ == "__main__":
    main()
