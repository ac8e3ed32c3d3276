"""The words of each language that the checks turn on, read once from lexicons/*.toml.

`lexicon(language)` never fails: a language without a file gets English's form with no words in it,
so that a check that needs words finds none and objects to nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError

from answering.folding import fold

_FOLDER = Path(__file__).with_name("lexicons")

LANGUAGES = ("en", "fr", "es", "de", "pt", "ar")

# Arabic sets its conjunctions, prepositions and article onto the word.
_PROCLITICS = "(?:[وف]?(?:بال|كال|لل|ال|ب|ك|ل)?)"
_NOTHING = re.compile(r"(?!)")
_ARABIC_LOCALES = ("ar", "ar_SY", "ar_DZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language's words, as patterns over folded text."""

    language: str
    stopwords: frozenset[str]
    negation: re.Pattern[str]
    not_negation: re.Pattern[str]  # "not only": a negation in form alone
    modality: Mapping[str, re.Pattern[str]]
    direction: Mapping[str, re.Pattern[str]]
    rounding: Mapping[str, re.Pattern[str]]
    scales: Mapping[str, int]
    time: Mapping[str, re.Pattern[str]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]  # Monday is 0
    speech: re.Pattern[str]
    opinion: re.Pattern[str]  # what follows is someone's view
    question: Mapping[str, re.Pattern[str]]
    measure: Mapping[str, re.Pattern[str]]  # what kind of quantity a question asks for


def alternatives(words: str) -> list[str]:
    """The words of a "a|b*|c d" entry as regular expressions, longest first."""
    return sorted((_expression(w.strip()) for w in _split(words)), key=len, reverse=True)


def compile_words(words: str, *, language: str) -> re.Pattern[str]:
    """A pattern that finds any of the words as whole words in folded text."""
    front = _PROCLITICS if language == "ar" else ""
    body = "|".join(alternatives(words))
    return re.compile(rf"(?<!\w){front}(?:{body})(?!\w)" if body else r"(?!)")


@cache
def lexicon(language: str | None) -> Lexicon:
    """The lexicon of a language; one without words for a language not held here."""
    code = (language or "").split("-")[0].lower()
    if code not in LANGUAGES:
        return _empty(code)
    raw = tomllib.loads((_FOLDER / f"{code}.toml").read_text("utf-8"))

    def patterns(section: str) -> dict[str, re.Pattern[str]]:
        return {
            name: compile_words(words, language=code)
            for name, words in raw[section].items()
            if isinstance(words, str)
        }

    return Lexicon(
        language=code,
        stopwords=frozenset(fold(raw["stopwords"]).split()),
        negation=compile_words(raw["negation"], language=code),
        not_negation=compile_words(raw["not_negation"], language=code),
        modality=patterns("modality"),
        direction=patterns("direction"),
        rounding=patterns("rounding"),
        scales=_scales(raw["scales"]),
        time=patterns("time"),
        months=_months(code) | {fold(k): v for k, v in raw["time"]["months_extra"].items()},
        weekdays=_weekdays(code) | {fold(k): v for k, v in raw["time"]["weekdays_extra"].items()},
        speech=compile_words(raw["speech"]["verbs"], language=code),
        opinion=compile_words(raw["speech"]["opinion"], language=code),
        question=patterns("question"),
        measure=patterns("measure"),
    )


SCALES = {"ten": 10, "dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9,
          "trillion": 10**12}  # fmt: skip


def _scales(raw: Mapping[str, str]) -> dict[str, int]:
    return {fold(word.strip()): SCALES[name] for name, words in raw.items() for word in words.split("|")}


def _months(language: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for code in _ARABIC_LOCALES if language == "ar" else (language,):
        months = Locale.parse(code).months
        for context in ("format", "stand-alone"):
            names |= {fold(str(name)).rstrip("."): number for number, name in months[context]["wide"].items()}
    return names


def _weekdays(language: str) -> dict[str, int]:
    return {fold(str(name)): number for number, name in Locale.parse(language).days["format"]["wide"].items()}


@cache
def country_names() -> Mapping[str, str]:
    """Folded name of a country in any of the six languages → its ISO code."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        try:
            territories = Locale.parse(language).territories
        except UnknownLocaleError:  # pragma: no cover: the six are in every Babel
            continue
        for code, name in territories.items():
            if code.isalpha() and len(code) == 2:
                names.setdefault(fold(str(name)), code)
    return names


_AREAS = frozenset({"Africa", "America", "Asia", "Europe"})


@cache
def city_names() -> Mapping[str, str]:
    """Folded name of a city → the time zone that CLDR names by it; cities that are named alike everywhere left out."""
    locales = {language: Locale.parse(language).time_zones for language in LANGUAGES}
    found: dict[str, str] = {}
    for zone in sorted({str(zone) for zones in locales.values() for zone in zones}):
        area, _, city = zone.partition("/")
        english = city.replace("_", " ")
        forms = {code: fold(str(zones.get(zone, {}).get("city", english))) for code, zones in locales.items()}
        if area in _AREAS and "/" not in city and len({f for code, f in forms.items() if code != "ar"}) > 1:
            found |= dict.fromkeys(forms.values(), zone)
    return found


@cache
def places() -> Mapping[str, re.Pattern[str]]:
    """Line name of places.toml → pattern of its forms in the six languages."""
    raw = tomllib.loads((_FOLDER / "places.toml").read_text("utf-8"))
    return {
        name: re.compile(rf"(?:{_PROCLITICS})?(?:{'|'.join(alternatives(words))})")
        for name, words in raw.items()
    }


@cache
def given_names() -> Mapping[str, frozenset[int]]:
    """Folded given name → the lines of given_names.toml that have it: "isabel" and "elizabeth" share one."""
    lines: dict[str, set[int]] = {}
    for number, line in enumerate(read_patterns("given_names")["names"]):
        for form in fold(line).split():
            lines.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in lines.items()}


@cache
def any_place() -> re.Pattern[str]:
    """What any line of places.toml matches: most words name no place, and one look tells."""
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in places().values()))


@cache
def units() -> tuple[re.Pattern[str], tuple[str, ...]]:
    """One pattern with a group for each unit, and the units' names in the groups' order."""
    raw = tomllib.loads((_FOLDER / "units.toml").read_text("utf-8"))
    groups = []
    for words in raw.values():
        groups.append(f"((?:{'|'.join(alternatives(words))}))")
    return re.compile(rf"(?:{'|'.join(groups)})(?!\w)"), tuple(raw)


def read_patterns(name: str) -> Mapping[str, list[str]]:
    """The lists of regular expressions in lexicons/`name`.toml."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def _split(words: str) -> list[str]:
    """At the bars that stand outside parentheses: an entry may be a small regular expression."""
    parts, depth, current = [], 0, ""
    for character in words:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [p for p in [*parts, current] if p.strip()]


def _expression(word: str) -> str:
    folded = "".join(c if c in "\\" else fold(c) for c in word)
    starred = re.sub(r"(?<![\\)\]}.\w])\*|(?<=[^\W\d_])\*", r"\\w*", folded)
    return starred.replace(" ", r"\s+").replace("'", "'?")


def _empty(code: str) -> Lexicon:
    nothing: dict[str, re.Pattern[str]] = {}
    return Lexicon(
        language=code, stopwords=frozenset(), negation=_NOTHING, not_negation=_NOTHING, modality=nothing,
        direction=nothing, rounding=nothing, scales={}, time=nothing, months={}, weekdays={}, speech=_NOTHING, opinion=_NOTHING,
        question=nothing, measure=nothing,
    )  # fmt: skip
