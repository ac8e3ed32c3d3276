"""The verifier's thresholds set on a set of pairs, and the file that keeps them with where they come from."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from answering.verify import Thresholds
from answering.verify.checkers import AskedModel
from answering.verify.closeness import Closeness
from answering.verify.thresholds import STORED
from domain.errors import SettingsError
from domain.protocols import Chooser
from evaluation.second_looks import Worth, weigh
from evaluation.verification import Figures, VerificationSet, calibrate, figures, judge_pairs, load
from runtime.clock import utc_now
from runtime.embedders import make_embedder
from runtime.generators import make_generator
from runtime.settings import Settings
from runtime.wiring import close


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
    asked: Worth | None = None  # what asking the language model is worth
    asked_model: str | None = None


ASKED_PAIRS = 200  # 9 minutes with the default model on one core


def calibrate_thresholds(
    folder: Path,
    settings: Settings,
    *,
    out: Path | None = None,
    ask_model: bool = False,
    asked_pairs: int = ASKED_PAIRS,
    progress: Callable[[int], None] | None = None,
) -> Calibrated:
    """Sets the thresholds on the calibrating half of the set in `folder` and writes them to `out`.

    Without `out` the file is the program's own, which every verification reads. With `ask_model` the language
    model of the settings is asked about some of the pairs in doubt, and what its word is worth is set too.
    """
    of = load(folder)
    embedder = make_embedder(settings)
    closeness = Closeness(embedder)
    thresholds = calibrate(of, closeness=closeness, progress=progress)
    half = of.of_half("calibrate")
    embedded, _ = judge_pairs(of, half, closeness=closeness, thresholds=thresholds)
    bare, _ = judge_pairs(of, half, closeness=None, thresholds=thresholds)
    asked = _asked(of, settings, closeness, thresholds, asked_pairs) if ask_model else None
    if asked is not None:
        thresholds = replace(thresholds, asked_yes=asked.bounds.yes, asked_no=asked.bounds.no)
    found = Calibrated(
        thresholds=thresholds, with_embedder=figures(embedded), without=figures(bare),
        embedder=embedder.fingerprint, fingerprint=of.fingerprint, pairs=len(half), file=out or STORED,
        asked=asked, asked_model=settings.model.name if asked else None,
    )  # fmt: skip
    found.file.write_text(_toml(found, folder.resolve().name), "utf-8")
    return found


def _asked(
    of: VerificationSet, settings: Settings, closeness: Closeness, thresholds: Thresholds, most: int
) -> Worth:
    generator = make_generator(settings)
    try:
        if not isinstance(generator, Chooser):
            raise SettingsError(
                f"{generator.name} does not tell how likely its words are",
                hint="name a model that runs from a file here",
            )
        return weigh(
            of, of.of_half("calibrate"), AskedModel(generator, name=generator.name), closeness=closeness,
            thresholds=thresholds, near=thresholds.asked_near, most=most,
        )  # fmt: skip
    finally:
        close(generator)


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
        f"{_asked_toml(found)}"
    )


def _asked_toml(found: Calibrated) -> str:
    """Where the bounds of the asked model come from: this run, or, as they were kept, an earlier one."""
    if found.asked is None:
        kept = tomllib.loads(STORED.read_text("utf-8")).get("asked")
        return (
            "" if kept is None else "\n[asked]\n" + "".join(f"{k} = {_shown(v)}\n" for k, v in kept.items())
        )
    asked = found.asked
    return (
        f'\n[asked]\ndate = {utc_now():%Y-%m-%d}\nmodel = "{found.asked_model}"\npairs = {asked.asked}\n'
        f"in_doubt = {asked.in_doubt}\nseconds_a_pair = {asked.seconds:.1f}\n"
        f"balanced_accuracy_of_half = {asked.half_after:.3f}\n"
        f"balanced_accuracy_of_half_unasked = {asked.half_before:.3f}\n"
    )


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
