"""What readers say of answers they were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Judgement(StrEnum):
    """What a reader found an answer to be."""

    RIGHT = "right"  # declining counts: "not in the archive" can be right
    WRONG = "wrong"
    WRONG_CITATION = "wrong_citation"  # what it says is right, the words it cites do not carry it
    ABSENT = "absent"  # it should have said that the archive does not hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One reader's judgement of one answer. A later one by the same person replaces it."""

    answer_id: int
    at: datetime
    judgement: Judgement
    person: str
    answer: str | None = None  # what would be right, in few words
    comment: str | None = None
