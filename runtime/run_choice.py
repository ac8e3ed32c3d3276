"""Which questions of a run, or of two, a list shows, and in which order: worked out over values already in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from evaluation.comparison import Change, Comparison
from evaluation.judged import Judged
from evaluation.questions import QuestionRows, judged_code
from evaluation.scores import LOWER_IS_BETTER
from evaluation.sets import EvalQuery, EvalSet
from runtime.sets import queries_by_id
from runtime.suppression import Mask

_ORDERS = 8  # choices whose order stays in memory, 0.8 MB each at 100,000 questions


class Order(StrEnum):
    """Of one run's questions."""

    ASKED = "asked"
    FAILED = "failed"  # those that went wrong first
    WORST = "worst"  # by a measure
    SLOWEST = "slowest"


class ChangeOrder(StrEnum):
    """Of what two runs do differently. A loss or a gain is of the measure chosen."""

    LOST = "lost"
    GAINED = "gained"
    MOST = "most"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """None and "": not limited so. `words`: letters that the question or its id holds, whatever their case."""

    failed_only: bool = False
    judged: Judged | None = None
    language: str | None = None
    kind: str | None = None
    words: str = ""
    order: Order = Order.ASKED
    measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question of a list. `value`: of the measure chosen."""

    query_id: str
    text: str
    language: str | None
    kind: str | None
    judged: Judged
    failed: bool
    seconds: float
    violations: int
    inexact: int
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A question that two runs differ in. `moved`: by how much the measure chosen did, a gain above 0."""

    query_id: str
    text: str
    before: str | None  # outcomes; None of a run of retrieval alone
    after: str | None
    words_changed: bool
    value_before: float | None
    value_after: float | None
    moved: float


@dataclass(frozen=True, slots=True)
class Page:
    """Rows from `at` on, of `total` that were chosen."""

    rows: tuple[Row, ...]
    at: int
    total: int


@dataclass(frozen=True, slots=True)
class ChangePage:
    rows: tuple[ChangeRow, ...]
    at: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class RunQuestions:
    """A run's questions beside the set's, place by place. `queries`: None of one that the set has lost."""

    rows: QuestionRows
    queries: tuple[EvalQuery | None, ...]
    languages: NDArray[np.int32]  # places in `language_names`; -1: none, or the set has lost the question
    kinds: NDArray[np.int32]
    language_names: tuple[str, ...]
    kind_names: tuple[str, ...]

    @classmethod
    def of(cls, rows: QuestionRows, of: EvalSet) -> Self:
        asked = queries_by_id(of)
        queries = tuple(asked.get(one) for one in rows.ids)
        languages, language_names = _coded([query.language if query else None for query in queries])
        kinds, kind_names = _coded([query.kind if query else None for query in queries])
        return cls(rows, queries, languages, kinds, language_names, kind_names)

    def listed(self, query_id: str) -> Listed | None:
        """One question by its id; None where the run has no result of it, or the set has lost it."""
        try:
            place = self.rows.ids.index(query_id)
        except ValueError:
            return None
        query = self.queries[place]
        if query is None:
            return None
        rows = self.rows
        return Listed(query, int(rows.at[place]), rows.judged_as(place), rows.scores(place))


@dataclass(frozen=True, slots=True)
class Listed:
    """A question of a run, to be shown in full. `at`: where its line begins in the run's results."""

    query: EvalQuery
    at: int
    judged: Judged
    scores: tuple[tuple[str, float], ...]


def choose(found: RunQuestions, choice: Choice, *, at: int, count: int, mask: Mask) -> Page:
    """Rows are made of those on the page alone."""
    places = _order(found, choice)
    values = found.rows.of_measure(choice.measure)
    rows = (_row(found, int(place), float(values[place]), mask) for place in places[at : at + count])
    return Page(rows=tuple(row for row in rows if row is not None), at=at, total=len(places))


@lru_cache(maxsize=_ORDERS)
def _order(found: RunQuestions, choice: Choice) -> NDArray[np.int64]:
    """Places of the questions chosen, in the order chosen; equal ones in the order of asking."""
    rows = found.rows
    kept = np.array([query is not None for query in found.queries], dtype=np.bool_)
    if choice.failed_only:
        kept &= rows.failed
    if choice.judged is not None:
        kept &= rows.judged == judged_code(choice.judged)
    if choice.language is not None:
        kept &= found.languages == _code(found.language_names, choice.language)
    if choice.kind is not None:
        kept &= found.kinds == _code(found.kind_names, choice.kind)
    places = np.flatnonzero(kept)
    if words := choice.words.casefold():
        places = np.array(
            [one for one in places.tolist() if _says(found.queries[one], words)], dtype=np.int64
        )
    if choice.order is Order.ASKED:
        return places
    if choice.order is Order.FAILED:
        keys = np.where(rows.failed[places], 0.0, 1.0)
    elif choice.order is Order.SLOWEST:
        keys = -rows.seconds[places]
    else:  # NaN, no value, sorts last
        keys = rows.of_measure(choice.measure)[places] * (-1 if choice.measure in LOWER_IS_BETTER else 1)
    return places[np.argsort(keys, kind="stable")]


def choose_changes(
    found: Comparison,
    of: EvalSet | None,
    measure: str,
    order: ChangeOrder,
    *,
    at: int,
    count: int,
    mask: Mask,
) -> ChangePage:
    """`of` None: the set is not here any more, and questions are named by their ids."""
    changes = _changes(found, measure, order)
    asked = queries_by_id(of) if of else {}
    rows = (_change_row(one, asked.get(one.query_id), measure, mask) for one in changes[at : at + count])
    return ChangePage(rows=tuple(rows), at=at, total=len(changes))


@lru_cache(maxsize=_ORDERS)
def _changes(found: Comparison, measure: str, order: ChangeOrder) -> tuple[Change, ...]:
    changes = found.changes
    if order is ChangeOrder.LOST:
        lost = (c for c in changes if _gain(c, measure) < 0)
        return tuple(sorted(lost, key=lambda c: _gain(c, measure)))
    if order is ChangeOrder.GAINED:
        gained = (c for c in changes if _gain(c, measure) > 0)
        return tuple(sorted(gained, key=lambda c: -_gain(c, measure)))
    if order is ChangeOrder.MOST:
        return tuple(
            sorted(changes, key=lambda c: -max((abs(a - b) for b, a in c.moved.values()), default=0.0))
        )
    return changes


def _says(query: EvalQuery | None, words: str) -> bool:
    return query is not None and (words in query.text.casefold() or words in query.query_id.casefold())


def _coded(names: Sequence[str | None]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Each name as its place among those that occur; -1 for none."""
    codes = {name: code for code, name in enumerate(sorted({name for name in names if name}))}
    return np.array([codes[name] if name else -1 for name in names], dtype=np.int32), tuple(codes)


def _code(names: Sequence[str], name: str) -> int:
    """A place that no question has where none is called so."""
    return names.index(name) if name in names else -2


def _row(found: RunQuestions, place: int, value: float, mask: Mask) -> Row | None:
    rows, query = found.rows, found.queries[place]
    if query is None:
        return None
    return Row(
        query_id=query.query_id,
        text=mask.mask(query.text),
        language=query.language,
        kind=query.kind,
        judged=rows.judged_as(place),
        failed=bool(rows.failed[place]),
        seconds=float(rows.seconds[place]),
        violations=int(rows.violations[place]),
        inexact=int(rows.inexact[place]),
        value=None if value != value else value,
    )


def _gain(change: Change, measure: str) -> float:
    before, after = change.moved.get(measure, (0.0, 0.0))
    return (before - after) if measure in LOWER_IS_BETTER else (after - before)


def _change_row(change: Change, query: EvalQuery | None, measure: str, mask: Mask) -> ChangeRow:
    before, after = change.moved.get(measure, (None, None))
    return ChangeRow(
        query_id=change.query_id,
        text=mask.mask(query.text if query else ""),
        before=change.before,
        after=change.after,
        words_changed=change.words_changed,
        value_before=before,
        value_after=after,
        moved=round(_gain(change, measure), 4),
    )
