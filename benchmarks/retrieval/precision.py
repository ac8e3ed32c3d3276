"""python -m benchmarks.retrieval.precision [--stories N] [--every N]

What the conversion of the embedder to 8 bits costs: the dense half (exact search) with vectors of
sentence-transformers in float32 and of OpenVINO, questions and passages alike, on every Nth paragraph of
XQuAD-R with its questions and on a slice of Reuters: the judged stories and others up to --stories.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.retrieval.__main__ import BUILD, opened
from benchmarks.retrieval.sets import Task, folders
from benchmarks.retrieval.tables import systems_table
from benchmarks.retrieval.vectors import KeptVectors
from domain.protocols import Embedder
from domain.story import StoredPassage
from evaluation.measures.ranking import ranking_measures
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.fast_embedder import OpenVinoEmbedder
from retrieval.language_neutral import LanguageNeutral
from retrieval.lexical.function_words import guess_language
from retrieval.passage_text import passage_text
from runtime import load_settings
from runtime.embedders import make_embedder
from runtime.settings import shared_folder

REUTERS = ("reuters", "reuters-tuning", "reuters-held-out")


def both() -> dict[str, Embedder]:
    settings = load_settings(BUILD / "archives" / "none")
    fast = make_embedder(settings, settings.embedder.name)
    plain = make_embedder(
        load_settings(BUILD / "archives" / "none", overrides={"embedder.engine": "torch"}),
        settings.embedder.name,
    )
    assert isinstance(fast, OpenVinoEmbedder)
    assert isinstance(plain, SentenceTransformerEmbedder)
    return {
        "float32, sentence-transformers": KeptVectors(plain, BUILD / "float32"),
        f"{fast.form}, OpenVINO": KeptVectors(fast, BUILD),
    }


def dense(
    embedder: Embedder, passages: Sequence[StoredPassage], tasks: Iterable[Task]
) -> dict[str, dict[str, float]]:
    """nDCG@10 by group of tasks and question."""
    neutral = LanguageNeutral.measure(embedder)
    languages = [passage.language for passage in passages]
    vectors = neutral.passage_vectors(
        embedder.embed_passages([passage_text(passage) for passage in passages]), languages
    )
    found: dict[str, dict[str, float]] = {}
    for task in tasks:
        ranking: dict[str, list[str]] = {}
        for asked in task.asked:
            wanted = asked.filters.languages
            question = neutral.query(embedder.embed_query(asked.text), guess_language(asked.text))
            scores = vectors @ question
            if wanted:
                scores = np.where([language in wanted for language in languages], scores, -2.0)
            best = np.argsort(-scores, kind="stable")[:100]
            ranking[asked.query_id] = list(dict.fromkeys(passages[at].guid for at in best))
        values = ranking_measures(ranking, {asked.query_id: asked.relevant for asked in task.asked})
        found.setdefault(task.group, {}).update({f"{task.name} {q}": v for q, v in values["ndcg@10"].items()})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=400)
    parser.add_argument("--every", type=int, default=2)
    chosen = parser.parse_args()
    shared = shared_folder()
    where = folders(BUILD, shared)
    embedders = both()
    groups: dict[str, dict[str, dict[str, float]]] = {}

    archive, tasks = opened("xquad-r", where["xquad-r"], shared)
    with archive:
        passages = [passage for batch in archive.store.iter_passages() for passage in batch]
    kept = [passage for passage in passages if int(passage.guid.rpartition(":")[2]) % chosen.every == 0]
    guids = {passage.guid for passage in kept}
    tasks = [
        Task(name=t.name, group=t.group, asked=tuple(a for a in t.asked if a.relevant.keys() <= guids))
        for t in tasks
    ]
    for label, embedder in embedders.items():
        for group, values in dense(embedder, kept, tasks).items():
            groups.setdefault(group, {})[label] = values

    asked: list[Task] = []
    for name in REUTERS:
        archive, some = opened(name, where[name], shared)
        asked += [Task(name=t.name, group="reuters, all questions", asked=t.asked) for t in some]
        with archive:
            passages = [passage for batch in archive.store.iter_passages() for passage in batch]
    judged = {guid for task in asked for one in task.asked for guid in one.relevant}
    others = list(dict.fromkeys(p.guid for p in passages if p.guid not in judged))
    held = judged | set(others[: max(0, chosen.stories - len(judged))])
    slice_ = [passage for passage in passages if passage.guid in held]
    for label, embedder in embedders.items():
        for group, values in dense(embedder, slice_, asked).items():
            groups.setdefault(f"{group}, {len(held)} stories", {})[label] = values

    first, second = embedders
    print(systems_table(groups, against=(first,), ahead=second))


if __name__ == "__main__":
    main()
