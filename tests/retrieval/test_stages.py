"""How the halves are joined and refined, in a small archive with vectors one can recompute."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from domain.query import Query
from domain.story import Kind, PassagePlace
from retrieval.fusion import Weights
from retrieval.language_neutral import neutral_for
from retrieval.scope import Visibility, scope_of
from retrieval.stages import FEEDBACK, FEEDBACK_WEIGHTS, Candidate, Dense, Fused, Lexical, Request
from tests.retrieval.small_archive import NOW, HashedWords, varied_stories
from tests.retrieval.test_search_limits import Archive, opened


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("archive")) as made:
        made.store.add_batch(varied_stories(60))
        made.index.index_pending()
        yield made


def asked(archive: Archive, text: str, *, depth: int = 20) -> Request:
    query = Query(text=text)
    return Request(
        query=query, scope=scope_of(query, now=NOW, visibility=Visibility(archive.store)), depth=depth
    )


def given(scores: dict[int, float]) -> list[Candidate]:
    return [Candidate(passage_id=passage_id, score=score) for passage_id, score in scores.items()]


def place(number: int, language: str | None) -> PassagePlace:
    return PassagePlace(
        passage_id=number, version_id=number, story_id=number, guid=f"urn:{number}", provider="test",
        version=1, published=NOW, language=language, headline=None, place=None, kind=Kind.STORY, start=0, end=1,
    )  # fmt: skip


def test_words_count_for_less_across_languages(archive: Archive) -> None:
    """The question is English; 2 is French. By words 2 is best, by meaning 1."""
    request = asked(archive, "What is the report about?")
    dense, lexical = given({1: 0.9, 2: 0.8, 3: 0.1}), given({2: 9.0, 3: 1.0})
    weights = Weights(own_language=0.5, other_language=0.95)
    same = Fused(lambda _: dense, lambda _: lexical, weights=weights)(request)
    assert [one.passage_id for one in same] == [2, 1, 3]
    places = {number: place(number, language) for number, language in ((1, "en"), (2, "fr"), (3, None))}
    apart = Fused(lambda _: dense, lambda _: lexical, places=lambda *_: places, weights=weights)(request)
    assert [one.place for one in apart] == [places[2], places[1], places[3]]
    assert apart[0].passage_id == 2
    assert apart[0].score == pytest.approx(0.95 * 0.875 + 0.05)
    assert apart[1].score == pytest.approx(0.5), "its own language: half of it by words, of which it has none"


def test_refined_scores_are_cosines_to_the_moved_question(archive: Archive) -> None:
    embedder = HashedWords()
    dense = Dense(archive.index, embedder)
    request = asked(archive, "wheat report")
    found = [one.passage_id for one in dense(request)]
    again = dense.refined(request, towards=found[:2], among=found)
    generation = archive.index.generation()
    neutral = neutral_for(generation.folder, embedder)
    question = neutral.query(embedder.embed_query("wheat report"), None)
    stored = archive.store.passages(found)
    from retrieval.passage_text import passage_text

    vectors = {
        passage_id: neutral.passage_vectors(
            embedder.embed_passages([passage_text(stored[passage_id])]), [stored[passage_id].language]
        )[0]
        for passage_id in found
    }
    best = np.average([vectors[found[0]], vectors[found[1]]], axis=0, weights=FEEDBACK_WEIGHTS)
    moved = question + FEEDBACK * best
    moved /= np.linalg.norm(moved)
    assert again == pytest.approx({p: float(vectors[p] @ moved) for p in found}, abs=2e-3)  # half precision


def test_refining_neither_adds_nor_drops(archive: Archive) -> None:
    dense = Dense(archive.index, HashedWords())
    request = asked(archive, "election strike report 7", depth=200)
    plain = Fused(dense, Lexical(archive.index))(request)
    refined = Fused(dense, Lexical(archive.index), refine=dense.refined)(request)
    assert {one.passage_id for one in plain} == {one.passage_id for one in refined}
    assert [one.score for one in refined] == sorted((one.score for one in refined), reverse=True)


def test_nothing_to_refine_towards(archive: Archive) -> None:
    dense = Dense(archive.index, HashedWords())
    request = asked(archive, "wheat")
    assert dense.refined(request, towards=[10**9], among=[10**9]) == {}
    assert dense.refined(request, towards=[], among=[]) == {}
    assert dense.refined(asked(archive, "  "), towards=[1], among=[1]) == {}
