"""One hit a story; copies are named in the hit that stays, and nothing else is folded."""

from __future__ import annotations

import pytest

from domain.query import Hit
from retrieval.collapse import best_per_story, similarity, without_copies
from tests.retrieval.small_archive import START

TEXT = "The ministry said on Monday that two million tonnes of wheat were sold to the Soviet Union."


def hit(
    story_id: int, passage: str = TEXT, *, headline: str | None = "Wheat sold", score: float = 1.0
) -> Hit:
    return Hit(
        passage_id=story_id * 10,
        version_id=story_id,
        story_id=story_id,
        guid=f"urn:{story_id}",
        version=1,
        provider="One",
        published=START,
        language="en",
        headline=headline,
        place=None,
        passage=passage,
        start=0,
        end=len(passage),
        score=score,
    )


def test_the_best_passage_of_each_story_stays() -> None:
    hits = [hit(1, "a", score=3), hit(2, "b", score=2), hit(1, "c", score=1)]
    assert [(h.story_id, h.passage) for h in best_per_story(hits)] == [(1, "a"), (2, "b")]


def test_a_duplicate_group_is_one_hit() -> None:
    hits = [
        hit(1, "One account.", headline="A"),
        hit(2, "Another.", headline="B"),
        hit(3, "Third.", headline="C"),
    ]
    kept = without_copies(hits, groups={1: 7, 3: 7})
    assert [(h.guid, h.duplicates) for h in kept] == [("urn:1", ("urn:3",)), ("urn:2", ())]


@pytest.mark.parametrize(
    ("headline", "passage", "folded"),
    [
        ("Wheat sold", TEXT, True),
        ("WHEAT  SOLD", TEXT.replace("on Monday ", ""), True),
        ("Wheat sold", "Prices rose in Chicago after the announcement, traders said.", False),
        ("Other headline", TEXT, False),
        (None, TEXT, False),
    ],
)
def test_same_headline_and_text_is_a_copy(headline: str | None, passage: str, folded: bool) -> None:
    kept = without_copies([hit(1), hit(2, passage, headline=headline)], groups={})
    assert [h.guid for h in kept] == (["urn:1"] if folded else ["urn:1", "urn:2"])
    assert kept[0].duplicates == (("urn:2",) if folded else ())


def test_groups_and_copies_join() -> None:
    """A copy by text brings its group with it."""
    hits = [hit(1), hit(2), hit(3, "Elsewhere.", headline="Else")]
    kept = without_copies(hits, groups={2: 5, 3: 5})
    assert [(h.guid, h.duplicates) for h in kept] == [("urn:1", ("urn:2", "urn:3"))]


def test_similarity_by_hand() -> None:
    assert similarity("a b c d", "a b c d") == 1
    assert similarity("a b c d", "b c d e") == pytest.approx(1 / 3)
    assert similarity("a b c", "x y z") == 0
