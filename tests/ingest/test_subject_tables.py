"""Code tables are read as IPTC publishes them; what is no subject, or broken, is told and nothing else lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.errors import SourceError
from domain.subjects import Concept, Link, RejectedConcept, Relation, name_key, subject_code
from ingest.subject_tables import read_table

HEAD = '<knowledgeItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x" version="1"><conceptSet>'
TAIL = "</conceptSet></knowledgeItem>"
ECONOMY = """<concept id="medtop04000000"><conceptId created="2009-10-22" qcode="medtop:04000000"/>
<type qcode="cpnat:abstract"/><name xml:lang="en-GB">economy, business and
 finance</name><name xml:lang="fr">économie et finances</name><name xml:lang="ar">اقتصاد</name>
<definition xml:lang="en-GB">no name</definition>
<narrower qcode="medtop:20000170"/><related rel="skos:closeMatch" qcode="subj:04000000"/>
<sameAs qcode="http://www.wikidata.org/entity/Q159810"/></concept>"""
COMPANY = """<concept><conceptId qcode="medtop:20000170" retired="2024-01-01T00:00:00+00:00"/>
<name xml:lang="en-GB">business information</name><broader qcode="medtop:04000000"/>
<sameAs rel="skos:exactMatch" uri="http://cv.iptc.org/newscodes/subjectcode/04016000"/></concept>"""
PERSON = """<concept><conceptId qcode="pers:1"/><type qcode="cpnat:person"/><name>Somebody</name></concept>"""


def read(tmp_path: Path, text: str) -> list[Concept | RejectedConcept | None]:
    path = tmp_path / "table"
    path.write_text(text, encoding="utf-8")
    return list(read_table(path))


ECONOMY_READ = Concept(
    code="medtop:04000000",
    names=(
        ("en-GB", "economy, business and finance"),
        ("fr", "économie et finances"),
        ("ar", "اقتصاد"),
    ),
    links=(
        Link(relation=Relation.NARROWER, code="medtop:20000170"),
        Link(relation=Relation.CLOSE, code="subj:04000000"),
    ),
)
COMPANY_READ = Concept(
    code="medtop:20000170",
    names=(("en-GB", "business information"),),
    links=(
        Link(relation=Relation.BROADER, code="medtop:04000000"),
        Link(relation=Relation.EXACT, code="subj:04016000"),
    ),
    is_retired=True,
)


def test_a_knowledge_item(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + ECONOMY + PERSON + COMPANY + TAIL) == [ECONOMY_READ, None, COMPANY_READ]


def test_the_json_of_the_server(tmp_path: Path) -> None:
    address = "http://cv.iptc.org/newscodes"
    table = {
        "uri": f"{address}/mediatopic/",
        "hasTopConcept": [f"{address}/mediatopic/04000000"],
        "conceptSet": [
            {
                "uri": f"{address}/mediatopic/04000000",
                "qcode": "medtop:04000000",
                "prefLabel": dict(ECONOMY_READ.names),
                "definition": {"en-GB": "]}, a text with brackets"},
                "narrower": [f"{address}/mediatopic/20000170"],
                "closeMatch": [f"{address}/subjectcode/04000000"],
                "exactMatch": ["http://www.wikidata.org/entity/Q159810"],
            },
            {
                "uri": f"{address}/mediatopic/20000170",
                "prefLabel": dict(COMPANY_READ.names),
                "broader": [f"{address}/mediatopic/04000000"],
                "exactMatch": [{"uri": f"{address}/subjectcode/04016000"}],
                "retired": "2024-01-01T00:00:00+00:00",
            },
        ],
        "note": {"en-GB": "after the set"},
    }
    assert read(tmp_path, json.dumps(table, indent=1)) == [ECONOMY_READ, COMPANY_READ]
    assert read(tmp_path, json.dumps(table["conceptSet"][0])) == [ECONOMY_READ]  # type: ignore[index]


def test_json_is_read_one_concept_at_a_time(tmp_path: Path) -> None:
    concepts = [
        {"qcode": f"medtop:{n:08}", "prefLabel": {"en": f"é {'x' * 5000} {n}"}}
        for n in range(20_000_000, 20_000_400)
    ]
    found = read(tmp_path, json.dumps({"conceptSet": concepts}, ensure_ascii=False))
    assert [one.code for one in found if isinstance(one, Concept)] == [one["qcode"] for one in concepts]


def test_a_bad_concept_is_named_and_the_next_goes_on(tmp_path: Path) -> None:
    nameless = '<concept><conceptId qcode="medtop:1"/></concept>'
    bomb = '<concept><conceptId qcode="medtop:2"/><name>&lol;</name></concept>'
    found = read(tmp_path, f'<!DOCTYPE k [<!ENTITY lol "ha">]>{HEAD}{nameless}{bomb}{ECONOMY}{TAIL}')
    assert found[-1] == ECONOMY_READ
    reasons = [one.reason for one in found if isinstance(one, RejectedConcept)]
    assert [one.position for one in found if isinstance(one, RejectedConcept)] == [0, 1]
    assert reasons[0] == "medtop:1 has no name"
    assert "entity" in reasons[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "<newsItem/>",
        '{"conceptSet": [{"qcode": "medtop:1", "prefLabel": {"en": "one"}},',
        '{"conceptSet": [{"qcode": "medtop:1" "prefLabel"}]}',
        '{"conceptSet": ' + "[" * 100_000,
        "{broken",
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, text)


@pytest.mark.shared
def test_iptcs_own_example(shared_data: Path) -> None:
    folder = shared_data / "press-formats" / "newsml-g2"
    found = list(read_table(folder / "LISTING_12_Knowledge_Item_for_Access_Codes.xml"))
    assert [one.code for one in found if isinstance(one, Concept)] == [
        "access:easy",
        "access:difficult",
        "access:restricted",
    ]
    first = found[0]
    assert isinstance(first, Concept)
    assert [tag for tag, _ in first.names] == ["en", "fr", "de"]
    assert first.name("fr-CA") == "Facile d'accès"
    events = folder / "LISTING_15_Two_Related_Events_in_a_Knowledge_Item.xml"
    assert list(read_table(events)) == [None, None]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://cv.iptc.org/newscodes/mediatopic/20000344", "medtop:20000344"),
        ("https://cv.iptc.org/newscodes/subjectcode/04000000/", "subj:04000000"),
        ("MEDTOP:20000344", "medtop:20000344"),
        ("mediatopic:20000344", "medtop:20000344"),
        ("reuters:cocoa", "reuters:cocoa"),
        ("économie", "économie"),
    ],
)
def test_a_code_has_one_spelling(text: str, code: str) -> None:
    assert subject_code(text) == code


def test_names_meet_whatever_their_case_and_accents() -> None:
    assert name_key("Économie,  AFFAIRES & finances") == name_key("economie affaires finances")
    assert name_key("الاقتصاد") == name_key("الإقتصاد".replace("إ", "ا"))
    assert name_key("...") == "  "
