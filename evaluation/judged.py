"""What one question of a run comes to, in a word: the report's list and the page's filter say the same.

A run of retrieval alone is judged by whether any relevant story was ranked. A question without accepted answers
and not known to be absent is not scored, and is never a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from evaluation.results import Result
from evaluation.scores import right
from evaluation.sets.model import EvalQuery


class Judged(StrEnum):
    RIGHT = "right"
    RIGHTLY_DECLINED = "rightly declined"
    FOUND = "found"
    NOT_SCORED = "not scored"
    WRONG = "wrong"
    WRONGLY_DECLINED = "wrongly declined"
    ANSWERED_ABSENT = "answered, though absent"
    NOT_FOUND = "not found"


FAILURES = frozenset({Judged.WRONG, Judged.WRONGLY_DECLINED, Judged.ANSWERED_ABSENT, Judged.NOT_FOUND})


def judge(query: EvalQuery, result: Result, grades: Mapping[str, int]) -> Judged:
    """`grades`: the set's judgements of stories for this question."""
    if result.outcome is None:
        relevant = [guid for guid, grade in grades.items() if grade > 0]
        found = not relevant or any(guid in result.ranked for guid in relevant)
        return Judged.FOUND if found else Judged.NOT_FOUND
    if query.answerable is None:
        return Judged.NOT_SCORED
    if not query.answerable:
        return Judged.RIGHTLY_DECLINED if result.declined else Judged.ANSWERED_ABSENT
    if result.declined:
        return Judged.WRONGLY_DECLINED
    if not query.answers:
        return Judged.NOT_SCORED
    return Judged.RIGHT if right(query, result) else Judged.WRONG
