"""The first readers, field by field; expectations were written from reading the files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceError
from domain.story import Directive, Kind, Rejected, SetAside, Status, Subject, Version
from ingest import readers
from ingest.normalise import MAX_ITEM_BYTES
from ingest.reading import read_file
from ingest.sources import Meter
from tests.ingest.samples import source

NINJS = {
    "uri": "urn:newsml:example.org:20200101:1", "versioncreated": "2020-01-01T10:00:00Z",
    "headline": "A headline", "body_text": "Some text.", "language": "en",
}  # fmt: skip


def read(content: bytes, *, provider: str | None = None) -> list[Any]:
    of = source(content)
    return list(readers.choose(of).read(of, provider=provider))


def read_all(file: Path, most: int | None = None) -> list[Any]:
    return [one.item for one in islice(read_file(file, format="auto", provider=None, meter=Meter()), most)]


def one(content: dict[str, Any]) -> Any:
    (item,) = read(json.dumps(content).encode())
    return item


class TestShapesOfJson:
    @pytest.mark.parametrize(
        "shape", ["object", "indented", "array", "indented array", "lines", "one after another"]
    )
    def test_every_shape_gives_the_same_items(self, shape: str) -> None:
        items = [
            NINJS | {"uri": f"urn:newsml:example.org:{n}", "body_text": 'Br{ck]ts and \\" quotes'}
            for n in range(3)
        ]
        if "object" in shape or shape == "indented":
            items = items[:1]
        content = {
            "object": lambda: json.dumps(items[0]),
            "indented": lambda: json.dumps(items[0], indent=2),
            "array": lambda: json.dumps(items),
            "indented array": lambda: json.dumps(items, indent=2),
            "lines": lambda: "\n\n".join(map(json.dumps, items)),
            "one after another": lambda: "\n".join(json.dumps(item, indent=1) for item in items),
        }[shape]()
        found = read(content.encode())
        assert [(item.guid, item.body) for item in found] == [
            (i["uri"], 'Br{ck]ts and \\" quotes') for i in items
        ]
        assert [item.source.position for item in found] == list(range(len(items)))

    def test_a_broken_line_is_kept_aside_and_the_next_goes_on(self) -> None:
        good = json.dumps(NINJS)
        found = read(f'{good}\n{{"uri": "x", broken\n[1, 2]\n{good}\n'.encode())
        assert [type(item) for item in found] == [Version, Rejected, Rejected, Version]
        assert "not JSON" in found[1].reason
        assert found[1].excerpt.startswith(b'{"uri": "x"')
        assert found[1].source.position == 1

    def test_a_file_cut_off_in_an_item(self) -> None:
        found = read(json.dumps([NINJS, NINJS], indent=1).encode()[:-40])
        assert [type(item) for item in found] == [Version, Rejected]
        assert "ends in the middle" in found[1].reason

    @pytest.mark.parametrize("shape", [b'%s\n{"uri": "%s"}\n%s\n', b"%s\n\n%s\n%s\n"])
    def test_an_item_over_the_limit_costs_no_other(self, shape: bytes) -> None:
        good = json.dumps(NINJS).encode()
        found = read(shape % (good, b"x" * (MAX_ITEM_BYTES + 100), good))
        assert [type(item) for item in found] == [Version, Rejected, Version]
        assert "larger than" in found[1].reason
        assert len(found[1].excerpt) <= 4096

    def test_deep_nesting_is_refused(self) -> None:
        (item,) = read(b'{"uri": "u", "versioncreated": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
        assert isinstance(item, Rejected)

    @given(st.binary(max_size=400))
    def test_any_bytes_give_items_or_a_reason(self, junk: bytes) -> None:
        for item in read(b'{"uri": "u", "headline": "h", "body_text": "' + junk + b'"}\n' + junk):
            assert isinstance(item, Version | Rejected | SetAside)

    def test_wrong_encodings_and_surrogates_are_mended(self) -> None:
        fields = b'"title": "d\xe9j\xe0", "text": "nul \\u0000 half \\ud800 pair \\ud83d\\ude00"'
        (item,) = read(b'{"guid": "g", "date": "2020", ' + fields + b"}")
        assert item.headline == "déjà"
        assert item.body == "nul  half \ufffd pair 😀"


class TestNinjs:
    def test_an_item_of_dpa_in_2_1(self, shared_data: Path) -> None:
        (item,) = read_all(shared_data / "press-formats/ninjs/examples/2.1/dpa_text.json")
        assert (item.guid, item.version) == ("urn:newsml:dpa.com:20090101:190510-99-167362", 2)
        assert item.published == datetime(2019, 5, 10, 14, 2, 28, tzinfo=UTC)
        assert (item.provider, item.language, item.urgency) == ("dpa", "de", 4)
        assert item.headline == "Faktencheck Derby-Elfmeter: Hat Schiedsrichter Zwayer recht?"
        assert item.byline == "Von Christian Hollmann, dpa"
        assert item.body.startswith("Für Lucien Favre war es «der größte Skandal im Fußball seit Jahren».")
        assert "<" not in item.body

    def test_an_item_of_ntb_in_3_0(self, shared_data: Path) -> None:
        (item,) = read_all(shared_data / "press-formats/ninjs/examples/3.0/ntb_text.json")
        assert (item.guid, item.version) == ("urn:8d19cf88-b3ab-4972-8fec-1207599f2872", 6)
        assert item.published == datetime(2019, 8, 9, 9, 46, 53, tzinfo=UTC)
        assert item.first_published == datetime(2019, 8, 9, 9, 30, 4, tzinfo=UTC)
        assert (item.provider, item.language, item.slugline) == ("ntb", "nb", "skien-google")
        assert item.ed_note == "Noe utvidet."
        assert Subject(code="subj:13010000", name="Teknologi") in item.subjects
        assert item.places == ("Telemark",)

    def test_an_item_of_360info_under_embargo(self, shared_data: Path) -> None:
        (item,) = read_all(shared_data / "press-formats/core/ninjs_embargoed.json")
        assert (item.guid, item.version) == ("fd8e441b-a698-4411-9246-7d5de21cced9", 11)
        assert item.embargo_until == datetime(2022, 6, 29, 2, 30, tzinfo=UTC)
        assert item.headline == "Trouble is brewing for the future of beer"
        assert item.byline == "Aaron J. Staples, Michigan State University"
        assert "\n\nBeer production relies on water, barley and hops." in item.body

    def test_an_item_in_the_envelope_of_a_search(self, shared_data: Path) -> None:
        (item,) = read_all(shared_data / "press-formats/core/bbc-ninjs-comp-test.json")
        assert (item.guid, item.headline, item.body) == ("https://example.com/56789", "abcdef", "abcd")
        assert item.published == datetime(2018, 5, 30, 15, 14, 24, tzinfo=UTC)
        assert (item.byline, item.urgency, item.language) == ("Jane Doe", 3, "en")

    def test_an_advisory(self, shared_data: Path) -> None:
        (item,) = read_all(shared_data / "press-formats/core/bbc-ninjs-text-test.json")
        assert item.kind is Kind.ADVISORY

    @pytest.mark.parametrize("name", ["pubstatus", "pubStatus"])
    def test_a_status_takes_off_without_a_text(self, name: str) -> None:
        item = one({"uri": "u", "versioncreated": "2020-01-01T00:00:00Z", name: "canceled"})
        assert item.status is Status.CANCELED

    def test_an_alert_is_short_and_says_so(self) -> None:
        assert one(NINJS | {"headline": "URGENT - Wall opens", "urgency": 1}).kind is Kind.ALERT
        assert (
            one(NINJS | {"headline": "URGENT - Wall opens", "urgency": 1, "body_text": "x " * 300}).kind
            is Kind.STORY
        )
        assert one(NINJS | {"headline": "Bulletin of atomic scientists", "urgency": 5}).kind is Kind.STORY

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"versioncreated": "0000-01-01"}, "cannot be read"),
            ({"versioncreated": "9999-01-01T00:00:00Z"}, "out of range"),
            ({"versioncreated": None}, "no date"),
            ({"embargoed": "soon"}, "'soon' cannot be read"),
            ({"body_text": " \u0000 ", "headline": ""}, "no text"),
            ({"pubstatus": "maybe"}, "'maybe' is not known"),
        ],
    )
    def test_what_cannot_be_trusted_is_kept_aside(self, change: dict[str, Any], reason: str) -> None:
        item = one(NINJS | change)
        assert isinstance(item, Rejected)
        assert reason in item.reason
        assert item.remedy

    def test_a_picture_without_words_and_an_event_are_set_aside(self) -> None:
        picture = one(
            {"uri": "u", "type": "picture", "versioncreated": "2020-01-01T00:00:00Z", "pubstatus": "usable"}
        )
        assert picture == SetAside(source=picture.source, kind="picture")
        event = one({"uri": "u", "title": "Final", "eventDetails": {"x": 1}, "descriptions": [{"value": "Match"}],
                     "headlines": []})  # fmt: skip
        assert isinstance(event, SetAside)


class TestJsonLines:
    def test_beir(self, shared_data: Path) -> None:
        items = read_all(shared_data / "realtimeqa" / "corpus.jsonl.gz")
        assert len(items) == 1651
        assert {type(item) for item in items} == {Version}
        (item,) = (item for item in items if item.guid == "rt-f41b95c5ab06")
        assert item.headline == "Fireworks canceled: Megadrought thwarts 4th of July plans in ..."
        assert item.body.startswith("(CNN) As severe drought persists in the Southwest")

    def test_orangesum(self, shared_data: Path) -> None:
        items = read_all(shared_data / "orangesum-fr" / "orangesum_parsed.jsonl.gz", most=2000)
        assert [item for item in items if not isinstance(item, Version)] == []
        first = items[0]
        assert (first.guid, first.published) == ("2", datetime(2020, 7, 2, tzinfo=UTC))
        assert first.headline.startswith("Olivier Véran : 400 millions d'euros")
        assert first.body.startswith("Cette décision a été annoncée à l'issue d'une réunion")
        assert first.language == "fr"

    def test_an_item_without_a_guid_has_the_same_one_each_time(self) -> None:
        item = {"title": "T", "text": "Some text.", "date": "2020-01-01", "url": "https://www.example.org/a"}
        first, second = one(item), one(item | {"tags": ["x"]})
        assert first.guid == second.guid
        assert first.guid.startswith("urn:depeche:sha256-v1:")
        assert one(item | {"text": "Other."}).guid != first.guid
        assert first.provider == "example.org"
        assert read(json.dumps(item).encode(), provider="AFP")[0].provider == "afp"


class TestReuters:
    def test_the_first_story(self, shared_data: Path) -> None:
        item = read_all(shared_data / "reuters21578" / "reut2-000.sgm.gz")[0]
        assert (item.guid, item.provider, item.language) == ("urn:reuters21578:1", "reuters", "en")
        assert item.published == datetime(1987, 2, 26, 15, 1, 1, 790000, tzinfo=UTC)
        assert (item.headline, item.slugline) == ("BAHIA COCOA REVIEW", "BC-BAHIA-COCOA-REVIEW")
        assert (item.dateline_place, item.dateline_date) == ("SALVADOR", "Feb 26")
        assert item.subjects == (Subject(code="reuters:cocoa", name="cocoa"),)
        assert item.places == ("el-salvador", "usa", "uruguay")
        assert item.body.startswith(
            "Showers continued throughout the week in the Bahia cocoa zone, alleviating"
        )
        assert "\n\nThe dry period means the temporao will be late this year.\n\n" in item.body
        assert item.body.endswith("carnival which ends midday on February 27.")

    def test_every_item_is_read_and_only_the_empty_one_kept_aside(self, shared_data: Path) -> None:
        found = [
            item for file in sorted((shared_data / "reuters21578").glob("*.gz")) for item in read_all(file)
        ]
        items = [
            item for item in found if not isinstance(item, Directive)
        ]  # "CORRECTED - ..." also gives one
        assert len(items) == 21578
        (rejected,) = (item for item in items if not isinstance(item, Version))
        assert rejected.reason == "the item has no text"  # NEWID 12793: nothing stands between its tags
        guids = {item.guid for item in items if isinstance(item, Version)}
        assert guids == {f"urn:reuters21578:{n}" for n in range(1, 21579)} - {"urn:reuters21578:12793"}
        assert not any("Blah blah" in item.body for item in items if isinstance(item, Version))
        assert {item.published.year for item in items if isinstance(item, Version)} == {1987}

    def test_the_file_that_is_not_utf_8(self, shared_data: Path) -> None:
        items = {item.guid: item for item in read_all(shared_data / "reuters21578" / "reut2-017.sgm.gz")}
        assert len(items) == 1000
        junk_time = items["urn:reuters21578:17192"]  # its time is written 605:12:19.12
        assert junk_time.published == datetime(1987, 3, 31, 5, 12, 19, 120000, tzinfo=UTC)

    def test_an_element_cut_off_is_kept_aside(self) -> None:
        whole = (
            b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
            b'<REUTERS TOPICS="NO" NEWID="7"><DATE>26-FEB-1987 15:01:01.79</DATE>'
            b"<TEXT>&#2;<TITLE>A &lt;B> C</TITLE><BODY>Text.\n Reuter\n&#3;</BODY></TEXT></REUTERS>\n"
        )
        found = read(whole + whole[36:-20])
        assert [type(item) for item in found] == [Version, Rejected]
        assert (found[0].headline, found[0].body) == ("A <B> C", "Text.")
        assert found[1].source.position == len(whole)


def test_a_format_is_found_by_content_or_refused_with_the_names() -> None:
    with pytest.raises(SourceError, match="--format"):
        readers.choose(source(b"\x00\x01\x02 no format at all \xff"))
    with pytest.raises(SourceError, match="ninjs"):
        readers.choose(source(b"{}"), "nitff")
    with pytest.raises(SourceError, match="empty"):
        readers.choose(source(b" \n"))
    for name in readers.names():
        assert readers.choose(source(b"{}"), name).name == name
