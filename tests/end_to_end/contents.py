"""What an archive holds, in a form that two archives can be compared by, and small feeds to fill them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from db.store import StoryStore
from retrieval.index import SearchIndex
from runtime import Archive

_PLACES = ("Lisbon", "Dakar", "Oslo", "Quito", "Riga", "Perth", "Cairo")


def feed_of(stories: int, path: Path) -> Path:
    """Short stories in JSON lines; every tenth is corrected by a later line, every twentieth killed by one."""
    rows: list[dict[str, Any]] = []
    for n in range(stories):
        place = _PLACES[n % len(_PLACES)]
        row = {
            "guid": f"urn:test:{n}", "provider": "test", "version": "1", "language": "en",
            "headline": f"Ferry {n} leaves {place}", "date": f"2001-01-{n % 28 + 1:02}T10:00:00Z",
            "body": f"The ferry number {n} left the harbour of {place} on Monday.\n\nIt carried {n + 40} people.",
        }  # fmt: skip
        rows.append(row)
        if n % 10 == 9:
            rows.append(row | {"version": "2", "body": f"{row['body']} Two had missed it.",
                               "date": f"2001-02-{n % 28 + 1:02}T10:00:00Z"})  # fmt: skip
        if n % 20 == 19:
            rows.append(row | {"version": "3", "status": "killed", "date": "2001-03-01T10:00:00Z"})
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def contents_of(archive: Archive) -> dict[str, Any]:
    return contents(archive.store, archive.index)


def contents(store: StoryStore, index: SearchIndex) -> dict[str, Any]:
    """Stories with their status and versions, passages, and what each half of the index holds."""
    passages = [one for batch in store.iter_passages() for one in batch]
    generation = index.generation()
    indexed = sorted(map(int, generation.lexical.passage_ids()))
    ids = {one.passage_id: (one.guid, one.version, one.start, one.end, one.text) for one in passages}
    held = generation.dense.contains(list(ids))
    stories = {one.guid: store.story(one.guid, include_hidden=True) for one in passages}
    return {
        "stories": {
            guid: (one.status, [(v.version, v.content_hash, v.status) for v in one.versions])
            for guid, one in stories.items()
        },
        "passages": sorted(ids.values()),
        "dense": sorted(key for key, has in zip(ids.values(), held, strict=True) if has),
        "lexical": sorted(ids[one] for one in indexed),
        "pending": store.count_pending(),
    }
