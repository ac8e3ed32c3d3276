"""Every message of tests/ingest/messages.jsonl against a real store and index: effective on the next question.

Each case is a feed of its own with two stories: the one the message names, and one it does not. Both orders
of arrival; nothing is indexed between a message and the question after it. 10 s, and 15 with the real embedder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.errors import StoryNotFound
from domain.query import Filters, Query
from ingest.pipeline import ingest
from retrieval.index import SearchIndex
from retrieval.search import Searcher
from runtime import Archive
from tests.conftest import quick_settings
from tests.ingest.samples import count_tokens
from tests.ingest.test_directives import MESSAGES
from tests.retrieval.small_archive import HashedWords

Item = dict[str, str]
NAMED, OTHER = "The zeppelin landed in the meadow.", "Another zeppelin stayed in the hangar."


def named_story(number: int) -> Item:
    """The story that case `number` names: by its headline and slugline, or by the end of its guid."""
    reference = MESSAGES[number]["reference"]
    guid = reference if reference.startswith("urn:") else f"urn:test:{number}:{reference.split()[-1]}"
    return {
        "guid": guid, "provider": f"p{number}", "date": "2020-03-02T10:00:00Z", "headline": reference,
        "slugline": reference, "body": NAMED,
    }  # fmt: skip


def other_story(number: int) -> Item:
    return named_story(number) | {
        "guid": f"urn:test:{number}:other-x", "headline": "Quiet day", "slugline": "QUIET-DAY", "body": OTHER,
    }  # fmt: skip


def message(number: int) -> Item:
    case = {
        name: text for name, text in MESSAGES[number].items() if name not in ("style", "action", "reference")
    }
    return case | {
        "guid": f"urn:test:{number}:message-x",
        "provider": f"p{number}",
        "date": "2020-03-02T11:00:00Z",
    }


def hold(number: int) -> Item:
    """Before a release, there is a hold."""
    held = {"headline": f"STORY ON HOLD: {MESSAGES[number]['reference']}", "date": "2020-03-02T10:30:00Z"}
    return message(number) | held | {"guid": f"urn:test:{number}:hold-x"}


def feed(path: Path, items: list[Item]) -> Path:
    path.write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    return path


class Small:
    """A store and an index of hashed words, whose searching is the product's."""

    def __init__(self, folder: Path, store: StoryStore) -> None:
        self.folder, self.store = folder, store
        self.index = SearchIndex.open(folder / "index", store=store, embedder=HashedWords())
        self.searcher = Searcher(self.index, store, HashedWords())

    def take_in(self, *items: Item) -> None:
        ingest(
            [feed(self.folder / "feed.jsonl", list(items))],
            store=self.store,
            count_tokens=count_tokens,
            processes=0,
        )

    def found(self, number: int) -> set[str]:
        """Texts that a question about zeppelins gets from the case's feed."""
        limits = Filters(providers=frozenset({f"p{number}"}))
        return {hit.passage for hit in self.searcher.retrieve(Query(text="zeppelin", filters=limits))}


@contextmanager
def small_archive(folder: Path) -> Iterator[Small]:
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store:
        yield Small(folder, store)


def left(number: int) -> set[str]:
    return {NAMED, OTHER} if MESSAGES[number]["action"] == "release" else {OTHER}


def test_messages_take_effect_while_the_index_holds_the_old_passages(tmp_path: Path) -> None:
    cases = range(len(MESSAGES))
    with small_archive(tmp_path) as archive:
        archive.take_in(*(story(number) for number in cases for story in (named_story, other_story)))
        archive.index.index_pending()
        assert [number for number in cases if archive.found(number) != {NAMED, OTHER}] == []
        releases = [number for number in cases if MESSAGES[number]["action"] == "release"]
        archive.take_in(*map(hold, releases))
        assert [number for number in releases if archive.found(number) != {OTHER}] == []
        archive.take_in(*map(message, cases))
        for number in cases:
            assert archive.found(number) == left(number), MESSAGES[number]
        archive.index.index_pending()
        archive.index.rebuild()
        for number in cases:
            assert NAMED not in archive.found(number) or number in releases, MESSAGES[number]
        assert archive.store.pending_directives() == []


def test_messages_that_come_before_their_story(tmp_path: Path) -> None:
    cases = range(len(MESSAGES))
    with small_archive(tmp_path) as archive:
        releases = [number for number in cases if MESSAGES[number]["action"] == "release"]
        archive.take_in(*map(hold, releases), *map(message, cases))
        assert len(archive.store.pending_directives()) == len(cases) + len(releases)
        archive.take_in(*(story(number) for number in cases for story in (named_story, other_story)))
        archive.index.index_pending()
        for number in cases:
            found = archive.found(number)
            assert (NAMED in found) == (MESSAGES[number]["action"] == "release"), MESSAGES[number]
            assert OTHER in found
        assert archive.store.pending_directives() == []


@pytest.mark.model
def test_a_killed_story_is_out_of_every_answer_at_once(models_cache: Path, tmp_path: Path) -> None:
    """Through the archive as the commands open it, with the real embedder."""
    kept, gone = "The ferry to Dakar carried forty people.", "The ferry to Lisbon sank with a cargo of tin."
    item = {"provider": "afp", "date": "2020-03-02T10:00:00Z", "language": "en"}
    stories = [
        item | {"guid": "urn:newsml:afp.com:1", "headline": "Ferry sinks off Lisbon", "body": gone},
        item | {"guid": "urn:newsml:afp.com:2", "headline": "Ferry reaches Dakar", "body": kept},
    ]
    late = item | {
        "guid": "urn:newsml:afp.com:3",
        "headline": "Tin ship found",
        "body": "A ship full of tin was found.",
    }
    kill = {"provider": "afp", "date": "2020-03-02T12:00:00Z", "headline": "KILL KILL KILL"}
    question = "Which ferry sank with a cargo of tin?"
    with Archive.open(quick_settings(tmp_path / "archive")) as archive:
        archive.ingest([feed(tmp_path / "a.jsonl", stories)])
        assert archive.search("ferry cargo tin").hits[0].guid == "urn:newsml:afp.com:1"
        answer = archive.ask(question, extractive=True)
        assert "tin" in answer.text
        archive.ingest(
            [feed(tmp_path / "k.jsonl", [kill | {"body": "Kill the story “Ferry sinks off Lisbon”."}])]
        )
        assert [hit.guid for hit in archive.search("ferry cargo tin").hits] == ["urn:newsml:afp.com:2"]
        assert gone not in archive.ask(question, extractive=True).text
        with pytest.raises(StoryNotFound, match="killed"):
            archive.story("urn:newsml:afp.com:1")
        assert [one.answer_id for one in archive.answers(stale_only=True)] == [answer.answer_id]
        archive.ingest([feed(tmp_path / "k2.jsonl", [kill | {"body": "Kill the story “Tin ship found”."}])])
        (waiting,) = archive.waiting()
        assert (waiting["action"], waiting["reference"]) == ("kill", "Tin ship found")
        archive.ingest([feed(tmp_path / "late.jsonl", [late])])
        assert archive.waiting() == []
        assert all(hit.guid != late["guid"] for hit in archive.search("ship full of tin").hits)
        history = archive.story(late["guid"], history=True).history
        assert [entry.action for entry in history] == ["kill"]
