"""python -m benchmarks.peers [--sets sample,realtimeqa] [--limit 24] [--model NAME] [--without NAME,…]

Dépêche, a plain LangChain chain (benchmarks/answering), LlamaIndex's CitationQueryEngine, and Haystack's and
txtai's RAG pipelines: the same GGUF file, embedder weights, context, answer length and temperature 0, the
same questions asked of all in turn, in one run on one machine. Prints one table a set; a ratio above 1 is in
Dépêche's favour. Peers' environments are made first (environments.py). Every answer is kept as it comes
under build/peers: an interrupted run, or one with a larger --limit, goes on after the last. --kept FOLDER
asks nothing: it prints the table of the questions that all sides have answered there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import orjson
from platformdirs import user_cache_path

from benchmarks.answering import product
from benchmarks.answering.asking import ask_in_turn, commit, kept, noted_seconds, timed_once, write_seconds
from benchmarks.answering.given import BATCH_TOKENS, TOP, ReadStory, threads
from benchmarks.answering.opened import open_chain
from benchmarks.answering.sets import SETS, load, stratified
from benchmarks.answering.table import figures, table
from benchmarks.peers.environments import FOLDER, PEERS, python_of, versions
from benchmarks.peers.process import Peer, judged
from benchmarks.peers.sides.protocol import Setup, Story
from benchmarks.retrieval.sets import ROOT
from evaluation.results import Result
from evaluation.sets import EvalQuery, EvalSet
from models.catalogue import load_catalogue
from runtime import Archive, Settings, load_settings
from runtime.settings import shared_folder
from runtime.wiring import required_path

BUILD = ROOT / "build" / "peers"
NAMES = {
    "langchain": "plain LangChain chain",
    "llamaindex": "LlamaIndex CitationQueryEngine",
    "haystack": "Haystack RAG",
    "txtai": "txtai RAG",
}
Ask = Callable[[EvalQuery], Result]


def main() -> None:
    arguments = _arguments()
    peers = [peer for peer in PEERS if peer not in arguments.without.split(",")]
    told = "" if arguments.kept else f" {commit()}; {threads()} cores;"  # of answers kept, their folder tells
    print(f"<!-- {' '.join(['python -m benchmarks.peers', *sys.argv[1:]])};{told}")
    print(f"{'; '.join(versions(peer) for peer in peers)} -->")
    for name in arguments.sets.split(","):
        of = load(name, build=BUILD, shared=shared_folder())
        folder = BUILD / f"{name}-{of.fingerprint}"
        asked = stratified(of.queries, arguments.limit, seed=arguments.seed)
        answers = arguments.kept or folder / f"{arguments.model}-{commit()}"
        if arguments.kept is None:
            answers.mkdir(parents=True, exist_ok=True)
            _measure(asked, of, peers=peers, folder=folder, answers=answers, model=arguments.model)
        _print(name, of, asked, sides=["depeche", "langchain", *peers], folder=folder, answers=answers)


def _measure(
    asked: Sequence[EvalQuery], of: EvalSet, *, peers: Sequence[str], folder: Path, answers: Path, model: str
) -> None:
    wheels = user_cache_path("depeche") / "wheels"
    pythons = {peer: python_of(peer, build=BUILD, wheels=wheels) for peer in peers}
    settings = load_settings(folder / "archive", overrides={"model.name": model})
    with ExitStack() as open_now:
        archive = open_now.enter_context(Archive.open(settings))
        timed_once(folder / "ingested-depeche.json", lambda: archive.ingest(of.corpus))
        chain = open_chain(folder, archive, settings, engine="sentence-transformers")
        stories = {story.guid: story for story in product.stories(archive)}
        written = _write_stories(folder / "stories.jsonl", list(stories.values()))
        sides: dict[str, Ask] = {"depeche": lambda query: product.ask(archive, query), "langchain": chain.ask}
        for peer in peers:
            setup = _setup(settings, stories=written, store=folder / peer)
            script, log = FOLDER / "sides" / f"with_{peer}.py", answers / f"{peer}.log"
            opened = open_now.enter_context(
                Peer(script, python=pythons[peer], setup=setup, log=log, stories=stories)
            )
            if opened.ingest_seconds is not None:
                write_seconds(folder / f"ingested-{peer}.json", opened.ingest_seconds)
            sides[peer] = opened.ask
        ask_in_turn(asked, sides, answers)


def _print(
    name: str, of: EvalSet, asked: Sequence[EvalQuery], *, sides: Sequence[str], folder: Path, answers: Path
) -> None:
    results = kept(sides, answers)
    for side in sides[1:]:  # Dépêche says itself when it declines
        results[side] = {query_id: judged(result) for query_id, result in results[side].items()}
    done = [query for query in asked if all(query.query_id in results[side] for side in sides)]
    found = {
        side: figures(of, done, results[side], noted_seconds(folder / f"ingested-{side}.json"))
        for side in sides
    }
    absent = sum(query.answerable is False for query in done)
    print(
        f"\n{name}: {len(done)} of {len(of.queries)} questions, {absent} of them absent; "
        f"{answers.name.rpartition('-')[0]}\n\n"
        + table(found["depeche"], {NAMES[side]: found[side] for side in sides[1:]})
    )


def _setup(settings: Settings, *, stories: Path, store: Path) -> Setup:
    spec = load_catalogue().get(settings.embedder.name)
    return Setup(
        stories=str(stories),
        store=str(store),
        embedder=str(required_path(spec.name, settings)),
        query_prefix=spec.query_prefix,
        passage_prefix=spec.passage_prefix,
        gguf=str(required_path(settings.model.name, settings)),
        context=settings.model.context,
        max_tokens=settings.answer.max_tokens,
        batch=BATCH_TOKENS,
        threads=settings.model.threads or threads(),
        top=TOP,
    )


def _write_stories(path: Path, stories: Sequence[ReadStory]) -> Path:
    rows = (
        Story(
            guid=story.guid,
            headline=story.headline or "",
            date=story.published.strftime("%-d %B %Y"),
            published=story.published.timestamp(),
            body=story.body,
        )
        for story in stories
    )
    path.write_bytes(b"".join(orjson.dumps(asdict(row)) + b"\n" for row in rows))
    return path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=SETS[0], help=f"of {', '.join(SETS)}")
    parser.add_argument("--limit", type=int, help="questions of each set, drawn by --seed")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="of the catalogue")
    parser.add_argument("--without", default="", help=f"of {', '.join(PEERS)}")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="score the answers kept there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
