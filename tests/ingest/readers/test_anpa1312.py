"""ANPA 1312: fields of AP's and Kyodo's messages as they stand in their files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.story import Kind, Rejected, Version
from ingest.readers.anpa1312 import Anpa1312Reader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, story_of, utc

READER = Anpa1312Reader()
MESSAGE = (
    b"\x16\x16\x01W2870\x1fasian\nu i\x13\x11 BC-Test     11-13 0049\n\x02^BC-Test, 1st Ld-Writethru,46<\n"
    b"^A headline <\n^Eds: Recasts.<\n^By A WRITER=\n^Associated Press=\n\t   ROME (AP) _ ``Yes,'' he said.\n\n"
    b"\t   \x03AP-WF-11-13-13 1509GMT<\n\n\x0c\n\x04"
)


@pytest.fixture
def core(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "core"


@pytest.mark.shared
def test_ap_feature(core: Path) -> None:
    story = story_of(READER, core / "anpa-1.tst")
    assert_fields(
        story,
        guid="urn:anpa1312:ap:w2870:20131113T1509Z",
        provider="ap",
        published=utc(2013, 11, 13, 15, 9),
        language="en",
        headline="For Argentine chemo patients, mirrors can hurt",
        slugline="BC-LT--Argentina-Cancer Beauty",
        byline="By PAUL BYRNE and ALMUDENA CALATRAVA",
        dateline_place="BUENOS AIRES, Argentina",
        ed_note="With AP Photos.",
        urgency=None,  # "f" of a feature, not of a flash
        kind=Kind.STORY,
    )
    assert codes(story) == ["anpa:l"]
    assert story.body.startswith("BUENOS AIRES, Argentina (AP) — For cancer patients dealing with")
    assert "\n\n“Look Good Feel Better” is a program that offers free lessons" in story.body
    assert story.body.endswith("\n\nAPTN contributor Kacey Cherry in Buenos Aires helped with this story.")


@pytest.mark.shared
def test_ap_writethru(core: Path) -> None:
    story = story_of(READER, core / "ap_anpa-4.tst")
    assert_fields(
        story,
        published=utc(2017, 5, 9, 0, 56),
        headline="AP Exclusive: China lawyer's family says US helped them flee",
        slugline="BC-AS--China-Daring Escape-ABRIDGED, 3rd Ld-Writethru",
        genre="3rd Ld-Writethru",
        byline="By GERRY SHIH",
        dateline_place="BEIJING",
        urgency=4,
        ed_note=(
            "Minor edits. A longer version of this story is available. With AP Photos. "
            "With BC-AS--China-Lawyer Trial."
        ),
    )


@pytest.mark.shared
def test_ap_alert(core: Path) -> None:
    story = story_of(READER, core / "ap_anpa-5.tst")
    assert_fields(
        story,
        kind=Kind.ALERT,
        urgency=2,
        dateline_place="HONOLULU",
        published=utc(2017, 6, 29, 23, 50),
        body=(
            "HONOLULU (AP) — Hawaii files court challenge to Trump administration's definition of close U.S. "
            "relationship needed to avoid travel ban."
        ),
    )


@pytest.mark.shared
def test_standings_keep_rows_and_halves(core: Path) -> None:
    story = story_of(READER, core / "ap_anpa-2.tst")
    assert_fields(story, headline="Baseball Expanded Standings", byline="By The Associated Press")
    assert (
        "AMERICAN LEAGUE\n\nEast Division\n\nW  L  Pct  GB  WCGB  L10  Str  Home  Away\n"
        "Baltimore  23  13  .639  —  —  8-2  L-1  16-6  7-7\n" in story.body
    )
    assert "New York  16  21  .432  7½  5  6-4  L-1  12-10  4-11" in story.body


@pytest.mark.shared
def test_rows_with_the_wires_separators(core: Path) -> None:
    story = story_of(READER, core / "ap_anpa-6.tst")
    assert "W  L  Pct  WCGB\nTampa Bay  73  52  .584  —\nCleveland  73  51  .589  —\n" in story.body
    assert "Chicago  55  67  .451  16½" in story.body


@pytest.mark.shared
def test_weather_table(core: Path) -> None:
    story = story_of(READER, core / "anpa-3.tst")
    assert_fields(story, slugline="BC-WEA--Global Weather-Fahrenheit", dateline_place="NEW YORK", urgency=3)
    assert "\nAmsterdam  42  50  rn  0.08  39  52  pc  39  48  rn\n" in story.body
    assert story.body.endswith("Source: Weather Underground")


@pytest.mark.shared
def test_headlines_alone_are_the_text(core: Path) -> None:
    story = story_of(READER, core / "anpa-4.tst")
    assert_fields(
        story,
        slugline="AP-Top-Entertainment-Headlines",
        headline="AP Top Entertainment News at 11:23 p.m. EST",
        published=utc(2016, 2, 10, 4, 23),
    )
    assert story.body.startswith(
        "Ex-bodyguard testifies about lewd messages sent to Paltrow\n\nPolice: Jay Cutler's"
    )


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "headline"),
    [
        ("anpa-2.tst", "Prairies vanish in the US push for green energy"),
        ("ap_anpa-1.tst", "Deng has 30 points, short-handed Heat beat Hawks 115-111"),
        ("ap_anpa-3.tst", "$210 lobster is found dead"),
        ("ap_anpa-7.tst", "10 Things to Know for Today"),
    ],
)
def test_headlines(core: Path, file: str, headline: str) -> None:
    assert story_of(READER, core / file).headline == headline


@pytest.mark.shared
def test_kyodo_in_tokyo_time(shared_data: Path) -> None:
    story = story_of(READER, shared_data / "press-formats" / "belga" / "io" / "fixtures" / "kyodo.txt")
    assert_fields(
        story,
        guid="urn:anpa1312:kyodo:a0105:20181209T1237Z",
        provider="kyodo",
        published=utc(2018, 12, 9, 12, 37),  # "KWS-21:37-09-12-18", Tokyo
        headline="Soccer: Urawa Reds claim 7th Emperor's Cup by beating Vegalta Sendai",
        slugline="BC-Soccer-Emperor's-Cup",
        dateline_place="SAITAMA, Japan",
        dateline_date="Dec. 9",
        urgency=3,
    )
    assert (
        "\n\nMidfielder Tomoya Ugajin scored the only goal of the night in the 13th minute to lead Urawa"
        in story.body
    )
    assert story.body.endswith("against Kashima Antlers when they sustained injuries.")


def test_advisories() -> None:
    (story,) = items_in(READER, MESSAGE.replace(b"u i\x13", b"u v\x13"))
    assert isinstance(story, Version)
    assert story.kind is Kind.ADVISORY


def test_fields_of_a_message() -> None:
    (story,) = items_in(READER, MESSAGE)
    assert isinstance(story, Version)
    assert_fields(
        story, body="ROME (AP) — “Yes,” he said.", urgency=3, ed_note="Recasts.", genre="1st Ld-Writethru"
    )


def test_a_message_cut_off_is_set_aside_and_the_next_goes_on() -> None:
    cut, whole = items_in(READER, MESSAGE[:-40] + MESSAGE)
    assert isinstance(cut, Rejected)
    assert isinstance(whole, Version)


@given(st.binary(max_size=300), st.integers(0, len(MESSAGE)))
def test_damaged_messages_never_raise(noise: bytes, at: int) -> None:
    for item in items_in(READER, MESSAGE[:at] + noise + MESSAGE[at:]):
        assert isinstance(item, (Version, Rejected))
