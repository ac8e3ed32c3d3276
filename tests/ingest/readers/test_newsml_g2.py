"""NewsML-G2: each agency's fields as they stand in its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from domain.story import Rejected, SetAside, Status, Version
from ingest.dates import FOREVER
from ingest.readers.newsml_g2 import NewsMLG2Reader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, items_of, names, story_of, utc

READER = NewsMLG2Reader()


@pytest.fixture
def core(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "core"


@pytest.fixture
def iptc(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "newsml-g2"


@pytest.mark.shared
def test_dpa(core: Path) -> None:
    story = story_of(READER, core / "dpa.xml")
    assert_fields(
        story,
        guid="urn:newsml:dpa.com:20090101:221011-930-4303",
        version=1,
        provider="dpa",
        published=utc(2022, 10, 11, 9, 14, 42),
        language="de",
        headline="Eintracht in London: Hintereggers Tränen und Attacke auf Reporter",
        dateline_place="London",
        urgency=4,
        genre="Extra",
        status=Status.USABLE,
    )
    assert story.body.startswith("London (dpa) - 2019 gab es bittere Tränen in der Kurve, 2022")
    assert "11.10.2022 11:14" not in story.body  # the page's own header is no text
    assert story.body.count("\n\n") == 2
    assert names(story, "medtop:20001065") == names(story, "subj:15054000") == {"Fußball"}
    assert names(story, "keyword:champions league") == {"Champions League"}
    assert story.places[:3] == ("Deutschland", "Hessen", "Großbritannien")
    assert story.ed_note is not None
    assert "Eintracht Frankfurt - Martin Hinteregger (1 Bild)" in story.ed_note
    assert "sandra.degenhardt" not in story.ed_note.lower()
    assert "sport@dpa.com" not in story.ed_note  # contacts are marked as not for publication


@pytest.mark.shared
def test_reuters_text(core: Path) -> None:
    story = story_of(READER, core / "tag_reuters.com_2014_newsml_KBN0FL0NN_version_5")
    assert_fields(
        story,
        guid="tag_reuters.com_2014_newsml_KBN0FL0NN",
        version=5,
        provider="reuters",
        published=utc(2014, 7, 16, 15, 53, 10),
        first_published=utc(2014, 7, 16, 8, 10, 15),
        language="en",
        headline="Confident Assad launches new term in stronger position",
        slugline="US-SYRIA-CRISIS-ASSAD",
        byline="By Marwan Makdisi",
        dateline_place="DAMASCUS",  # the text's; <located> is the desk in Bangalore, <dateline> a time
        dateline_date=None,
        urgency=4,
        ed_note="This is editorial note.",
    )
    assert story.body.startswith("By Marwan Makdisi\n\nDAMASCUS (Reuters) - Bashar al-Assad was sworn in")
    assert "\n\nSTILL STANDING\n\nAssad took power in 2000" in story.body


@pytest.mark.shared
def test_reuters_wrapped_text_is_joined_and_its_number_is_not_a_version(core: Path) -> None:
    story = story_of(READER, core / "tag_reuters.com,0000_newsml_L4N1FL0N0_1132689232")
    assert_fields(
        story,
        guid="tag:reuters.com,0000:newsml_L4N1FL0N0",
        version=0,
        published=utc(2017, 1, 31, 3, 47, 29),
        urgency=3,
        genre="Market Reports",
        slugline="GLOBAL-PRECIOUS/ (UPDATE 1)",
    )
    assert story.body.startswith(
        "(Adds comments, detail)\n\n* Spot gold may edge up to $1,205 per ounce- technicals\n\n* Investors"
    )
    assert (
        "\n\nTraders were also awaiting the U.S. Federal Reserve's two-day meeting on monetary policy "
        "starting on Tuesday for cues on U.S. interest rate hikes.\n\n" in story.body
    )
    assert story.body.endswith("Editing by Joseph Radford and Richard Pullin)")


@pytest.mark.shared
def test_reuters_table_keeps_its_lines(core: Path) -> None:
    body = story_of(READER, core / "tag_reuters.com,0000_newsml_ISS149709_1618095828").body
    assert (
        "\nGenclerbirligi      1 Osmanlispor          1\nKayserispor         4 Fenerbahce           1\n"
        in body
    )


@pytest.mark.shared
def test_reuters_kill_of_an_item_sent_before(core: Path) -> None:
    sent = story_of(READER, core / "tag_reuters.com_2016_newsml_L1N14N0FF_version_978556838")
    kill = story_of(READER, core / "tag_reuters.com_2016_newsml_L1N14N0FF_version_1542761538")
    assert sent.guid == kill.guid == "tag:reuters.com,0000:newsml_L1N14N0FF"
    assert (sent.status, kill.status) == (Status.USABLE, Status.CANCELED)
    assert sent.published < kill.published == utc(2016, 1, 4, 16, 34, 45)


@pytest.mark.shared
def test_reuters_package_is_set_aside_and_its_video_text_is_a_story(core: Path) -> None:
    items = items_of(READER, core / "video.xml")
    assert [item.kind for item in items if isinstance(item, SetAside)] == [
        "packageItem", "video", "audio", "picture",
    ]  # fmt: skip
    (story,) = (item for item in items if isinstance(item, Version))
    assert_fields(
        story,
        guid="tag:reuters.com,2013:newsml_OVE933ZR5",
        headline="Cardinals arrive for pre-conclave meeting",
        dateline_place=None,
        dateline_date="MARCH 04, 2013",
    )
    assert story.source is not None
    assert story.source.position == 1


@pytest.mark.shared
def test_reuters_picture_is_its_caption(core: Path) -> None:
    story = story_of(READER, core / "picture.xml")
    assert_fields(story, genre="picture", byline="MARKO DJURICA", places=("NAIROBI",), version=0)
    assert story.body.startswith(
        "A woman casts her ballot inside a polling station in Kenya's town of Gatundu"
    )


@pytest.mark.shared
def test_ap_message_of_several_items(core: Path) -> None:
    stories = [item for item in items_of(READER, core / "ap.xml") if isinstance(item, Version)]
    assert len(stories) == 3
    assert_fields(
        stories[0],
        guid="tag:ap.org,2011:5e565888b587889c5c8bd62b6164118c-text",
        version=2,
        provider="automated insights",
        published=utc(2018, 2, 26, 21, 20, 34),
        first_published=utc(2018, 2, 26, 21, 20, 36),
        headline="Nutrisystem beats 4Q earnings and revenue expectations",
        slugline="BC-US--Earns-Nutrisystem, 1st Ld-Writethru",
        dateline_place="FORT WASHINGTON, Pa.",
        language="en",
        urgency=4,
        ed_note="Eds: Adds full-year results.",
        organisations=("NutriSystem Inc",),
    )
    assert names(stories[0], "apsubject:11494c9888fc10048d50ba0a2b2ca13e") == {"Earnings reports"}
    assert (
        "Zacks Investment Research was for earnings of 41 cents per share.\n\nThe weight-loss"
        in stories[0].body
    )
    assert [story.source.position for story in stories if story.source] == [0, 1, 2]


@pytest.mark.shared
def test_ansa_text_in_inline_data(core: Path) -> None:
    story = story_of(READER, core / "ansa-newsmlg2-text.xml")
    assert_fields(
        story,
        guid="tag:ansa.it,2017-10-11:40e5fb1034e7e2b21942ea09718fc85a",
        provider="ansa",
        published=utc(2017, 10, 11, 9, 41),
        language="it",
        headline="Catalan independence declaration unacceptable - Alfano",
        dateline_place="Rome",
        urgency=5,
    )
    assert story.body.startswith(
        "(ANSA) - Rome, October 11 - Italian Foreign Minister Angelino Alfano has said"
    )
    assert story.body.count("\n\n") == 3


@pytest.mark.shared
def test_stt_times_without_zone_are_helsinki(core: Path) -> None:
    story = story_of(READER, core / "stt1.xml")
    assert_fields(
        story,
        guid="urn:newsml:stt.fi::102736761",
        version=2,
        provider="stt",
        published=utc(2019, 4, 15, 10, 49, 15),
        first_published=utc(2019, 4, 15, 8, 12, 24),
        language="fi",
        headline="Mikko Moilanen siirtyy Revenion toimitusjohtajaksi",
        dateline_place="Helsinki",
        genre="Pääjuttu",
        ed_note="lopusta",
        urgency=3,
    )
    assert "terveysteknologiayhtiö Revenio Groupin ja Revenion" in story.body
    assert names(story, "sttsubj:04016028") == {"Yritysjohto"}


@pytest.mark.shared
def test_stt_without_headline(core: Path) -> None:
    story = story_of(READER, core / "stt_newsml_abstract_test.xml")
    assert_fields(story, headline=None, urgency=2)
    assert story.body.startswith("Kokoomuksen ryhmänjohtaja Jokinen Harkimon erosta: Harmillinen asia")


@pytest.mark.shared
def test_businessdesk_fills_in_an_empty_embargo_with_every_item(core: Path) -> None:
    story = story_of(READER, core / "scoop.xml")
    assert_fields(
        story,
        guid="BD-20160112123540",
        version=3,
        published=utc(2016, 1, 11, 23, 35, 40),  # 12:35 in New Zealand
        embargo_until=None,
        byline="By Staff Reporter, BusinessDesk",
        language="en",
    )
    assert story.headline is not None
    assert story.headline.startswith("Dick Smith receivers install Don Grover")


@pytest.mark.shared
def test_globenewswire_in_french(shared_data: Path) -> None:
    folder = shared_data / "press-formats/cp/ingest/parser/fixtures/globenewswire"
    story = story_of(READER, folder / "fr.xml")
    assert_fields(
        story,
        guid="urn:newsml:marketwired.com:20020408:202005267925935-fr",
        provider="globenewswire",
        published=utc(2020, 5, 26, 15, 31),
        language="fr",
        organisations=("TELUS Communications Inc",),
    )
    assert story.headline is not None
    assert story.headline.startswith("CORRECTION ET MISE À JOUR - Les réseaux mobiles")
    assert story.body.startswith(
        "Le communiqué suivant corrige et remplace"
    )  # the headline is not said twice


@pytest.mark.shared
def test_iptc_embargo_and_names_in_two_languages(iptc: Path) -> None:
    story = story_of(READER, iptc / "LISTING_1_A_NewsML-G2_News_Item.xml")
    assert story.embargo_until is not None
    assert names(story, "medtop:20000523") == {"labour market", "Arbeitsmarkt"}
    assert story.body == story.headline == 'Fed to halt QE to avert "bubble"'


@pytest.mark.shared
def test_iptc_nitf_inside_and_people(iptc: Path) -> None:
    story = story_of(READER, iptc / "LISTING_22_Sports_story_in_NewsML-G2NITF.xml")
    assert_fields(story, people=("Doug Davis", "Freddy Garcia"), slugline="AAV!PREVIEW-ARI-PHI", version=11)
    assert story.body.startswith(
        "(Sports Network) - A pair of teams coming off big weekend sweeps will square off"
    )
    assert "subj:15007000" in codes(story)  # from sameAs


@pytest.mark.shared
@pytest.mark.parametrize(
    ("listing", "kind"),
    [
        ("LISTING_10_Abstract_Concept_conveyed_in_a_NewsML-G2_Concept_Item.xml", "conceptItem"),
        ("LISTING_12_Knowledge_Item_for_Access_Codes.xml", "knowledgeItem"),
        ("LISTING_13_Complete_Catalog_Item.xml", "catalogItem"),
        ("LISTING_16_A_Set_of_Events_carried_in_a_News_Item.xml", "events"),
        ("LISTING_17_Planning_Item_a_CCL.xml", "planningItem"),
        ("LISTING_6_Simple_NewsML-G2_Package.xml", "packageItem"),
    ],
)
def test_what_is_no_story_is_set_aside(iptc: Path, listing: str, kind: str) -> None:
    (item,) = items_of(READER, iptc / listing)
    assert isinstance(item, SetAside)
    assert item.kind == kind


@pytest.mark.shared
def test_every_item_of_every_file_is_read_or_set_aside(shared_data: Path) -> None:
    """Refused are only items without any words. The items are counted by another parse of the file."""
    refused: dict[str, int] = {}
    files = 0
    for file in sorted((shared_data / "press-formats").glob("**/*")):
        expected = _items_by_another_parse(file)
        if expected:
            files += 1
            items = items_of(READER, file)
            assert len(items) == expected
            for item in items:
                if isinstance(item, Rejected):
                    assert item.reason == "the item has no text"
                    refused[file.name] = refused.get(file.name, 0) + 1
    assert files == 35 + 3 + 8 + 30  # as the SOURCE files of core, belga, cp and newsml-g2 count them
    assert refused == {
        "LISTING_24_News_Message_conveying_a_complete_News_Package.xml": 4,
        "LISTING_29_Hop_History.xml": 1,
        "facet-example.xml": 1,
        "facet-example-2.xml": 1,
    }


def _items_by_another_parse(file: Path) -> int:
    if not file.is_file() or b"http://iptc.org/std/nar/" not in file.read_bytes()[:8192]:
        return 0
    root = etree.parse(file, etree.XMLParser(resolve_entities=False)).getroot()
    if etree.QName(root).localname == "newsMessage":
        return int(root.xpath("count(*[local-name() = 'itemSet']/*)"))
    return int(etree.QName(root).localname.endswith("Item"))


ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:1" version="2">
<itemMeta><itemClass qcode="ninat:text"/><provider literal="x.com"/>
<versionCreated>2020-01-02T03:04:05Z</versionCreated>{meta}</itemMeta>
<contentMeta>{content}</contentMeta>
<contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Rain fell.</p></body></html>
</inlineXML></contentSet></newsItem>"""


def story(*, meta: str = "", content: str = "") -> Version:
    (item,) = items_in(READER, ITEM.format(meta=meta, content=content).encode())
    assert isinstance(item, Version)
    return item


def test_an_empty_embargo_has_no_end() -> None:
    assert story(meta="<embargoed/>").embargo_until == FOREVER


def test_an_embargo_keeps_its_hour() -> None:
    assert story(meta="<embargoed>2020-02-01T00:01:00+01:00</embargoed>").embargo_until == utc(
        2020, 1, 31, 23, 1
    )


@pytest.mark.parametrize("status", [Status.USABLE, Status.WITHHELD, Status.CANCELED])
def test_status(status: Status) -> None:
    assert story(meta=f'<pubStatus qcode="stat:{status}"/>').status is status


def test_an_embargo_that_cannot_be_read_is_refused() -> None:
    (item,) = items_in(READER, ITEM.format(meta="<embargoed>soon</embargoed>", content="").encode())
    assert isinstance(item, Rejected)
    assert b"urn:x:1" in item.excerpt


def test_iptc_addresses_become_codes() -> None:
    found = story(content='<subject uri="http://cv.iptc.org/newscodes/mediatopic/20000523"/>')
    assert codes(found) == ["medtop:20000523"]


def test_the_headline_in_the_language_of_the_item() -> None:
    found = story(
        content='<language tag="fr"/><headline xml:lang="en">Rain</headline>'
        '<headline xml:lang="fr">Pluie</headline>'
    )
    assert (found.language, found.headline) == ("fr", "Pluie")
