"""The runs of evaluation sets that `depeche eval` and the pages have made: files, each read once.

Runs are found where they are written: in the archive's runs/ folder, and in those of the archives made of sets'
own stories. A run is listed by its manifest and its summary; its answers are read one at a time, from their
places. Of its questions some 200 bytes each stay in memory (evaluation.questions), of four runs at most. What is
read of a file is kept until the file changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import orjson

from domain.errors import SetError
from evaluation.comparison import Comparison, compare
from evaluation.figures import RunFigures, figures
from evaluation.questions import FILE, QuestionRows, make_rows, read_rows, write_rows
from evaluation.results import Result, parse
from evaluation.scores import Scores
from evaluation.sets import EvalSet
from runtime.evaluation import evaluation_cache
from runtime.run_choice import RunQuestions
from runtime.sets import Identity
from runtime.settings import Settings

_RESULTS, _SUMMARY, _SCORES, _MANIFEST = "results.jsonl", "summary.json", "scores.json", "manifest.json"
_KEPT = 4  # runs whose questions stay in memory: some 30 MB each at 100,000
_COMPARED = 4
_FIGURES = 16  # some 100 kB each
_CARDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCard:
    """A run as it is listed. `model`: its name, "extractive", or None for retrieval alone."""

    key: str
    folder: Path
    set_name: str
    set_path: Path
    model: str | None
    started: str  # ISO, as the manifest has it
    limit: int | None
    questions: int  # that have a result
    is_finished: bool  # and its figures are of all of them
    synthetic: bool

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def home(self) -> Path:
        """The folder of the archive that was asked."""
        return self.folder.parent.parent


def find_runs(settings: Settings, *, cache: Path | None = None) -> list[RunCard]:
    """The latest first. Of each run three files are looked at, and read where they have changed."""
    homes = [settings.archive, *_folders(cache or evaluation_cache())]
    folders = [folder for home in homes for folder in _folders(home / "runs")]
    cards = [card for folder in folders if (card := _read_card(folder)) is not None]
    _known.update((card.key, card.folder) for card in cards)
    return sorted(cards, key=lambda card: (card.started, card.name), reverse=True)


def find_card(settings: Settings, key: str, *, cache: Path | None = None) -> RunCard:
    """One run by its key, without a look at the others where it has been listed before. SetError: not here now."""
    homes = cache or evaluation_cache()
    folder = _known.get(key)
    if folder is not None and (
        folder.parent.parent == settings.archive or folder.parent.parent.parent == homes
    ):
        card = _read_card(folder)
        if card is not None:
            return card
    for card in find_runs(settings, cache=cache):
        if card.key == key:
            return card
    raise SetError("that run is not here any more", hint="choose one of the list")


def run_figures(card: RunCard) -> RunFigures:
    """SetError where the run has not ended."""
    _need_ended(card)
    return _figures(card.folder, _stamp(card.folder / _SUMMARY))


def run_manifest(card: RunCard) -> dict[str, Any]:
    path = card.folder / _MANIFEST
    return _json(path, _stamp(path))


def run_questions(card: RunCard, of: EvalSet) -> RunQuestions:
    """Every question that has a result, in the order of asking; those the set has lost are left out.

    Read from a small file; where that is missing (a run of an earlier program, or one that has not ended) or of
    other results, every answer is read once: 7 s of one core for 100,000, against 0.2.
    """
    stamps = tuple(_stamp_if_any(card.folder / name) for name in (_RESULTS, FILE, _SCORES))
    return _questions(card.folder, stamps, card.is_finished, Identity(of))


def run_result(card: RunCard, at: int) -> Result:
    """The answer whose line begins `at` that byte."""
    with (card.folder / _RESULTS).open("rb") as lines:
        lines.seek(at)
        return parse(lines.readline())


def run_comparison(before: RunCard, after: RunCard) -> Comparison:
    """See evaluation.comparison; kept until one of the two changes."""
    for card in (before, after):
        _need_ended(card)
    stamps = tuple(_stamp(card.folder / _RESULTS) for card in (before, after))
    return _comparison(before.folder, after.folder, stamps)


Stamp = tuple[int, int]  # when a file was last written, in ns, and its size

_known: dict[str, Path] = {}  # key → folder, of every run listed by this process
_counted: dict[Path, tuple[int, int]] = {}  # of runs under way: bytes looked at, lines in them


def _need_ended(card: RunCard) -> None:
    if not card.is_finished:
        raise SetError(f"run {card.name} has not ended", hint="let it go on: it resumes where it stopped")


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _stamp_if_any(path: Path) -> Stamp | None:
    try:
        return _stamp(path)
    except FileNotFoundError:
        return None


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (one for one in parent.iterdir() if one.is_dir() and not one.name.startswith("."))


def _read_card(folder: Path) -> RunCard | None:
    """None of a folder that holds no run, or one that goes away as it is looked at."""
    try:
        manifest = _stamp(folder / _MANIFEST)
        return _card(folder, manifest, _stamp_if_any(folder / _RESULTS), _stamp_if_any(folder / _SUMMARY))
    except OSError:
        return None


@lru_cache(maxsize=_CARDS)
def _card(folder: Path, manifest: Stamp, answers: Stamp | None, summary: Stamp | None) -> RunCard:
    about = orjson.loads((folder / _MANIFEST).read_bytes())
    # The figures are worked out when the last question is answered: older ones are of fewer questions.
    finished = summary is not None and answers is not None and answers[1] > 0 and summary[0] >= answers[0]
    if finished:
        questions = int(orjson.loads((folder / _SUMMARY).read_bytes())["queries"])
    else:
        questions = _lines(folder / _RESULTS) if answers and answers[1] else 0
    return RunCard(
        key=hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12],
        folder=folder,
        set_name=str(about.get("set", "")),
        set_path=Path(str(about.get("path", ""))),
        model=about.get("model"),
        started=str(about.get("started", "")),
        limit=about.get("limit"),
        questions=questions,
        is_finished=finished,
        synthetic=about.get("synthetic") is True,
    )


def _lines(path: Path) -> int:
    """Of a file that grows by whole lines: what was counted before is not read again."""
    upto, lines = _counted.get(path, (0, 0))
    if path.stat().st_size < upto:
        upto, lines = 0, 0
    with path.open("rb") as stream:
        stream.seek(upto)
        for block in iter(lambda: stream.read(1 << 20), b""):
            upto, lines = upto + len(block), lines + block.count(b"\n")
    _counted[path] = upto, lines
    return lines


@lru_cache(maxsize=_FIGURES)
def _json(path: Path, stamp: Stamp) -> dict[str, Any]:
    return cast("dict[str, Any]", orjson.loads(path.read_bytes()))


@lru_cache(maxsize=_FIGURES)
def _figures(folder: Path, stamp: Stamp) -> RunFigures:
    summary = orjson.loads((folder / _SUMMARY).read_bytes())
    if "scored" in summary:
        return figures(summary)
    return figures(summary, {name: len(values) for name, values in _scores(folder).items()})


@lru_cache(maxsize=_KEPT)
def _questions(
    folder: Path, stamps: tuple[Stamp | None, ...], is_finished: bool, of: Identity
) -> RunQuestions:
    return RunQuestions.of(_rows(folder, of.of, is_finished=is_finished), of.of)


def _rows(folder: Path, of: EvalSet, *, is_finished: bool) -> QuestionRows:
    kept = read_rows(folder)
    if kept is not None:
        return kept
    made = make_rows(folder, of, _scores(folder))
    if is_finished:
        with suppress(OSError):  # a folder that may only be read: they are made again in the next process
            write_rows(folder, made)
    return made


def _scores(folder: Path) -> Scores:
    """measure → question → value; nothing yet of a run that has not ended."""
    path = folder / _SCORES
    return cast("Scores", orjson.loads(path.read_bytes())) if path.is_file() else {}


@lru_cache(maxsize=_COMPARED)
def _comparison(before: Path, after: Path, stamps: tuple[Stamp, ...]) -> Comparison:
    return compare(before, after)
