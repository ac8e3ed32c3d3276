"""A sentence of several claims: where it is taken apart, where it is left whole, and what its verdict is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from answering.citations import Known, find_support
from answering.evidence import EvidenceStory
from answering.options import AnswerOptions
from answering.questions import understand
from answering.review import best_support
from answering.verify import Judgement, Thresholds, split_claims
from answering.verify.claims import weakest
from domain.answer import Verdict
from domain.query import Hit


@pytest.mark.parametrize(
    ("language", "sentence", "claims"),
    [
        ("en", "The mirror is 6.5 metres across; it has 18 segments.",
         ("The mirror is 6.5 metres across", "it has 18 segments.")),
        ("en", "Michel Platini scored first and Bruno Bellone scored the second goal.",
         ("Michel Platini scored first", "Bruno Bellone scored the second goal.")),
        ("en", "Rajoy had governed since 2011 and congratulated his successor.",
         ("Rajoy had governed since 2011", "Rajoy congratulated his successor.")),
        ("en", "Liz Truss, who governed for 49 days, lost her seat.",
         ("Liz Truss lost her seat.", "Liz Truss governed for 49 days")),
        ("fr", "Michel Platini a ouvert la marque et Bruno Bellone a marqué le second but.",
         ("Michel Platini a ouvert la marque", "Bruno Bellone a marqué le second but.")),
        ("es", "Los Juegos terminaron el 9 de agosto y habían empezado el 25 de julio.",
         ("Los Juegos terminaron el 9 de agosto", "Los Juegos habían empezado el 25 de julio.")),
        ("de", "Olaf Scholz wurde mit 395 Stimmen gewählt und 369 waren nötig.",
         ("Olaf Scholz wurde mit 395 Stimmen gewählt", "369 waren nötig.")),
        ("pt", "Scholz tem 63 anos e foi prefeito de Hamburgo.",
         ("Scholz tem 63 anos", "Scholz foi prefeito de Hamburgo.")),
        ("ar", "كانت السفينة متجهة إلى روتردام؛ وصلت السفينة يوم الاثنين.",
         ("كانت السفينة متجهة إلى روتردام", "وصلت السفينة يوم الاثنين.")),
    ],
)  # fmt: skip
def test_a_sentence_is_taken_apart_at_its_plain_edges(
    language: str, sentence: str, claims: tuple[str, ...]
) -> None:
    assert split_claims(sentence, language) == claims


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Spain and Portugal joined in 1986 and Greece in 1981."),  # "Greece in 1981" has no verb
        ("en", "Greece became a member after Denmark, Ireland and the United Kingdom."),  # "United" is none
        ("en", "The minister said that the vote was lost and the government was finished."),  # her words
        ("en", "If the vote was lost, the government was finished and Smith resigned."),
        ("en", "The talks between the army and the rebels were broken off."),
        ("en", "“It was lost and it was over,” Smith wrote."),
        ("de", "Helmut Kohl, der Kanzler aus Mainz, wurde bestätigt."),
        ("fr", "La France et l'Allemagne ont signé le traité."),
        ("it", "Roma vinse; Milano perse."),  # no edges are known for this language
    ],
)
def test_a_sentence_stays_whole_where_the_edges_are_in_doubt(language: str, sentence: str) -> None:
    assert split_claims(sentence, language) == (sentence,)


def story(number: int, body: str, *, language: str = "en") -> EvidenceStory:
    hit = Hit(
        passage_id=number, version_id=number, story_id=number, guid=f"s{number}", version=1, provider="p",
        published=datetime(2018, 6, 1, tzinfo=UTC), language=language, headline=None, place=None, passage=body,
        start=0, end=len(body), score=1.0,
    )  # fmt: skip
    return EvidenceStory(hit=hit, body=body)


FIRST = "Mariano Rajoy had governed Spain since December 2011. Parliament was full on Friday."
SECOND = "Mariano Rajoy congratulated his successor, Pedro Sánchez, in the chamber."
BOTH = f"{FIRST} The vote took three hours. Nobody left the room. {SECOND}"
SENTENCE = "Mariano Rajoy had governed since December 2011 and congratulated his successor."


def test_each_claim_is_cited_with_its_own_words() -> None:
    support = find_support(SENTENCE, story(1, BOTH), language="en", closeness=None, thresholds=Thresholds())
    assert support is not None
    assert support.judgement.verdict is Verdict.SUPPORTED
    assert [c.quote for c in support.citations] == [FIRST.split(". ")[0] + ".", SECOND]


def test_a_sentence_is_as_weak_as_its_weakest_claim_and_says_which() -> None:
    wrong = SENTENCE.replace("2011", "2013")
    support = find_support(wrong, story(1, BOTH), language="en", closeness=None, thresholds=Thresholds())
    assert support is not None
    assert support.judgement.verdict is Verdict.PARTLY  # the other claim holds
    assert not support.judgement.may_be_shown  # the story speaks against this one
    (reason,) = support.judgement.reasons
    assert reason.startswith("“Mariano Rajoy had governed since December 2013”: the story says December 2011")


def test_where_no_claim_holds_the_sentence_is_not_partly_supported() -> None:
    claims = ("The mirror is 6 metres across", "it has 17 segments")
    refused = Judgement(verdict=Verdict.UNSUPPORTED, objections=(), meaning=0.5)
    doubted = Judgement(verdict=Verdict.PARTLY, objections=(), meaning=0.4)
    held = Judgement(verdict=Verdict.SUPPORTED, objections=(), meaning=0.9)
    assert weakest(claims, [refused, doubted]).verdict is Verdict.UNSUPPORTED
    assert weakest(claims, [refused, held]).verdict is Verdict.PARTLY
    assert weakest(claims, [held, held]).verdict is Verdict.SUPPORTED
    assert weakest(claims, [held, doubted]).meaning == 0.4


def test_claims_may_stand_on_different_stories() -> None:
    stories = [story(1, FIRST), story(2, SECOND)]
    asked = understand("How long had Mariano Rajoy governed?", "en")
    support = best_support(SENTENCE, stories, (), asked=asked, closeness=None, options=AnswerOptions())
    assert support is not None
    assert support.judgement.verdict is Verdict.SUPPORTED
    assert {c.guid for c in support.citations} == {"s1", "s2"}
    alone = best_support(SENTENCE, stories[:1], (), asked=asked, closeness=None, options=AnswerOptions())
    assert alone is not None
    assert alone.judgement.verdict is not Verdict.SUPPORTED


def test_a_claim_is_judged_once_on_a_story() -> None:
    told = story(1, BOTH)
    known: Known = {}
    whole = find_support(SENTENCE, told, language="en", closeness=None, thresholds=Thresholds(), known=known)
    claims = split_claims(SENTENCE, "en")
    assert [text for text, _ in known] == [SENTENCE, *claims]
    for claim in claims:
        alone = find_support(claim, told, language="en", closeness=None, thresholds=Thresholds(), known=known)
        assert alone is known[claim, 1]  # what was found before, not found anew
    assert len(known) == 1 + len(claims)
    assert whole == find_support(SENTENCE, told, language="en", closeness=None, thresholds=Thresholds())
