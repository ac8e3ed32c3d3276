"""A question that follows an answer: written out so that it can be answered by itself.

The answer before is given, or its id; its question was written out too, so a thread of any length is carried
by its last answer alone. Of an answer that may no longer be read only the question is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from db.store import StoredAnswer
from domain.answer import Answer, Outcome

if TYPE_CHECKING:
    from answering.followup import Turn


def written_out(question: str, after: Answer | int | None, stored: Callable[[int], StoredAnswer]) -> str:
    """The question, in full. Raises StoreError where no answer has the id."""
    if after is None:
        return question
    from answering.followup import rewritten

    return rewritten(question, _turn(stored(after) if isinstance(after, int) else after))


def _turn(before: Answer | StoredAnswer) -> Turn:
    from answering.followup import Turn

    answered = before.outcome is not Outcome.NOT_IN_ARCHIVE
    return Turn(question=before.question, answer=before.text if answered else None)
