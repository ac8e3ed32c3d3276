"""What is made of stories: findable, answerable where it says so, unanswerable where it says so, and the same every time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import SetError
from domain.story import Version
from evaluation.sets import load_set
from evaluation.synthetic.cloze import GAP, REMOVED, cloze, removed
from evaluation.synthetic.items import Drawn
from evaluation.synthetic.known_item import known_item
from evaluation.synthetic.make import make, write
from evaluation.synthetic.translated import across, is_translation

SENTENCE = (
    "The ferry Lady Ann ran aground off Corran on Tuesday with 214 people on board, the coastguard said."
)


def story(
    guid: str, body: str, *, headline: str = "Some news", language: str = "en", day: int = 8
) -> Version:
    return Version(
        guid=guid, provider="p", version=1, published=datetime(1994, 3, day, tzinfo=UTC), body=body, headline=headline,
        language=language,
    )  # fmt: skip


FERRY = story("ferry", f"{SENTENCE} All were taken off.", headline="Ferry aground off Corran")
COPY = story("copy", f"{SENTENCE} More soon.", headline="Ferry aground")
OTHERS = [
    story(f"o{i}", f"Council number {i} met on Monday to speak of roads and of {30 + i} schools.")
    for i in range(5)
]
TRANSLATION = story(
    "fähre",
    "Die Fähre Lady Ann ist am Dienstag vor Corran mit 214 Menschen an Bord auf Grund gelaufen. Ewan Reid, 58, "
    "war ihr Kapitän.",
    language="de",
    day=9,
)


def drawn(*stories: Version, families: tuple[tuple[str, ...], ...] = ()) -> Drawn:
    return Drawn(stories, {guid: frozenset(family) for family in families for guid in family})


def test_a_gap_is_asked_with_the_storys_day_and_its_figure_is_the_answer() -> None:
    query = next(cloze(FERRY, drawn(FERRY, *OTHERS)))
    assert query.answers == ("214",)
    assert query.text.count(GAP) == 1
    assert "214" not in query.text
    assert "March 8, 1994" in query.text
    assert (query.kind, query.answerable, query.relevant) == ("cloze_figure", True, ("ferry",))


def test_copies_are_relevant_and_strangers_with_the_same_sentence_make_it_no_question() -> None:
    assert next(cloze(FERRY, drawn(FERRY, COPY, families=(("ferry", "copy"),)))).relevant == ("copy", "ferry")
    assert list(cloze(FERRY, drawn(FERRY, COPY))) == []


@pytest.mark.parametrize(
    "body",
    [
        "It was 214.",  # too short to be recognised
        "On 14 March, in the 14th minute of the match at Corran, the referee Ann Lady ended it after 14 fouls of Reid.",
        "Nine people were taken to the hospital of Corran on Tuesday, and 7 of them were let go before the evening.",
    ],
)
def test_what_cannot_be_told_apart_is_not_asked(body: str) -> None:
    assert list(cloze(story("a", body), drawn(story("a", body)))) == []


def test_a_removed_support_is_unanswerable_only_when_nothing_else_says_it() -> None:
    near = story(
        "near", "The coastguard said of the ferry Lady Ann off Corran on Tuesday that 214 were aboard."
    )
    alone = drawn(FERRY, *OTHERS)
    query = next(cloze(FERRY, alone))
    taken = removed(query, FERRY, alone)
    assert taken is not None
    assert (taken.kind, taken.answerable, taken.answers, taken.removed) == (REMOVED, False, (), ("ferry",))
    assert removed(query, FERRY, drawn(FERRY, near, *OTHERS)) is None
    assert removed(query, FERRY, drawn(FERRY, TRANSLATION, *OTHERS)) is None, "a translation would answer it"


def test_known_items_take_the_telling_words() -> None:
    query = known_item(FERRY, drawn(FERRY, *OTHERS))
    assert query is not None
    assert {"aground", "corran"} <= set(query.text.split())
    assert not any(word.isdigit() for word in query.text.split())
    assert query.answerable is None
    assert known_item(story("a", "Yes.", headline="No"), drawn(FERRY)) is None


def test_translations_share_figures_and_names_and_days() -> None:
    original = story("en", FERRY.body + " Captain Ewan Reid, 58, was unhurt.")
    assert is_translation(original, TRANSLATION)
    assert not is_translation(original, story("x", TRANSLATION.body, language="de", day=20))
    assert not is_translation(original, story("x", TRANSLATION.body, language="en"))
    assert not is_translation(original, story("x", "Der Rat von Corran tagte.", language="de"))


def test_across_languages_only_the_translation_can_answer() -> None:
    pool = drawn(FERRY, TRANSLATION, *OTHERS)
    query = next(across(FERRY, TRANSLATION, pool))
    assert (query.kind, query.language, query.relevant) == ("cross_lingual_figure", "en", ("fähre",))
    assert query.removed == ("ferry",)


def many() -> Drawn:
    stories = [
        story(f"s{i:03}", f"Mayor Name{i} of Town{i} opened bridge Number{i} on Monday before a crowd of {1000 + 7 * i} "
              f"people, who had waited for it since the flood. It is called Span{i}.", headline=f"Bridge of Town{i} opens")
        for i in range(60)
    ]  # fmt: skip
    return Drawn(stories, {})


def test_a_made_set_loads_and_holds_to_what_it_says(tmp_path: Path) -> None:
    made = make(many(), [], questions=40, seed=3)
    write(made, tmp_path / "set", about={"seed": 3})
    loaded = load_set(tmp_path / "set")
    assert loaded.synthetic
    kinds = [query.kind for query in loaded.queries]
    assert (kinds.count("cloze_removed"), kinds.count("cloze_figure"), kinds.count("known_item")) == (
        8,
        12,
        20,
    )
    corpus = (tmp_path / "set" / "corpus.jsonl").read_text("utf-8")
    guids = [guid for grades in loaded.qrels.values() for guid in grades]
    assert len(guids) == len(set(guids)), "no story is asked about twice"
    for query in loaded.queries:
        assert all(f'"{guid}"' in corpus for guid in loaded.qrels.get(query.query_id, ()))
        assert (query.answerable is False) == (query.kind == "cloze_removed")
    assert sum(f'"s{i:03}"' in corpus for i in range(60)) == 60 - 8
    with pytest.raises(SetError, match="not empty"):
        write(made, tmp_path / "set", about={})


def test_the_same_seed_makes_the_same_set() -> None:
    assert make(many(), [], questions=30, seed=5) == make(many(), [], questions=30, seed=5)
    assert make(many(), [], questions=30, seed=5) != make(many(), [], questions=30, seed=6)


def test_fewer_stories_give_fewer_questions() -> None:
    made = make(drawn(FERRY, *OTHERS), [], questions=50, seed=1)
    assert 0 < len(made.queries) <= 6
