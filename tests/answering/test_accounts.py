"""Days and persons that stories give differently: told where one event is meant, and only there."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from answering.accounts import Account, accounts_as_sentences, differing_accounts
from answering.evidence import EvidenceStory
from answering.outcome import Limits
from answering.questions import understand
from answering.ranking import Ranked
from domain.query import Hit

STORIES = Path(__file__).with_name("differing_stories.jsonl")


def stories(*names: str) -> list[EvidenceStory]:
    """The stories whose guids begin so; with "", all others behind them."""
    rows = [json.loads(line) for line in STORIES.read_text("utf-8").splitlines()]
    rows.sort(key=lambda row: row["guid"].split(":")[2] not in names)
    found = []
    for number, row in enumerate(rows):
        if row["guid"].split(":")[2] not in names and "" not in names:
            continue
        hit = Hit(
            passage_id=number, version_id=number, story_id=number, guid=row["guid"], version=1,
            provider=row["provider"], published=datetime.fromisoformat(row["date"]), language=row["language"],
            headline=row["headline"], place=None, passage=row["body"], start=0, end=len(row["body"]), score=1.0,
        )  # fmt: skip
        found.append(EvidenceStory(hit=hit, body=row["body"]))
    return found


def told(question: str, language: str, found: list[EvidenceStory]) -> tuple[tuple[Account, ...], str]:
    asked = understand(question, language)
    ranked = [
        Ranked(story=s, index=i, score=1.0, closeness=0.6) for s in found for i in range(len(s.sentences))
    ]
    steps = differing_accounts(asked, ranked, Limits())
    return steps, " ".join(s.text for s, _ in accounts_as_sentences(steps, asked))


DISPUTED = [
    ("en", "When did the bridge at Lockhaven open?", "bridge",
     "The archive gives different dates: 7 March 1998 (story of 9 March 1998), then 8 March 1998 (story of 12 March 1998)."),
    ("en", "When was the concert hall of Ostermark founded?", "hall",
     "The archive gives different dates: 1897 (story of 4 May 1997), then 1899 (story of 10 June 1999)."),
    ("en", "Who was elected mayor of Pelham Regis?", "mayor",
     "The archive gives different names: Karl Brandt (story of 4 May 1998), then Paul Lang (story of 6 May 1998)."),
    ("en", "Who was arrested over the theft of the Kettleby cup?", "theft",
     "The archive gives different names: Tomas Rede (story of 2 February 2005), then Oscar Lind (story of 4 February 2005)."),
    ("fr", "Quand le bac Mélusine a-t-il coulé ?", "bac",
     "Les archives donnent des dates différentes : 1 septembre 2002 (dépêche du 3 septembre 2002), "
     "puis 2 septembre 2002 (dépêche du 5 septembre 2002)."),
    ("fr", "Qui a été élu maire de Plouzel ?", "maire",
     "Les archives donnent des noms différents : Paul Kervadec (dépêche du 19 mars 2001), "
     "puis Anne Le Goazec (dépêche du 21 mars 2001)."),
    ("de", "Wann starb der Dichter Arno Velten?", "fabr",
     "Das Archiv nennt verschiedene Tage: 4. April 1993 (Meldung vom 6. April 1993), "
     "dann 3. April 1993 (Meldung vom 8. April 1993)."),
    ("de", "Wer wurde zum Bürgermeister von Eschnau gewählt?", "rat",
     "Das Archiv nennt verschiedene Namen: Werner Taubert (Meldung vom 13. September 1999), "
     "dann Gerda Niemeyer (Meldung vom 15. September 1999)."),
    ("es", "¿Cuándo se inauguró el puente de Valdeserra?", "puente",
     "El archivo da fechas distintas: 1 de octubre de 2000 (noticia del 3 de octubre de 2000), "
     "después 30 de septiembre de 2000 (noticia del 5 de octubre de 2000)."),
    ("es", "¿Quién fue elegido alcalde de Peñalba?", "alcalde",
     "El archivo da nombres distintos: Ramón Ibarrola (noticia del 26 de mayo de 2003), "
     "después Elena Zubiri (noticia del 28 de mayo de 2003)."),
    ("pt", "Quando abriu a ponte de Ribamonte?", "ponte",
     "O arquivo dá datas diferentes: 5 de maio de 2007 (notícia de 7 de maio de 2007), "
     "depois 6 de maio de 2007 (notícia de 9 de maio de 2007)."),
    ("ar", "متى افتتح جسر تاغروت الجديد؟", "jisr",
     "يورد الأرشيف تواريخ مختلفة: 7 مارس 2009 (خبر 10 مارس 2009)، ثم 8 مارس 2009 (خبر 12 مارس 2009)."),
]  # fmt: skip

AGREED = [
    ("en", "When did the canal museum at Wexley open?", "canal"),  # a preview and a report
    ("en", "When did a goods train derail at Marlow Junction?", "rail"),  # two accidents
    ("en", "Who was elected mayor of Dunmere?", "reeve"),  # two elections
    ("en", "Who was arrested over the fire at Hollin mill?", "fire"),  # two arrests
    ("fr", "Quand le phare de Kerbihan a-t-il ouvert ?", "phare"),
    ("fr", "Qui a été élu maire de Trémazan ?", "edile"),
    ("de", "Wann wurde der Tunnel bei Wolkenstein eröffnet?", "tunnel"),
    ("de", "Wer wurde zum Bürgermeister von Lindrode gewählt?", "dorf"),
    ("es", "¿Cuándo se inauguró el museo de Torreluna?", "museo"),
    ("es", "¿Quién fue elegido alcalde de Montesoto?", "villa"),
    ("pt", "Quando abriu a doca de Valmarinho?", "doca"),
]


@pytest.mark.parametrize(("language", "question", "name", "text"), DISPUTED)
def test_what_stories_give_differently_is_told_with_their_dates(
    language: str, question: str, name: str, text: str
) -> None:
    for found in (stories(name), stories(name, "")):
        steps, said = told(question, language, found)
        assert said == text
        for sentence, _ in accounts_as_sentences(steps, understand(question, language)):
            (one,) = sentence.citations
            body = next(s.body for s in found if s.hit.guid == one.guid)
            assert one.quote == body[one.start : one.end]


@pytest.mark.parametrize(("language", "question", "name"), AGREED)
def test_two_events_and_a_preview_are_no_dispute(language: str, question: str, name: str) -> None:
    for found in (stories(name), stories(name, "")):
        assert told(question, language, found)[0] == ()


@pytest.mark.parametrize(("language", "question", "name", "text"), DISPUTED)
def test_a_story_alone_disputes_nothing(language: str, question: str, name: str, text: str) -> None:
    for one in stories(name):
        assert told(question, language, [one])[0] == ()
