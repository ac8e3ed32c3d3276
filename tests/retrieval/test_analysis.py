"""What is indexed is what Tantivy's own analysis of the same text gives, word for word and place for place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tantivy import Filter, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from retrieval.lexical import analysis
from retrieval.lexical.analysis import LONGEST_TERM, STEMMERS, indexed, normalise, terms, words
from retrieval.lexical.index import LexicalIndex
from tests.retrieval.random_rows import scope
from tests.retrieval.test_lexical import TEXTS, stored

MARKED_PLANES = (range(0x20000), range(0xE0100, 0xE01F0))
TEXTS_AT_ONCE = 64
TANGLED = "abéßİñçǅ\u0301\u0651ﬁ²½ _-’'.,\u00a0\u202f0123कि\u0e44\u0e17日本韓국\u0647\u0648والكتابأU.S. 1,200,000 N.A.T.O"


def tantivys(stemmer: str | None) -> TextAnalyzer:
    """The whole analysis in Tantivy, with nothing kept and no faster ways."""
    builder = TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{M}\p{N}]+"))
    builder = builder.filter(Filter.remove_long(LONGEST_TERM)).filter(Filter.lowercase())
    if stemmer:
        builder = builder.filter(Filter.stemmer(stemmer))
    return builder.filter(Filter.ascii_fold()).build()


ANALYZERS = {language: tantivys(STEMMERS.get(language)) for language in ("en", "fr", "ar", "ru", "tr", "xx")}


@given(
    text=st.text(st.sampled_from(TANGLED), max_size=200)
    | st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=80),
    language=st.sampled_from(sorted(ANALYZERS)),
)
@settings(max_examples=500, deadline=None)
def test_any_text_has_the_terms_tantivy_finds_in_it(text: str, language: str) -> None:
    expected = ANALYZERS[language].analyze(normalise(text))
    assert terms(text, language) == expected
    given_to_tantivy = indexed(text, language)
    if isinstance(given_to_tantivy, str):
        assert given_to_tantivy.split(" ") == (expected or [""])
    else:
        assert [token.text for token in given_to_tantivy.tokens] == expected


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_stories_have_the_same_terms_the_second_time(language: str | None, text: str) -> None:
    expected = tantivys(STEMMERS.get(language or "")).analyze(normalise(text))
    assert terms(text, language) == terms(text, language) == expected


def test_every_character_is_part_of_a_word_or_between_words_as_in_tantivy() -> None:
    """Python knows no class of marks and names letters otherwise than Tantivy: compared one by one."""
    known = [
        chr(code)
        for plane in MARKED_PLANES
        for code in plane
        if unicodedata.category(chr(code)) not in {"Cn", "Co", "Cs"}
    ]
    found = []
    for start in range(0, len(known), TEXTS_AT_ONCE):
        text = " ".join(f"a{character}b {character}" for character in known[start : start + TEXTS_AT_ONCE])
        if terms(text, None) != ANALYZERS["xx"].analyze(normalise(text)):
            found.append(known[start])
    assert not found


def test_no_mark_is_outside_the_planes_that_are_searched_for_marks() -> None:
    outside = [
        code
        for code in range(0x110000)
        if not any(code in plane for plane in MARKED_PLANES) and unicodedata.category(chr(code))[0] == "M"
    ]
    assert not outside


@pytest.mark.parametrize("long", ["x" * 60, "é" * 30, "х" * 31, "𝟘" * 60])
def test_a_word_too_long_for_a_term_is_none_and_leaves_its_place(long: str, tmp_path: Path) -> None:
    text = f"wheat {long} maize"
    assert terms(text, "en") == ["wheat", "maiz"] == ANALYZERS["en"].analyze(normalise(text))
    assert words(text) == ["wheat", "maize"]
    index = LexicalIndex.create(tmp_path)
    with index.writing() as writer:
        writer.add([stored(1, text, "en"), stored(2, "wheat maize", "en")])
        writer.commit()
    phrase = Query.phrase_query(index.schema, "body", ["wheat", "maiz"])
    assert index.search(phrase, depth=5, scope=scope()).passage_ids.tolist() == [2]


def test_words_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "KEPT_TERMS", 10)
    many = " ".join(f"elections{number}" for number in range(100))
    assert terms(many, "da") == tantivys("danish").analyze(many)
    assert len(analysis._terms_of("danish")) <= 10
