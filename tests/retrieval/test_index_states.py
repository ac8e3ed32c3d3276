"""An index that disagrees with its database, embedder or files is refused, with the command that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.errors import ArchiveLocked, IndexMissing, IndexStale
from domain.query import Query
from retrieval.dense.manifest import EXACT
from retrieval.index import IndexProgress, SearchIndex
from retrieval.search import Searcher
from tests.retrieval.small_archive import HashedWords, prepared, varied_stories


class OtherWords(HashedWords):
    fingerprint = "hashed-words:2"
    dimensions = 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as opened:
        opened.add_batch(varied_stories(30))
        yield opened


@pytest.fixture
def index(tmp_path: Path, store: StoryStore) -> SearchIndex:
    made = SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords())
    made.index_pending()
    return made


def test_indexing_twice_does_nothing_the_second_time(index: SearchIndex, store: StoryStore) -> None:
    before = index.check()
    assert index.index_pending() == 0
    assert index.check() == before
    assert before.is_whole
    assert before.dense == before.lexical == before.passages == store.counts().passages


def test_progress_reaches_the_total(tmp_path: Path, store: StoryStore) -> None:
    seen: list[IndexProgress] = []
    done = SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords()).index_pending(
        progress=seen.append, batch=16
    )
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1].done == seen[-1].total == done == store.counts().passages
    assert len(seen) >= done // 16


def test_a_lost_index_is_missing_and_rebuilt(tmp_path: Path, index: SearchIndex, store: StoryStore) -> None:
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexMissing, match="--rebuild"):
        SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords())
    SearchIndex.unopened(tmp_path / "index", store=store, embedder=HashedWords()).rebuild()
    again = SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords())
    assert again.check().is_whole


def test_another_embedder_is_refused_until_a_rebuild(
    tmp_path: Path, index: SearchIndex, store: StoryStore
) -> None:
    folder = tmp_path / "index"
    with pytest.raises(IndexStale, match=r"embedder hashed-words:1, not hashed-words:2.*--rebuild"):
        SearchIndex.open(folder, store=store, embedder=OtherWords())
    SearchIndex.unopened(folder, store=store, embedder=OtherWords()).rebuild()
    assert SearchIndex.open(folder, store=store, embedder=OtherWords()).check().is_whole
    with pytest.raises(IndexStale):
        index.generation()  # a reader of the old one is told, not misled


def test_the_index_of_another_archive_is_refused(tmp_path: Path, index: SearchIndex) -> None:
    with (
        StoryStore.open(f"sqlite:///{tmp_path / 'other.sqlite'}") as other,
        pytest.raises(IndexStale, match="database"),
    ):
        SearchIndex.open(tmp_path / "index", store=other, embedder=HashedWords())


def test_check_names_damage_and_absence(tmp_path: Path, index: SearchIndex, store: StoryStore) -> None:
    with index.generation().lexical.writing() as writer:
        writer._writer.delete_documents_by_term("passage_id", 1)
        writer.commit()
    segment = index.generation().dense.segments()[0].folder
    content = bytearray((segment / EXACT).read_bytes())
    content[-1] ^= 1
    (segment / EXACT).write_bytes(content)
    problems = " | ".join(index.check().problems)
    assert "1 passages are missing from the lexical index" in problems
    assert f"{segment.name}/{EXACT}: digest differs" in problems


def test_a_second_writer_is_refused(tmp_path: Path, index: SearchIndex, store: StoryStore) -> None:
    other = SearchIndex.open(tmp_path / "index", store=store, embedder=HashedWords())
    with index._writing(), pytest.raises(ArchiveLocked):
        other.index_pending()


def test_readers_follow_the_writer(tmp_path: Path, index: SearchIndex, store: StoryStore) -> None:
    embedder = HashedWords()
    reader = Searcher(SearchIndex.open(tmp_path / "index", store=store, embedder=embedder), store, embedder)
    assert "urn:new" not in {hit.guid for hit in reader.retrieve(Query(text="zeppelin"))}
    store.add_batch([prepared("urn:new", "A zeppelin landed.")])
    assert "urn:new" not in {hit.guid for hit in reader.retrieve(Query(text="zeppelin"))}
    index.index_pending()
    assert reader.retrieve(Query(text="zeppelin"))[0].guid == "urn:new"
    index.rebuild()
    assert reader.retrieve(Query(text="zeppelin"))[0].guid == "urn:new"
