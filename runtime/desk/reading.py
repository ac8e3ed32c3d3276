"""What every reader may do: ask, search, read stories that may be shown.

An answer may be opened by the person who asked, by everyone once that person shares it, and by admins.
Where no login is asked for, whoever comes is an admin: then every answer is everyone's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from typing import TYPE_CHECKING

from db.store import ArchiveCounts, Holdings
from domain.access import Role, User
from domain.answer import AnswerEvent
from domain.errors import AnswerNotFound
from domain.feedback import Feedback, Judgement
from domain.query import Query, TimeClue
from domain.story import Version
from runtime.settings import Settings

if TYPE_CHECKING:
    from evaluation.feedback import FeedbackSet
    from runtime.answers import GivenAnswer
    from runtime.archive import Archive


class Reading:
    """Nothing here changes a story; an answer is stored, as everywhere."""

    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user

    @property
    def settings(self) -> Settings:
        return self._archive.settings

    @property
    def model_installed(self) -> bool:
        return self._archive.model_installed

    def counts(self) -> ArchiveCounts:
        return self._archive.counts()

    def holdings(self) -> Holdings:
        """Stories, languages, providers: cheap enough for every rerun."""
        return self._archive.holdings()

    # -- asking --------------------------------------------------------------------------------

    def understand(
        self, query: Query, *, without: Collection[str] = (), instead: Collection[TimeClue] = ()
    ) -> Query:
        """See `Archive.understand`."""
        return self._archive.understand(query, without=without, instead=instead)

    def written_out(self, question: str, *, after: int | None) -> str:
        """The question in full, after the answer that it follows; see `Archive.written_out`."""
        if after is not None:
            self.answer(after)
        return self._archive.written_out(question, after=after)

    def stream(
        self, query: Query, *, extractive: bool = False, stop: Callable[[], bool] | None = None
    ) -> Generator[AnswerEvent, None, None]:
        """See `Archive.stream`. Closing it ends the work of the model. The answer is stored under this person's name."""
        return self._archive.stream(query, extractive=extractive, stop=stop, asked_by=self._user.name)

    def questions_before(self) -> int | None:
        """See `Archive.questions_before`: asked from within `stop`, which the waiting thread calls."""
        return self._archive.questions_before()

    # -- answers given -------------------------------------------------------------------------

    def answer(self, answer_id: int) -> GivenAnswer:
        """An answer that this person may open; AnswerNotFound alike where there is none."""
        try:
            given = self._archive.given.get(answer_id)
        except AnswerNotFound:
            given = None
        if given is None or not self._may_open(given):
            raise AnswerNotFound(
                f"no answer {answer_id} that {self._user.name} may open",
                hint="Whoever asked can share it by its link.",
            )
        return given

    def share(self, answer_id: int, *, shared: bool) -> None:
        """Lets others open it, or no longer: the person who asked, and admins."""
        given = self.answer(answer_id)
        if given.asked_by != self._user.name:
            self._user.need(Role.ADMIN)
        self._archive.given.share(answer_id, shared=shared)

    def judge(
        self,
        answer_id: int,
        judgement: Judgement,
        *,
        answer: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Keeps what this person says of an answer that they may open."""
        self.answer(answer_id)
        self._archive.given.judge(
            answer_id, judgement, person=self._user.name, answer=answer, comment=comment
        )

    def judgement(self, answer_id: int) -> Feedback | None:
        """This person's last word on it."""
        said = self._archive.given.judgements(answer_id)
        return next((one for one in reversed(said) if one.person == self._user.name), None)

    def feedback_set(self) -> FeedbackSet:
        """What everybody judged, as an evaluation set: archivists."""
        from runtime.feedback import feedback_set_of

        self._user.need(Role.ARCHIVIST)
        return feedback_set_of(self._archive)

    def _may_open(self, given: GivenAnswer) -> bool:
        return given.shared or given.asked_by == self._user.name or self._user.may(Role.ADMIN)

    # -- stories -------------------------------------------------------------------------------

    def version(self, guid: str, *, number: int | None = None) -> Version:
        """One version; StoryNotFound when it may not be shown."""
        return self._archive.version(guid, number=number)
