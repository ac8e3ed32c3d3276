"""The answers given: opened again, shared, judged.

What is given back passed the archive's screens again: an answer that cites a story killed, held or put under
embargo since has no text, names hidden since are hidden in it, and evidence that may not be read is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from answering.exporting import Format, export
from db.store import StaleReason, StoredAnswer, StoryStore
from domain.answer import Answer
from domain.errors import AnswerNotFound
from domain.feedback import Feedback, Judgement
from runtime.suppression import BLOCK

if TYPE_CHECKING:
    from runtime.suppression import Screen

__all__ = ["Answers", "Format", "GivenAnswer", "exports_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it was given, and what became of it since."""

    answer: Answer
    asked_at: datetime
    asked_by: str | None
    shared: bool
    stale: tuple[StaleReason, ...]  # what happened to the stories it cites
    withdrawn: bool  # nothing of its text may be shown now


class Answers:
    """Every answer of one archive, whoever asked: who may open which is the desk's to say."""

    def __init__(self, store: StoryStore, screen: Screen) -> None:
        self._store, self._screen = store, screen

    def all(self, *, limit: int = 50, stale_only: bool = False) -> Sequence[StoredAnswer]:
        """The latest first."""
        return [self._screen.stored(one) for one in self._store.answers(limit=limit, stale_only=stale_only)]

    def stored(self, answer_id: int) -> StoredAnswer:
        return self._screen.stored(self._store.answer(answer_id))

    def get(self, answer_id: int) -> GivenAnswer:
        """AnswerNotFound when there is none of that id."""
        from answering.restored import restored

        stored = self._store.answer(answer_id)
        cited = {c.version_id for sentence in stored.sentences for c in sentence.citations}
        answer = self._screen.restored(restored(stored, self._store.versions(cited)))
        return GivenAnswer(
            answer=answer,
            asked_at=stored.asked_at,
            asked_by=stored.asked_by,
            shared=stored.shared,
            stale=stored.stale,
            withdrawn=stored.withdrawn,
        )

    def exports(self, answer_id: int) -> dict[Format, str]:
        """See `exports_of`."""
        return exports_of(self.get(answer_id))

    def share(self, answer_id: int, *, shared: bool) -> None:
        """Whether others than the person who asked may open it."""
        self._store.share_answer(answer_id, shared=shared)

    def judge(
        self,
        answer_id: int,
        judgement: Judgement,
        *,
        person: str,
        answer: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Keeps what a person says of an answer. `answer`: what would be right, in few words."""
        self._store.add_feedback(
            answer_id, judgement, person=person, answer=_given(answer), comment=_given(comment)
        )

    def judgements(self, answer_id: int) -> list[Feedback]:
        """Everything that was said of it, the latest last."""
        return self._store.feedback_on(answer_id)

    def hides(self, *texts: str | None) -> bool:
        """Whether any of them says a name that is hidden now: the question of an answer given has blocks then."""
        return self._screen.names().in_full.hides(*texts) or any(BLOCK in text for text in texts if text)

    def judged(self) -> list[tuple[GivenAnswer, list[Feedback]]]:
        """Every answer of which something was said, the earliest first."""
        return [(self.get(one), said) for one, said in self._store.judged_answers().items()]


def exports_of(given: GivenAnswer) -> dict[Format, str]:
    """In every format; see `answering.exporting`. AnswerNotFound where nothing of it may be shown now."""
    if given.withdrawn:
        raise AnswerNotFound(
            f"answer {given.answer.answer_id} cites a story that may not be shown now",
            hint="`depeche answers --stale` says which; ask again",
        )
    return {kind: export(given.answer, kind) for kind in Format}


def _given(text: str | None) -> str | None:
    """Nothing, rather than white space."""
    return " ".join(text.split()) or None if text else None
