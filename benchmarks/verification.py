"""The verifier on pairs it was not set on: `python -m benchmarks.verification [SET]`.

Prints, for the untouched half of data/verification, balanced accuracy overall, by kind of error and by
language, with the embedder and without any model, and how many pairs are judged a second of processor.
`--half calibrate` shows the other half; `--no-embedder` loads no model at all.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from answering.verify import Thresholds
from answering.verify.closeness import Closeness
from evaluation.verification import HALVES, Figures, Judged, by_kind, by_language, figures, judge_pairs, load
from runtime import load_settings
from runtime.embedders import make_embedder

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", nargs="?", type=Path, default=ROOT / "data" / "verification")
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--no-embedder", action="store_true")
    arguments = parser.parse_args()
    of = load(arguments.set)
    pairs = of.of_half(arguments.half)
    bare, rate = judge_pairs(of, pairs, closeness=None, thresholds=Thresholds())
    columns = {"no model": bare}
    if not arguments.no_embedder:
        closeness = Closeness(make_embedder(load_settings()))
        columns = {
            "embedder": judge_pairs(of, pairs, closeness=closeness, thresholds=Thresholds())[0],
            **columns,
        }
    print(f"{arguments.set.name}, half “{arguments.half}”: {len(pairs)} pairs, set {of.fingerprint}")
    print(f"{rate:.0f} pairs a second of processor without a model\n")
    _print(columns)


def _print(columns: dict[str, list[Judged]]) -> None:
    groups = {name: {"all": figures(j)} | by_kind(j) | by_language(j) for name, j in columns.items()}
    first = next(iter(groups.values()))
    print("| group | pairs | " + " | ".join(f"{n}: balanced (kept / refused)" for n in groups) + " |")
    print("|---|---|" + "---|" * len(groups))
    for group, shown in first.items():
        cells = [_cell(found[group]) for found in groups.values()]
        print(f"| {group} | {shown.supported} + {shown.others} | " + " | ".join(cells) + " |")


def _cell(found: Figures) -> str:
    return f"{found.balanced_accuracy:.3f} ({found.kept:.2f} / {found.refused:.2f})"


if __name__ == "__main__":
    main()
