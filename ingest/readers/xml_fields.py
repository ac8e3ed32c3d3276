"""What the XML formats share beyond their syntax: names of providers, their clocks, codes and datelines.

Paths are local names ("NewsLines/HeadLine"): agencies mix up namespaces, and mean the same elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from lxml import etree

from domain.story import Subject
from ingest import dateline

# Agencies under one name each, however their items spell it.
_PROVIDERS = {
    "agence france-presse": "afp", "agence france presse": "afp", "agencia efe": "efe", "efeservicios": "efe",
    "associated press": "ap", "the associated press": "ap", "deutsche presse-agentur gmbh": "dpa",
    "thomson reuters": "reuters", "australian associated press": "aap", "the canadian press": "cp",
    "press association": "pa", "pa sport": "pa", "kyodonews": "kyodo", "itar-tass": "tass", "sda-ats": "ats",
    "belga exporter": "belga", "algemeen nederlands persbureau": "anp", "business wire": "businesswire",
    "απε-μπε": "ana-mpe",
}  # fmt: skip
# Where a provider writes times without a zone, they are its newsroom's; all others' are taken as UTC.
_ZONES = {
    "aap": "Australia/Sydney", "ana-mpe": "Europe/Athens", "anp": "Europe/Amsterdam", "ansa": "Europe/Rome",
    "ats": "Europe/Zurich", "belga": "Europe/Brussels", "businessdesk": "Pacific/Auckland",
    "cl": "Pacific/Auckland",  # BusinessDesk's code for itself
    "dpa": "Europe/Berlin", "kyodo": "Asia/Tokyo", "ntb": "Europe/Oslo", "pa": "Europe/London",
    "ritzau": "Europe/Copenhagen", "stt": "Europe/Helsinki", "tass": "Europe/Moscow",
}  # fmt: skip

# Agencies that write one language only and do not say so in their items.
_LANGUAGES = {"aap": "en", "pa": "en"}

_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)*?([\w-]+)\.(?:com|org|net|[a-z]{2}|co\.[a-z]{2})(?:/.*)?")
_MONTH = (
    r"(?:jan|feb|fév|fev|mar|mär|apr|avr|abr|may|mai|maj|mag|mei|giu|gen|jun|juin|jul|juil|lug|aug|aoû|août|ago|ene"
    r"|sep|set|oct|okt|out|ott|nov|dec|déc|dez|dic)[^\W\d_]*\.?"
)
_DATE = re.compile(
    rf"\b(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}}(?:\.|er|º)? (?:de )?{_MONTH}(?: (?:de )?\d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{8}"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b\.?",
    re.I,
)
# As EFE and TASS write it: Nueva Delhi, 21 ene (EFE).- or MOSCOW, January 21. /TASS/.
_SPOKEN = re.compile(
    rf"([^\W\d_][^,()\n]{{1,40}}(?:, [^\W\d_][^,()\n\d]{{1,24}})?), "
    rf"({_DATE.pattern[2:]})[.,]? ?(?:\([^()\n]{{2,40}}\)\s?\.?\s?[-–—]|/[A-Z-]{{2,12}}/\.)",
    re.I,
)
_TIMESTAMP = re.compile(r"\d{4}-?\d\d-?\d\d[T ]?\d\d:?\d\d.*")
_NO_DATA = frozenset({"no-data-available", "n/a", "none", "unknown"})


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[str, ...]:
    return tuple("*" if step == "*" else f"{{*}}{step}" for step in path.split("/"))


def find(element: etree._Element | None, path: str) -> etree._Element | None:
    """The first element under `path`."""
    return next(_walk(element, _steps(path)), None)


def find_all(element: etree._Element | None, path: str) -> list[etree._Element]:
    return list(_walk(element, _steps(path)))


def _walk(element: etree._Element | None, steps: tuple[str, ...]) -> Iterator[etree._Element]:
    # lxml's own ElementPath takes several times as long, and this runs a hundred times an item
    if element is None:
        return iter(())
    children: Iterator[etree._Element] = element.iterchildren(steps[0])
    if len(steps) == 1:
        return children
    return (found for child in children for found in _walk(child, steps[1:]))


def text_of(element: etree._Element | None) -> str | None:
    """The words inside `element` on one line; None where there are none."""
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split()) or None


def value(element: etree._Element | None, path: str) -> str | None:
    """The first words found under `path`."""
    return next(values(element, path), None)


def values(element: etree._Element | None, path: str) -> Iterator[str]:
    return (text for found in find_all(element, path) if (text := text_of(found)))


def attribute(element: etree._Element | None, path: str, name: str) -> str | None:
    """The first attribute `name` that is not empty, of the elements under `path`."""
    return next(
        (text for found in find_all(element, path) if (text := (found.get(name) or "").strip())), None
    )


def xml_language(element: etree._Element | None) -> str | None:
    """The xml:lang in force at `element`, where it is a language."""
    while element is not None:
        tag = element.get("{http://www.w3.org/XML/1998/namespace}lang")
        if tag and not tag.startswith("x-"):
            return str(tag)
        element = element.getparent()
    return None


def provider_name(*candidates: str | None) -> str | None:
    """The first candidate that says something, as the agency's common short name in lower case."""
    for candidate in candidates:
        name = (candidate or "").strip().casefold()
        if not name or name in _NO_DATA:
            continue
        domain = _DOMAIN.fullmatch(name)
        name = domain[1] if domain else name
        return _PROVIDERS.get(name, name)
    return None


def usual_language(provider: str | None) -> str | None:
    """The language of a provider that has only one, for items that name none."""
    return _LANGUAGES.get(provider or "")


def instant(text: str | None, provider: str | None) -> str | datetime | None:
    """`text` with its provider's zone where it names none; otherwise as it came."""
    text = (text or "").strip()
    if not text:
        return None
    zone = _ZONES.get(provider or "")
    if zone is None or not text[:4].isdigit():
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found if found.tzinfo or len(text) <= 10 else found.replace(tzinfo=ZoneInfo(zone))


def readable(text: str | None) -> str | None:
    """`text` where it can be a date: forms left unfilled ("YYYYMMDD000000-HHMM") are none."""
    return text if text and text.strip()[:4].isdigit() else None


def split_dateline(text: str | None) -> tuple[str | None, str | None]:
    """("STOCKHOLM", "Aug 29, 2014") of "STOCKHOLM, Aug 29, 2014 (AFP) -"; None for what is not there."""
    line = " ".join((text or "").split())
    if not line or _TIMESTAMP.fullmatch(line) or line.casefold() in _NO_DATA:
        return None, None
    line = re.sub(r"\s*(?:\([^()]*\))?\s*(?:[-–—_:]+\s*)?$", "", line)
    date = _DATE.search(line)
    place = (line[: date.start()] if date else line).strip(" ,;-–—")
    return place or None, date[0] if date else None


def dateline_in(body: str) -> tuple[str | None, str | None]:
    """The dateline at the head of the text, which a byline or an editor's note may precede."""
    for paragraph in body.split("\n\n", 3)[:3]:
        spoken = _SPOKEN.match(paragraph)
        place, date = (spoken[1], spoken[2]) if spoken else dateline.find(f"{paragraph} ")
        if place:
            return place, date
    return None, None


def subject_code(code: str, *, scheme: str | None = None, provider: str | None = None) -> str:
    """A code with its scheme: IPTC's eight figures are "subj:" or, from 20000000 on, "medtop:"."""
    code = code.strip()
    if re.fullmatch(r"\d{8}", code):
        return (
            f"medtop:{code}"
            if code.startswith("20") or "mediatopic" in (scheme or "").lower()
            else f"subj:{code}"
        )
    return f"{scheme or provider or 'literal'}:{code}"


def distinct(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """In order, each pair of code and name once; a code without a name only where no pair names it."""
    found = list(dict.fromkeys(subjects))
    named = {subject.code for subject in found if subject.name}
    return tuple(subject for subject in found if subject.name or subject.code not in named)


def keywords(words: Iterable[str | None]) -> Iterator[Subject]:
    for word in words:
        if word and word.strip():
            name = " ".join(word.split())
            yield Subject(code=f"keyword:{name.casefold()}", name=name)
