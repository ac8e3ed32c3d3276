"""Number words: "twenty-three", "quatre-vingts", "dreiundzwanzig", "ثلاثة وعشرون" → 23.

The words of 0 to 100, the round hundreds and the round thousands come from num2words; the forms
it does not give (feminines, Arabic's cases, Swiss French) are listed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from num2words import num2words  # type: ignore[import-untyped]

from answering.folding import fold
from answering.lexicon import LANGUAGES

_ROUND = (*range(100, 1000, 100), *range(1000, 20_000, 1000), *range(20_000, 100_000, 10_000),
          *range(100_000, 1_000_000, 100_000))  # fmt: skip
_FEMININE = {
    "es": {"cientos": "cientas", "veintiuno": "veintiuna", "veintiun": "veintiuna"},
    "pt": {"dois": "duas", "centos": "centas", "um": "uma"},
}
_MORE = {
    "en": {"nil": 0, "zero": 0, "a hundred": 100, "a thousand": 1000},
    "fr": {"zero": 0, "quatre-vingt": 80, "septante": 70, "huitante": 80, "octante": 80, "nonante": 90, "cents": 100,
           "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
           "cinquantaine": 50, "soixantaine": 60, "centaine": 100},
    "es": {"cero": 0, "ciento": 100, "veintiun": 21, "quinientas": 500, "setecientas": 700, "novecientas": 900,
           "mil": 1000},
    "de": {"null": 0, "zwo": 2, "hundert": 100, "tausend": 1000, "zweier": 2, "dreier": 3},
    "pt": {"zero": 0, "cento": 100, "duzentas": 200, "mil": 1000, "quatorze": 14, "catorze": 14, "dezasseis": 16,
           "dezassete": 17, "dezanove": 19},
    "ar": {"صفر": 0, "دون مقابل": 0, "دون رد": 0, "بدون مقابل": 0},
}  # fmt: skip
_AR_UNITS = {2: "اثنان اثنين اثنتان اثنتين", 3: "ثلاثة ثلاث", 4: "أربعة أربع", 5: "خمسة خمس", 6: "ستة ست",
             7: "سبعة سبع", 8: "ثمانية ثماني ثمان", 9: "تسعة تسع"}  # fmt: skip
_AR_TEENS = {11: "أحد عشر|إحدى عشرة", 12: "اثنا عشر|اثني عشر|اثنتا عشرة|اثنتي عشرة"}
_AR_TENS = {20: "عشر", 30: "ثلاث", 40: "أربع", 50: "خمس", 60: "ست", 70: "سبع", 80: "ثمان", 90: "تسع"}


@cache
def cardinal_words(language: str | None) -> Mapping[str, int]:
    """Folded number words of a language → value, longest first. One is left out: it is also the article."""
    if language not in LANGUAGES:
        return {}
    found = _arabic() if language == "ar" else {}
    for value in (*range(2, 101), *_ROUND):
        found.setdefault(fold(num2words(value, lang=language)), value)
    for plain, feminine in _FEMININE.get(language, {}).items():
        found |= {k.replace(plain, feminine): v for k, v in list(found.items()) if plain in k}
    found |= _MORE[language]
    found |= {k.replace("-", " "): v for k, v in list(found.items()) if "-" in k}
    return dict(sorted(found.items(), key=lambda item: len(item[0]), reverse=True))


@cache
def cardinal_pattern(language: str | None) -> re.Pattern[str]:
    """Finds a number word; `group("word")` is the key of `cardinal_words`."""
    listed = "|".join(map(re.escape, cardinal_words(language)))
    front = "(?:و|ب|ل|ال)?" if language == "ar" else ""
    return re.compile(rf"(?<!\w){front}(?P<word>{listed})(?!\w)" if listed else r"(?!)")


def _arabic() -> dict[str, int]:
    found: dict[str, int] = {"عشره": 10, "عشر": 10, "مئه": 100, "مائه": 100, "مئتان": 200, "مئتين": 200,
                             "مئتا": 200, "مئتي": 200, "مائتان": 200, "مائتين": 200, "الفان": 2000,
                             "الفين": 2000}  # fmt: skip
    units = {value: [fold(w) for w in forms.split()] for value, forms in _AR_UNITS.items()}
    for value, forms in units.items():
        found |= dict.fromkeys(forms, value)
        if value > 2:
            found |= {f"{form} عشر{ending}": value + 10 for form in forms for ending in ("", "ه")}
            stem = forms[-1] if value != 8 else "ثماني"
            found |= {f"{stem}{hundred}": value * 100 for hundred in ("مئه", "مائه")}
            found |= {f"{forms[0]} الاف": value * 1000, f"{forms[-1]} الاف": value * 1000}
    found["ثمانمئه"] = found["ثمانمائه"] = 800
    for value, teens in _AR_TEENS.items():
        found |= {fold(form): value for form in teens.split("|")}
    for value, root in _AR_TENS.items():
        for ending in ("ون", "ين"):
            ten = fold(root + ending)
            found[ten] = value
            found |= {f"{form} و{ten}": value + unit for unit, forms in units.items() for form in forms}
            found |= {f"{form} و{ten}": value + 1 for form in ("واحد", "واحده", "احدي")}
    return found
