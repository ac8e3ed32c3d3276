"""A query as it is kept beside an answer, and back: read again it equals the one that was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.query import Filters, Mode, Order, Query, TimeClue
from domain.story import Kind


def query_json(query: Query) -> dict[str, Any]:
    filters = query.filters
    return {
        "text": query.text,
        "mode": query.mode.value,
        "order": query.order.value,
        "limit": query.limit,
        "from": _written(filters.start),
        "to": _written(filters.end),
        "as_of": _written(filters.as_of),
        "languages": sorted(filters.languages),
        "providers": sorted(filters.providers),
        "kinds": sorted(filters.kinds),
        "subjects": sorted(filters.subjects),
        "places": sorted(filters.places),
        "clues": [_clue_json(clue) for clue in query.clues],
    }


def query_of(stored: Mapping[str, Any]) -> Query:
    filters = Filters(
        start=_read(stored["from"]),
        end=_read(stored["to"]),
        as_of=_read(stored["as_of"]),
        languages=frozenset(stored["languages"]),
        providers=frozenset(stored["providers"]),
        kinds=frozenset(Kind(one) for one in stored["kinds"]),
        subjects=frozenset(stored.get("subjects", ())),
        places=frozenset(stored.get("places", ())),
    )
    return Query(
        text=stored["text"],
        filters=filters,
        mode=Mode(stored["mode"]),
        limit=stored["limit"],
        clues=tuple(_clue_of(one) for one in stored.get("clues", ())),
        order=Order(stored["order"]),
    )


def _clue_json(clue: TimeClue) -> dict[str, Any]:
    return {
        "words": clue.words,
        "from": _written(clue.start),
        "to": _written(clue.end),
        "hard": clue.hard,
        "order": clue.order.value,
        "as_known": clue.as_known,
    }


def _clue_of(stored: Mapping[str, Any]) -> TimeClue:
    return TimeClue(
        words=stored["words"],
        start=_read(stored["from"]),
        end=_read(stored["to"]),
        hard=stored["hard"],
        order=Order(stored["order"]),
        as_known=stored["as_known"],
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
