"""Days and persons that stories give differently, through the whole chain: real embedder, index, database; no model.

About a minute, most of it the embedder's start and the questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.answer import Outcome
from runtime import Archive
from runtime.filters import make_filters
from tests.answering.test_accounts import AGREED, DISPUTED, STORIES
from tests.conftest import quick_settings


@pytest.fixture(scope="module")
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(quick_settings(tmp_path_factory.mktemp("differing"))) as opened:
        opened.ingest([STORIES])
        yield opened


@pytest.mark.parametrize(("language", "question", "name", "text"), DISPUTED)
def test_what_stories_give_differently_is_disputed(
    archive: Archive, language: str, question: str, name: str, text: str
) -> None:
    for filters in (make_filters(), make_filters(languages=[language])):
        answer = archive.ask(question, extractive=True, filters=filters)
        assert answer.outcome is Outcome.DISPUTED
        assert answer.text.startswith(text)
        told = answer.sentences[:2]
        assert [c.guid for s in told for c in s.citations] == [f"urn:test:{name}:1", f"urn:test:{name}:2"]
        for one in (c for s in answer.sentences for c in s.citations):
            assert one.quote == archive.body(one.guid, one.version)[one.start : one.end]


@pytest.mark.parametrize(("language", "question", "name"), AGREED)
def test_two_events_and_a_preview_are_not(archive: Archive, language: str, question: str, name: str) -> None:
    for filters in (make_filters(), make_filters(languages=[language])):
        assert archive.ask(question, extractive=True, filters=filters).outcome is not Outcome.DISPUTED


def test_a_killed_story_disputes_nothing(models_cache: Path, tmp_path: Path) -> None:
    with Archive.open(quick_settings(tmp_path)) as archive:
        archive.ingest([STORIES])
        archive.kill("urn:test:mayor:1", reason="test", actor="test")
        answer = archive.ask("Who was elected mayor of Pelham Regis?", extractive=True)
        assert answer.outcome is Outcome.ANSWERED
        assert "Paul Lang" in answer.text
