"""Filters are hard whichever way they are put to Tantivy, and what is added again is there once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tantivy import Query

from domain.story import Kind, StoredPassage, Version
from retrieval.lexical.index import LexicalIndex
from tests.retrieval.random_rows import scope
from tests.retrieval.small_archive import START
from tests.retrieval.test_lexical import stored

LANGUAGES = ("en", "fr", "es")
PROVIDERS = ("One", "Two")
KINDS = tuple(Kind)
STORIES = 300


def made_stories() -> list[Version]:
    """Common values and rare ones, so that a filter lets in little or shuts out little."""
    rng = random.Random(5)
    return [
        Version(
            guid=f"urn:{number}",
            provider=rng.choices(PROVIDERS, (9, 1))[0],
            version=1,
            published=START + timedelta(days=number),
            body=f"{rng.choice(['wheat', 'maize'])} harvest",
            language=rng.choices(LANGUAGES, (6, 3, 1))[0],
            kind=rng.choices(KINDS, [8, *([1] * (len(KINDS) - 1))])[0],
        )
        for number in range(STORIES)
    ]


def passage_of(number: int, version: Version) -> StoredPassage:
    return replace(
        stored(number, version.body, version.language),
        provider=version.provider,
        kind=version.kind,
        published=version.published,
    )


@pytest.fixture(scope="module")
def stories() -> dict[int, Version]:
    return dict(enumerate(made_stories(), start=1))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, stories: dict[int, Version]) -> LexicalIndex:
    made = LexicalIndex.create(tmp_path_factory.mktemp("filters"))
    with made.writing() as writer:
        writer.add([passage_of(number, one) for number, one in stories.items()], versions=stories)
        writer.commit()
    return made


def test_every_combination_of_filters_gives_what_a_look_at_each_story_gives(
    index: LexicalIndex, stories: dict[int, Version]
) -> None:
    rng = random.Random(6)
    for _ in range(150):
        languages = frozenset(rng.sample([*LANGUAGES, "xx"], rng.randint(0, 4)))
        providers = frozenset(rng.sample(PROVIDERS, rng.randint(0, 2)))
        kinds = frozenset(kind.value for kind in rng.sample(KINDS, rng.randint(0, len(KINDS))))
        hidden = np.array(rng.sample(range(1, STORIES + 1), rng.choice([0, 3, 150])), dtype=np.int64)
        wanted = scope(languages=languages, providers=providers, kinds=kinds, hidden=hidden)
        expected = {
            number
            for number, one in stories.items()
            if (not languages or one.language in languages)
            and (not providers or one.provider in providers)
            and (not kinds or one.kind.value in kinds)
            and number not in set(hidden.tolist())
            and "wheat" in one.body
        }
        wheat = Query.term_query(index.schema, "body", "wheat")
        assert set(index.search(wheat, depth=STORIES, scope=wanted).passage_ids.tolist()) == expected
        told = Query.term_query(index.stories.schema, "body", "wheat")
        found = index.stories.search(told, depth=STORIES, scope=wanted)
        assert set(found.version_ids.tolist()) == expected
        counts = index.stories.counts(told, scope=wanted, values=10)
        assert counts.total == len(expected)
        assert dict(counts.by_field["lang"]) == Counter(stories[number].language for number in expected)


def test_filters_follow_labels_that_came_with_a_later_commit(tmp_path: Path) -> None:
    index = LexicalIndex.create(tmp_path)
    wheat, english = Query.term_query(index.schema, "body", "wheat"), scope(languages=frozenset({"en"}))
    with index.writing() as writer:
        for number, language in enumerate(("en", "fr", "en", "de"), start=1):
            writer.add([stored(number, "wheat", language)])
            writer.commit()
            expected = [one for one in (1, 3) if one <= number]
            assert index.search(wheat, depth=5, scope=english).passage_ids.tolist() == expected


def test_what_an_earlier_writer_committed_is_replaced_and_not_doubled(tmp_path: Path) -> None:
    index = LexicalIndex.create(tmp_path)
    versions = dict(enumerate(made_stories()[:6], start=1))
    for numbers in ((2, 4, 5), (1, 2, 6), (3, 3, 6)):  # ids that rise, go back, and come twice in a batch
        with index.writing() as writer:
            writer.add(
                [stored(number, f"wheat {numbers[0]}", "en") for number in numbers],
                versions={number: versions[number] for number in numbers},
            )
            writer.commit()
    assert index.passage_ids().tolist() == [1, 2, 3, 4, 5, 6]
    assert index.stories.version_ids().tolist() == [1, 2, 3, 4, 5, 6]
    latest = Query.term_query(index.schema, "body", "3")
    assert sorted(index.search(latest, depth=9, scope=scope()).passage_ids.tolist()) == [3, 6]
