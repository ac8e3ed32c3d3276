"""The verifier's thresholds set on a set of pairs, and the file that keeps them with where they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from answering.verify import Thresholds
from answering.verify.closeness import Closeness
from answering.verify.thresholds import STORED
from evaluation.verification import Figures, calibrate, figures, judge_pairs, load
from runtime.clock import utc_now
from runtime.embedders import make_embedder
from runtime.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """New thresholds, what they reach on the half they were set on, and the file that holds them."""

    thresholds: Thresholds
    with_embedder: Figures
    without: Figures
    embedder: str
    fingerprint: str
    pairs: int
    file: Path


def calibrate_thresholds(
    folder: Path,
    settings: Settings,
    *,
    out: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Calibrated:
    """Sets the thresholds on the calibrating half of the set in `folder` and writes them to `out`.

    Without `out` the file is the program's own, which every verification reads.
    """
    of = load(folder)
    embedder = make_embedder(settings)
    closeness = Closeness(embedder)
    thresholds = calibrate(of, closeness=closeness, progress=progress)
    half = of.of_half("calibrate")
    embedded, _ = judge_pairs(of, half, closeness=closeness, thresholds=thresholds)
    bare, _ = judge_pairs(of, half, closeness=None, thresholds=thresholds)
    found = Calibrated(
        thresholds=thresholds, with_embedder=figures(embedded), without=figures(bare),
        embedder=embedder.fingerprint, fingerprint=of.fingerprint, pairs=len(half), file=out or STORED,
    )  # fmt: skip
    found.file.write_text(_toml(found, folder.resolve().name), "utf-8")
    return found


def _toml(found: Calibrated, name: str) -> str:
    values = "\n".join(f"{key} = {value:g}" for key, value in asdict(found.thresholds).items())
    return (
        "# Written by `depeche verify calibrate`; read by answering/verify/thresholds.py.\n"
        f"[thresholds]\n{values}\n\n"
        "[provenance]\n"
        f'date = {utc_now():%Y-%m-%d}\nset = "{name}"\nset_fingerprint = "{found.fingerprint}"\n'
        f'half = "calibrate"\npairs = {found.pairs}\nembedder = "{found.embedder}"\n'
        f"balanced_accuracy = {found.with_embedder.balanced_accuracy:.3f}\n"
        f"balanced_accuracy_without_embedder = {found.without.balanced_accuracy:.3f}\n"
    )
