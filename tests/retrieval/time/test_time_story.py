"""Dates in story text, by the date it was published."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retrieval.time import Grain, resolve

FRIDAY = datetime(1987, 2, 27, 14, 5, tzinfo=UTC)

CASES = [
    # Each: the language, the text, and of every date its words, first day, day after its last, grain.
    ("en", "Baker said on Tuesday he would resign.", [("Tuesday", "1987-02-24", "1987-02-25", "DAY")]),
    ("en", "Baker said Friday he would resign.", [("Friday", "1987-02-27", "1987-02-28", "DAY")]),
    ("en", "Ministers will meet on Tuesday.", [("Tuesday", "1987-03-03", "1987-03-04", "DAY")]),
    ("en", "The strike began last Tuesday.", [("last Tuesday", "1987-02-24", "1987-02-25", "DAY")]),
    ("en", "Talks resume next Monday.", [("next Monday", "1987-03-02", "1987-03-03", "DAY")]),
    ("en", "The yen fell on Saturday in Tokyo.", [("Saturday", "1987-02-28", "1987-03-01", "DAY")]),
    ("en", "Sales rose in December.", [("December", "1986-12-01", "1987-01-01", "MONTH")]),
    ("en", "The crop is due in June.", [("June", "1987-06-01", "1987-07-01", "MONTH")]),
    ("en", "PARIS, Feb 26 - Cocoa delegates", [("Feb 26", "1987-02-26", "1987-02-27", "DAY")]),
    ("en", "since Dec 31", [("Dec 31", "1986-12-31", "1987-01-01", "DAY")]),
    (
        "en",
        "between 1982 and 1984",
        [("1982", "1982-01-01", "1983-01-01", "YEAR"), ("1984", "1984-01-01", "1985-01-01", "YEAR")],
    ),
    (
        "en",
        "from 30 December to 2 January 1987",
        [
            ("30 December", "1986-12-30", "1986-12-31", "DAY"),
            ("2 January 1987", "1987-01-02", "1987-01-03", "DAY"),
        ],
    ),
    (
        "en",
        "profit in the first quarter of 1986",
        [("the first quarter of 1986", "1986-01-01", "1986-04-01", "SEASON")],
    ),
    ("en", "Some 2,000 workers and 1,987 tonnes at 1530 GMT", []),
    ("en", "He may resign. The march went on.", []),
    ("en", "March 1987\n\n12 people died", [("March 1987", "1987-03-01", "1987-04-01", "MONTH")]),
    (
        "en",
        "on\n Tuesday,   24\n February  1987",
        [("Tuesday,   24\n February  1987", "1987-02-24", "1987-02-25", "DAY")],
    ),
    ("fr", "Le ministre a déclaré mardi que", [("mardi", "1987-02-24", "1987-02-25", "DAY")]),
    ("fr", "Le sommet se tiendra mardi", [("mardi", "1987-03-03", "1987-03-04", "DAY")]),
    ("fr", "PARIS, 26 fév (AFP)", [("26 fév", "1987-02-26", "1987-02-27", "DAY")]),
    ("fr", "Le cap a été passé, dit le Printemps marseillais.", []),
    ("fr", "le 1er avril", [("1er avril", "1987-04-01", "1987-04-02", "DAY")]),
    ("de", "Der Minister sagte am Dienstag in Bonn", [("Dienstag", "1987-02-24", "1987-02-25", "DAY")]),
    ("de", "Der Rat wird am Dienstag beraten", [("Dienstag", "1987-03-03", "1987-03-04", "DAY")]),
    ("es", "El ministro dijo el martes", [("martes", "1987-02-24", "1987-02-25", "DAY")]),
    ("pt", "O ministro disse na terça-feira (24)", [("terça-feira", "1987-02-24", "1987-02-25", "DAY")]),
    ("ar", "قال الوزير يوم الثلاثاء", [("يوم الثلاثاء", "1987-02-24", "1987-02-25", "DAY")]),
    ("ja", "首相は火曜日に述べた", [("火曜日", "1987-02-24", "1987-02-25", "DAY")]),
    ("ja", "2月24日(火)に発表した", [("2月24日(火)", "1987-02-24", "1987-02-25", "DAY")]),
]


@pytest.mark.parametrize(("language", "text", "expected"), CASES, ids=[case[1] for case in CASES])
def test_dates_of_a_text(language: str, text: str, expected: list[tuple[str, str, str, str]]) -> None:
    found = resolve(text, published=FRIDAY, language=language)
    assert [
        (d.words, d.begins.date().isoformat(), d.ends.date().isoformat(), d.grain.name) for d in found
    ] == expected


def test_offsets_are_of_the_text_given_even_where_folding_changes_lengths() -> None:
    text = "Straße, \u200ffe\u0301vrier\u200f — am  3. März 1987"
    (date,) = resolve(text, published=FRIDAY, language="de")
    assert text[date.start : date.end] == date.words == "3. März 1987"


def test_decomposed_and_composed_accents_are_one() -> None:
    composed = resolve("en février 1986", published=FRIDAY, language="fr")
    decomposed = resolve("en fe\u0301vrier 1986", published=FRIDAY, language="fr")
    assert decomposed[0].words == "fe\u0301vrier 1986"
    assert composed[0].begins == decomposed[0].begins == datetime(1986, 2, 1, tzinfo=UTC)


def test_a_story_and_an_answer_name_the_same_day_in_their_own_ways() -> None:
    (story,) = resolve("Baker said on Tuesday he would resign.", published=FRIDAY, language="en")
    (answer,) = resolve("Baker annonça sa démission le 24 février 1987.", published=FRIDAY, language="fr")
    assert (story.begins, story.ends, story.grain) == (answer.begins, answer.ends, Grain.DAY)
