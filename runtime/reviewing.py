"""A made set before its reviewer: each question with the stories it was made of, and what was decided.

A story is read from the archive, as it may be shown now; one that the archive never had, from the set's own
corpus. A killed or hidden one is not shown, though the set still holds a copy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.access import User
from domain.errors import StoryNotFound
from evaluation.sets import EvalQuery, EvalSet
from evaluation.sets.model import ReviewCounts
from evaluation.sets.review import Decision, Reviewed, count, decide, read_review
from evaluation.sets.rows import Row, json_lines
from runtime.archive import Archive
from runtime.run_questions import is_refused
from runtime.sets import SetCard, read_as_made


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBehind:
    """A story a question was made of. `removed`: it was left out of the corpus for the question's sake."""

    guid: str
    removed: bool
    hidden: bool
    headline: str | None = None
    published: str | None = None  # ISO
    language: str | None = None
    body: str = ""


class Review:
    """One made set's review. Cheap: reads the decisions when asked."""

    def __init__(self, archive: Archive, user: User, card: SetCard) -> None:
        """SetError where the set is not a made one."""
        self._archive, self._user, self.card = archive, user, card
        self.made: EvalSet = read_as_made(card.path)

    def decisions(self) -> Mapping[str, Reviewed]:
        return read_review(self.card.path)

    def counts(self) -> ReviewCounts:
        return count(self.made, self.decisions())

    def open(self) -> tuple[EvalQuery, ...]:
        """The questions that nobody has decided on, in the set's order."""
        decided = self.decisions()
        return tuple(query for query in self.made.queries if query.query_id not in decided)

    def decide(
        self, query_id: str, decision: Decision, *, text: str | None = None, answers: Collection[str] = ()
    ) -> ReviewCounts:
        """Keeps the decision under the reviewer's name; a later one replaces it. See evaluation.sets.review."""
        edited = decision is Decision.EDITED
        return decide(
            self.card.path,
            self.made,
            Reviewed(
                query_id=query_id,
                decision=decision,
                by=self._user.name,
                at=datetime.now(UTC),
                text=(text or "").strip() if edited else None,
                answers=tuple(one.strip() for one in answers if one.strip()) if edited else None,
            ),
        )

    def stories(self, query: EvalQuery) -> tuple[StoryBehind, ...]:
        """What the question was made of, then the stories in the corpus that answer it."""
        relevant = [guid for guid, grade in self.made.qrels.get(query.query_id, {}).items() if grade > 0]
        corpus = _in_corpus(self.card.path, set(relevant))
        return tuple(
            self._behind(guid, corpus.get(guid), removed=guid in query.removed)
            for guid in dict.fromkeys((*query.removed, *relevant))
        )

    def _behind(self, guid: str, kept: Row | None, *, removed: bool) -> StoryBehind:
        try:
            version = self._archive.version(guid)
        except StoryNotFound:
            if kept is None or is_refused(self._archive, guid):
                return StoryBehind(guid=guid, removed=removed, hidden=True)
            return _from_corpus(guid, kept)
        return StoryBehind(
            guid=guid,
            removed=removed,
            hidden=False,
            headline=version.headline,
            published=version.published.isoformat(),
            language=version.language,
            body=version.body,
        )


def _from_corpus(guid: str, row: Row) -> StoryBehind:
    about = row.values.get("metadata")
    meta = Row(about if isinstance(about, dict) else {}, row.where)
    return StoryBehind(
        guid=guid,
        removed=False,
        hidden=False,
        headline=row.optional_text("title"),
        published=meta.optional_text("published"),
        language=meta.optional_text("lang"),
        body=row.optional_text("text") or "",
    )


def _in_corpus(folder: Path, wanted: Collection[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in json_lines(folder / "corpus.jsonl", optional=True):
        if len(found) == len(wanted):
            break
        if (guid := row.text("_id")) in wanted:
            found[guid] = row
    return found
