"""Reads what stands around a story: its standing, its copies, the chain of its event, answers that cite it.

Lists hold only what may be shown at that moment, and are bounded by the size of a group, never the archive's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.answer_tables import answer, citation
from db.database import Database
from db.groups import Groups, Links
from db.reading import find_story
from db.rows import chunks
from db.tables import story, superseded, version
from db.visibility import visible
from domain.related import StoryCard, StoryStanding
from domain.story import Kind, Status

MOST_CARDS = 200  # ingestion lets no group grow beyond fifty


class Related:
    """Threads may share it."""

    def __init__(self, database: Database, links: Links, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._links = links
        self._clock = clock

    def standing(self, guid: str) -> StoryStanding:
        """StoryNotFound only when there is no such story."""
        with self._database.read() as connection:
            row = find_story(connection, guid, None)
            other = sa.select(story.c.guid).where(story.c.story_id == row.replaced_by)
            return StoryStanding(
                guid=row.guid,
                provider=row.provider,
                status=Status(row.status),
                since=row.status_at,
                embargo_until=row.embargo_until,
                replaced_by=None if row.replaced_by is None else connection.scalar(other),
                replaced_at=row.replaced_at,
            )

    def copies(self, guid: str) -> list[StoryCard]:
        """Near-duplicates that may be shown, the first sent first; the story itself is among them."""
        return self._members(self._links.duplicates, guid)

    def chain(self, guid: str) -> list[StoryCard]:
        """The stories of its event that may be shown, in the order they were sent; itself among them."""
        return self._members(self._links.chains, guid)

    def answers_citing(self, guid: str, *, limit: int) -> list[int]:
        """Ids of the answers that quote any version of it, the latest first."""
        with self._database.read() as connection:
            story_id = find_story(connection, guid, None).story_id
            cited = (
                sa.select(citation.c.answer_id)
                .join(version, version.c.version_id == citation.c.version_id)
                .where(version.c.story_id == story_id)
                .distinct()
            )
            query = sa.select(answer.c.answer_id).where(answer.c.answer_id.in_(cited))
            return list(connection.scalars(query.order_by(answer.c.answer_id.desc()).limit(limit)))

    def _members(self, groups: Groups, guid: str) -> list[StoryCard]:
        with self._database.read() as connection:
            story_id = find_story(connection, guid, None).story_id
        group = groups.of([story_id]).get(story_id)
        if group is None:
            return []
        members = groups.members([group])[group][:MOST_CARDS]
        with self._database.read() as connection:
            return _cards(connection, members, now=self._clock())


def _cards(connection: sa.Connection, story_ids: Collection[int], *, now: datetime) -> list[StoryCard]:
    found: list[tuple[int, StoryCard]] = []
    for some in chunks(sorted(set(story_ids))):
        sent = connection.execute(
            sa.select(version.c.story_id, sa.func.min(version.c.published).label("first"))
            .where(version.c.story_id.in_(some))
            .group_by(version.c.story_id)
        )
        first = {row.story_id: row.first for row in sent}
        query: sa.Select[Any] = (
            sa.select(
                version.c.version_id, version.c.story_id, version.c.number, version.c.published,
                version.c.kind, version.c.urgency, version.c.language, version.c.headline,
                version.c.slugline, story.c.guid, story.c.provider,
            )
            .join(story, story.c.story_id == version.c.story_id)
            .outerjoin(superseded, superseded.c.version_id == version.c.version_id)
            .where(version.c.story_id.in_(some), superseded.c.version_id.is_(None))
        )  # fmt: skip
        found += [
            (row.version_id, _card(row, first_sent=first[row.story_id])) for row in connection.execute(query)
        ]
    shown = visible(connection, [version_id for version_id, _ in found], now=now, as_of=None)
    cards = [card for version_id, card in found if version_id in shown]
    return sorted(cards, key=lambda card: (card.first_sent, card.guid))


def _card(row: sa.Row[Any], *, first_sent: datetime) -> StoryCard:
    return StoryCard(
        guid=row.guid,
        provider=row.provider,
        version=row.number,
        published=row.published,
        first_sent=first_sent,
        kind=Kind(row.kind),
        urgency=row.urgency,
        language=row.language,
        headline=row.headline,
        slugline=row.slugline,
    )
