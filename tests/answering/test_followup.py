"""Questions that lean on the one before, in six languages; no model is used."""

from __future__ import annotations

import pytest

from answering.followup import Turn, rewritten


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("Who won the World Cup in 1990?", "and in 1994?", "Who won the World Cup in 1994?"),
        ("How many members does NATO have?", "And in 1999?", "How many members does NATO have in 1999?"),
        ("How many members does NATO have?", "And the European Union?", "How many members does European Union have?"),
        ("Who won the election in Germany?", "what about Spain?", "Who won the election in Spain?"),
        ("Qui a gagné le Tour de France en 1989 ?", "et en 1991 ?", "Qui a gagné le Tour de France en 1991 ?"),
        ("¿Quién ganó el Mundial en 2006?", "¿y en 2010?", "¿Quién ganó el Mundial en 2010?"),
        ("Wer gewann die Wahl im Jahr 1998?", "und 2005?", "Wer gewann die Wahl im Jahr 2005?"),
        ("Quem venceu a eleição no Brasil em 1989?", "e em 1994?", "Quem venceu a eleição no Brasil em 1994?"),
        ("من فاز بكأس العالم عام 1990؟", "وفي عام 1994؟", "من فاز بكأس العالم عام 1994؟"),
        ("When did the Nordlys run aground?", "and who was its captain?", "Who was its captain (Nordlys)?"),
    ],
)  # fmt: skip
def test_written_out(before: str, question: str, expected: str) -> None:
    assert rewritten(question, Turn(question=before)) == expected


def test_a_pronoun_means_who_the_answer_named() -> None:
    before = Turn(
        question="Who became chancellor of Germany in 2005?",
        answer="The Bundestag elected Angela Merkel chancellor of Germany on Tuesday.",
    )
    assert rewritten("When was she born?", before) == "When was she born (Angela Merkel)?"


CHALLENGER = Turn(
    question="Who commanded the space shuttle Challenger on its last flight?",
    answer="The commander was Francis R. Scobee, 46.",
)


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (CHALLENGER, "And when did it explode?", "When did it explode (Challenger)?"),
        (CHALLENGER, "And where was he born?", "Where was he born (Francis R. Scobee)?"),
        (
            Turn(
                question="Qui a dessiné Brasilia ?", answer="La ville est d'Oscar Niemeyer et de Lúcio Costa."
            ),
            "Combien de personnes y vivent ?",
            "Combien de personnes y vivent (Brasilia)?",
        ),
        (
            Turn(
                question="Which company bought Lindmark?", answer="On Friday the board sold it to Acme Foods."
            ),
            "And when was it founded?",
            "When was it founded (Acme Foods)?",
        ),
    ],
)
def test_it_means_the_thing_asked_about_and_he_the_person_named(
    before: Turn, question: str, expected: str
) -> None:
    assert rewritten(question, before) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many people died in the Madrid bombings?",
        "Qui est le pape ?",
        "Was the bridge opened by the Queen?",
    ],
)
def test_a_question_that_stands_by_itself_is_left_alone(question: str) -> None:
    assert rewritten(question, Turn(question="Who won the World Cup in 1990?")) == question


def test_a_chain_of_follow_ups() -> None:
    first = rewritten("et en 1991 ?", Turn(question="Qui a gagné le Tour de France en 1989 ?"))
    assert rewritten("et en 1992 ?", Turn(question=first)) == "Qui a gagné le Tour de France en 1992 ?"
