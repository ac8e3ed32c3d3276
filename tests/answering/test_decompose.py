"""Questions of two things, in six languages: what each part asks by itself, and the figure a side states."""

from __future__ import annotations

import pytest

from answering.decompose import Form, decompose
from answering.figures import conflict, figure_asked
from answering.questions import understand


@pytest.mark.parametrize(
    ("question", "language", "form", "parts"),
    [
        (
            "How many more seats did Labour win in 1997 than the Conservatives in 2010?",
            "en",
            Form.DIFFERENCE,
            (
                "How many seats did Labour win in 1997?",
                "How many seats did win in the Conservatives in 2010?",
            ),
        ),
        (
            "¿Cuántos escaños más obtuvo el PP en 2011 que el PSOE en 2004?",
            "es",
            Form.DIFFERENCE,
            (
                "Cuántos escaños obtuvo el PP en 2011?",
                "Cuántos escaños obtuvo el en el PSOE en 2004?",
            ),
        ),
        (
            "Qui a obtenu le plus de voix, Chirac en 1995 ou Mitterrand en 1988 ?",
            "fr",
            Form.CHOICE,
            (
                "Combien de voix Qui a obtenu le plus de voix Chirac en 1995?",
                "Combien de voix Qui a obtenu le plus de voix Mitterrand en 1988?",
            ),
        ),
        (
            "Wie viele Stimmen mehr erhielt Angela Merkel 2005 als Olaf Scholz 2021?",
            "de",
            Form.DIFFERENCE,
            (
                "Wie viele Stimmen erhielt Angela Merkel 2005?",
                "Wie viele Stimmen erhielt Olaf Scholz 2021?",
            ),
        ),
        (
            "Em que estádio se jogaram tanto a final de 1998 como a de 2016?",
            "pt",
            Form.BOTH,
            (
                "Em que estádio se jogaram a final de 1998?",
                "Em que estádio se jogaram a final a de 2016?",
            ),
        ),
        (
            "من حصل على أكثر أصوات، شيراك عام 1995 أم ميتران عام 1988؟",
            "ar",
            Form.CHOICE,
            (
                "كم عدد أصوات من حصل على أكثر أصوات شيراك عام 1995?",
                "كم عدد أصوات من حصل على أكثر أصوات ميتران عام 1988?",
            ),
        ),
        (
            "When did the Nordlys run aground, and who was its captain?",
            "en",
            Form.SEVERAL,
            ("When did the Nordlys run aground?", "who was its captain (Nordlys)?"),
        ),
    ],
)
def test_parts(question: str, language: str, form: Form, parts: tuple[str, str]) -> None:
    found = decompose(understand(question, language))
    assert found is not None
    assert found.form is form
    assert tuple(p.question for p in found.parts) == parts


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How many people died in the flood?", "en"),
        ("Who won the final, and where?", "en"),
        ("Combien de membres compte l'Union européenne ?", "fr"),
        ("Did more than 100 people die in Lima or in the mountains around it?", "en"),
        ("Wer wurde 1998 oder später Kanzler?", "de"),
    ],
)
def test_questions_of_one_thing_stay_whole(question: str, language: str) -> None:
    assert decompose(understand(question, language)) is None


@pytest.mark.parametrize(
    ("question", "sentence", "language", "value"),
    [
        ("How many people were killed?", "The blast killed 12 and injured 21.", "en", 12),
        ("How many people were injured?", "The blast killed 12 and injured 21.", "en", 21),
        ("How many people were killed?", "The toll of those killed was raised from 12 to 17.", "en", 17),
        ("How many people were killed?", "Police lowered the number of people killed to 190, twelve fewer than the 202 given before.", "en", 190),
        ("How many seats did Labour win?", "Labour won 418 of the 659 seats.", "en", 418),
        ("How many members does the league have?", "The league took in ten new members and has 25 members.", "en", 25),
        ("How many members does the league have?", "Vasby became the 31st member.", "en", 31),
        ("Combien de morts y a-t-il eu ?", "L'accident a fait 8 morts et 31 blessés.", "fr", 8),
        ("¿Cuántos heridos hubo?", "El incendio causó 9 muertos y 30 heridos.", "es", 30),
        ("Wie viele Menschen starben?", "6 Menschen wurden getötet und 40 verletzt.", "de", 6),
        ("Quantos mortos houve?", "O número de mortos subiu de 15 para 22.", "pt", 22),
        ("كم عدد القتلى؟", "أدى الانهيار إلى مقتل 7 أشخاص، وأصيب 18 آخرون بجروح.", "ar", 7),
        ("How many people were killed?", "The storm killed 3 people in Lima and killed 9 people in Cusco.", "en", None),
        ("How many people were killed?", "The crash injured 21.", "en", None),
        ("How much did the ticket cost?", "The hall has 900 seats.", "en", None),
    ],
)  # fmt: skip
def test_the_figure_asked_about(question: str, sentence: str, language: str, value: float | None) -> None:
    figure = figure_asked(understand(question, language), sentence, language)
    assert (figure.quantity.value if figure else None) == value


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("killed 12 people", "killed 17 people", True),
        ("killed at least 190 people", "killed 191 people", False),
        ("killed about 100 people", "killed 103 people", False),
        ("killed at least 12 people", "killed 40 people", True),
        ("killed more than 180 people", "killed at least 190 people", False),
    ],
)
def test_what_cannot_both_stand(one: str, other: str, differ: bool) -> None:
    asked = understand("How many people were killed?", "en")
    first, second = (figure_asked(asked, text, "en") for text in (one, other))
    assert first is not None
    assert second is not None
    assert conflict(first.quantity, second.quantity) is differ
