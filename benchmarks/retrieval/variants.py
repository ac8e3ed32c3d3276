"""python -m benchmarks.retrieval.variants [--stories N] [--sets reuters,realtimeqa,sample] [--lengths-only]

What a passage is: its length, and which words go before it. Each variant cuts and embeds a set's stories
anew, so that only a slice of each set is taken: the judged stories and the first others up to N. `reuters`
stands for all the questions on Reuters.
Measured by the dense half alone (exact search), the half that these choices are for.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import numpy as np

from benchmarks.retrieval.__main__ import BUILD, opened
from benchmarks.retrieval.sets import Task, folders
from benchmarks.retrieval.tables import systems_table
from domain.story import StoredPassage, Version
from evaluation.measures.ranking import ranking_measures
from ingest.chunk import CHUNK_TOKENS, cut
from retrieval.language_neutral import LanguageNeutral
from retrieval.lexical.function_words import guess_language
from retrieval.passage_text import passage_text
from runtime import Archive
from runtime.settings import shared_folder

BUDGETS = (96, 160, 256, 384)
SAME_ARCHIVE = {"reuters": ("reuters", "reuters-tuning", "reuters-held-out")}
Heading = Callable[[Version, str], str]


def headline_place_date(version: Version, text: str) -> str:
    """As shipped, by the product's own function."""
    stored = StoredPassage.__new__(StoredPassage)
    for name, value in (
        ("published", version.published),
        ("place", version.dateline_place),
        ("headline", version.headline),
        ("text", text),
    ):
        object.__setattr__(stored, name, value)
    return passage_text(stored)


def headline_alone(version: Version, text: str) -> str:
    return f"{version.headline}\n{text}" if version.headline else text


def date_alone(version: Version, text: str) -> str:
    return f"{version.published:%Y-%m-%d}\n{text}"


def nothing(version: Version, text: str) -> str:
    return text


def stories(archive: Archive, asked_of: Sequence[Task], limit: int) -> list[Version]:
    judged = {guid for task in asked_of for asked in task.asked for guid in asked.relevant}
    versions: dict[int, str] = {}
    for batch in archive.store.iter_passages():
        versions |= {passage.version_id: passage.guid for passage in batch}
    chosen = [v for v, guid in versions.items() if guid in judged]
    chosen += [v for v, guid in versions.items() if guid not in judged][: max(0, limit - len(chosen))]
    return list(archive.store.versions(chosen).values())


def measured(
    archive: Archive, asked_of: Sequence[Task], chosen: Sequence[Version], *, budget: int, heading: Heading
) -> dict[str, float]:
    """nDCG@10 of the dense half by question."""
    guids: list[str] = []
    languages: list[str | None] = []
    texts: list[str] = []
    for version in chosen:
        for passage in cut(version, count_tokens=archive.embedder.count_tokens, budget=budget):
            guids.append(version.guid)
            languages.append(version.language)
            texts.append(heading(version, passage.text))
    neutral = LanguageNeutral.measure(archive.embedder)
    vectors = neutral.passage_vectors(archive.embedder.embed_passages(texts), languages)
    found: dict[str, list[str]] = {}
    relevant: dict[str, dict[str, int]] = {}
    for task in asked_of:
        for asked in task.asked:
            question = neutral.query(archive.embedder.embed_query(asked.text), guess_language(asked.text))
            best = np.argsort(-(vectors @ question), kind="stable")[:100]
            found[asked.query_id] = list(dict.fromkeys(guids[at] for at in best))
            relevant[asked.query_id] = asked.relevant
    return ranking_measures(found, relevant)["ndcg@10"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=600)
    parser.add_argument("--sets", default="reuters,realtimeqa,sample")
    parser.add_argument("--lengths-only", action="store_true")
    parser.add_argument("--budgets", default=",".join(map(str, BUDGETS)), help="tokens; 160 is shipped")
    asked_for = parser.parse_args()
    shared = shared_folder()
    where = folders(BUILD, shared)
    groups: dict[str, dict[str, dict[str, float]]] = {}
    for name in asked_for.sets.split(","):
        parts = [opened(part, where[part], shared) for part in SAME_ARCHIVE.get(name, (name,))]
        asked_of = [task for _, some in parts for task in some]
        with ExitStack() as opened_archives:
            archive, *_ = [opened_archives.enter_context(archive) for archive, _ in parts]
            chosen = stories(archive, asked_of, asked_for.stories)
            rows: dict[str, dict[str, float]] = {}
            for budget in sorted({CHUNK_TOKENS, *map(int, asked_for.budgets.split(","))}):
                rows[f"{budget} tokens"] = measured(
                    archive, asked_of, chosen, budget=budget, heading=headline_place_date
                )
            for heading in () if asked_for.lengths_only else (headline_alone, date_alone, nothing):
                label = heading.__name__.replace("_", " ") + " before it"
                rows[label] = measured(archive, asked_of, chosen, budget=CHUNK_TOKENS, heading=heading)
            groups[f"{name}, {len(chosen)} stories"] = rows
    shipped = f"{CHUNK_TOKENS} tokens"
    names = [name for rows in groups.values() for name in rows if name != shipped]
    print(systems_table(groups, against=list(dict.fromkeys(names)), ahead=shipped))


if __name__ == "__main__":
    main()
