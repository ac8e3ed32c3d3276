"""Short ways to say what a feed sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from db.store import PreparedVersion
from domain.sentences import split_sentences
from domain.story import Action, Directive, Passage, SourceRef, Version

NOON = datetime(2001, 9, 3, 12, 0, tzinfo=UTC)
PROVIDER = "agency"


def at(hours: float) -> datetime:
    """An instant so many hours after noon."""
    return NOON + timedelta(hours=hours)


def sent(guid: str, body: str = "Rain fell on Lisbon.", hours: float = 0, **fields: Any) -> PreparedVersion:
    """One sending, cut into sentences. `hours`: published so long after noon."""
    defaults: dict[str, Any] = {
        "version": 1,
        "provider": PROVIDER,
        "language": "en",
        "headline": f"About {guid}",
    }
    value = Version(guid=guid, body=body, published=at(hours), **{**defaults, **fields})
    return PreparedVersion(version=value, passages=cut(body))


def cut(body: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(start=start, end=end, text=body[start:end], ordinal=ordinal)
        for ordinal, (start, end) in enumerate(split_sentences(body))
    )


def order(action: Action, hours: float, **fields: Any) -> Directive:
    """A message about another item, issued so long after noon."""
    return Directive(action=action, provider=PROVIDER, issued=at(hours), **fields)


def place(position: int) -> SourceRef:
    return SourceRef(path="feed/today.xml", position=position)


def batches(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
