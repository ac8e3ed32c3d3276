"""Words find stories whatever their form: accents, inflection, scripts; and any text is a fair question."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.story import Kind, StoredPassage
from retrieval.lexical.analysis import terms, words
from retrieval.lexical.function_words import content_words, guess_language
from retrieval.lexical.index import LexicalIndex
from retrieval.lexical.question import question_query
from tests.retrieval.random_rows import scope
from tests.retrieval.small_archive import START

TEXTS = (
    ("en", "The U.S. exported 1,200,000 tonnes of wheat, the ministry said."),
    ("fr", "Le président François Mitterrand a été réélu à l'Élysée après les élections."),
    ("de", "Bundeskanzler Helmut Kohl besuchte die Städte an der Donau."),
    ("es", "El Gobierno español anunció nuevas elecciones en Andalucía."),
    ("pt", "As eleições portuguesas decorreram em Lisboa sem incidentes."),
    ("ar", "أعلن الرئيس والحكومة نتائج الانتخابات في القاهرة."),
    ("zh", "中国国务院总理在北京会见了代表团。"),
    ("ja", "首相は東京で記者会見を開いた。"),
    ("ru", "Президент подписал указ в Москве."),
    (None, "Zagreb: unknown tongue, plain words."),
)


def stored(passage_id: int, text: str, language: str | None, **facts: str) -> StoredPassage:
    return StoredPassage(
        passage_id=passage_id,
        version_id=passage_id,
        story_id=passage_id,
        guid=f"urn:{passage_id}",
        provider="One",
        version=1,
        published=START,
        language=language,
        headline=facts.get("headline"),
        place=facts.get("place"),
        kind=Kind.STORY,
        start=0,
        end=len(text),
        text=text,
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    made = LexicalIndex.create(tmp_path_factory.mktemp("lexical"))
    with made.writing() as writer:
        writer.add([stored(number, text, language) for number, (language, text) in enumerate(TEXTS)])
        writer.commit()
    return made


def found(index: LexicalIndex, question: str) -> list[str | None]:
    """Languages of the stories found, best first."""
    query = question_query(index.schema, question, languages=index.languages())
    return [TEXTS[i][0] for i in index.search(query, depth=10, scope=scope()).passage_ids.tolist()]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How much wheat did the US export?", "en"),
        ("exports of 1200000 tons", "en"),
        ("Qui a été élu président ? élection Mitterrand", "fr"),
        ("MITTERRAND REELU", "fr"),
        ("Wann besuchte Kohl die Stadt?", "de"),
        ("¿Cuándo es la elección en Andalucia?", "es"),
        ("eleições em Lisboa", "pt"),
        ("من هو الرئيس؟ انتخابات", "ar"),
        ("حكومة", "ar"),
        ("国务院总理", "zh"),
        ("東京の会見", "ja"),
        ("кто президент", "ru"),
        ("zagreb", None),
        ("ZAGREB", None),
    ],
)
def test_the_right_story_comes_first(index: LexicalIndex, question: str, language: str | None) -> None:
    assert found(index, question)[:1] == [language]


def test_a_name_is_found_in_another_language(index: LexicalIndex) -> None:
    assert found(index, "When was Mitterrand elected?")[0] == "fr"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.one_of(st.text(max_size=80), st.text(alphabet='"()[]{}:*?~^+-!&|\\/ANDORTNab ', max_size=40))
)
def test_any_text_is_a_question(index: LexicalIndex, question: str) -> None:
    assert len(found(index, question)) <= len(TEXTS)


def test_a_passage_added_again_replaces_itself(tmp_path: Path) -> None:
    index = LexicalIndex.create(tmp_path)
    for text in ("first words", "second words"):
        with index.writing() as writer:
            writer.add([stored(7, text, "en")])
            writer.commit()
    assert index.passage_ids().tolist() == [7]
    query = question_query(index.schema, "first", languages=["en"])
    assert index.search(query, depth=5, scope=scope()).passage_ids.tolist() == []


def test_what_is_not_committed_is_not_found(tmp_path: Path) -> None:
    index = LexicalIndex.create(tmp_path)
    with index.writing() as writer:
        writer.add([stored(7, "wheat", "en")])
    assert len(index) == 0


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("U.S. troops, the U.N.", "en", ["us", "troop", "the", "un"]),
        ("1,200,000 and 3.5", "en", ["1200000", "and", "3", "5"]),
        ("1.200.000 Tonnen", "de", ["1200000", "tonn"]),
        ("Élysée, ÉLYSÉE", "fr", ["elys", "elys"]),
        ("北京市", "zh", ["北京", "京市"]),
        ("大", "zh", ["大"]),
        ("الرَّئِيسُ والرئيس", "ar", ["رييس", "رييس"]),
        ("ﬁnance", None, ["finance"]),
    ],
)
def test_terms(text: str, language: str | None, expected: list[str]) -> None:
    assert terms(text, language) == expected


@pytest.mark.parametrize(
    ("question", "language", "kept"),
    [
        ("How many people did the US send?", "en", ["people", "US", "send"]),
        ("Combien de tonnes la France a-t-elle vendues ?", "fr", ["tonnes", "France", "vendues"]),
        ("Wie viele Menschen sind gestorben?", "de", ["Menschen", "gestorben"]),
        ("¿Cuántos votos obtuvo el partido?", "es", ["votos", "obtuvo", "partido"]),
        ("Quantos votos teve o partido em Lisboa?", "pt", ["votos", "partido", "Lisboa"]),
        ("كم عدد السكان في القاهرة؟", "ar", ["عدد", "السكان", "القاهره"]),
        ("Who was it?", "en", ["Who", "was", "it"]),
    ],
)
def test_questions_lose_their_function_words(question: str, language: str, kept: list[str]) -> None:
    assert guess_language(question) == language
    assert content_words(words(question), language) == kept


@pytest.mark.parametrize("keywords", ["Mitterrand Kohl Verdun", "OPEC", "", "1987"])
def test_keywords_have_no_language(keywords: str) -> None:
    assert guess_language(keywords) is None
