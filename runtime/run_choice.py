"""Which questions of a run, or of two, a list shows, and in which order: worked out over values already in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evaluation.comparison import Change, Comparison
from evaluation.judged import Judged
from evaluation.scores import LOWER_IS_BETTER, Scores
from evaluation.sets import EvalQuery, EvalSet
from runtime.runs import Listed
from runtime.suppression import Mask


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


def choose(
    listed: Sequence[Listed], of: EvalSet, scores: Scores, choice: Choice, *, at: int, count: int, mask: Mask
) -> Page:
    queries = {query.query_id: query for query in of.queries}
    values = scores.get(choice.measure or "", {})
    found = [one for one in listed if _fits(one, queries[one.query_id], choice)]
    if choice.order is Order.FAILED:
        found.sort(key=lambda one: not one.failed)
    elif choice.order is Order.SLOWEST:
        found.sort(key=lambda one: -one.seconds)
    elif choice.order is Order.WORST:
        sign = -1 if choice.measure in LOWER_IS_BETTER else 1
        found.sort(key=lambda one: (one.query_id not in values, sign * values.get(one.query_id, 0.0)))
    rows = (_row(one, queries[one.query_id], values, mask) for one in found[at : at + count])
    return Page(rows=tuple(rows), at=at, total=len(found))


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
    changes = list(found.changes)
    if order is ChangeOrder.LOST:
        changes = sorted((c for c in changes if _gain(c, measure) < 0), key=lambda c: _gain(c, measure))
    elif order is ChangeOrder.GAINED:
        changes = sorted((c for c in changes if _gain(c, measure) > 0), key=lambda c: -_gain(c, measure))
    elif order is ChangeOrder.MOST:
        changes.sort(key=lambda c: -max((abs(a - b) for b, a in c.moved.values()), default=0.0))
    texts = {query.query_id: query.text for query in of.queries} if of else {}
    rows = (_change_row(one, texts, measure, mask) for one in changes[at : at + count])
    return ChangePage(rows=tuple(rows), at=at, total=len(changes))


def _fits(one: Listed, query: EvalQuery, choice: Choice) -> bool:
    words = choice.words.casefold()
    return (
        (one.failed or not choice.failed_only)
        and choice.judged in (None, one.judged)
        and choice.language in (None, query.language)
        and choice.kind in (None, query.kind)
        and (not words or words in query.text.casefold() or words in one.query_id.casefold())
    )


def _row(one: Listed, query: EvalQuery, values: Mapping[str, float], mask: Mask) -> Row:
    return Row(
        query_id=one.query_id,
        text=mask.mask(query.text),
        language=query.language,
        kind=query.kind,
        judged=one.judged,
        failed=one.failed,
        seconds=one.seconds,
        violations=one.violations,
        inexact=one.inexact,
        value=values.get(one.query_id),
    )


def _gain(change: Change, measure: str) -> float:
    before, after = change.moved.get(measure, (0.0, 0.0))
    return (before - after) if measure in LOWER_IS_BETTER else (after - before)


def _change_row(change: Change, texts: Mapping[str, str], measure: str, mask: Mask) -> ChangeRow:
    before, after = change.moved.get(measure, (None, None))
    return ChangeRow(
        query_id=change.query_id,
        text=mask.mask(texts.get(change.query_id, "")),
        before=change.before,
        after=change.after,
        words_changed=change.text_before != change.text,
        value_before=before,
        value_after=after,
        moved=round(_gain(change, measure), 4),
    )


def kinds_of(of: EvalSet) -> tuple[str, ...]:
    return _sorted(query.kind for query in of.queries)


def languages_of(of: EvalSet) -> tuple[str, ...]:
    return _sorted(query.language for query in of.queries)


def _sorted(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
