"""A wrong person in an office, a prize, a find or a succession: corrected where the story is sure, and never else.

The questions on the sample archive stand in wrong_persons.jsonl (tests/end_to_end/test_wrong_persons.py).
"""

from __future__ import annotations

import pytest

from answering.evidence import EvidenceStory
from tests.answering.test_premise import correction, story

MAJOR = story(
    1, "1990-11-28", "John Major succeeds Thatcher",
    "John Major became prime minister of the United Kingdom on Wednesday, taking over from Margaret Thatcher. "
    "He won 185 votes, against 131 for Michael Heseltine.", "en",
)  # fmt: skip
TRUSS = story(
    2, "2022-10-25", "Rishi Sunak becomes prime minister",
    "Rishi Sunak became prime minister of the United Kingdom on Tuesday. Liz Truss governed for 49 days.", "en",
)  # fmt: skip
JOHNSON = story(
    12, "2022-07-07", "Johnson resigns",
    "Boris Johnson resigned as prime minister of the United Kingdom on Thursday.", "en",
)  # fmt: skip
PRODI = story(
    3, "2006-05-17", "Prodi takes office",
    "Romano Prodi became prime minister of Italy on Wednesday. He succeeds Silvio Berlusconi.", "en",
)  # fmt: skip
PLUTO = story(
    4, "2006-08-24", "Pluto is no planet",
    "Pluto was discovered in 1930 by Clyde Tombaugh and was regarded as a planet.", "en",
)  # fmt: skip
NOAH = story(
    5, "1983-06-05", "Noah wins", "Yannick Noah won Roland-Garros on Sunday, beating Mats Wilander.", "en"
)
HEAD = story(
    6, "1990-05-01", "Brandt elected",
    "Karl Brandt was elected president of the football federation of Norway on Sunday.", "en",
)  # fmt: skip
PHYSICS = story(
    7, "2003-10-07", "Nobel prize", "Anthony Leggett won the Nobel Prize in Physics on Tuesday.", "en"
)
PAZ = story(
    8, "1990-10-11", "Octavio Paz, premio Nobel de Literatura",
    "El poeta Octavio Paz recibió este jueves el premio Nobel de Literatura de 1990.", "es",
)  # fmt: skip
MERKEL = story(
    9, "2005-11-22", "Angela Merkel ist die erste Bundeskanzlerin",
    "Sie tritt die Nachfolge von Gerhard Schröder (SPD) an, der seit 1998 regierte. "
    "Helmut Kohl kam nicht zur Wahl.", "de",
)  # fmt: skip
COLLOR = story(
    10, "1992-12-29", "Collor renuncia",
    "Fernando Collor de Mello renunciou nesta terça-feira à Presidência do Brasil. O vice-presidente Itamar "
    "Franco governava desde outubro.", "pt",
)  # fmt: skip
HOLLANDE = story(
    11, "2012-05-06", "François Hollande élu",
    "Le socialiste François Hollande a été élu dimanche président de la République.", "fr",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "told", "reason"),
    [
        ("Why did Michael Heseltine become prime minister of the United Kingdom in 1990?", MAJOR,
         "the story says John Major, not Michael Heseltine"),
        ("When did Edmond Halley discover Pluto?", PLUTO, "the story says Clyde Tombaugh, not Edmond Halley"),
        ("¿Por qué recibió Carlos Fuentes el premio Nobel de Literatura en 1990?", PAZ,
         "the story says Octavio Paz, not Carlos Fuentes"),
        ("Wann löste Angela Merkel Helmut Kohl als Bundeskanzlerin ab?", MERKEL,
         "the story says Gerhard Schröder, not Helmut Kohl"),
    ],
)  # fmt: skip
def test_another_person_is_corrected(question: str, told: EvidenceStory, reason: str) -> None:
    found = correction(question, told.hit.language or "", told)
    assert found is not None
    assert found.reasons == (reason,)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Why did John Major become prime minister of the United Kingdom in 1990?", MAJOR),
        ("Why did Margaret Thatcher become prime minister of the United Kingdom in 1979?", MAJOR),
        ("Who became prime minister of the United Kingdom in 1990?", MAJOR),
        ("Why did Liz Truss become prime minister of the United Kingdom in 2022?", TRUSS),  # two in a year
        ("Why did Liz Truss resign as prime minister of the United Kingdom in 2022?", JOHNSON),  # not known there
        ("Avec quel pourcentage Alain Juppé a-t-il été élu président de la République en 2012 ?", HOLLANDE),
        ("When did Romano Prodi succeed Lamberto Dini as prime minister of Italy?", PRODI),  # ten years earlier
        ("When did Clyde Tombaugh discover Pluto?", PLUTO),
        ("How did Chris Evert win Roland-Garros in 1983?", NOAH),  # the women's title
        ("How was Ida Holm elected president of Norway in 1990?", HEAD),  # of another body
        ("Why did Alexei Abrikosov win the Nobel Prize in Physics in 2003?", PHYSICS),  # it was shared
        ("¿Por qué recibió Octavio Paz el premio Nobel de Literatura en 1990?", PAZ),
        ("¿Por qué recibió Camilo José Cela el premio Nobel de Literatura en 1989?", PAZ),
        ("Wann löste Angela Merkel Gerhard Schröder als Bundeskanzlerin ab?", MERKEL),
        ("Por que Fernando Collor de Mello renunciou à Presidência do Brasil em 1992?", COLLOR),
        ("Avec quel pourcentage François Hollande a-t-il été élu président de la République en 2012 ?", HOLLANDE),
        ("Avec quel pourcentage Jacques Chirac a-t-il été élu président de la République en 1995 ?", HOLLANDE),
    ],
)  # fmt: skip
def test_what_may_be_true_is_left_alone(question: str, told: EvidenceStory) -> None:
    assert correction(question, told.hit.language or "", told) is None


def test_a_story_that_gives_it_to_the_person_named_settles_it() -> None:
    # Both entered the office that year, by two stories.
    other = story(
        13, "2022-09-06", "Liz Truss becomes prime minister",
        "Liz Truss became prime minister of the United Kingdom on Tuesday.", "en",
    )  # fmt: skip
    question = "Why did Liz Truss become prime minister of the United Kingdom in 2022?"
    assert correction(question, "en", TRUSS, other) is None
