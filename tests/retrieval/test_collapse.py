"""One hit a story; copies and chains are named in the hit that stays, and nothing else is folded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.query import Hit
from retrieval.collapse import best_per_story, similarity, without_copies
from tests.retrieval.small_archive import START


def hit(story_id: int, passage: str = "Text.", *, score: float = 1.0, minutes: int = 0) -> Hit:
    return Hit(
        passage_id=story_id * 10,
        version_id=story_id,
        story_id=story_id,
        guid=f"urn:{story_id}",
        version=1,
        provider="One",
        published=START + timedelta(minutes=minutes),
        language="en",
        headline="Wheat sold",
        place=None,
        passage=passage,
        start=0,
        end=len(passage),
        score=score,
    )


def shown(hits: list[Hit]) -> list[tuple[int, float, tuple[str, ...]]]:
    return [(one.story_id, one.score, one.duplicates) for one in hits]


def test_the_best_passage_of_each_story_stays() -> None:
    hits = [hit(1, "a", score=3), hit(2, "b", score=2), hit(1, "c", score=1)]
    assert [(h.story_id, h.passage) for h in best_per_story(hits)] == [(1, "a"), (2, "b")]


def test_the_latest_copy_stands_in_the_place_of_the_best() -> None:
    hits = [hit(1, score=3), hit(2, score=2), hit(3, score=1, minutes=5)]
    kept = without_copies(hits, groups={1: 7, 3: 7}, chains={})
    assert shown(kept) == [(3, 3, ("urn:1",)), (2, 2, ())]


def test_a_chain_is_one_source_and_its_alert_never_stands_for_a_story() -> None:
    alert, lead, wrap = hit(1, score=3, minutes=9), hit(2, score=2, minutes=1), hit(3, score=1, minutes=5)
    chains = {1: 1, 2: 1, 3: 1}
    assert shown(without_copies([alert, lead, wrap], groups={}, chains=chains, alerts={1})) == [
        (3, 3, ("urn:1", "urn:2"))
    ]
    assert shown(without_copies([alert, lead], groups={}, chains=chains, alerts={1})) == [(2, 3, ("urn:1",))]
    assert shown(without_copies([alert], groups={}, chains=chains, alerts={1})) == [(1, 3, ())]


def test_numbers_of_groups_and_of_chains_are_not_one() -> None:
    kept = without_copies([hit(1, score=2), hit(2)], groups={1: 7}, chains={2: 7})
    assert shown(kept) == [(1, 2, ()), (2, 1, ())]


def test_a_copy_joins_its_group_to_its_chain() -> None:
    """1 and 2 stand apart until 3, a copy of the one and of the event of the other."""
    hits = [hit(1, score=4), hit(2, score=3), hit(9, score=2), hit(3, score=1, minutes=1), hit(4, score=0)]
    kept = without_copies(hits, groups={1: 5, 3: 5}, chains={2: 6, 3: 6, 4: 6})
    assert shown(kept) == [(3, 4, ("urn:1", "urn:2", "urn:4")), (9, 2, ())]


def test_equal_texts_that_no_link_joins_stay_two() -> None:
    """Two days' market reports may read alike: ingestion decides, which has seen the whole texts."""
    assert len(without_copies([hit(1), hit(2)], groups={}, chains={})) == 2


def test_similarity_by_hand() -> None:
    assert similarity("a b c d", "a b c d") == 1
    assert similarity("a b c d", "b c d e") == pytest.approx(1 / 3)
    assert similarity("a b c", "x y z") == 0
