"""The runs of evaluation sets that `depeche eval` and the pages have made: files, each read once.

Runs are found where they are written: in the archive's runs/ folder, and in those of the archives made of sets'
own stories. What is read of a file is kept until the file changes. Of a run's answers only what a list needs
stays in memory (some 250 bytes a question); an answer is read from its place in the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import orjson

from domain.answer import Outcome
from domain.errors import SetError
from evaluation.comparison import Comparison, compare
from evaluation.figures import RunFigures, figures
from evaluation.judged import FAILURES, Judged, judge
from evaluation.results import Result, parse
from evaluation.scores import Scores
from evaluation.sets import EvalSet
from runtime.evaluation import evaluation_cache
from runtime.settings import Settings

_RESULTS = "results.jsonl"
_KEPT = 4  # runs whose scores and lists stay in memory: some 250 MB each at 100,000 questions
_COMPARED = 4
_CARDS = 1_000


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A question of a run as a list shows it; `at` is where its line begins."""

    query_id: str
    at: int
    judged: Judged
    outcome: Outcome | None
    seconds: float
    violations: int
    inexact: int  # citations whose words do not stand where they say

    @property
    def failed(self) -> bool:
        """Also where the answer is right and something was shown that must not be."""
        return self.judged in FAILURES or bool(self.violations or self.inexact)


def find_runs(settings: Settings, *, cache: Path | None = None) -> list[RunCard]:
    """The latest first."""
    homes = [settings.archive, *_folders(cache or evaluation_cache())]
    folders = [folder for home in homes for folder in _folders(home / "runs")]
    cards = [card for folder in folders if (card := _read_card(folder)) is not None]
    return sorted(cards, key=lambda card: (card.started, card.name), reverse=True)


def run_figures(card: RunCard) -> RunFigures:
    """SetError where the run has not ended."""
    if not card.is_finished:
        raise SetError(f"run {card.name} has not ended", hint="let it go on: it resumes where it stopped")
    return _figures(card.folder, _stamp(card.folder / "summary.json"))


def run_scores(card: RunCard) -> Scores:
    """measure → question → value; nothing yet of a run that has not ended."""
    path = card.folder / "scores.json"
    return _scores(path, _stamp(path)) if path.is_file() else {}


def run_manifest(card: RunCard) -> dict[str, Any]:
    path = card.folder / "manifest.json"
    return _json(path, _stamp(path))


def run_list(card: RunCard, of: EvalSet) -> tuple[Listed, ...]:
    """Every question that has a result, in the order of asking; those the set has lost are left out."""
    return _list(card.folder / _RESULTS, _stamp(card.folder / _RESULTS), _Identity(of))


def run_result(card: RunCard, listed: Listed) -> Result:
    with (card.folder / _RESULTS).open("rb") as lines:
        lines.seek(listed.at)
        return parse(lines.readline())


def run_comparison(before: RunCard, after: RunCard) -> Comparison:
    """See evaluation.comparison; kept until one of the two changes."""
    for card in (before, after):
        if not card.is_finished:
            raise SetError(f"run {card.name} has not ended", hint="let it go on: it resumes where it stopped")
    stamps = tuple(_stamp(card.folder / _RESULTS) for card in (before, after))
    return _comparison(before.folder, after.folder, stamps)


class _Identity:
    """A set as a key of a cache: by which object it is. read_set gives the same one until its files change."""

    def __init__(self, of: EvalSet) -> None:
        self.of = of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.of is other.of

    def __hash__(self) -> int:
        return id(self.of)


Stamp = tuple[int, int]  # when a file was last written, in ns, and its size


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (one for one in parent.iterdir() if one.is_dir() and not one.name.startswith("."))


def _read_card(folder: Path) -> RunCard | None:
    """None of a folder that holds no run, or one that goes away as it is looked at."""
    try:
        manifest, results = _stamp(folder / "manifest.json"), folder / _RESULTS
        answers = _stamp(results) if results.exists() else (0, 0)
        summary = _stamp(folder / "summary.json") if (folder / "summary.json").exists() else None
        return _card(folder, manifest, answers, summary)
    except OSError:
        return None


@lru_cache(maxsize=_CARDS)
def _card(folder: Path, manifest: Stamp, answers: Stamp, summary: Stamp | None) -> RunCard:
    about = _json(folder / "manifest.json", manifest)
    # The figures are worked out when the last question is answered: older ones are of fewer questions.
    finished = summary is not None and answers[1] > 0 and summary[0] >= answers[0]
    return RunCard(
        key=hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12],
        folder=folder,
        set_name=str(about.get("set", "")),
        set_path=Path(str(about.get("path", ""))),
        model=about.get("model"),
        started=str(about.get("started", "")),
        limit=about.get("limit"),
        questions=_lines(folder / _RESULTS) if answers[1] else 0,
        is_finished=finished,
        synthetic=about.get("synthetic") is True,
    )


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))


@lru_cache(maxsize=_CARDS)
def _json(path: Path, stamp: Stamp) -> dict[str, Any]:
    return cast("dict[str, Any]", orjson.loads(path.read_bytes()))


@lru_cache(maxsize=_KEPT)
def _scores(path: Path, stamp: Stamp) -> Scores:
    return cast("Scores", orjson.loads(path.read_bytes()))


@lru_cache(maxsize=_CARDS)
def _figures(folder: Path, stamp: Stamp) -> RunFigures:
    scores = folder / "scores.json"
    return figures(_scores(scores, _stamp(scores)), _json(folder / "summary.json", stamp))


@lru_cache(maxsize=_KEPT)
def _list(path: Path, stamp: Stamp, identity: _Identity) -> tuple[Listed, ...]:
    of = identity.of
    queries = {query.query_id: query for query in of.queries}
    found: list[Listed] = []
    at = 0
    with path.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            result = parse(line)
            if query := queries.get(result.query_id):
                judged = judge(query, result, of.qrels.get(result.query_id, {}))
                found.append(_listed(result, judged, at))
            at += len(line)
    return tuple(found)


def _listed(result: Result, judged: Judged, at: int) -> Listed:
    total = result.total_seconds
    return Listed(
        query_id=result.query_id,
        at=at,
        judged=judged,
        outcome=result.outcome,
        seconds=result.retrieve_seconds if total is None else total,
        violations=len(result.violations),
        inexact=sum(not span.exact for span in (*result.shown, *result.withheld)),
    )


@lru_cache(maxsize=_COMPARED)
def _comparison(before: Path, after: Path, stamps: tuple[Stamp, ...]) -> Comparison:
    return compare(before, after)
