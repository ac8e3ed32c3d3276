"""IPTC 7901: each agency's fields as they stand in its file, and messages that are damaged."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.protocols import Source
from domain.story import Kind, Rejected, Version
from ingest.normalise import MAX_ITEM_BYTES
from ingest.readers.anpa1312 import Anpa1312Reader
from ingest.readers.iptc7901 import Iptc7901Reader
from ingest.readers.wire_text import blocks, messages
from tests.ingest.readers.feeds import assert_fields, codes, items_in, source_of, story_of, utc

READER = Iptc7901Reader()
MESSAGE = (
    b"\x01eca062 4 i 21 ccccb   dpa 061\r\n\r\nGermany-politics/\r\n\x02Talks could fail =\r\n\r\n"
    b"   Berlin (dpa) - Negotiations could fail, a member\r\nwarned Wednesday.\r\n\x03131137 GMT Nov 13\r\n\x7f\x04"
)


@pytest.fixture
def core(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "core"


@pytest.fixture
def belga(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "belga" / "io" / "fixtures"


@pytest.mark.shared
def test_dpa(core: Path) -> None:
    story = story_of(READER, core / "IPTC7901.txt")
    assert_fields(
        story,
        guid="urn:iptc7901:dpa:eca062:20131113T1137Z",
        provider="dpa",
        published=utc(2013, 11, 13, 11, 37),
        language="en",
        headline="Germany Social Democrats: Coalition talks with Merkel could fail",
        slugline="Germany-politics",
        byline=None,
        dateline_place="Berlin",
        urgency=4,
        genre=None,
        ed_note=None,
        kind=Kind.STORY,
    )
    assert codes(story) == ["iptc7901:i"]
    paragraphs = story.body.split("\n\n")
    assert len(paragraphs) == 5
    assert paragraphs[0].startswith(
        "Berlin (dpa) - Negotiations between German conservatives headed by Chancellor"
    )
    assert paragraphs[-1].endswith(
        "for a third term before Christmas."
    )  # the contacts are not for publication


@pytest.mark.shared
def test_dpa_lead_with_byline_and_umlaut(core: Path) -> None:
    story = story_of(READER, core / "IPTC7901_odd_charset.txt")
    assert_fields(
        story,
        published=utc(2015, 10, 7, 13, 41),  # "071341 GMT Okt 15": a German month
        headline="German football saddened by illness to striker legend Mueller",
        byline="By Manuel Schwarz, dpa",
        slugline="Germany-football/Munich/Mueller",
        genre="1ST LEAD",
        ed_note="adds comments by Germany coach Loew, byline",
        urgency=3,
    )
    assert "Bastian Schweinsteiger and Thomas Müller, and we are" in story.body
    assert "Barry Whelan" not in story.body


@pytest.mark.shared
def test_dpa_refile(core: Path) -> None:
    story = story_of(READER, core / "dpa_four_line.txt")
    assert_fields(
        story,
        published=utc(2018, 11, 21, 23, 22),
        headline="Switzerland joins list of countries resisting UN migration pact",
        byline="By dpa correspondents",
        genre="1ST LEAD",
        ed_note="REFILE adds head of UNGA in grafs 7-11",
        dateline_place="Geneva",
    )


@pytest.mark.shared
def test_dpa_without_zone(core: Path) -> None:
    story = story_of(READER, core / "dpa_two_by_line.txt")
    assert_fields(
        story,
        provider="dpa",
        published=utc(2018, 11, 21, 12, 59),  # "211259 Nov 18"
        headline="Chiefs-Rams 2.0? Would be a fun Super Bowl, but don't count on it",
        byline="By Tom Krasovic, The San Diego Union-Tribune",
        dateline_place="San Diego",
    )


@pytest.mark.shared
def test_dpa_imprint_is_an_advisory(core: Path) -> None:
    story = story_of(READER, core / "dpa_copyright.txt")
    assert_fields(story, kind=Kind.ADVISORY, headline="Impressum", ed_note="(Achtung)")


@pytest.mark.shared
def test_dpa_extra(core: Path) -> None:
    story = story_of(READER, core / "dpa_two_line.txt")
    assert_fields(story, genre="EXTRA", published=utc(2018, 11, 21, 21, 1), slugline="Yemen/conflict")


@pytest.mark.shared
def test_ats_in_french(belga: Path) -> None:
    story = story_of(READER, belga / "ats.txt")
    assert_fields(
        story,
        guid="urn:iptc7901:ats:bsf025:20181209T1223Z",
        provider="ats",
        language="fr",
        published=utc(2018, 12, 9, 12, 23),
        headline="Situation France: Gilets jaunes: une «catastrophe pour notre économie» (Le Maire)",
        slugline="France",
        dateline_place="Paris",
        urgency=3,
    )
    assert codes(story) == ["iptc7901:ec"]
    assert "lors d'une visite aux commerçants à Paris au lendemain" in story.body


@pytest.mark.shared
def test_dpa_saved_without_control_characters(belga: Path) -> None:
    story = story_of(READER, belga / "dpa.txt")
    assert_fields(
        story,
        published=utc(2018, 12, 10, 11, 37),
        headline="Top EU court: Britain can unilaterally reverse Brexit decision",
        byline="By Helen Maguire, dpa",
        slugline="politics/Britain/EU/Brexit/justice",
        genre="2ND LEAD, 3RD NET",
        ed_note="Adds reaction from British minister, opposition",
        dateline_place="Luxembourg",
    )
    assert story.body.endswith("those in favour of a softer Brexit say it goes too far.")


@pytest.mark.shared
def test_the_two_wire_formats_do_not_take_each_others_files(core: Path) -> None:
    anpa = Anpa1312Reader()
    for file in core.glob("*.tst"):
        assert not READER.accepts(source_of(file.read_bytes())), file.name
    for file in (*core.glob("dpa_*.txt"), *core.glob("IPTC7901*")):
        assert not anpa.accepts(source_of(file.read_bytes())), file.name


def test_a_day_of_messages() -> None:
    second = MESSAGE.replace(b"eca062", b"eca063").replace(b"131137", b"131205")
    first, other = items_in(READER, MESSAGE + b"\r\n\r\nnoise\r\n" + second)
    assert isinstance(first, Version)
    assert isinstance(other, Version)
    assert (first.source, other.source) == (source_of(b"").ref(0), source_of(b"").ref(1))
    assert other.guid == "urn:iptc7901:dpa:eca063:20131113T1205Z"


def test_a_message_cut_off_is_set_aside_and_the_next_goes_on() -> None:
    cut, whole = items_in(READER, MESSAGE[:120] + b"\r\n" + MESSAGE)
    assert isinstance(cut, Rejected)
    assert "cut off" in cut.reason
    assert cut.remedy
    assert isinstance(whole, Version)


def test_take_number_and_table() -> None:
    raw = MESSAGE.replace(b"Germany-politics/", b"Germany-politics/take 2").replace(
        b"warned Wednesday.", b"warned Wednesday.\r\n\r\nDax       9.168,69\r\nMDax     16.209,21"
    )
    (story,) = items_in(READER, raw)
    assert isinstance(story, Version)
    assert story.genre == "take 2"
    assert story.body.endswith("\n\nDax       9.168,69\nMDax     16.209,21")


def test_day_only_trailer_takes_the_month_from_the_path() -> None:
    raw = MESSAGE.replace(b" GMT Nov 13", b"")
    (undated,) = items_in(READER, raw)
    assert isinstance(undated, Rejected)
    assert "no date" in undated.reason
    (story,) = READER.read(source_of(raw, path="wire/1987/03/13/a.txt"), provider=None)
    assert isinstance(story, Version)
    assert story.published == utc(1987, 3, 13, 11, 37)


def test_impossible_dates_are_no_dates() -> None:
    (item,) = items_in(READER, MESSAGE.replace(b"131137 GMT Nov 13", b"311137 GMT Nov 13"))
    assert isinstance(item, Rejected)


def test_nul_bytes_leave_nothing_behind() -> None:
    (story,) = items_in(READER, MESSAGE.replace(b"Negotiations", b"Nego\x00tiations"))
    assert isinstance(story, Version)
    assert "Negotiations could fail" in story.body


class _Endless(io.RawIOBase):
    """A message that never ends."""

    def __init__(self, total: int) -> None:
        self._left, self._start = total, MESSAGE[:80]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._start:
            start, self._start = self._start, b""
            return start
        size = min(size if size > 0 else 1 << 16, self._left)
        self._left -= size
        return b"x" * size


def test_an_endless_message_is_bounded() -> None:
    largest = max(len(message.raw) for message in messages(blocks(_Endless(5 * MAX_ITEM_BYTES))))  # type: ignore[arg-type]
    assert largest <= 2 * MAX_ITEM_BYTES
    source = Source(path="endless", open=lambda: _Endless(5 * MAX_ITEM_BYTES), head=MESSAGE[:80])  # type: ignore[return-value,arg-type]
    (item,) = READER.read(source, provider=None)
    assert isinstance(item, Rejected)
    assert "larger than" in item.reason


@given(st.binary(max_size=300), st.integers(0, len(MESSAGE)))
def test_damaged_messages_never_raise(noise: bytes, at: int) -> None:
    for item in items_in(READER, MESSAGE[:at] + noise + MESSAGE[at:]):
        assert isinstance(item, (Version, Rejected))
