"""What readers said of answers. Rows are only added; the last word of each person on an answer counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from db.answer_tables import feedback
from db.rows import chunks
from domain.feedback import Feedback, Judgement


def write_feedback(connection: sa.Connection, given: Feedback) -> None:
    connection.execute(
        sa.insert(feedback),
        {
            "answer_id": given.answer_id,
            "at": given.at,
            "judgement": given.judgement.value,
            "person": given.person,
            "answer": given.answer,
            "comment": given.comment,
        },
    )


def read_feedback(connection: sa.Connection, answer_ids: Collection[int]) -> dict[int, list[Feedback]]:
    """By answer: everything said of it, in the order in which it was said."""
    found: dict[int, list[Feedback]] = {}
    for some in chunks(sorted(set(answer_ids))):
        _add(found, connection.execute(_in_order().where(feedback.c.answer_id.in_(some))))
    return found


def judged_answers(connection: sa.Connection) -> dict[int, list[Feedback]]:
    """Everything said, by answer: the earliest answer first."""
    found: dict[int, list[Feedback]] = {}
    _add(found, connection.execute(_in_order()))
    return found


def _in_order() -> sa.Select[Any]:
    return sa.select(feedback).order_by(feedback.c.answer_id, feedback.c.feedback_id)


def _add(found: dict[int, list[Feedback]], rows: Iterable[sa.Row[Any]]) -> None:
    for row in rows:
        found.setdefault(row.answer_id, []).append(
            Feedback(
                answer_id=row.answer_id,
                at=row.at,
                judgement=Judgement(row.judgement),
                person=row.person,
                answer=row.answer,
                comment=row.comment,
            )
        )
