"""Agencies and formats that no other test names: an item of each, field by field, as it stands in its file.

Read through the front door (the format is found by content). Expectations were written from the files.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from domain.story import Item, Kind, SetAside, Status, Version
from ingest.reading import read_file
from ingest.sources import Meter
from tests.ingest.readers.feeds import assert_fields, codes, names, utc

pytestmark = pytest.mark.shared


@pytest.fixture
def press(shared_data: Path) -> Path:
    return shared_data / "press-formats"


def items_of(file: Path) -> list[Item]:
    return [one.item for one in islice(read_file(file, format="auto", provider=None, meter=Meter()), 100)]


def story_of(file: Path) -> Version:
    (item,) = items_of(file)
    assert isinstance(item, Version)
    return item


class TestNinjs:
    def test_business_wire_in_chinese_1_4(self, press: Path) -> None:
        story = story_of(press / "ninjs/examples/1.4/businesswire-newsml-20130605006126.json")
        assert_fields(
            story,
            guid="http://www.businesswire.com/news/home/20130605006126/zh",
            version=1,
            published=utc(2013, 6, 5, 21, 0),
            language="zh",
            headline="Cambrios被Gartner評選為「最酷供應商」",
        )
        assert story.body.startswith("(美國商業資訊)--")
        assert {"United States", "Technology"} <= {subject.name for subject in story.subjects}

    @pytest.mark.parametrize(
        "file",
        [
            "ninjs/examples/1.4/ninjsExComplex1.json",  # its picture is an association, not text
            "ninjs/documentation/includes/examples/1.6/005_complex_text_article.json",  # headline_main
            "ninjs/documentation/includes/examples/2.2/005_complex_text_article.json",
            "ninjs/documentation/includes/examples/3.1/005_complex_text_article.json",  # versionCreated
        ],
    )
    def test_iptc_article_in_every_version(self, press: Path, file: str) -> None:
        story = story_of(press / file)
        assert_fields(
            story,
            published=utc(2013, 7, 9, 10, 37),
            language="en",
            status=Status.USABLE,
            headline="Captain of wrecked cruise ship on trial in Italy",
            byline="Paulo Santalucia and Frances d'Emilio",
            dateline_place="Grossetto, Italy",
            people=("Francesco Schettino",),
            places=("Grossetto", "Tuscany", "Italy"),
            organisations=("Costa Crociere SpA",),
        )
        assert story.body.startswith("GROSSETO, Italy (AP) -- The trial of the captain")
        assert "<p>" not in story.body

    @pytest.mark.parametrize("version", ["2.1/tt_text_image_2.json", "3.0/tt_text_image_3.json"])
    def test_tt(self, press: Path, version: str) -> None:
        story = story_of(press / "ninjs/examples" / version)
        assert_fields(
            story,
            guid="http://tt.se/media/text/210526-militarovning-a0f2d045",
            version=1,
            published=utc(2021, 5, 26, 11, 40, 18),  # 13:40:18+02:00
            language="sv",
            urgency=3,
            slugline="militärövning",
            headline="Militärövning i jätteformat hålls 2023",
            people=("Jonas Svensson",),
            organisations=("Aurora",),
            places=("Sverige", "Gotland", "Finland"),
        )
        assert story.provider == "tt"
        assert names(story, "subj:16000000") == {"Krig, konflikter och oroligheter"}
        assert "Pandemin satte stopp för den stora internationella" in story.body

    @pytest.mark.parametrize("version", ["2.1", "3.0"])
    def test_ap_picture_is_its_caption(self, press: Path, version: str) -> None:
        story = story_of(press / "ninjs/examples" / version / "ap_image.json")
        assert_fields(
            story,
            published=utc(2019, 11, 15, 14, 39, 44),
            first_published=utc(2019, 11, 15, 13, 39, 59),
            headline="Turkey Islamic State",
            slugline="Turkey Islamic State",
            guid="http://api.ap.org/media/v/content/b2b6c3f4642f46deac7509d4db315ca0",  # without its query
            ed_note="TURKEY OUT NOV. 11, 2019 FILE PHOTO",
            places=("Turkey", "Western Europe", "Europe", "Middle East", "United States", "North America"),
            organisations=("Islamic State group", "Turkey government"),
        )
        assert story.body.startswith("FILE - In this Monday, Nov. 11, 2019 file photo, a man identified")

    def test_sipa_picture(self, press: Path) -> None:
        story = story_of(press / "ninjs/examples/3.0/SIPA_image_3.json")
        assert_fields(
            story,
            guid="https://internal-repository-xxxx/2.1234567",
            published=utc(2020, 10, 27, 15, 35, 19),
            byline="Insidefoto",
            headline="Italy: Italy Demonstration of the workers congresses and conferences",
            places=("Rome",),
        )

    def test_anti_doping_database_with_nitf_inside(self, press: Path) -> None:
        name = "20231008-anti-doping-measures-at-the-tour-down-under-will-be-the-toughest-ever-addb-ninjs-nitf.json"
        story = story_of(press / "ninjs/examples/3.0" / name)
        assert_fields(
            story,
            guid="https://antidopingdatabase.com/news/anti-doping-measures-at-the-tour-down-under-will-be-the-toughest-ever",
            version=2,
            published=utc(2023, 10, 8, 0, 34, 3),
            urgency=4,
            headline="Anti-doping measures at the 'Tour Down Under' will be the toughest ever",
        )
        assert codes(story) == ["medtop:15000000", "medtop:20001105", "medtop:20000892"]
        assert "<" not in story.body
        assert len(story.body) > 500, "the text stands in the NITF"

    def test_canadian_press_transcript(self, press: Path) -> None:
        story = story_of(press / "cp/ingest/parser/fixtures/cp_transcripts/cp_transcripts.json")
        assert_fields(
            story,
            version=1,
            first_published=utc(2023, 7, 6, 14, 1, 1),
            language="en",
            urgency=3,
            dateline_place="Toronto, ON",
            slugline="Rust-Valley-Restorers",
            headline="History TV - Rust Valley Restorers, 7/6/2023 2:00:00 PM UTC - Segment #2",
        )
        assert story.body.startswith("laying around")
        assert "lifestyle" in {subject.name for subject in story.subjects}

    def test_aap(self, press: Path) -> None:
        story = story_of(press / "core/ninjs1.json")
        assert_fields(
            story,
            version=2,
            provider="aap",
            published=utc(2017, 8, 24, 4, 38, 34),
            language="fr",
            urgency=3,
            genre="Article (news)",
            byline="Peter and Jane",
            ed_note="ed note",
            slugline="slugline",
            headline="headline",
            dateline_place="Milton Keynes",
            places=("NSW",),
            body="The story so far.",
        )
        assert names(story, "subj:01000000") == {"arts, culture and entertainment"}

    def test_belga_list_without_bodies(self, press: Path) -> None:
        stories = items_of(press / "belga/fixtures/belga-newsml-1.2-SDBELGA-514.json")
        assert len(stories) == 2
        first = stories[0]
        assert isinstance(first, Version)
        assert_fields(
            first,
            guid="566a192e-b1eb-440c-afca-3bd9fabb2805",
            published=utc(2021, 5, 18, 15, 27, 15),
            language="en",
            headline="test_ct",
            urgency=3,
        )


class TestNewsMLG2:
    def test_dpa_2_0(self, press: Path) -> None:
        story = story_of(press / "belga/io/fixtures/dpa_newsml_2_0_belga.xml")
        assert_fields(
            story,
            guid="urn:newsml:dpa.com:20090101:190603-99-492251",
            version=3,
            provider="dpa",
            published=utc(2019, 6, 3, 13, 0, 1),
            language="de",
            urgency=4,
            headline="Mehr als 200 Migranten in der Ägäis aufgegriffen",
            dateline_place="Athen",
        )
        assert {"medtop:20000634", "medtop:20000645"} <= set(codes(story))
        assert story.body.startswith("Athen (dpa) - Ungeachtet der EU-Vereinbarung")
        assert "Kontakte" not in story.body, "the notepad is for editors"

    def test_stt_relayed_by_belga(self, press: Path) -> None:
        story = story_of(press / "belga/io/fixtures/stt_belga.xml")
        assert_fields(
            story,
            guid="urn:newsml:stt.fi::104917454",
            provider="stt",
            published=utc(2022, 5, 9, 21, 31, 2),  # 00:31 in Helsinki
            first_published=utc(2022, 5, 9, 21, 30, 33),
            urgency=3,
            slugline=None,
            byline=None,
            dateline_place="Kiova/Washington",
        )
        assert story.headline is not None
        assert story.headline.startswith("According to the Pentagon, Ukrainians have been transported")
        assert story.body.count("\n\n") == 1

    def test_ansa_culture(self, press: Path) -> None:
        story = story_of(press / "core/ansa_culture.xml")
        assert_fields(
            story,
            guid="tag:ansa.it,2019-07-01:fd66854b6f8fcf6e0f9dd3792d86ae2e",
            version=2,
            provider="ansa",
            published=utc(2019, 7, 1, 8, 22, 28),
            first_published=utc(2019, 7, 1, 8, 21),
            language="it",
            headline="TEST FROM XAWES",
            urgency=None,
        )
        assert names(story, "subj:02003003") == {"arrest"}
        assert names(story, "subj:02000000") == {"crime, law and justice"}

    def test_iptc_listing_1_under_embargo(self, press: Path) -> None:
        story = story_of(press / "core/LISTING 1 A NewsML-G2 News Item.xml")
        assert_fields(
            story,
            guid="urn:newsml:acmenews.com:20161018:US-FINANCE-FED",
            version=9,
            provider="reuters",
            published=utc(2016, 10, 21, 21, 25, 32),
            first_published=utc(2016, 10, 18, 18, 12, 21),
            embargo_until=utc(2016, 10, 23, 12),
            headline='Fed to halt QE to avert "bubble"',
            slugline="US-Finance-Fed",
            genre="Interview",
        )
        assert names(story, "medtop:20000523") == {"labour market", "Arbeitsmarkt"}
        assert story.ed_note is not None
        assert story.ed_note.startswith("Note to editors: STRICTLY EMBARGOED.")

    def test_globenewswire_in_english(self, press: Path) -> None:
        file = "cp/ingest/parser/fixtures/globenewswire/202006097942547-en.newsml"
        story = story_of(press / file)
        assert_fields(
            story,
            guid="urn:newsml:marketwired.com:20020408:202006097942547-en",
            version=1,
            published=utc(2020, 6, 9, 11, 30, 10),
            language="en",
            headline="Auxly Closes $3 Million Third Tranche of Financing",
            organisations=("Auxly Cannabis Group Inc.",),
        )
        assert "TORONTO, June 09, 2020 (GLOBE NEWSWIRE) --" in " ".join(story.body.split())

    def test_ap_video_without_words_is_set_aside(self, press: Path) -> None:
        (item,) = items_of(press / "newsml-g2/ap_metadata_example.xml")
        assert isinstance(item, SetAside)


class TestPages:
    @pytest.mark.parametrize(
        ("file", "published", "language", "byline", "headline"),
        [
            ("bbc.com.52241221.html", utc(2020, 4, 10, 16, 58, 15), "en", "BBC News",
             "New York ramps up mass burials amid virus outbreak"),
            ("reuters.com.parasite.html", utc(2020, 1, 19, 12, 25, 36), "en", "Jill Serjeant",
             "'Parasite' scores historic upset at SAG awards, boosting Oscar chances"),
            ("tagesspiegel.de.abstandsregeln.html", utc(2020, 4, 29, 13, 59, 39), "de", ...,
             "Wie Firmen ihre Beschäftigten vor dem Coronavirus schützen"),
            ("nytimes.com.blackouts.html", utc(2020, 8, 16, 23, 40, 47), "en", "Ivan Penn",
             "Rolling Blackouts in California Have Power Experts Stumped"),
        ],
    )  # fmt: skip
    def test_fields_a_page_states(
        self, press: Path, file: str, published: object, language: str, byline: object, headline: str
    ) -> None:
        story = story_of(press / "html/pages" / file)
        assert_fields(story, published=published, language=language, kind=Kind.STORY)
        assert story.headline is not None
        assert story.headline.startswith(headline)
        if byline is not ...:
            assert story.byline == byline
