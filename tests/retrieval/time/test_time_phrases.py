"""Questions and what they say of time: the tables in phrases/, written by hand for Wednesday 14 March 2007.

Each line is one question with all its clues; `[]` means that nothing in it speaks of time. `end` of
an event's clue includes its slack. Every question is read twice: in its named language and unnamed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.query import Order, TimeClue
from retrieval.time import understand

AS_OF = datetime(2007, 3, 14, 15, 30, tzinfo=UTC)
TABLES = sorted((Path(__file__).parent / "phrases").glob("??.jsonl"))


def rows() -> list[Any]:
    return [
        pytest.param(path.stem, row["text"], row["clues"], id=f"{path.stem}:{row['text']}")
        for path in TABLES
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def clue(written: dict[str, Any]) -> TimeClue:
    def midnight(day: str | None) -> datetime | None:
        return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None

    return TimeClue(
        words=written["words"],
        start=midnight(written.get("start")),
        end=midnight(written.get("end")),
        hard=written.get("hard", False),
        order=Order(written.get("order", "relevance")),
        as_known=written.get("as_known", False),
    )


@pytest.mark.parametrize(("language", "text", "expected"), rows())
def test_clues_of_a_question(language: str, text: str, expected: list[dict[str, Any]]) -> None:
    assert understand(text, as_of=AS_OF, language=language) == tuple(map(clue, expected))


@pytest.mark.parametrize(("language", "text", "expected"), rows())
def test_language_is_told_from_the_question(language: str, text: str, expected: list[dict[str, Any]]) -> None:
    assert understand(text, as_of=AS_OF) == tuple(map(clue, expected))


def test_tables_hold_every_language_and_no_row_twice() -> None:
    texts = [(row.values[0], row.values[1]) for row in rows()]
    assert {language for language, _ in texts} == {"en", "fr", "es", "de", "pt", "ar", "ja"}
    assert len(texts) == len(set(texts)) >= 300
