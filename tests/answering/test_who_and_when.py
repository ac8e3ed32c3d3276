"""Whose it is, and what came first: told right it is left alone, told the other way round it is objected to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from answering.verify import Context
from answering.verify.contests import contest
from answering.verify.order import is_told
from answering.verify.verdict import objections, shares_a_name_alone


def context(body: str, language: str, claim_language: str | None = None) -> Context:
    published = datetime(2004, 3, 14, tzinfo=UTC)
    return Context(
        published=published, body=body, language=language, claim_language=claim_language or language
    )


@pytest.mark.parametrize(
    ("language", "body", "right", "wrong"),
    [
        # by dates
        ("en", "The first treaty was signed on 3 May 1998. The second pact followed on 12 June.",
         "The first treaty was signed before the second pact.", "The first treaty was signed after the second pact."),
        ("fr", "Le barrage a été achevé en 1962. La centrale date de 1971.",
         "Le barrage a été achevé avant la centrale.", "Le barrage a été achevé après la centrale."),
        # by hours
        ("en", "The ferry left at 9:15 and the trawler sank at 10:40.",
         "The ferry left before the trawler sank.", "The ferry left after the trawler sank."),
        # by a word between them
        ("de", "Der Präsident überreichte die Urkunde, danach sprach die Ministerin den Eid.",
         "Der Präsident überreichte die Urkunde vor dem Eid.", "Der Präsident überreichte die Urkunde nach dem Eid."),
        ("es", "El rey inauguró la exposición y luego visitó el hospital.",
         "El rey inauguró la exposición antes de la visita al hospital.",
         "El rey inauguró la exposición después de la visita al hospital."),
        # by a clause that "after" opens
        ("pt", "O ministro renunciou, depois de o tribunal anular a venda.",
         "O ministro renunciou depois de o tribunal anular a venda.",
         "O ministro renunciou antes de o tribunal anular a venda."),
    ],
)  # fmt: skip
def test_what_came_first(language: str, body: str, right: str, wrong: str) -> None:
    assert is_told(right, context(body, language)) is True
    assert is_told(wrong, context(body, language)) is False
    reasons = {o.reason for o in objections(wrong, body, context(body, language))}
    assert "by the story the two came in the other order" in reasons


@pytest.mark.parametrize(
    "sentence",
    [
        "The ferry left after 20 minutes.",  # a time, no event
        "The ferry left the port.",
        "The ferry left before the storm.",  # of which the story says nothing
    ],
)
def test_an_order_that_cannot_be_known_is_left_alone(sentence: str) -> None:
    body = "The ferry left at 9:15 and the trawler sank at 10:40."
    assert is_told(sentence, context(body, "en")) is None


SHARED = (
    "Ingrid Halvorsen takes over the fisheries ministry and Bjarne Lund becomes minister of transport, "
    "the government said."
)


def test_what_is_said_of_one_is_not_told_of_another() -> None:
    wrong = "Bjarne Lund takes over the fisheries ministry."
    reasons = [o.reason for o in objections(wrong, SHARED, context(SHARED, "en"))]
    assert any("of Ingrid Halvorsen, not of Bjarne Lund" in r or "not Bjarne Lund" in r for r in reasons), (
        reasons
    )
    right = "Ingrid Halvorsen takes over the fisheries ministry."
    assert not objections(right, SHARED, context(SHARED, "en"))


@pytest.mark.parametrize(
    ("language", "text", "winners", "losers"),
    [
        ("fr", "Le candidat du PRT, Paul Morand, a été élu dimanche.", ["Paul Morand"], []),
        ("fr", "Jeanne Morel a battu Paul Morand.", ["Jeanne Morel"], ["Paul Morand"]),
        ("de", "Die Mannschaft von Trainer Karl Brandt besiegte Norwegen.", [], ["Norwegen"]),
        ("de", "Sie besiegte im Finale von Oslo Titelverteidiger Norwegen.", [], ["Norwegen"]),
        ("es", "Uruguay fue campeón al derrotar por 2-1 a Noruega.", ["Uruguay"], ["Noruega"]),
        ("pt", "Primeira mulher a presidir o Chile, foi eleita em 2006.", [], []),
    ],
)
def test_who_won(language: str, text: str, winners: list[str], losers: list[str]) -> None:
    found = contest(text, language)
    assert sorted({n.text for n in found.winners}) == winners
    assert sorted({n.text for n in found.losers}) == losers


def test_a_place_around_the_words_is_not_the_place_in_them() -> None:
    span = "The treaty was signed in Rome on 3 May."
    around = Context(
        published=datetime(2004, 3, 14, tzinfo=UTC), body=f"Talks were held in Paris. {span}", language="en",
        claim_language="en", before="Talks were held in Paris.",
    )  # fmt: skip
    reasons = {o.reason for o in objections("The treaty was signed in Paris.", span, around)}
    assert "the story says Rome there, not Paris" in reasons
    assert not [o for o in objections("The treaty was signed in Rome.", span, around) if o.kind == "name"]


def test_about_is_not_exactly() -> None:
    span = "About 400 people were there."
    reasons = {o.reason for o in objections("Exactly 400 people were there.", span, context(span, "en"))}
    assert reasons == {"the story says about 400, not exactly 400"}
    assert not objections("Exactly 400 people were there.", "400 people were there.", context(span, "en"))


def test_the_first_since_is_no_opposite_of_the_last() -> None:
    span = "She is the first woman to win since Anna Berg in 1988."
    assert not [o for o in objections("Anna Berg was the last woman to win.", span, context(span, "en"))
                if o.kind == "direction"]  # fmt: skip


def test_one_name_in_common_is_no_support() -> None:
    span = "Mariano Rajoy had governed Spain since December 2011."
    assert shares_a_name_alone("Mariano Rajoy congratulated his successor.", span, context(span, "en"))
    assert not shares_a_name_alone("Mariano Rajoy governed Spain.", span, context(span, "en"))
