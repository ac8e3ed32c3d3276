"""NITF: each agency's fields as they stand in its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from domain.story import Action, Directive, Rejected, Status, Version
from ingest.readers.nitf import NitfReader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, items_of, names, story_of, utc

READER = NitfReader()


@pytest.fixture
def core(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "core"


@pytest.mark.shared
def test_aap(core: Path) -> None:
    story = story_of(READER, core / "aap.xml")
    assert_fields(
        story,
        guid="AAP.115314987.5417374",
        provider="aap",
        published=utc(2013, 10, 20, 8, 27, 51),
        language="en",
        headline="The main stories on today's 1900 ABC TV news",
        slugline="Monitor 1900 ABC News",
        byline="By John Doe",
        dateline_place="Sydney",
        urgency=5,
        genre="Current",
        embargo_until=None,
    )
    # <br/> stands where the screen was full
    assert (
        "\n\n1D) Crews on high alert at Springwood/Winmalee fire ahead of worsening weather conditions - "
        "while locals have gone to church" in story.body
    )
    assert names(story, "subj:02003001") == {"law enforcement"}


@pytest.mark.shared
def test_aap_relays_afp_in_sydney_time(core: Path) -> None:
    story = story_of(READER, core / "aap-finance.xml")
    assert_fields(
        story,
        guid="AFP.121974877.6504909",
        provider="afp",
        published=utc(2014, 11, 26, 4, 27, 3),
        slugline="Samsung",
    )


@pytest.mark.shared
def test_ap(core: Path) -> None:
    story = story_of(READER, core / "ap-nitf.xml")
    assert_fields(
        story,
        provider="ap",
        published=utc(2015, 12, 10, 19, 10, 44),
        headline="Can trading pollution like stocks help fight climate change?",
        byline="By BERNARD CONDON, AP Business Writer",
        dateline_place="NEW YORK",
        language="en",
        ed_note="For global distribution",
    )
    assert story.guid.startswith("urn:depeche:")  # doc-id names no number


@pytest.mark.shared
def test_ap_table_is_aligned(shared_data: Path) -> None:
    story = story_of(READER, shared_data / "press-formats/cp/ingest/parser/fixtures/ap/ap-table-nitf.xml")
    assert (
        "\n                  G   AB   H    R   Pct.\n"
        "Brantley Hou      64  263  89   42  .338\n"
        "Guerrero Jr. Tor  83  301  101  67  .336\n" in story.body
    )
    assert "\n\nHome Runs\n\nOhtani, Los Angeles, 31; Guerrero Jr., Toronto, 28;" in story.body


@pytest.mark.shared
def test_canadian_press_with_dates_left_unfilled(core: Path) -> None:
    story = story_of(READER, core / "handle_invalid_fields.xml")
    assert_fields(
        story,
        guid="eed713d46d74499d86b3250fa47b341b",
        provider="cp",
        published=utc(2020, 7, 3, 20, 51, 36),
        embargo_until=None,
        headline="Man accused of ramming gate at Rideau Hall with truck faces multiple charges",
        slugline="Rideau-Hall-Police",
        byline="Mia Rabson and Jordan Press, The Canadian Press",
        dateline_place="Ottawa, Ontario, Canada",
        urgency=2,
        ed_note="ADDS military statement",
    )
    assert codes(story) == ["keyword:national", "keyword:justice", "keyword:politics"]


@pytest.mark.shared
def test_efe(core: Path) -> None:
    story = story_of(READER, core / "efe_nitf.xml")
    assert_fields(
        story,
        guid="22751909",
        provider="efe",
        published=utc(2017, 1, 2, 22, 28),
        language="en",
        headline="Honduran president announces Cabinet changes",
        slugline="HONDURAS GOVERNMENT",
        byline="gr/bp",
        places=("Tegucigalpa",),
        urgency=5,
    )
    assert codes(story)[:2] == ["subj:11006005", "efe:F01001000"]


@pytest.mark.shared
def test_ntb_in_latin_1_numbers_its_versions(core: Path) -> None:
    story = story_of(READER, core / "nitf-ntb.xml")
    assert_fields(
        story,
        guid="faktisk-d9cde75b-256e-4989-b6a3-b8ad27f43a5c",
        version=47,
        provider="ntb",
        published=utc(2020, 9, 7, 12, 45, 26),  # 14:45 in Oslo
        language="nb",
        byline="Geir Molnes / Faktisk.no",
        dateline_place="Oslo",
        genre="Faktasjekk",
        urgency=5,
    )
    assert "\n\nPåstand\n\n«[Dette dokumentet beskriver] FNs Agenda 21 og Agenda 2030»\n\n" in story.body
    assert "script" not in story.body  # embedded widgets, escaped in the text
    assert story.body.endswith("Foto: NTB / Scanpix, montasje av Faktisk.no")  # the caption comes last


@pytest.mark.shared
def test_pa_people_places_and_organisations_in_the_text(core: Path) -> None:
    story = story_of(READER, core / "pa1.xml")
    assert_fields(
        story,
        guid="af1f7ad5-5619-49de-84cc-2e608538c77fSSS-3-1",
        provider="pa",
        published=utc(2015, 10, 14, 3, 30, 1),
        headline="PA SPORT TRIVIA (OCTOBER 14)",
        slugline="1 SPORT Trivia (Oct 14)",
        language="en",
        urgency=4,
    )
    assert story.people[:3] == ("Mark Bosnich", "Jim McLean", "Shane Warne")
    assert "Brian Ashton" in story.people  # the text has "Brian Ashton's"
    assert story.organisations[0] == "Football Association"
    assert "Republic of Ireland" in story.places


@pytest.mark.shared
def test_pa_preformatted_lines_are_kept(core: Path) -> None:
    story = story_of(READER, core / "pa2.xml")
    assert_fields(story, headline="1 SOCCER INT-Teams", slugline="INT-Teams", language="en", urgency=3)
    assert story.body.startswith("International Match\nMexico v Panama\nMexico: Talavera, M. Herrera,")


@pytest.mark.shared
def test_pa_embargo(core: Path) -> None:
    story = story_of(READER, core / "pa3.xml")
    assert_fields(
        story,
        published=utc(2016, 9, 8, 12, 24, 46),
        embargo_until=utc(2016, 9, 8, 23, 1),
        status=Status.USABLE,
        byline="By Benjamin Wright, Press Association",
        ed_note="(see also POLITICS EU) Embargoed to 0001 Friday September 9",
    )


@pytest.mark.shared
def test_ansa(shared_data: Path) -> None:
    story = story_of(READER, shared_data / "press-formats/belga/io/fixtures/ansa_belga.xml")
    assert_fields(
        story,
        guid="XAM22192010243_AMZ_X083",
        provider="ansa",
        published=utc(2022, 7, 11, 16, 33),  # 18:33 in Rome
        headline=">>>ANSA/Gazprom cuts Italy gas supplies by a third",
        byline=None,  # what stands there is the subtitle
        dateline_place="ROME",
    )
    assert story.body == (
        "(ANSA) - ROME, JUL 11 - Russian energy giant Gazprom on Monday cut its gas supplies to Italy by a "
        "third, Italian fuels giant Eni said."
    )


@pytest.mark.shared
def test_ritzau_by_way_of_ntb(core: Path) -> None:
    story = story_of(READER, core / "mapping_test.xml")
    assert_fields(
        story,
        guid="20160512:RTZ:8883:0",
        provider="ritzau",
        published=utc(2016, 5, 11, 22, 5, 13),
        slugline="NU-FLASH-K",
        urgency=3,
    )
    assert story.body.startswith("København /ritzau/: En 41-årig mand, der onsdag blev anholdt")


@pytest.mark.shared
def test_iptc_sample_is_canceled_and_cancels_another(core: Path) -> None:
    story, directive = items_of(READER, core / "nitf-fishing.xml")
    assert isinstance(story, Version)
    assert isinstance(directive, Directive)
    assert_fields(
        story,
        guid="iptc.321656141.b",
        status=Status.CANCELED,
        published=utc(2002, 2, 25, 19, 30),
        first_published=utc(2002, 2, 20, 14),
        embargo_until=utc(2002, 2, 26, 14, 30),
        byline="By Alan Karben, NITF Network News Online",
        dateline_place="Newport News, VA",
        places=("Norfolk", "VA"),
        organisations=("Acme Boat Company",),
        urgency=3,
    )
    assert (directive.action, directive.target) == (Action.KILL, "iptc.321656141.a")
    assert story.body.endswith("Happy fishing everybody!\n\nThe tides, captured on film late yesterday.")
    assert "\n\n- Deer Creek: This area has proven to be a bass-lover's haven." in story.body


@pytest.mark.shared
def test_only_an_item_without_words_is_refused(shared_data: Path) -> None:
    refused: list[str] = []
    read = 0
    parser = etree.XMLParser(resolve_entities=False)
    for file in sorted((shared_data / "press-formats").glob("**/*.xml")):
        if etree.QName(etree.parse(file, parser).getroot()).localname == "nitf":
            items = items_of(READER, file)
            read += sum(isinstance(item, Version) for item in items)
            refused += [file.name for item in items if isinstance(item, Rejected)]
    assert read == 21
    assert refused == ["aap-finance-lite.xml"]


ITEM = """<nitf><head><docdata {status}><doc-id id-string="7" regsrc="x"/>
<date.issue norm="20200102T030405Z"/>{dates}</docdata></head><body>
<body.content><p>Rain fell.</p></body.content></body></nitf>"""


def story(*, status: str = "", dates: str = "") -> Version:
    (item,) = items_in(READER, ITEM.format(status=status, dates=dates).encode())
    assert isinstance(item, Version)
    return item


def test_an_embargo_without_a_time_withholds() -> None:
    assert story(status='management-status="embargoed"').status is Status.WITHHELD


def test_a_release_after_the_issue_is_an_embargo_whatever_the_status() -> None:
    found = story(status='management-status="usable"', dates='<date.release norm="20200103T000000Z"/>')
    assert found.embargo_until == utc(2020, 1, 3)


def test_several_documents_in_one_file() -> None:
    one = ITEM.format(status="", dates="")
    items = items_in(READER, f'<?xml version="1.0"?>{one}\n<?xml version="1.0"?>\n{one}{one}'.encode())
    assert [type(item) for item in items] == [Version] * 3
    assert [item.source.position for item in items if item.source] == [0, 1, 2]
