"""What readers said of answers. Rows are only added; the last word of each person on an answer counts."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from db.rows import chunks
from db.tables import feedback
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
        rows = connection.execute(
            sa.select(feedback).where(feedback.c.answer_id.in_(some)).order_by(feedback.c.feedback_id)
        )
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
    return found


def judged_answers(connection: sa.Connection) -> list[int]:
    """The ids of answers of which something was said, the earliest answer first."""
    return list(connection.scalars(sa.select(feedback.c.answer_id).distinct().order_by(feedback.c.answer_id)))
