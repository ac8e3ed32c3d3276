"""Where sentences end, in the languages and styles of a press archive.

Spans are ordered and disjoint, begin and end on non-space characters, together cover every
non-space character, and never cross a paragraph break (a blank line). Offsets count code points.

Where a stop is ambiguous ("U.S. President", "J. Smith", "No. 5") the text is left whole: a sentence
too long costs a reader two lines, one cut in half can turn its meaning round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSERS = "\"'”’»«›‹“)\\]}"
_UPPER = "A-ZÀ-ÖØ-Þ"
_LOWER = "a-zß-öø-ÿ"

_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_STOP = re.compile(r"[。！？｡.!?…؟۔।\n]")  # what every candidate begins with
_RUN = re.compile(r"[.!?…؟۔।]++|.", re.S)
_CANDIDATE = re.compile(
    # CJK: no white space needed after the stop
    r"(?P<cjk>[。！？｡]+[」』）】〉》”’\"]*)"
    # Latin, Arabic, Devanagari: stops, closing quotes and brackets, then white space or the end;
    # French sets a space before the closing guillemet
    rf"|(?P<stop>[.!?…؟۔।]++)(?:[{_CLOSERS}]|[ \u00a0\u202f]»)*(?=\s|$)"
    # web pages joined without a space: "dans la nuit.Le gouvernement"
    rf"|(?P<glued>[.!?…](?:(?<=[{_LOWER}]{{3}}.)|(?<=[{_LOWER}][»\"”)].)|(?<=\d\d.)|(?<=%.))[.!?…]*)"
    rf"(?P<quote>[\"”»]*)(?=[\"«“]?[{_UPPER}][{_LOWER}’' ])"
    r"|(?P<line>\n)"
)
_NEXT = re.compile(r"[\s\"'«»“”„‘’(\[{¿¡–—*•<+-]*([^\W_]+)?(\.?)")
_ROW = re.compile(r"\S {2,}\S")
_BULLET = re.compile(r"[ \t]*(?:[-*•–·>]|\d{1,2}[.)])[ \t]")
_WORD_CHARACTER = re.compile(r"\w")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}")  # U.S, z.B, EE.UU, p.m, J.-C
_ELISION = re.compile(r"^[ldnm]['’]")  # l'art. 49
_OPENERS = "\"'«“„‘([{¿¡<+/–—-"


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Always followed by the name or word they belong to.
_NEVER_LAST = _words(
    """
    mr mrs ms dr drs prof rev hon sen sens rep reps gov govs gen maj col lt cmdr capt sgt cpl adm supt
    insp amb messrs mt ft vs v cf ca viz m mm mme mmes mlle mlles mgr dra dras sra sras srta dña excmo
    exmo exma profa lic ing gral cnel ee hr hrn fr geb sog vgl bzw ggf evtl inkl bzgl ehem zzgl abzgl
    dipl mag av avda bd env approx aprox
    """
)
# Abbreviations only before a number: "No. 5" but "He said no. The talks …".
_BEFORE_NUMBER = _words(
    """
    no nos nr nrs n núm num art arts vol vols fig p pp pág págs sec ch chap abs kap tél tel
    jan feb mar apr jun jul aug sep sept oct nov dec janv févr fév avr juil déc mrz okt dez
    ene abr ago dic fev
    """
)
# May close a sentence: they do when an unmistakable first word follows.
_MAY_END = _words(
    """
    inc corp co cos ltd plc llc bros cie cía jr sr st ave blvd rd mio mrd tsd str uu al
    ala ariz ark calif colo conn fla ga ill ind kan ky mass md mich minn mo mont neb nev okla ore pa
    tenn tex va vt wash wis wyo
    """
)
_FIRST_WORDS_ENGLISH = _words(
    """
    The An In On At He She It They We You But And However This That These Those There His Her Its Their
    Our Some Many Most Several Under After Before While When As If For From With Since Although Despite
    Earlier Meanwhile What Who Why How Not All Both Each One Also Another
    """
)
_FIRST_WORDS = _FIRST_WORDS_ENGLISH | _words(
    """
    A El La Los Las Un Una Según Pero Por Para Con Su Sus Este Esta Le Les Une Il Elle Ils Elles
    Ce Cette Dans En Mais Selon Pour Par Au Aux Der Die Das Ein Eine Er Sie Es Im Am Auf Nach Bei Mit
    Doch Aber Zudem Dies O Os Um Uma Em Na Ele Ela Mas Segundo Com
    """
)
# German writes ordinals with a stop: "am 3. Oktober", "im 19. Jahrhundert".
_BEFORE_ORDINAL = _words("am der die das dem den des im zum zur vom ab bis seit beim und")
_AFTER_ORDINAL = _words(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    jahrhundert jahrhunderts weltkrieg
    """
)
_SHORT_LINE = (
    45  # characters: prose is wrapped later than that, rows of results ("Net 16.1 mln vs 9.4") are not
)
_GOES_ON = ",;:-–—("
_REACH = 80  # characters looked at before a stop: bounds the time on hostile text; no abbreviation is as long


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text`, trimmed of white space, in order."""
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in _PARAGRAPH_BREAK.finditer(text):
        _split_paragraph(text, start, gap.start(), spans)
        start = gap.end()
    _split_paragraph(text, start, len(text), spans)
    return spans


def _split_paragraph(text: str, start: int, limit: int, spans: list[tuple[int, int]]) -> None:
    begin = start
    for match in _candidates(text, start, limit):
        end = _sentence_end(text, begin, match, limit)
        if end is not None:
            _append_trimmed(text, begin, end, spans)
            begin = end
    _append_trimmed(text, begin, limit, spans)


def _candidates(text: str, start: int, limit: int) -> Iterator[re.Match[str]]:
    """What `_CANDIDATE.finditer` finds, in two thirds of the time: four branches are not tried at every letter."""
    while found := _STOP.search(text, start, limit):
        start = found.start()
        if match := _CANDIDATE.match(text, start, limit):
            yield match
            start = match.end()
        else:  # nor does one begin further on in the same run of stops: a mile of dots is gone over once
            start = _RUN.match(text, start, limit).end()  # type: ignore[union-attr]  # it begins with one


def _append_trimmed(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(stripped)))


def _sentence_end(text: str, begin: int, match: re.Match[str], limit: int) -> int | None:
    """The offset just after the sentence that `match` closes, or None when it closes none."""
    end = match.end()
    if match.lastgroup == "line":
        return end if _is_line_break(text, match.start(), limit) else None
    if not _WORD_CHARACTER.search(text, max(begin, match.start() - _REACH), match.start()):
        return None  # "... and then": stops alone are no sentence
    if match.lastgroup == "cjk":
        # 「行く。」と述べた: the quotation goes on as part of a larger sentence
        quoted = text[end - 1] in "」』）"
        return None if quoted and text[end : end + 1] in ("と", "、", "，", "の", "は", "が", "っ") else end
    if match["glued"] is not None:
        return _glued_end(text, begin, match)
    if not _stop_ends(text, begin, match, limit):
        return None
    # « closes German quotations (»Ja.« Er …) and opens French ones (venu.« Oui …)
    guillemet = text.find("«", match.end("stop"), end)
    if guillemet >= 0 and text.rfind("»", begin, guillemet) <= text.rfind("«", begin, guillemet):
        return guillemet
    return end


def _is_line_break(text: str, newline: int, limit: int) -> bool:
    """Whether a single line break separates list entries or table rows rather than wrapping prose."""
    line_end = text.find("\n", newline + 1, limit)
    following = text[newline + 1 : line_end if line_end >= 0 else limit]
    if _BULLET.match(following) or _ROW.search(following):
        return True
    line = text[max(text.rfind("\n", 0, newline) + 1, 0) : newline]
    if _ROW.search(line):
        return True
    is_short = len(line) <= _SHORT_LINE and line[-1:] not in _GOES_ON
    return is_short and (following[:1].isupper() or following[:1].isdigit())


def _glued_end(text: str, begin: int, match: re.Match[str]) -> int | None:
    if match["quote"] != '"':
        return match.end()
    # A straight quote right after the stop closes a quotation if one is open, otherwise it opens the next.
    is_open = text.count('"', begin, match.start("glued")) % 2 == 1
    return match.end() if is_open else match.end("glued")


def _stop_ends(text: str, begin: int, match: re.Match[str], limit: int) -> bool:
    stop = match["stop"]
    following = _NEXT.match(text, match.end(), limit)
    word = (following[1] or "") if following else ""
    if word[:1].islower():
        return False  # "U.S. dollars", '"Why?" he asked', "Yahoo! said"
    if stop != ".":
        return True
    at = match.start()
    pieces = text[max(begin, at - _REACH) : at].rsplit(None, 1)
    token = pieces[-1].lstrip(_OPENERS) if pieces and not text[at - 1].isspace() else ""
    if not token:
        return True
    # "J. A. Smith": the A is an initial, not an article
    is_initial_next = following is not None and len(word) == 1 and following[2] == "."
    first_words = frozenset[str]() if is_initial_next else _FIRST_WORDS
    return _token_ends(text, begin, at, token, word, first_words)


def _token_ends(text: str, begin: int, at: int, token: str, word: str, first_words: frozenset[str]) -> bool:
    """Whether `token` and its stop, followed by `word`, close the sentence that starts at `begin`."""
    key = _ELISION.sub("", token.casefold())
    if key in _NEVER_LAST:
        return not word
    is_number = word[:1].isdigit()
    if key in _BEFORE_NUMBER and is_number:
        return False
    if token.isdigit():
        return _number_ends(text, begin, at, token, word)
    if len(token) == 1 and token.isalpha():
        return not word or (word in _FIRST_WORDS_ENGLISH and bool(first_words))
    is_doubled = len(token) == 2 and token[0] == token[1] and token.isupper()  # EE. UU., JJ. OO.
    if key in _MAY_END or is_doubled or _DOTTED.fullmatch(token):
        return not word or (not is_number and word in first_words)
    return True


def _number_ends(text: str, begin: int, at: int, token: str, word: str) -> bool:
    if at - len(token) <= begin or not text[max(begin, at - _REACH) : at - len(token)].strip():
        return not word  # a numbered entry: "1. The council …"
    if len(token) > 3 or not word:
        return True
    if word.casefold() in _AFTER_ORDINAL:
        return False
    before = text[max(begin, at - _REACH) : at - len(token)].rsplit(None, 1)
    return not (before and before[-1].casefold() in _BEFORE_ORDINAL)
