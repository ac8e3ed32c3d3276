"""Two runs of the same questions: which measures moved, whether that may be luck, and every answer that changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import cast

import orjson

from domain.answer import Outcome
from domain.errors import SetError
from evaluation.results import each
from evaluation.scores import LOWER_IS_BETTER, Scores
from evaluation.significance import holm, randomisation_p

# Tested together, so that Holm's correction is for these and not for every variant of them.
TESTED = ("ndcg@10", "recall@10", "recall@100", "mrr@10", "answer_accuracy", "f1", "citation_precision",
          "citation_recall", "statement_recall", "absent_declined", "answerable_declined")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One measure over the questions that both runs have a value for. `p`: as it stands, `holm`: corrected."""

    before: float
    after: float
    questions: int
    better: int  # questions for which the later run is better, and worse
    worse: int
    p: float
    holm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A question whose outcome or text differs. `moved`: measure → (before, after), where they differ."""

    query_id: str
    before: Outcome | None
    after: Outcome | None
    text_before: str
    text: str
    moved: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    measures: dict[str, Moved]
    changes: tuple[Change, ...]  # in the order of the later run


def compare(before: Path, after: Path) -> Comparison:
    """Compares two run folders. SetError where one is no run, or they have no question in common."""
    old, new = _answers(before), _answers(after)
    for folder, found in ((before, old), (after, new)):
        if not found:
            raise SetError(
                f"{folder} is not a run", hint="a run's folder holds results.jsonl and manifest.json"
            )
    if not old.keys() & new.keys():
        raise SetError(f"{before.name} and {after.name} have no question in common")
    scores = _scores(before), _scores(after)
    changes = tuple(
        Change(
            query_id=q,
            before=old[q][0],
            after=outcome,
            text_before=old[q][1],
            text=text,
            moved=_of_question(q, *scores),
        )
        for q, (outcome, text) in new.items()
        if q in old and (old[q] != (outcome, text) or _of_question(q, *scores))
    )
    return Comparison(measures=_measures(*scores), changes=changes)


def _answers(folder: Path) -> dict[str, tuple[Outcome | None, str]]:
    """Of a run's lines only what is compared stays in memory: a ranking of 100 stories a question does not."""
    return {result.query_id: (result.outcome, result.text) for result in each(folder / "results.jsonl")}


def _measures(old: Scores, new: Scores) -> dict[str, Moved]:
    pairs: dict[str, list[tuple[float, float]]] = {}
    for name in TESTED:
        common = [q for q in new.get(name, {}) if q in old.get(name, {})]
        if common:
            pairs[name] = [(old[name][q], new[name][q]) for q in common]
    p = {n: randomisation_p([a for _, a in both], [b for b, _ in both]) for n, both in pairs.items()}
    corrected = holm(p)
    found: dict[str, Moved] = {}
    for name, both in pairs.items():
        sign = -1 if name in LOWER_IS_BETTER else 1
        gains = [sign * (a - b) for b, a in both]
        found[name] = Moved(
            before=round(fmean(b for b, _ in both), 4),
            after=round(fmean(a for _, a in both), 4),
            questions=len(both),
            better=sum(gain > 0 for gain in gains),
            worse=sum(gain < 0 for gain in gains),
            p=round(p[name], 4),
            holm=round(corrected[name], 4),
        )
    return found


def _of_question(query_id: str, old: Scores, new: Scores) -> dict[str, tuple[float, float]]:
    both = {n: (old.get(n, {}).get(query_id), new.get(n, {}).get(query_id)) for n in TESTED}
    return {n: (b, a) for n, (b, a) in both.items() if b is not None and a is not None and abs(a - b) > 1e-9}


def _scores(folder: Path) -> Scores:
    path = folder / "scores.json"
    if not path.is_file():
        raise SetError(f"{folder} has no scores.json", hint=f"depeche eval SET --rescore {folder}")
    return cast("Scores", orjson.loads(path.read_bytes()))
