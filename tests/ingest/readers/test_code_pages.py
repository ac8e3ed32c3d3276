"""Every code page of the wires gives the same words; no bytes fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.code_pages import decode_wire, from_ita2, looks_like_ita2

FRENCH = "Une élection à Genève: «C'est déçu», a répété François Noël près du théâtre, où il était né."
GERMAN = "Der Außenminister müßte größere Öffentlichkeit für die Gespräche in Köln schaffen."
SPANISH = "¿Qué dirá el señor Núñez mañana? La reunión empezó según el guión."
ARABIC = "أعلنت وزارة الخارجية اليوم أن المحادثات ستستأنف في القاهرة"


@pytest.mark.parametrize("page", ["utf-8", "cp1252", "latin-1", "cp850"])
@pytest.mark.parametrize("text", [FRENCH, GERMAN, SPANISH])
def test_western_pages(text: str, page: str) -> None:
    assert decode_wire(text.encode(page)) == text


@pytest.mark.parametrize("page", ["utf-8", "iso8859_6", "cp1256"])
def test_arabic_pages(page: str) -> None:
    assert decode_wire(ARABIC.encode(page)) == ARABIC


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Fran\xcbcois No\xc8el pr\xc1es du th\xc2e\xc3atre", "François Noël près du théâtre"),
        (b"Gro\xfbe \xc8Offentlichkeit f\xc8ur K\xc8oln", "Große Öffentlichkeit für Köln"),
        (b"\xc8Arger um Vertr\xc8age in \xe1re und K\xf9benhavn", "Ärger um Verträge in Ære und København"),
        (b"\xabDem\xc2as\xbb, dijo el se\xc4nor N\xc2u\xc4nez", "«Demás», dijo el señor Núñez"),
    ],
)
def test_iso_6937_writes_marks_before_their_letters(raw: bytes, text: str) -> None:
    assert decode_wire(raw) == text


def test_one_accent_in_an_english_story_is_latin_1() -> None:
    assert decode_wire(b"world champions Philipp Lahm and Thomas M\xfcller, and") == (
        "world champions Philipp Lahm and Thomas Müller, and"
    )


def test_seven_bit_german() -> None:
    raw = b"Die Regierung pr}ft nach Angaben aus M}nchen, ob die Geb{ude f}r Fl}chtlinge gen}gen."
    assert decode_wire(raw) == (
        "Die Regierung prüft nach Angaben aus München, ob die Gebäude für Flüchtlinge genügen."
    )


def test_brackets_of_an_english_table_stay() -> None:
    raw = b"Toronto 19 21 .475 6 3{ and the game [home] was lost {again} by the team in the evening"
    assert decode_wire(raw) == raw.decode()


def test_telex_code_with_figures() -> None:
    # ZCZC, then letters, a shift to figures and back: "LONDON 26 MARCH" in CCITT No. 2
    letters = {c: i for i, c in enumerate("\0E\nA SIU\rDRJNFCKTZLWHYPQOBG\0MXV\0")}
    figures = {"2": 19, "6": 21}
    codes = [0x1F, *(letters[c] for c in "ZCZC ABC LONDON "), 0x1B, figures["2"], figures["6"], 0x04, 0x1F]
    codes += [letters[c] for c in "MARCH"]
    raw = bytes(codes)
    assert looks_like_ita2(raw)
    # the shift lasts from block to block
    assert "".join(from_ita2([raw[:19], raw[19:]])) == "ZCZC ABC LONDON 26 MARCH"


def test_control_characters_alone_are_no_telex() -> None:
    assert not looks_like_ita2(bytes(range(0x20)))


@given(st.binary(max_size=400))
def test_any_bytes_decode(raw: bytes) -> None:
    assert isinstance(decode_wire(raw), str)
