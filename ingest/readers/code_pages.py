"""The text of wire messages that do not say their encoding: any bytes decode, never with an error.

UTF-8 where the bytes are valid UTF-8. Otherwise the code page under which the bytes above 127 read
most like letters and punctuation of the press: Windows-1252 (Latin-1), CP 850, ISO 6937 (the one of
IPTC 7901), ISO 8859-6 or Windows-1256 (Arabic). Seven-bit text with letters of a national ISO 646
set in the places of brackets ("M}ller") is mended for the language it is in. Five-bit telex code
(ITA2) is told by its bytes, all under 32.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator

from ingest.encoding import decode
from ingest.language import detect

# ISO/IEC 6937:2001, table 1: spacing characters of the right half, then the marks written before their letter
_ISO6937 = dict(
    zip(
        (
            *range(0xA1, 0xA4),
            0xA5,
            *range(0xA7, 0xC0),
            *range(0xD0, 0xD8),
            *range(0xDC, 0xE5),
            *range(0xE6, 0xFF),
        ),
        "¡¢£¥§¤‘“«←↑→↓°±²³×µ¶·÷’”»¼½¾¿―¹®©™♪¬¦⅛⅜⅝⅞ΩÆĐªĦĲĿŁØŒºÞŦŊŉĸæđðħıĳŀłøœßþŧŋ",
        strict=True,
    )
)
_ISO6937_MARKS = {
    0xC1: "\u0300", 0xC2: "\u0301", 0xC3: "\u0302", 0xC4: "\u0303", 0xC5: "\u0304", 0xC6: "\u0306",
    0xC7: "\u0307", 0xC8: "\u0308", 0xCA: "\u030a", 0xCB: "\u0327", 0xCD: "\u030b", 0xCE: "\u0328",
    0xCF: "\u030c",
}  # fmt: skip
# Looked for in bytes read as Latin-1
_ISO6937_UNUSED = re.compile("[\x80-\x9f\xa4\xa6\xc0\xc9\xcc\xd8-\xdb\xe5\xff]")
_ISO6937_STRAY_MARK = re.compile("[\xc1-\xcf](?![A-Za-z])")
_ISO6937_PAIR = re.compile("([\xc1-\xc8\xca\xcb\xcd-\xcf])([A-Za-z])")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NATIONAL = {  # what stands in the place of @[\]{|}~ (ISO 646 registrations 21, 69, 17, 10, 16)
    "de": "§ÄÖÜäöüß",
    "fr": "à°ç§éùè¨",
    "es": "§¡Ñ¿°ñç~",
    "sv": "@ÄÖÅäöå~",
    "pt": "@ÃÇÕãçõ~",
}
_NATIONAL_PLACES = "@[\\]{|}~"
_INSIDE_WORD = re.compile(r"[A-Za-z][\[\\\]{|}~][a-z]")
_PRESS_MARKS = frozenset("«»“”„‘’‚–—…¿¡€£°ºª§½¼¾·•\u00a0")
_PRESS_LETTERS = frozenset("àâäáãåæçèéêëìíîïñòóôöõøùúûüýÿœßğşıčšžřěłńśźż")
# cp1252 first: on a draw the likelier wins
_EIGHT_BIT = ("cp1252", "cp850", "iso6937", "iso8859_6", "cp1256")
_LETTERS, _FIGURES = 0x1F, 0x1B
_ITA2_LETTERS = "\0E\nA SIU\rDRJNFCKTZLWHYPQOBG\0MXV\0"
_ITA2_FIGURES = "\x003\n- '87\r\x054\a,!:(5+)2£6019?&\0./;\0"


def decode_wire(raw: bytes) -> str:
    """The text of one message. Never fails."""
    if raw.isascii():
        return _mend_national(raw.decode("ascii"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [_read(raw, page) for page in _EIGHT_BIT]
    return max((text for text in readings if text is not None), key=_likeness, default=decode(raw))


def web_name(declared: str | None) -> str | None:
    """The encoding meant by a name on the web, where Latin-1 and ASCII mean Windows-1252 (WHATWG Encoding)."""
    try:
        name = codecs.lookup(declared or "").name
    except LookupError:
        return None
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _read(raw: bytes, page: str) -> str | None:
    if page == "iso6937":
        return _from_iso6937(raw)
    try:
        return raw.decode(page)
    except UnicodeDecodeError:
        return None


def _from_iso6937(raw: bytes) -> str | None:
    text = raw.decode("latin-1")
    if _ISO6937_UNUSED.search(text) or _ISO6937_STRAY_MARK.search(text):
        return None
    # Marks first: the table's own letters (Æ) have the code points that marks are read as.
    text = _ISO6937_PAIR.sub(lambda pair: pair[2] + _ISO6937_MARKS[ord(pair[1])], text)
    return unicodedata.normalize("NFC", text.translate(_ISO6937))


def _likeness(text: str) -> float:
    """How much the characters above 127 look like a press text: their mean, from -2 to 1."""
    score, count = 0.0, 0
    for match in _NOT_ASCII.finditer(text):
        at, character = match.start(), match[0]
        count += 1
        before = text[at - 1] if at else " "
        if "\u0600" <= character <= "\u06ff":
            # Arabic stands among Arabic; an accented Latin text misread as Arabic stands among Latin letters
            score += -1 if before.isascii() and before.isalpha() else 0.9
        elif character in _PRESS_LETTERS:
            score += -1 if "\u0600" <= before <= "\u06ff" else 1
        elif character in _PRESS_MARKS:
            score += (
                0.8 if not (before.isalpha() and text[at + 1 : at + 2].isalpha()) or character == "’" else -1
            )
        elif character.lower() in _PRESS_LETTERS:
            score += -1 if before.islower() else 0.7
        else:
            score -= 2
    return score / count if count else 0.0


def _mend_national(text: str) -> str:
    if len(_INSIDE_WORD.findall(text)) < 2:  # one may be a slip of the keyboard
        return text
    letters = _NATIONAL.get(detect(text) or "")
    return text.translate(str.maketrans(_NATIONAL_PLACES, letters)) if letters else text


def looks_like_ita2(head: bytes) -> bool:
    return len(head) >= 16 and max(head) < 0x20 and "ZCZC" in "".join(from_ita2([head]))


def from_ita2(blocks: Iterable[bytes]) -> Iterator[str]:
    """Five-bit telex code (CCITT No. 2) to capitals, a block at a time; the shift lasts across blocks."""
    table = _ITA2_LETTERS
    for block in blocks:
        pieces: list[str] = []
        for byte in block:
            code = byte & 0x1F
            if code == _LETTERS:
                table = _ITA2_LETTERS
            elif code == _FIGURES:
                table = _ITA2_FIGURES
            else:
                pieces.append(table[code])
        yield "".join(pieces).replace("\0", "")
