"""Two runs of the same questions: which measures moved, whether that may be luck, and every answer that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import orjson
from numpy.typing import NDArray

from domain.answer import Outcome
from domain.errors import SetError
from evaluation.questions import outcome_code, outcome_of, read_rows, words_digest
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
    words_changed: bool
    moved: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Of the runs in two `folders`, the earlier first; the words of their answers stay there."""

    folders: tuple[Path, Path]
    measures: dict[str, Moved]
    changes: tuple[Change, ...]  # in the order of the later run

    def texts(self) -> dict[str, tuple[str, str]]:
        """Before and after, of every question that changed. Reads both runs' answers wholly."""
        changed = {one.query_id for one in self.changes}
        old, new = (
            {one.query_id: one.text for one in each(folder / "results.jsonl") if one.query_id in changed}
            for folder in self.folders
        )
        return {one: (old[one], new[one]) for one in new}


def compare(before: Path, after: Path) -> Comparison:
    """Compares two run folders. SetError where one is no run, or they have no question in common."""
    old, new = _side(before), _side(after)
    common = [q for q in new.places if q in old.places]
    if not common:
        raise SetError(f"{before.name} and {after.name} have no question in common")
    sides = old.of(common), new.of(common)
    return Comparison(
        folders=(before, after), measures=_measures(*sides), changes=tuple(_changes(common, *sides))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What is compared of a run: arrays with a place for each question. `values`: question by TESTED; NaN: none."""

    places: dict[str, int]
    outcomes: NDArray[np.int8]
    said: NDArray[np.uint64]
    values: NDArray[np.float64]

    def of(self, ids: Sequence[str]) -> _Side:
        """The same for these questions, in this order."""
        at = np.array([self.places[one] for one in ids], dtype=np.int64)
        return _Side(
            places={one: place for place, one in enumerate(ids)},
            outcomes=self.outcomes[at],
            said=self.said[at],
            values=self.values[at],
        )


def _side(folder: Path) -> _Side:
    """From the small file of the run's questions; from its answers, where it has none of them."""
    if not (folder / "results.jsonl").is_file():
        raise SetError(f"{folder} is not a run", hint="a run's folder holds results.jsonl and manifest.json")
    if not (folder / "scores.json").is_file():
        raise SetError(f"{folder} has no scores.json", hint=f"depeche eval SET --rescore {folder}")
    rows = read_rows(folder)
    if rows is not None:
        return _Side(
            places={one: place for place, one in enumerate(rows.ids)},
            outcomes=rows.outcomes,
            said=rows.said,
            values=np.column_stack([rows.of_measure(name) for name in TESTED]),
        )
    told = {
        one.query_id: (outcome_code(one.outcome), words_digest(one.text))
        for one in each(folder / "results.jsonl")
    }
    scores: Scores = orjson.loads((folder / "scores.json").read_bytes())
    return _Side(
        places={one: place for place, one in enumerate(told)},
        outcomes=np.array([outcome for outcome, _ in told.values()], dtype=np.int8),
        said=np.array([said for _, said in told.values()], dtype=np.uint64),
        values=np.column_stack([[scores.get(n, {}).get(q, np.nan) for q in told] for n in TESTED]),
    )


def _measures(old: _Side, new: _Side) -> dict[str, Moved]:
    pairs: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    for column, name in enumerate(TESTED):
        before, after = old.values[:, column], new.values[:, column]
        both = ~(np.isnan(before) | np.isnan(after))
        if both.any():
            pairs[name] = before[both], after[both]
    p = {name: randomisation_p(after.tolist(), before.tolist()) for name, (before, after) in pairs.items()}
    corrected = holm(p)
    found: dict[str, Moved] = {}
    for name, (before, after) in pairs.items():
        gains = (before - after) if name in LOWER_IS_BETTER else (after - before)
        found[name] = Moved(
            before=round(fmean(before), 4),
            after=round(fmean(after), 4),
            questions=len(before),
            better=int((gains > 0).sum()),
            worse=int((gains < 0).sum()),
            p=round(p[name], 4),
            holm=round(corrected[name], 4),
        )
    return found


def _changes(ids: Sequence[str], old: _Side, new: _Side) -> Iterator[Change]:
    moved = np.abs(new.values - old.values) > 1e-9  # False where either has no value
    reworded = old.said != new.said
    changed = moved.any(axis=1) | reworded | (old.outcomes != new.outcomes)
    for place in np.flatnonzero(changed).tolist():
        yield Change(
            query_id=ids[place],
            before=outcome_of(int(old.outcomes[place])),
            after=outcome_of(int(new.outcomes[place])),
            words_changed=bool(reworded[place]),
            moved={
                TESTED[at]: (float(old.values[place, at]), float(new.values[place, at]))
                for at in np.flatnonzero(moved[place]).tolist()
            },
        )
