"""python -m benchmarks.answering [--sets sample,realtimeqa] [--limit 40] [--model NAME] [--again]
                              [--evidence-only]

Dépêche beside a plain LangChain chain (benchmarks/answering/chain.py): the same GGUF file, the same embedder
weights, the same questions, asked in turn in one run on one machine. Prints one table a set. Every answer
is kept as it comes under build/answering: an interrupted run, or one with a larger --limit, goes on after
the last; ingestion is timed when it is first done. Answers kept from another commit's code are not mixed in
by themselves: --again asks anew, --again-all ingests anew too.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable

from benchmarks.answering import product
from benchmarks.answering.asking import ask_in_turn, commit, noted_seconds, timed_once
from benchmarks.answering.evidence import compare_first_evidence
from benchmarks.answering.given import threads
from benchmarks.answering.opened import open_chain
from benchmarks.answering.sets import SETS, load, spread
from benchmarks.answering.table import figures, table
from benchmarks.retrieval.sets import ROOT
from evaluation.results import Result
from evaluation.sets import EvalQuery, EvalSet
from runtime import Archive, load_settings
from runtime.settings import shared_folder

BUILD = ROOT / "build" / "answering"


def main() -> None:
    arguments = _arguments()
    print(
        f"<!-- {' '.join(['python -m benchmarks.answering', *sys.argv[1:]])}; {commit()}; {threads()} cores -->"
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
    answers = folder / f"{arguments.model}-{commit()}"
    if arguments.again:
        shutil.rmtree(answers, ignore_errors=True)
    answers.mkdir(exist_ok=True)
    with Archive.open(settings) as archive:
        timed_once(folder / "ingested-depeche.json", lambda: archive.ingest(of.corpus))
        chain = open_chain(folder, archive, settings, engine=arguments.chain_engine)
        asked = spread(of.queries, arguments.limit)
        if arguments.evidence_only:
            print(f"\n{name}: {len(asked)} questions\n\n{compare_first_evidence(archive, chain, asked)}")
            return
        sides: dict[str, Callable[[EvalQuery], Result]] = {
            "depeche": lambda query: product.ask(archive, query),
            "langchain": chain.ask,
        }
        results = ask_in_turn(asked, sides, answers)
    seconds = {side: noted_seconds(folder / f"ingested-{side}.json") for side in sides}
    ours, theirs = (figures(of, asked, results[side], seconds[side]) for side in sides)
    lines = table(ours, {"plain LangChain chain": theirs})
    print(f"\n{name}: {len(asked)} of {len(of.queries)} questions, {arguments.model}\n\n{lines}")


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
    parser.add_argument(
        "--evidence-only",
        action="store_true",
        help="how soon there is something to look at; nothing is answered",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
