"""Messages about other items: recognised in six languages, and never in a story."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from domain.story import Action, Directive, Status
from ingest import directives
from ingest.reading import read_file
from ingest.sources import Meter
from tests.ingest.samples import version

MESSAGES = [
    ({"headline": "KILL KILL KILL"}, "Please kill item dpa 157, Minister resigns.", Action.KILL, "dpa 157"),
    (
        {"headline": "BULLETIN KILL", "slugline": "BC-OIL-PRICES"},
        "The story is wrong.",
        Action.KILL,
        "BC-OIL-PRICES",
    ),
    (
        {"headline": "STORY WITHDRAWN: Minister resigns over loan"},
        "It was wrong.",
        Action.KILL,
        "Minister resigns over loan",
    ),
    (
        {"headline": "Editors: withdraw the story", "ed_note": "urn:newsml:x.com:2020:abc-1"},
        "See note.",
        Action.KILL,
        "urn:newsml:x.com:2020:abc-1",
    ),
    (
        {"headline": "DÉPÊCHE ANNULÉE"},
        "Veuillez annuler la dépêche «Le ministre démissionne mardi».",
        Action.KILL,
        "Le ministre démissionne mardi",
    ),
    (
        {"headline": "ANNULATION - FRANCE-GREVE", "slugline": "FRANCE-GREVE"},
        "Erreur.",
        Action.KILL,
        "FRANCE-GREVE",
    ),
    ({"headline": "ACHTUNG: Bitte die Meldung 0157 nicht verwenden"}, "Sie ist falsch.", Action.KILL, "0157"),
    (
        {"headline": "ANULACIÓN DE DESPACHO"},
        "Anulamos el despacho EFE 1234 por error.",
        Action.KILL,
        "EFE 1234",
    ),
    ({"headline": "ANULAÇÃO: GREVE-LISBOA"}, "Erro nosso.", Action.KILL, "GREVE-LISBOA"),
    (
        {"headline": "إلغاء خبر"},
        'يرجى إلغاء الخبر "استقالة وزير المالية" لخطأ.',
        Action.KILL,
        "استقالة وزير المالية",
    ),
    ({"headline": "HOLD HOLD HOLD", "slugline": "BC-VOTE-COUNT"}, "Checking.", Action.HOLD, "BC-VOTE-COUNT"),
    ({"headline": "HOLD LIFTED", "slugline": "BC-VOTE-COUNT"}, "Confirmed.", Action.RELEASE, "BC-VOTE-COUNT"),
]


@pytest.mark.parametrize(("fields", "body", "action", "names"), MESSAGES)
def test_messages_of_desks(fields: dict[str, str], body: str, action: Action, names: str) -> None:
    found = directives.find(version(body, **fields))
    assert found is not None
    assert found.action is action
    assert (found.target or found.reference) == names
    assert found.reason


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("TWO KILLED IN CRASH", "Police said two people were killed."),
        ("Kill Bill tops box office", "The film took 22 mln dlrs."),
        ("MINISTER WITHDRAWN FROM TALKS", "The government withdrew its minister."),
        ("ANNULATION DU CONCERT DE PARIS", "Le concert est annulé."),
        ("ANULACIÓN DE LAS ELECCIONES EN PERÚ", "El tribunal anuló las elecciones."),
        ("ACHTUNG: Foto 12 nicht verwenden", "Das Bild zeigt eine andere Person."),
        ("ACHTUNG SPERRFRIST: nicht verwenden vor 12.00 Uhr", "Die Bilanz der Bank."),
        ("SHAREHOLDERS HOLD MEETING", "They will hold the meeting in May."),
        ("Oil tanker released", "The crew was released."),
        ("CORRECTION: orbit shortened by 32 minutes", "NASA corrected the figure."),
    ],
)
def test_stories_about_killing_or_cancelling_are_stories(headline: str, body: str) -> None:
    assert directives.find(version(body, headline=headline)) is None


def test_an_item_that_takes_itself_off_names_nobody_else() -> None:
    assert directives.find(version("x", headline="STORY KILLED", status=Status.CANCELED)) is None


REUTERS = [f"reuters21578/reut2-{n:03}.sgm.gz" for n in (0, 12, 17)]
ARCHIVES = [*REUTERS, "orangesum-fr/orangesum_parsed.jsonl.gz"]


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "reuters21578/reut2-000.sgm.gz",
        "reuters21578/reut2-017.sgm.gz",
        "orangesum-fr/orangesum_parsed.jsonl.gz",
    ],
)
def test_no_story_of_the_real_archives_is_taken_for_a_message(shared_data: Path, name: str) -> None:
    read = read_file(shared_data / name, format="auto", provider=None, meter=Meter())
    items = [one.item for one in islice(read, 3000)]
    assert len(items) >= 578
    assert [item for item in items if isinstance(item, Directive)] == []
