"""Passages: exact offsets, full cover, the budget kept, paragraphs preferred."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sentences import split_sentences
from domain.story import Passage
from ingest.chunk import CHUNK_TOKENS, MAX_SENTENCES, cut
from ingest.cleaning import clean_body
from ingest.tokens import WordCounter
from tests.ingest.samples import count_tokens, version

PIECES = st.sampled_from(
    ["A sentence of six words here. ", "word ", "clause, ", "東京は日本の首都です。", "\n\n", "\n",
     "x" * 50, "7.5 ", "A  1\n", '"Quoted." ', "…"]
)  # fmt: skip
BODIES = st.one_of(st.text(), st.lists(PIECES, max_size=120).map("".join)).map(clean_body)


def passages(body: str, budget: int = CHUNK_TOKENS) -> list[str]:
    return [passage.text for passage in cut(version(body), count_tokens=count_tokens, budget=budget)]


@settings(max_examples=200)
@given(BODIES, st.integers(min_value=1, max_value=60))
def test_passages_cover_the_body_exactly_and_keep_the_budget(body: str, budget: int) -> None:
    found = cut(version(body), count_tokens=count_tokens, budget=budget)
    at = 0
    for ordinal, passage in enumerate(found):
        assert passage == Passage(
            start=passage.start, end=passage.end, text=body[passage.start : passage.end], ordinal=ordinal
        )
        assert passage.text
        assert passage.text.strip() == passage.text
        assert at <= passage.start
        assert not body[at : passage.start].strip(), "only white space lies between passages"
        assert count_tokens([passage.text])[0] <= budget or len(passage.text) == 1
        at = passage.end
    assert not body[at:].strip()


def test_a_short_story_is_one_passage() -> None:
    assert passages("One. Two.\n\nThree.") == ["One. Two.\n\nThree."]


def test_at_most_six_sentences() -> None:
    found = passages(" ".join(f"Sentence number {n}." for n in range(20)))
    assert [len(split_sentences(text)) for text in found] == [MAX_SENTENCES] * 3 + [2]


def test_a_passage_ends_with_its_paragraph_when_the_next_does_not_fit() -> None:
    first, second = "One two three four five. " * 2, "Six seven eight nine ten. " * 2
    assert passages(f"{first.strip()}\n\n{second.strip()}", budget=20) == [first.strip(), second.strip()]


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    sentence = "one two three four five six seven, eight nine ten eleven twelve"
    assert passages(sentence, budget=10) == [
        "one two three four five six seven,",
        "eight nine ten eleven twelve",
    ]


def test_rows_of_a_table_stay_together_beyond_six() -> None:
    table = "\n".join(f"Row {n}  {n}.5" for n in range(10))
    assert passages(table) == [table]


@given(st.lists(BODIES, max_size=5))
def test_counting_by_words_agrees_with_the_tokenizer(texts: list[str]) -> None:
    counter = WordCounter(count_tokens)
    counter.learn(texts[:2])
    assert counter(texts) == count_tokens(texts)


def test_a_tokenizer_that_is_not_additive_is_asked_itself() -> None:
    def pairs(texts: list[str]) -> list[int]:
        return [len(text) // 2 for text in texts]  # "a b": 1, but "a" and "b": 0 each

    assert WordCounter(pairs)(["a b c d"]) == [3]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body", ["word " * 100_000, "東" * 100_000, "x" * 300_000, "A b. " * 50_000, "\n\n".join("ab" * 20_000)]
)
def test_huge_bodies_are_cut(body: str) -> None:
    body = clean_body(body)
    found = cut(version(body), count_tokens=WordCounter(count_tokens))
    assert "".join("".join(passage.text.split()) for passage in found) == "".join(body.split())
