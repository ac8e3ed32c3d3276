"""A run's questions as a list needs them, some 200 bytes each, in one file beside the answers of some kilobytes.

Worked out when the run is settled, from the same results and against the same set as its scores. A file made of
other results than the folder now holds, or by another recipe, is not read: it can always be made again.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from domain.answer import Outcome
from evaluation.judged import FAILURES, Judged, judge
from evaluation.results import Result, parse
from evaluation.scores import Scores
from evaluation.sets.model import EvalSet

FILE = "questions.npz"
RECIPE = 1  # of the file: another number where what stands in it, the order of Judged or of Outcome changes
_RESULTS = "results.jsonl"
_ARRAYS = ("at", "judged", "outcomes", "seconds", "violations", "inexact", "said", "values")
_JUDGED, _OUTCOMES = tuple(Judged), tuple(Outcome)
_FAILED = np.array([one in FAILURES for one in Judged])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuestionRows:
    """Parallel arrays, one place a question, in the order of asking. `values`: question by measure; NaN: none."""

    ids: tuple[str, ...]
    at: NDArray[np.int64]  # where the line of its result begins, in bytes
    judged: NDArray[np.uint8]  # place in Judged
    outcomes: NDArray[np.int8]  # place in Outcome; -1: retrieval alone
    seconds: NDArray[np.float64]
    violations: NDArray[np.int32]
    inexact: NDArray[np.int32]  # citations whose words do not stand where they say
    said: NDArray[np.uint64]  # a digest of the words of the answer: equal ones are equal words
    measures: tuple[str, ...]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Also where the answer is right and something was shown that must not be."""
        found: NDArray[np.bool_] = _FAILED[self.judged] | (self.violations > 0) | (self.inexact > 0)
        return found

    def judged_as(self, place: int) -> Judged:
        return _JUDGED[int(self.judged[place])]

    def of_measure(self, measure: str | None) -> NDArray[np.float64]:
        """One value a question; all NaN of a measure that says nothing of the run."""
        if measure not in self.measures:
            return np.full(len(self), np.nan)
        column: NDArray[np.float64] = self.values[:, self.measures.index(measure)]
        return column

    def scores(self, place: int) -> tuple[tuple[str, float], ...]:
        """The measures that say something of one question."""
        values = self.values[place].tolist()
        return tuple((m, v) for m, v in zip(self.measures, values, strict=True) if v == v)


def judged_code(judged: Judged) -> int:
    return _JUDGED.index(judged)


def outcome_of(code: int) -> Outcome | None:
    return None if code < 0 else _OUTCOMES[code]


def make_rows(folder: Path, of: EvalSet, scores: Scores) -> QuestionRows:
    """Reads every result once and keeps none. Questions that the set does not have are left out.

    A last line cut short by a crash is dropped, as everywhere. Of a question answered twice the last counts.
    """
    queries = {query.query_id: query for query in of.queries}
    found: dict[str, tuple[int, int, int, float, int, int, int]] = {}
    at = 0
    with (folder / _RESULTS).open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            result = parse(line)
            if query := queries.get(result.query_id):
                judged = judge(query, result, of.qrels.get(result.query_id, {}))
                found[result.query_id] = (at, *_row(result, judged))
            at += len(line)
    columns = list(zip(*found.values(), strict=True)) or [()] * 7
    measures = tuple(scores)
    return QuestionRows(
        ids=tuple(found),
        at=np.array(columns[0], dtype=np.int64),
        judged=np.array(columns[1], dtype=np.uint8),
        outcomes=np.array(columns[2], dtype=np.int8),
        seconds=np.array(columns[3], dtype=np.float64),
        violations=np.array(columns[4], dtype=np.int32),
        inexact=np.array(columns[5], dtype=np.int32),
        said=np.array(columns[6], dtype=np.uint64),
        measures=measures,
        values=np.array([[scores[m].get(q, np.nan) for m in measures] for q in found]).reshape(
            len(found), len(measures)
        ),
    )


def write_rows(folder: Path, rows: QuestionRows) -> None:
    """Whole or not at all: a reader never sees half of it."""
    about = orjson.dumps({
        "recipe": RECIPE, "results": _size(folder), "measures": rows.measures, "ids": rows.ids,
    })  # fmt: skip
    part = folder / f".{FILE}.{os.getpid()}"
    with part.open("wb") as stream:
        arrays = {name: getattr(rows, name) for name in _ARRAYS}
        np.savez(stream, about=np.frombuffer(about, dtype=np.uint8), **arrays)
    part.replace(folder / FILE)


def read_rows(folder: Path) -> QuestionRows | None:
    """None where there is no such file, or not one of these results and this recipe."""
    if not zipfile.is_zipfile(folder / FILE):  # what is no archive at all NumPy would leave half open
        return None
    try:
        with np.load(folder / FILE, allow_pickle=False) as kept:
            about = orjson.loads(kept["about"].tobytes())
            if (about["recipe"], about["results"]) != (RECIPE, _size(folder)):
                return None
            return QuestionRows(
                ids=tuple(about["ids"]),
                measures=tuple(about["measures"]),
                **{name: kept[name] for name in _ARRAYS},
            )
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def outcome_code(outcome: Outcome | None) -> int:
    return -1 if outcome is None else _OUTCOMES.index(outcome)


def words_digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _row(result: Result, judged: Judged) -> tuple[int, int, float, int, int, int]:
    total = result.total_seconds
    return (
        _JUDGED.index(judged),
        outcome_code(result.outcome),
        result.retrieve_seconds if total is None else total,
        len(result.violations),
        sum(not span.exact for span in (*result.shown, *result.withheld)),
        words_digest(result.text),
    )


def _size(folder: Path) -> int:
    """Of the results, in bytes: lines are only added to them."""
    return (folder / _RESULTS).stat().st_size
