"""A sentence in another language than its story: which words are chosen for it, and what names and dates mean there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from answering.citations import find_support
from answering.evidence import EvidenceStory
from answering.verify import Context, Thresholds
from answering.verify.marks import share
from answering.verify.verdict import meaning, objections
from domain.query import Hit


def context(language: str, claim_language: str, day: str = "1994-05-06") -> Context:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Context(published=published, language=language, claim_language=claim_language)


LEAD = [f"Sentence {word} of the story tells of the weather and of the harvest." for word in "abcdefghijkl"]
BODY = " ".join([*LEAD, "Leonid Brezhnev died in November 1982.", *LEAD])


def story(body: str) -> EvidenceStory:
    hit = Hit(
        passage_id=1, version_id=1, story_id=1, guid="urn:x", version=1, provider="x",
        published=datetime(1985, 3, 11, tzinfo=UTC), language="en", headline=None, place=None, passage=body, start=0,
        end=len(body), score=1.0,
    )  # fmt: skip
    return EvidenceStory(hit=hit, body=body)


def test_the_words_that_name_it_are_chosen_wherever_they_stand() -> None:
    support = find_support(
        "Leonid Brejnev morreu em novembro de 1982.", story(BODY), language="pt", closeness=None,
        thresholds=Thresholds(),
    )  # fmt: skip
    assert support is not None
    assert [c.quote for c in support.citations] == ["Leonid Brezhnev died in November 1982."]


def test_meaning_is_the_mean_of_closeness_and_of_what_needs_no_translation() -> None:
    span, here = "Leonid Brezhnev died in November 1982.", context("en", "pt")
    sentence = "Leonid Brejnev morreu em novembro de 1982."
    shared = share(sentence, span, here)
    assert shared is not None
    assert meaning(sentence, span, here, 0.4) == pytest.approx((0.4 + shared) / 2)
    assert meaning("Ele morreu ontem.", span, here, 0.4) == 0.4  # no number, date or name to share
    assert meaning("Ele morreu ontem.", span, here, None) == 0.0


@pytest.mark.parametrize(
    ("language", "claim_language", "claim", "span"),
    [
        ("en", "es", "La reina Isabel II inauguró el túnel.", "Queen Elizabeth II opened the tunnel."),
        ("en", "de", "Die Sonde flog am Halleyschen Kometen vorbei.", "The probe passed Halley's Comet."),
        ("en", "es", "La Unión tiene 27 Estados miembros.", "The Union has 27 member states."),
        ("en", "de", "Es stimmten 51,9 Prozent für den Austritt.", "51.9 percent voted to leave."),
        ("es", "fr", "L'Afrique du Sud participait.", "Sudáfrica volvió a participar."),
        ("de", "en", "Thousands left their homes in Saxony.", "In Sachsen verließen Tausende ihre Häuser."),
        ("en", "de", "Der Gipfel fand in Kopenhagen statt.", "The summit was held in Copenhagen."),
        ("es", "pt", "A Alemanha Ocidental perdeu a final.", "La RFA perdió la final."),
    ],
)
def test_names_are_known_in_each_language(language: str, claim_language: str, claim: str, span: str) -> None:
    found = objections(claim, span, context(language, claim_language))
    assert not [o.reason for o in found if o.kind == "name"]


@pytest.mark.parametrize(
    ("language", "claim_language", "claim", "span"),
    [
        ("en", "es", "La reina Isabel II inauguró el túnel.", "Queen Margrethe II opened the tunnel."),
        ("de", "en", "Thousands left their homes in Bavaria.", "In Sachsen verließen Tausende ihre Häuser."),
        ("en", "de", "Der Gipfel fand in Kopenhagen statt.", "The summit was held in Stockholm."),
        ("en", "de", "Der Gipfel fand in Österreich statt.", "The austere summit was held in Australia."),
        ("en", "fr", "Le sommet s'est tenu en Finlande.", "The final summit was held in Sweden."),
    ],
)
def test_another_name_is_still_another(language: str, claim_language: str, claim: str, span: str) -> None:
    assert [o for o in objections(claim, span, context(language, claim_language)) if o.kind == "name"]


def test_arabic_years_are_no_future() -> None:
    span = "جاء ذلك بعد ثلاث سنوات على استفتاء أيد فيه 51.9 في المئة الانفصال."
    assert not objections("51,9 por cento apoiaram a saída.", span, context("ar", "pt", "2020-01-31"))
    planned = "وسيكون الانفصال بنسبة 51.9 في المئة."
    assert objections("51,9 por cento apoiaram a saída.", planned, context("ar", "pt", "2020-01-31"))
