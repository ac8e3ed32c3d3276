"""The story store: the one source of truth, and the only door to it.

- A batch is stored wholly or not at all, and once stored survives `kill -9` and a power cut.
- A version is never overwritten; the same content stored twice is one version.
- A killed, held or embargoed story is not readable unless `include_hidden` is said.
- Whatever changes what may be shown raises `visibility_epoch()` in the same transaction.
- Threads may share a store. A process pool's children must not use one inherited by fork.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from db import answers, checking, desk, feedback, migrate, reading
from db.accounts import Accounts
from db.batch import store_batch
from db.copying import copy_database
from db.database import Database
from db.groups import Links
from db.ledger import Ledger
from db.records import (
    AnswerSeconds,
    AnswerTotals,
    ArchiveCounts,
    BatchCounts,
    BatchItem,
    Failure,
    Holdings,
    PendingDirective,
    PreparedVersion,
    StaleReason,
    StoredAnswer,
    StoredCitation,
    StoredSentence,
    Suppression,
)
from db.related import Related
from db.rows import chunks
from db.saved import SavedQueries, SavedQuery
from db.subjects import SubjectTables
from db.tables import archive, passage, pending_passage
from db.visibility import Visibility, visible
from db.writer_lock import writer_lock
from domain.answer import Answer
from domain.feedback import Feedback, Judgement
from domain.story import Action, PassagePlace, StoredPassage, StoryRecord, Version

__all__ = [
    "AnswerTotals",
    "ArchiveCounts",
    "BatchCounts",
    "BatchItem",
    "Failure",
    "Holdings",
    "PendingDirective",
    "PreparedVersion",
    "SavedQuery",
    "StaleReason",
    "StoredAnswer",
    "StoredCitation",
    "StoredSentence",
    "StoryStore",
    "Suppression",
]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StoryStore:
    """An open archive database. `clock` says what time it is, for embargoes and the audit trail."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._visibility = Visibility(database)
        self.links = Links(database)
        self.ledger = Ledger(database)
        self.related = Related(database, self.links, clock=clock)
        self.subjects = SubjectTables(database)
        self.saved = SavedQueries(database, clock=clock)
        self.accounts = Accounts(database, clock=clock)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, clock: Callable[[], datetime] = _utc_now) -> Self:
        """Opens, creates or migrates the database at `url`. StoreError says why it cannot."""
        database = Database(url, read_only=read_only)
        try:
            migrate.bring_up_to_date(database, now=clock())
        except BaseException:
            database.close()
            raise
        return cls(database, clock=clock)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fingerprint(self) -> str:
        """Identity of this database, given when it was made: an index folder says which one it belongs to."""
        with self._database.read() as connection:
            return str(connection.execute(sa.select(archive.c.uuid)).scalar_one())

    def copy_to(self, target: Path) -> None:
        """A copy of the database as it stands, for a backup. SQLite only; see `db.copying`."""
        copy_database(self._database, target)

    def writer_lock(self, *, timeout: float = 0) -> AbstractContextManager[None]:
        """Held by a process that ingests or indexes. ArchiveLocked names the process that holds it."""
        return writer_lock(self._database, timeout=timeout)

    def counts(self) -> ArchiveCounts:
        with self._database.read() as connection:
            return reading.read_counts(connection)

    def holdings(self) -> Holdings:
        """Of `counts`, what costs milliseconds at any size: for a page that is drawn again and again."""
        with self._database.read() as connection:
            return reading.read_holdings(connection)

    def problems(self) -> list[str]:
        """What is damaged or disagrees within the database, in words; reads all of it."""
        with self._database.read() as connection:
            return checking.problems(connection)

    # Taking in

    def add_batch(self, items: Sequence[BatchItem]) -> BatchCounts:
        """Stores the items in one transaction; see `db.batch` and BatchCounts."""
        if not items:
            return BatchCounts()
        with self._database.write() as connection:
            return store_batch(connection, items, now=self._clock())

    def failures(self, limit: int = 100, offset: int = 0) -> list[Failure]:
        """Items in quarantine, latest first."""
        with self._database.read() as connection:
            return desk.read_failures(connection, limit=limit, offset=offset)

    def clear_failure(self, failure_id: int) -> None:
        with self._database.write() as connection:
            desk.clear_failure(connection, failure_id)

    # Passages and the indexes

    def pending_passages(self, *, limit: int) -> list[StoredPassage]:
        """Passages the indexes do not hold yet, by id."""
        with self._database.read() as connection:
            return reading.read_pending(connection, limit)

    def count_pending(self) -> int:
        with self._database.read() as connection:
            return reading.count_pending(connection)

    def mark_indexed(self, passage_ids: Sequence[int]) -> None:
        with self._database.write() as connection:
            for some in chunks(passage_ids):
                connection.execute(sa.delete(pending_passage).where(pending_passage.c.passage_id.in_(some)))

    def reset_indexed(self) -> None:
        """Makes every passage pending again, for a rebuild."""
        with self._database.write() as connection:
            connection.execute(sa.delete(pending_passage))
            everything = sa.select(passage.c.passage_id)
            connection.execute(sa.insert(pending_passage).from_select(["passage_id"], everything))

    def passages(self, ids: Collection[int]) -> dict[int, StoredPassage]:
        """By id; ids that do not exist are absent."""
        with self._database.read() as connection:
            return reading.read_passages(connection, ids)

    def visible_places(
        self, ids: Collection[int], *, now: datetime, as_of: datetime | None = None
    ) -> dict[int, PassagePlace]:
        """Passages by id without their words; those whose version may not be shown are absent.

        As `visible_versions`, and reads no body: of a hundred candidates ten are shown.
        """
        with self._database.read() as connection:
            return reading.read_visible_places(connection, ids, now=now, as_of=as_of)

    def last_passage_id(self) -> int:
        """The highest there is; 0 of an empty archive."""
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.max(passage.c.passage_id))).scalar() or 0

    def passages_of(self, version_id: int) -> list[StoredPassage]:
        with self._database.read() as connection:
            return reading.read_passages_of(connection, version_id)

    def current_passages(self, guid: str, *, provider: str | None = None) -> list[StoredPassage]:
        """Those of a story's current version. StoryNotFound also when it may not be read."""
        with self._database.read() as connection:
            return reading.read_current_passages(connection, guid, provider=provider, now=self._clock())

    def iter_passages(self, batch: int = 1000, *, after: int = 0) -> Iterator[list[StoredPassage]]:
        """All passages with an id above `after`, in batches by id. Each batch is a snapshot of its own."""
        while True:
            with self._database.read() as connection:
                found = reading.read_passages_after(connection, after, batch)
            if not found:
                return
            yield found
            after = found[-1].passage_id

    # What may be shown

    def visibility_epoch(self) -> int:
        """Changes whenever the answers of the next four functions may."""
        return self._visibility.epoch()

    def hidden_version_ids(self, *, now: datetime, as_of: datetime | None = None) -> NDArray[np.int64]:
        """Sorted ids of versions that may not be used: killed, held, under embargo at `now`, or superseded.

        With `as_of`, superseded means that a version published by then outranks it. Versions published
        after `as_of` are the date filter's to exclude. The array is shared: it cannot be written to.
        """
        return self._visibility.hidden(now=now, as_of=as_of)

    def next_embargo_end(self, now: datetime) -> datetime | None:
        """When the next embargo ends: hidden ids taken at `now` are right until then."""
        return self._visibility.next_embargo_end(now)

    def visible_versions(
        self, version_ids: Collection[int], *, now: datetime, as_of: datetime | None = None
    ) -> set[int]:
        """Those that may be shown and cited. Asks the database: the last check before anything leaves."""
        with self._database.read() as connection:
            return visible(connection, version_ids, now=now, as_of=as_of)

    def is_visible(self, version_id: int, now: datetime) -> bool:
        """Whether the version is current and its story neither killed, held nor under embargo."""
        return version_id in self.visible_versions([version_id], now=now)

    # Stories

    def version(
        self,
        guid: str,
        *,
        number: int | None = None,
        provider: str | None = None,
        include_hidden: bool = False,
    ) -> Version:
        """The current version, or the one numbered. StoryNotFound also when it may not be read."""
        with self._database.read() as connection:
            return reading.read_version(
                connection,
                guid,
                number=number,
                provider=provider,
                include_hidden=include_hidden,
                now=self._clock(),
            )

    def story(self, guid: str, *, provider: str | None = None, include_hidden: bool = False) -> StoryRecord:
        """All versions, oldest first, and what was done to the story."""
        with self._database.read() as connection:
            return reading.read_story(
                connection, guid, provider=provider, include_hidden=include_hidden, now=self._clock()
            )

    def versions(self, version_ids: Collection[int]) -> dict[int, Version]:
        """Versions by id, hidden or not: for the indexes, which ask `visible_versions` later."""
        with self._database.read() as connection:
            return reading.read_versions(connection, version_ids)

    def bodies(self, version_ids: Collection[int]) -> dict[int, str]:
        """Bodies by version id, hidden or not: check `visible_versions` before showing one."""
        with self._database.read() as connection:
            return reading.read_bodies(connection, version_ids)

    def kill(self, guid: str, reason: str | None, actor: str, provider: str | None = None) -> bool:
        """Takes all versions off at once and for good. False when it was killed already."""
        return self._act(Action.KILL, guid, reason, actor, provider)

    def hold(self, guid: str, reason: str | None, actor: str, provider: str | None = None) -> bool:
        """Takes all versions off until a person releases them."""
        return self._act(Action.HOLD, guid, reason, actor, provider)

    def release(self, guid: str, reason: str | None, actor: str, provider: str | None = None) -> bool:
        """Undoes a hold or a kill. An embargo stays."""
        return self._act(Action.RELEASE, guid, reason, actor, provider)

    def _act(self, action: Action, guid: str, reason: str | None, actor: str, provider: str | None) -> bool:
        with self._database.write() as connection:
            return desk.act_by_hand(
                connection, action, guid, reason=reason, actor=actor, provider=provider, now=self._clock()
            )

    def pending_directives(self) -> list[PendingDirective]:
        """Kills, holds and corrections whose story is not known, oldest first."""
        with self._database.read() as connection:
            return desk.read_pending_directives(connection)

    def dismiss_directive(self, directive_id: int, reason: str, actor: str) -> None:
        """Takes a directive off the list: it was dealt with by hand, or concerns no story here."""
        with self._database.write() as connection:
            desk.dismiss_directive(connection, directive_id, reason=reason, actor=actor)

    # Names hidden by court order

    def suppress(self, name: str, reason: str, actor: str) -> None:
        with self._database.write() as connection:
            desk.suppress(connection, name, reason=reason, actor=actor, now=self._clock())

    def unsuppress(self, name: str, reason: str, actor: str) -> None:
        with self._database.write() as connection:
            desk.unsuppress(connection, name, reason=reason, actor=actor, now=self._clock())

    def suppressions(self) -> list[Suppression]:
        with self._database.read() as connection:
            return desk.read_suppressions(connection)

    # Answers given

    def save_answer(self, answer: Answer, *, settings: Mapping[str, str], asked_by: str | None = None) -> int:
        with self._database.write() as connection:
            return answers.write_answer(
                connection, answer, settings=settings, asked_by=asked_by, now=self._clock()
            )

    def answers(self, limit: int = 50, *, stale_only: bool = False) -> list[StoredAnswer]:
        """The latest first, each with the reasons for which it no longer stands."""
        with self._database.read() as connection:
            return answers.read_answers(connection, limit=limit, stale_only=stale_only, now=self._clock())

    def answer_seconds(self, *, limit: int) -> list[AnswerSeconds]:
        """What the latest answers took."""
        with self._database.read() as connection:
            return answers.read_seconds(connection, limit=limit)

    def answer_totals(self) -> list[AnswerTotals]:
        """Tokens, seconds and joules of all answers, by model."""
        with self._database.read() as connection:
            return answers.read_totals(connection)

    def answer(self, answer_id: int) -> StoredAnswer:
        """One answer with its sentences and where they point."""
        with self._database.read() as connection:
            return answers.read_answer(connection, answer_id, now=self._clock())

    def share_answer(self, answer_id: int, *, shared: bool) -> None:
        """Whether others than the person who asked may open it."""
        with self._database.write() as connection:
            answers.set_shared(connection, answer_id, shared=shared)

    def add_feedback(
        self,
        answer_id: int,
        judgement: Judgement,
        *,
        person: str,
        answer: str | None = None,
        comment: str | None = None,
    ) -> None:
        given = Feedback(
            answer_id=answer_id, at=self._clock(), judgement=judgement, person=person, answer=answer,
            comment=comment,
        )  # fmt: skip
        with self._database.write() as connection:
            feedback.write_feedback(connection, given)

    def feedback_on(self, answer_id: int) -> list[Feedback]:
        """Everything that was said of it, the latest last."""
        with self._database.read() as connection:
            return feedback.read_feedback(connection, [answer_id]).get(answer_id, [])

    def judged_answers(self) -> dict[int, list[Feedback]]:
        """Everything that was said, by answer: the earliest answer first, of each the latest word last."""
        with self._database.read() as connection:
            return feedback.judged_answers(connection)

    # Near-duplicates and chains

    def duplicate_groups(self, story_ids: Collection[int]) -> dict[int, int]:
        return self.links.duplicates.of(story_ids)

    def event_chains(self, story_ids: Collection[int]) -> dict[int, int]:
        return self.links.chains.of(story_ids)
