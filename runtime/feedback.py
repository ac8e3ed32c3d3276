"""What readers judged in an archive, as an evaluation set; see `evaluation.feedback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.feedback import FeedbackSet, Judged, feedback_set, write, zipped

if TYPE_CHECKING:
    from runtime.archive import Archive

__all__ = ["FeedbackSet", "feedback_set_of", "write", "zipped"]


def feedback_set_of(archive: Archive) -> FeedbackSet:
    """Of the judged answers that may be shown; what says a hidden name is left out like a killed story."""
    given = archive.given
    return feedback_set(
        Judged(
            answer=one.answer,
            asked_at=one.asked_at,
            said=said,
            withdrawn=one.withdrawn or given.hides(one.answer.question, *(word.answer for word in said)),
        )
        for one, said in given.judged()
    )
