"""Questions with a wrong particular: corrected where the story is surely of the same event, and never else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from answering.evidence import EvidenceStory
from answering.figures import meets
from answering.outcome import Limits
from answering.premise import Correction, as_sentence, contradicted
from answering.questions import understand
from answering.ranking import Ranked
from domain.query import Hit


def story(number: int, day: str, headline: str, body: str, language: str) -> EvidenceStory:
    hit = Hit(
        passage_id=number, version_id=number, story_id=number, guid=f"s{number}", version=1, provider="p",
        published=datetime.fromisoformat(day).replace(tzinfo=UTC), language=language, headline=headline,
        place=None, passage=body, start=0, end=len(body), score=1.0,
    )  # fmt: skip
    return EvidenceStory(hit=hit, body=body)


def correction(question: str, language: str, *stories: EvidenceStory) -> Correction | None:
    ranked = [
        Ranked(story=s, index=i, score=1.0, closeness=0.6) for s in stories for i in range(len(s.sentences))
    ]
    return contradicted(understand(question, language), ranked, Limits())


WALL = story(
    1, "1989-11-09", "Berlin Wall opens as crowds press through",
    "East Germany opened the Berlin Wall on Thursday night. Building of the Wall began in 1961.", "en",
)  # fmt: skip
CUP = story(
    2, "1998-07-12", "France beat Brazil 3-0",
    "France won the World Cup for the first time on Sunday, beating Brazil 3-0 in the final.", "en",
)  # fmt: skip
MINERS = story(
    3, "2010-10-14", "All 33 miners brought to surface in Chile",
    "The last of 33 men trapped deep in a Chilean mine was lifted to the surface on Wednesday.", "en",
)  # fmt: skip
CRASH = story(
    4, "2000-07-25", "Concorde crashes on hotel near Paris",
    "A Concorde crashed on a hotel shortly after taking off near Paris on Tuesday. 113 people died.", "en",
)  # fmt: skip
TUNNEL = story(
    5, "1994-05-06", "Élisabeth II et Mitterrand inaugurent le tunnel sous la Manche",
    "La reine Élisabeth II et François Mitterrand ont inauguré vendredi le tunnel sous la Manche.", "fr",
)  # fmt: skip
SHIP = story(
    6, "2002-11-19", "El petrolero Prestige se hunde",
    "El petrolero Prestige se partió en dos y se hundió este martes en el Atlántico.", "es",
)  # fmt: skip
BORDER = story(
    7, "1989-11-09", "DDR öffnet die Grenze",
    "Die DDR hat am Donnerstag die Grenze nach West-Berlin geöffnet.", "de",
)  # fmt: skip
SENNA = story(
    8, "1994-05-01", "Ayrton Senna morre em Imola",
    "Ayrton Senna morreu neste domingo depois de um acidente em Imola.", "pt",
)  # fmt: skip
MAHFOUZ = story(
    9, "1988-10-13", "نجيب محفوظ أول أديب عربي يفوز بجائزة نوبل",
    "منحت الأكاديمية السويدية، يوم الخميس، جائزة نوبل في الأدب لعام 1988 للروائي المصري نجيب محفوظ.", "ar",
)  # fmt: skip

CHESS = story(
    11, "1997-05-11", "Deep Blue beats Kasparov",
    "The computer Deep Blue defeated Garry Kasparov in New York on Sunday in their match.", "en",
)  # fmt: skip
EURO = story(
    12, "2016-07-10", "Portugal campeão",
    "Portugal sagrou-se campeão ao vencer a França por 1-0 na final.", "pt",
)  # fmt: skip
ROUND = story(
    13, "2016-01-17", "Broncos gewinnen", "Die Broncos besiegten die Steelers in der Divisional Round.", "de"
)


@pytest.mark.parametrize(
    ("question", "told", "reason"),
    [
        ("Why did the Berlin Wall open in 1987?", WALL, "the story says 1989, not 1987"),
        ("When did France win the 1990 World Cup?", CUP, "the story says 1998, not 1990"),
        ("How were the 150 miners in Chile brought to the surface?", MINERS, "the story says 33, not 150"),
        ("Why did the Concorde crash on a hotel near London in 2000?", CRASH, "the story says Paris, not London"),
        ("Qui a inauguré le tunnel sous la Manche en 1992 ?", TUNNEL, "the story says 1994, not 1992"),
        ("¿Por qué se hundió el petrolero Prestige en 1999?", SHIP, "the story says 2002, not 1999"),
        ("Warum öffnete die DDR 1988 die Grenze nach West-Berlin?", BORDER, "the story says 1989, not 1988"),
        ("Como morreu Ayrton Senna em 1996?", SENNA, "the story says 1994, not 1996"),
        ("لماذا منح نجيب محفوظ جائزة نوبل للسلام عام 1988؟", MAHFOUZ, "the story says “الادب”, not “للسلام”"),
        ("Which move won Garry Kasparov the match in 1997?", CHESS, "in the story Garry Kasparov lost"),
        ("Como a França conseguiu derrotar Portugal na final?", EURO, "in the story França lost"),
    ],
)  # fmt: skip
def test_a_wrong_particular_is_corrected_with_the_storys_own_words(
    question: str, told: EvidenceStory, reason: str
) -> None:
    language = told.hit.language or ""
    found = correction(question, language, told)
    assert found is not None
    assert found.reasons == (reason,)
    assert found.bearing.answers(Limits())
    sentence = as_sentence(found, language)
    (citation,) = sentence.citations
    assert citation.quote == told.body[citation.start : citation.end]
    assert citation.quote in sentence.text


def test_a_wrong_year_is_corrected_with_the_day_that_the_story_means() -> None:
    found = correction("Why did the Berlin Wall open in 1987?", "en", WALL)
    assert found is not None
    assert as_sentence(found, "en").text == (
        "The archive says otherwise: East Germany opened the Berlin Wall on Thursday night. (November 9, 1989)"
    )


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Why did the Berlin Wall open in 1989?", WALL),
        ("When was the Berlin Wall built in 1961?", WALL),
        ("When did France win the 2018 World Cup?", CUP),  # they may have won it again
        ("Who won the World Cup in 1990?", CUP),  # somebody did
        ("How many people died when a Concorde crashed in 1998?", CRASH),  # another may have crashed
        ("Who died at Imola in 1996?", SENNA),  # somebody else may have
        ("How were the 33 miners in Chile brought to the surface?", MINERS),
        ("How were the 150 miners in Peru brought to the surface?", MINERS),
        ("Which three miners in Chile were brought to the surface first?", MINERS),  # three of them
        ("Why did the Concorde crash on a hotel near London in 2001?", CRASH),  # two particulars differ
        ("Qui a inauguré le tunnel sous la Manche en 1994 ?", TUNNEL),
        ("¿Por qué se hundió el petrolero Erika en 1999?", SHIP),
        ("لماذا منح نجيب محفوظ جائزة نوبل للأدب عام 1988؟", MAHFOUZ),
        ("Why did Brazil lose the 1998 World Cup final?", CUP),  # France won: so they did
        ("Wen besiegten die Broncos in der Divisional Round?", ROUND),
        ("Wer verlor in der Divisional Round gegen die Broncos?", ROUND),
    ],
)
def test_what_may_be_true_is_not_corrected(question: str, told: EvidenceStory) -> None:
    assert correction(question, told.hit.language or "", told) is None


def test_nobody_killed_is_said_without_otherwise() -> None:
    fire = story(
        14,
        "2019-04-15",
        "Fire at Notre-Dame",
        "A fire destroyed the roof of Notre-Dame. Nobody was killed.",
        "en",
    )
    found = correction("How many people were killed in the fire at Notre-Dame?", "en", fire)
    assert found is not None
    assert as_sentence(found, "en").text == "Nobody was killed."


def test_nothing_is_corrected_against_a_story_that_says_what_the_question_says() -> None:
    earlier = story(
        10, "1987-06-01", "Berlin Wall opens for a day", "The Berlin Wall opened for a day on Monday.", "en"
    )
    assert correction("Why did the Berlin Wall open in 1987?", "en", WALL, earlier) is None


@pytest.mark.parametrize(
    ("question", "sentence", "language"),
    [
        ("How many people were killed in the fire?", "One man was hurt; nobody was killed.", "en"),
        ("Combien de morts l'explosion a-t-elle faits ?", "Aucune victime n'a été signalée.", "fr"),
        ("¿Cuántos muertos causó el incendio?", "El incendio se apagó sin víctimas.", "es"),
        ("Wie viele Tote gab es?", "Es gab keine Toten.", "de"),
        ("Quantos mortos houve no acidente?", "Não houve mortos.", "pt"),
        ("How many of the passengers survived?", "There were no survivors.", "en"),
    ],
)
def test_none_is_a_number(question: str, sentence: str, language: str) -> None:
    asked = understand(question, language)
    assert meets(asked, sentence, language)
    assert not meets(asked, sentence.split()[0], language)
