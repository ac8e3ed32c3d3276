"""A question finds what it asks about, whatever the language: with an embedder that leans by force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from db.store import StoryStore
from domain.query import Mode, Query
from retrieval.index import SearchIndex
from retrieval.language_neutral import FILE, LanguageNeutral, _bank, neutral_for
from retrieval.lexical.function_words import guess_language
from retrieval.search import Searcher
from tests.retrieval.small_archive import HashedWords, prepared

LEANING = 3.0  # times as far towards the language as towards what is said


class LeaningWords(HashedWords):
    """A fake that forces the fault: what is said is the text's numbers, drowned by its language."""

    fingerprint = "leaning-words:1"
    asked = 0

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        said = super().embed_passages([" ".join(re.findall(r"\d+", text)) or text for text in texts])
        spoken = super().embed_passages([f"language-{guess_language(text)}" for text in texts])
        both = said + LEANING * spoken
        return both / np.linalg.norm(both, axis=1, keepdims=True)


def test_a_question_leans_to_its_language_until_that_is_taken_away() -> None:
    embedder = LeaningWords()
    question = embedder.embed_query("Combien de personnes sont dans le train 4711 ?")
    texts = ["How many people are in the train 4711?", "Combien de personnes sont dans le bus 12 ?"]
    passages = embedder.embed_passages(texts)
    right, wrong = passages @ question
    assert wrong > right, "the fault is there"
    neutral = LanguageNeutral.measure(embedder)
    right, wrong = neutral.passage_vectors(passages, ["en", "fr"]) @ neutral.query(question, "fr")
    assert right > wrong


def test_search_is_neutral_on_both_sides(tmp_path: Path) -> None:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        store.add_batch(
            [
                prepared("urn:right", "How many people are in the train 4711?", language="en"),
                prepared("urn:wrong", "Combien de personnes sont dans le bus 12 ?", language="fr"),
            ]
        )
        embedder = LeaningWords()
        index = SearchIndex.open(tmp_path / "index", store=store, embedder=embedder)
        index.index_pending()
        query = Query(text="Combien de personnes sont dans le train 4711 ?", mode=Mode.DENSE)
        assert next(hit.guid for hit in Searcher(index, store, embedder).retrieve(query)) == "urn:right"
        # Another process reads the points from the index's folder: it embeds the question only.
        later = LeaningWords()
        again = SearchIndex.open(tmp_path / "index", store=store, embedder=later)
        assert next(hit.guid for hit in Searcher(again, store, later).retrieve(query)) == "urn:right"
        assert later.asked == 1


def test_kept_and_read_again(tmp_path: Path) -> None:
    measured = neutral_for(tmp_path, HashedWords())
    assert not (tmp_path / FILE).exists(), "a reader writes nothing"
    written = neutral_for(tmp_path, HashedWords(), writing=True)
    kept = LanguageNeutral.kept(tmp_path)
    assert kept is not None
    vector = HashedWords().embed_query("Who signed the treaty of 1919?")
    for language in ("en", "fr-CA", "ru", None):
        expected = measured.query(vector, language)
        assert np.array_equal(kept.query(vector, language), expected)
        assert np.array_equal(written.passage_vectors(vector[None], [language]),
                              kept.passage_vectors(vector[None], [language]))  # fmt: skip
        assert np.linalg.norm(expected) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(kept.query(vector, "fr-CA"), kept.query(vector, "fr"))
    assert np.array_equal(kept.query(vector, "ru"), kept.query(vector, None)), "no point: the middle of all"


def test_the_bank_says_the_same_in_every_language() -> None:
    bank = _bank()
    assert {"en", "fr", "es", "pt", "de", "ar", "zh", "ja"} == set(bank)
    assert {len(questions) for questions in bank.values()} == {32}
    for language, questions in bank.items():
        assert len(set(questions)) == 32
        if language in ("ar", "zh", "ja", "fr", "de"):
            guessed = [guess_language(question) for question in questions]
            assert guessed.count(language) > 24, (language, guessed)
