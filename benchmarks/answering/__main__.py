"""python -m benchmarks.answering [--sets sample,realtimeqa] [--limit 40] [--model NAME] [--again]

Dépêche beside a plain LangChain chain (benchmarks/answering/chain.py): the same GGUF file, the same embedder
weights, the same questions, asked in turn in one run on one machine. Prints one table a set. Every answer
is kept as it comes under build/answering: an interrupted run, or one with a larger --limit, goes on after
the last; ingestion is timed when it is first done. Answers kept from another commit's code are not mixed in
by themselves: --again asks anew, --again-all ingests anew too.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings

from benchmarks.answering import product
from benchmarks.answering.chain import Chain, SentenceTransformers, embed, threads
from benchmarks.answering.sets import SETS, load, spread
from benchmarks.answering.table import figures, table
from benchmarks.retrieval.adaptor import AsEmbeddings
from benchmarks.retrieval.sets import ROOT
from evaluation.results import Result, append, drop_torn_line, read
from evaluation.sets import EvalQuery, EvalSet
from models.catalogue import load_catalogue
from runtime import Archive, Settings, load_settings
from runtime.settings import shared_folder
from runtime.wiring import required_path

BUILD = ROOT / "build" / "answering"


def main() -> None:
    arguments = _arguments()
    print(
        f"<!-- {' '.join(['python -m benchmarks.answering', *sys.argv[1:]])}; {_commit()}; {threads()} cores -->"
    )
    for name in arguments.sets.split(","):
        of = load(name, build=BUILD, shared=shared_folder())
        _measure(name, of, arguments)


def _measure(name: str, of: EvalSet, arguments: argparse.Namespace) -> None:
    folder = BUILD / f"{name}-{of.fingerprint}-{arguments.chain_engine}"
    if arguments.again_all:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    settings = load_settings(folder / "archive", overrides={"model.name": arguments.model})
    answers = folder / f"{arguments.model}-{_commit()}"
    if arguments.again:
        shutil.rmtree(answers, ignore_errors=True)
    answers.mkdir(exist_ok=True)
    with Archive.open(settings) as archive:
        _timed_once(folder / "ingested-depeche.json", lambda: archive.ingest(of.corpus))
        store = _chain_store(folder, archive, settings, arguments.chain_engine)
        chain = Chain(
            store, gguf=required_path(settings.model.name, settings), context=settings.model.context,
            max_tokens=settings.answer.max_tokens, threads=settings.model.threads or threads(),
        )  # fmt: skip
        asked = spread(of.queries, arguments.limit)
        sides: dict[str, Callable[[EvalQuery], Result]] = {
            "depeche": lambda query: product.ask(archive, query),
            "langchain": chain.ask,
        }
        results = _ask(asked, sides, answers)
    seconds = {side: _seconds(folder / f"ingested-{side}.json") for side in sides}
    ours, theirs = (figures(of, asked, results[side], seconds[side]) for side in sides)
    print(
        f"\n{name}: {len(asked)} of {len(of.queries)} questions, {arguments.model}\n\n{table(ours, theirs)}"
    )


def _ask(
    asked: list[EvalQuery], sides: dict[str, Callable[[EvalQuery], Result]], folder: Path
) -> dict[str, dict[str, Result]]:
    """Both sides of a question follow each other, so that both meet the machine as it is just then."""
    results: dict[str, dict[str, Result]] = {}
    for side in sides:
        drop_torn_line(folder / f"{side}.jsonl")
        results[side] = read(folder / f"{side}.jsonl")
    is_warm = False
    for number, query in enumerate(asked, start=1):
        if all(query.query_id in results[side] for side in sides):
            continue
        if not is_warm:  # models are loaded by a question whose time does not count
            for side in sides:
                sides[side](query)
            is_warm = True
        for side in sides:
            if query.query_id not in results[side]:
                results[side][query.query_id] = sides[side](query)
                append(folder / f"{side}.jsonl", results[side][query.query_id])
        print(f"{number}/{len(asked)}", end="\r", file=sys.stderr, flush=True)
    return results


def _chain_store(folder: Path, archive: Archive, settings: Settings, engine: str) -> FAISS:
    embeddings = _embeddings(archive, settings, engine)
    kept = folder / "langchain"
    if not kept.is_dir():
        stories = product.stories(archive)
        embeddings.embed_documents(["warm"])
        store = _timed_once(folder / "ingested-langchain.json", lambda: embed(stories, embeddings))
        assert store is not None
        store.save_local(str(kept))
    # LangChain keeps its documents as a pickle; this one we wrote ourselves, just above.
    return FAISS.load_local(str(kept), embeddings, allow_dangerous_deserialization=True)


def _embeddings(archive: Archive, settings: Settings, engine: str) -> Embeddings:
    if engine == "product":
        return AsEmbeddings(archive.embedder)
    spec = load_catalogue().get(settings.embedder.name)
    return SentenceTransformers(
        required_path(spec.name, settings), query_prefix=spec.query_prefix, passage_prefix=spec.passage_prefix
    )


def _timed_once(note: Path, work: Callable[[], FAISS | object]) -> FAISS | None:
    """Seconds of the first time go into `note`; what was done then is not timed again."""
    began = time.perf_counter()
    made = work()
    if not note.is_file():
        note.write_bytes(orjson.dumps({"seconds": time.perf_counter() - began}))
    return made if isinstance(made, FAISS) else None


def _seconds(note: Path) -> float | None:
    return float(orjson.loads(note.read_bytes())["seconds"]) if note.is_file() else None


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "no-commit"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--limit", type=int, help="questions of each set, evenly spread")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="of the catalogue")
    parser.add_argument(
        "--chain-engine", choices=("sentence-transformers", "product"), default="sentence-transformers",
        help="what embeds for the chain: as LangChain users do, or the product's own faster engine",
    )  # fmt: skip
    parser.add_argument("--again", action="store_true", help="ask anew")
    parser.add_argument("--again-all", action="store_true", help="ingest anew and ask anew")
    return parser.parse_args()


if __name__ == "__main__":
    main()
