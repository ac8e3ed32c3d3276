"""NewsML 1.2: each agency's fields as they stand in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.story import Kind, Rejected, SetAside, Status, Version
from ingest.readers.newsml1 import NewsML1Reader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, items_of, names, story_of, utc

READER = NewsML1Reader()


@pytest.fixture
def core(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "core"


@pytest.fixture
def belga(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "belga" / "io" / "fixtures"


@pytest.mark.shared
def test_afp_in_english(core: Path) -> None:
    story = story_of(READER, core / "afp.xml")
    assert_fields(
        story,
        guid="urn:newsml:afp.com:20140829T135002Z:TX-PAR-FXW86",
        version=1,
        provider="afp",
        published=utc(2014, 8, 29, 13, 49, 51),
        language="en",
        headline="Sweden court accepts receivership for Saab carmaker",
        slugline="Sweden-SAAB",
        dateline_place="STOCKHOLM",
        dateline_date="Aug 29, 2014",
        urgency=4,
        genre="business",
        status=Status.USABLE,
    )
    assert story.body.startswith("A Chinese-owned company set up to take over Saab's assets after")
    assert story.body.endswith("a line of electric cars.\n\nhh/ph/ts/hd")
    assert codes(story)[:3] == ["subj:04011002", "subj:04016007", "subj:04000000"]
    assert "keyword:bankruptcy" in codes(story)


@pytest.mark.shared
def test_afp_in_french(belga: Path) -> None:
    story = story_of(READER, belga / "afp_belga.xml")
    assert_fields(
        story,
        guid="urn:newsml:afp.com:20190121T104233Z:TX-PAR-RHO61",
        provider="afp",
        published=utc(2019, 1, 21, 10, 42, 34),
        first_published=utc(2019, 1, 21, 10, 42, 33),
        language="fr",
        headline="France: deux ex-policiers aux frontières devant la justice pour trafic de cocaïne",
        slugline="France-procès-assises-drogues-police",
        dateline_place="Paris",
        dateline_date="21 jan 2019",
        urgency=4,
    )
    assert story.body.startswith("Le procès de deux anciens fonctionnaires de la police aux frontières (PAF)")


@pytest.mark.shared
def test_afp_with_bare_paragraphs_in_latin_1(core: Path) -> None:
    story = story_of(READER, core / "afp20.xml")
    assert_fields(
        story,
        guid="urn:newsml:afp.com:20240710:240710125902.qpsp2jzk",
        published=utc(2024, 7, 10, 12, 59, 2),
        language="fr",
        headline="Décès de Naomi Musenga: l'opératrice du Samu définitivement condamnée",
        dateline_place="Strasbourg",
        dateline_date="10 juil 2024",
    )
    assert story.body.endswith("appel de cette condamnation.\n\nL'opératrice, Corinne M.")


@pytest.mark.shared
def test_ana_topic_names_in_greek_and_english(core: Path) -> None:
    story = story_of(READER, core / "ana1.xml")
    assert_fields(
        story,
        guid="urn:newsml:ana-mpe.gr:20180404:19336333",
        provider="ana-mpe",
        published=utc(2018, 4, 4, 14, 58, 59),
        language="en",
        headline="Wage employment balance positive in Jan-March",
        dateline_place="Athens",
        dateline_date="4/4/2018",
        urgency=5,
    )
    assert names(story, "subj:09003002") == {"Απολύσεις", "Job Layoffs"}
    assert story.body.startswith("Wage employment in the private sector grew in March, recording")


@pytest.mark.shared
def test_anp_revision(belga: Path) -> None:
    story = story_of(READER, belga / "anp_belga.xml")
    assert_fields(
        story,
        guid="urn:newsml:anp.nl:20181210:ANPX-101218-041",
        version=2,
        provider="anp",
        published=utc(2018, 12, 10, 11, 37, 31),
        first_published=utc(2018, 12, 10, 8, 35, 49),
        language="nl",
        headline="FNV staat alleen met acties bij PostNL (2)",
        urgency=3,
    )
    assert "San Mateo (ANP) - FNV kondigt werkonderbrekingen aan bij PostNL" in story.body


@pytest.mark.shared
def test_ats_with_a_dtd_that_is_not_there(belga: Path) -> None:
    story = story_of(READER, belga / "ats_newsml_1_2_belga.xml")
    assert_fields(
        story,
        guid="urn:newsml:www.sda-ats.ch:20190603:bsf153",
        version=1,
        provider="ats",
        published=utc(2019, 6, 3, 15, 47, 29),
        language="fr",
        headline="Un taureau entre dans un magasin à Landquart (GR)",
        dateline_place="Landquart GR",
        urgency=4,
    )
    assert story.body.startswith("Un taureau âgé d'un an est entré dans un magasin Denner lundi à Landquart")


@pytest.mark.shared
def test_belga_item_of_two_languages_is_two_stories(belga: Path) -> None:
    dutch, french = items_of(READER, belga / "belga_newsml_1_2.xml")
    assert isinstance(dutch, Version)
    assert isinstance(french, Version)
    assert_fields(
        dutch,
        guid="urn:newsml:belga.be:20190129:98055798#98055801",
        version=4,
        provider="belga",
        published=utc(2019, 1, 29, 12, 34),  # 13:34 in Brussels
        first_published=utc(2019, 1, 29, 11, 45, 50),
        language="nl",
        headline="Mediawatch dinsdag 29/01/2019 - VTM Nieuws - 13 uur",
        dateline_place="BRUSSEL",
        ed_note="Qu'y a-t-il écrit ici?",
    )
    assert dutch.body.startswith("Steven Van Geel gaf zich op 31 mei 2014 aan")  # <b> was escaped in the text
    assert_fields(french, guid="urn:newsml:belga.be:20190129:98055798#98056977", language="fr")
    assert french.body.startswith("- drie doden in drugsloods Eksel\nQ Dorien Vanderheiden, parket Limburg\n")


@pytest.mark.shared
def test_belga_lead_and_body_are_joined_and_its_picture_is_not_text(belga: Path) -> None:
    story = story_of(READER, belga / "belga_remote_newsml_1_2.xml")
    assert_fields(story, published=utc(2019, 6, 3, 14, 2, 17), dateline_place="ANTWERPEN", version=0)
    lead, body, works = story.body.split("\n\n")
    assert lead.startswith("In Antwerpen zal het kruispunt van de Schijnpoortweg")
    assert body.startswith("Auto's, vrachtverkeer en het openbaar vervoer")
    assert works.startswith("De werken kaderen in de grote heraanleg")
    assert story.guid.startswith("urn:depeche:")  # NewsItemId is 0: the agency gave it no number


@pytest.mark.shared
def test_belga_tip_to_editors_is_an_advisory(belga: Path) -> None:
    story = story_of(READER, belga / "belga_tip_newsml_1_2.xml")
    assert_fields(story, kind=Kind.ADVISORY, body="cor 446 - BRAND GEBOUW, hemiksem", language="nl")


@pytest.mark.shared
def test_belga_sound_without_words_is_set_aside(belga: Path) -> None:
    (item,) = items_of(READER, belga / "belga_newsml_1_2_audio2.xml")
    assert isinstance(item, SetAside)


@pytest.mark.shared
def test_efe(belga: Path) -> None:
    story = story_of(READER, belga / "efe_belga.xml")
    assert_fields(
        story,
        guid="urn:newsml:texto.efeservicios.com:20190121T103600+0000:25413502",
        version=1,
        provider="efe",
        published=utc(2019, 1, 21, 10, 36),
        language="es",
        headline="Leones matan a un joven que se coló en un zoológico de la India",
        byline="daa/mt/msr",
        dateline_place="Nueva Delhi",
        dateline_date="21 ene",
        urgency=5,
    )
    assert codes(story) == ["subj:02001000", "subj:01026000"]
    assert story.body.count("\n\n") == 8


@pytest.mark.shared
def test_kyodo(belga: Path) -> None:
    story = story_of(READER, belga / "kyodo_newsml_1_2_belga.xml")
    assert_fields(
        story,
        guid="urn:newsml:kyodonews.jp:20190723:20161021KW___0003800010",
        provider="kyodo",
        published=utc(2019, 7, 23, 11, 21, 19),
        language="en",
        headline="Ex-Chinese Premier Li Peng dies aged 90: Xinhua",
        slugline="Obit-Li Peng",
        dateline_place="BEIJING",
        dateline_date="July 23",
    )
    assert story.body.startswith("Former Chinese Premier Li Peng, who led a military crackdown")


@pytest.mark.shared
def test_tass_without_identifiers_in_moscow_time(belga: Path) -> None:
    story = story_of(READER, belga / "tass_belga.xml")
    assert_fields(
        story,
        guid="16AAC34CE1C503AE4325838900396A95",
        provider="tass",
        published=utc(2019, 1, 21, 7, 27, 8),
        language="en",
        headline="Kremlin has 'negative reaction' to upcoming EU sanctions",
        slugline="URGENT",
        dateline_place="MOSCOW",
        dateline_date="January 21",
        urgency=2,
    )


@pytest.mark.shared
def test_business_wire(shared_data: Path) -> None:
    folder = shared_data / "press-formats/cp/ingest/parser/fixtures/businesswire"
    story = story_of(READER, folder / "20210130005024r1.xml")
    assert_fields(
        story,
        guid="urn:newsml:businesswire.com:20010714:20210130005024",
        provider="businesswire",
        published=utc(2021, 1, 31, 2, 41),
        language="en",
        headline="Interactive Brokers Lifts All Trading Restrictions on Options",
        slugline="CT-INTERACTIVE-BROKERS",
        dateline_place="GREENWICH, Conn.",
        genre="Release",
        organisations=("Interactive Brokers Group",),
    )
    assert story.body.startswith("Interactive Brokers Group (Nasdaq: IBKR), a global brokerage firm")
    assert "text-align" not in story.body  # the style sheet is a component too
    assert "keyword:finance" in codes(story)


@pytest.mark.shared
def test_no_newsml_file_is_lost(shared_data: Path) -> None:
    files = [
        file for file in (shared_data / "press-formats").glob("**/*") if file.suffix in (".xml", ".newsml")
    ]
    newsml = [file for file in files if b"<NewsML" in file.read_bytes()[:1024]]
    assert len(newsml) == 20
    assert not [item for file in newsml for item in items_of(READER, file) if isinstance(item, Rejected)]


ITEM = """<NewsML><NewsEnvelope><DateAndTime>20200102T030405Z</DateAndTime></NewsEnvelope><NewsItem>
<Identification><NewsIdentifier><ProviderId>x.com</ProviderId><DateId>20200102</DateId>
<NewsItemId>7</NewsItemId><RevisionId PreviousRevision="2" Update="{update}">3</RevisionId>
<PublicIdentifier>urn:newsml:x.com:20200102:7:3{update}</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><ThisRevisionCreated>20200102T030405Z</ThisRevisionCreated>{management}</NewsManagement>
{component}</NewsItem></NewsML>"""
TEXT = """<NewsComponent><NewsLines><HeadLine>Rain</HeadLine>{lines}</NewsLines>
<ContentItem><DataContent><nitf><body><body.content><p>Rain fell.</p></body.content></body></nitf>
</DataContent></ContentItem></NewsComponent>"""


def item(*, management: str = "", component: str = TEXT.format(lines=""), update: str = "N") -> object:
    (found,) = items_in(
        READER, ITEM.format(management=management, component=component, update=update).encode()
    )
    return found


def story(**parts: str) -> Version:
    found = item(**parts)
    assert isinstance(found, Version)
    return found


def test_the_address_is_without_the_revision() -> None:
    found = story()
    assert (found.guid, found.version) == ("urn:newsml:x.com:20200102:7", 3)


@pytest.mark.parametrize(
    ("name", "status"),
    [("Usable", Status.USABLE), ("Canceled", Status.CANCELED), ("Withheld", Status.WITHHELD)],
)
def test_status(name: str, status: Status) -> None:
    assert story(management=f'<Status FormalName="{name}"/>').status is status


def test_an_embargo_without_a_time_withholds() -> None:
    assert story(management='<Status FormalName="Embargoed"/>').status is Status.WITHHELD


def test_an_embargo_until_the_status_changes() -> None:
    found = story(
        management='<Status FormalName="Embargoed"/><StatusWillChange><FutureStatus FormalName="Usable"/>'
        "<DateAndTime>20200103T060000+0100</DateAndTime></StatusWillChange>"
    )
    assert (found.status, found.embargo_until) == (Status.USABLE, utc(2020, 1, 3, 5))


def test_a_status_nobody_knows_is_not_shown() -> None:
    assert isinstance(item(management='<Status FormalName="Perhaps"/>'), Rejected)


def test_a_withdrawal_needs_no_text() -> None:
    found = story(
        management='<Status FormalName="Canceled"/>',
        component="<NewsComponent><NewsLines><HeadLine>Withdrawn</HeadLine></NewsLines></NewsComponent>",
    )
    assert found.status is Status.CANCELED


def test_a_list_of_changes_is_refused_with_a_remedy() -> None:
    found = item(component='<Update><Delete DuidRef="a"/></Update>', update="U")
    assert isinstance(found, Rejected)
    assert "full revision" in found.remedy


def test_an_advisory_line_is_a_note_to_editors() -> None:
    lines = (
        '<NewsLine><NewsLineType FormalName="AdvisoryLine"/>'
        "<NewsLineText>ATTENTION - ADDS quotes ///</NewsLineText></NewsLine>"
    )
    assert story(component=TEXT.format(lines=lines)).ed_note == "ATTENTION - ADDS quotes ///"
