"""Which stories count as one: near-duplicates, chains of one event, and the bands that find candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from db.database import insert_or, upsert
from db.rows import chunks
from db.tables import minhash_band

# A band shared by more stories than this is boilerplate (an empty page, a standing notice): it tells nothing
# and would make the cost of a story grow with the archive.
CROWDED_BAND = 200


def write_groups(connection: sa.Connection, table: sa.Table, groups: Mapping[int, int]) -> None:
    upsert(
        connection,
        table,
        [{"story_id": story_id, "group_id": group_id} for story_id, group_id in groups.items()],
        key=["story_id"],
    )


def read_groups(connection: sa.Connection, table: sa.Table, story_ids: Collection[int]) -> dict[int, int]:
    """story_id → group_id, for those that are in a group."""
    groups: dict[int, int] = {}
    for some in chunks(sorted(set(story_ids))):
        query = sa.select(table.c.story_id, table.c.group_id).where(table.c.story_id.in_(some))
        groups.update((row.story_id, row.group_id) for row in connection.execute(query))
    return groups


def read_members(
    connection: sa.Connection, table: sa.Table, group_ids: Collection[int]
) -> dict[int, list[int]]:
    """group_id → its story ids, rising."""
    members: dict[int, list[int]] = {}
    for some in chunks(sorted(set(group_ids))):
        query = sa.select(table.c.group_id, table.c.story_id).where(table.c.group_id.in_(some))
        for row in connection.execute(query.order_by(table.c.story_id)):
            members.setdefault(row.group_id, []).append(row.story_id)
    return members


def write_bands(connection: sa.Connection, signatures: Mapping[int, Collection[int]]) -> None:
    """story_id → its band hashes (signed 64 bits). Bands known already are left alone."""
    rows = [
        {"band": band, "story_id": story_id} for story_id, bands in signatures.items() for band in set(bands)
    ]
    if rows:
        connection.execute(insert_or(connection, minhash_band).on_conflict_do_nothing(), rows)


def read_candidates(connection: sa.Connection, bands: Collection[int]) -> dict[int, int]:
    """story_id → how many of the bands it shares. Bands that too many stories share are not counted."""
    shared: Counter[int] = Counter()
    query = sa.select(minhash_band.c.story_id)
    for band in set(bands):
        having = connection.scalars(query.where(minhash_band.c.band == band).limit(CROWDED_BAND + 1)).all()
        if len(having) <= CROWDED_BAND:
            shared.update(having)
    return dict(shared)
