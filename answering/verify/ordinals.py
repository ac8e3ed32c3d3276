"""Ordinals in words: "the second woman" is not the first, "huitième" not "septième".

Where the span has an ordinal and the sentence another, one of them must be said by both; a sentence's
ordinal that meets none in the span is left to the other checks ("first" is often said otherwise).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from answering.folding import fold
from answering.verify.moments import find_moments
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import content_stems

# First to twelfth, each with the endings its language gives it.
_WORDS = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "fr": "premiers?|premieres? deuxiemes?|secondes?|seconds? troisiemes? quatriemes? cinquiemes? sixiemes? "
          "septiemes? huitiemes? neuviemes? dixiemes? onziemes? douziemes?",
    "es": "primer[oa]?s? segund[oa]s? tercer[oa]?s? cuart[oa]s? quint[oa]s? sext[oa]s? septim[oa]s? octav[oa]s? "
          "noven[oa]s? decim[oa]s? undecim[oa]s? duodecim[oa]s?",
    "de": "erst(?:e[nmrs]?|mals) zweite[nmrs]? dritte[nmrs]? vierte[nmrs]? funfte[nmrs]? sechste[nmrs]? "
          "sieb(?:en)?te[nmrs]? achte[nmrs]? neunte[nmrs]? zehnte[nmrs]? elfte[nmrs]? zwolfte[nmrs]?",
    "pt": "primeir[oa]s? segund[oa]s? terceir[oa]s? quart[oa]s? quint[oa]s? sext[oa]s? setim[oa]s? oitav[oa]s? "
          "non[oa]s? decim[oa]s? undecim[oa]s? duodecim[oa]s?",
    "ar": "اول|اولي|الاول|الاولي ثان|ثاني|ثانيه|الثاني|الثانيه ثالث|ثالثه|الثالث|الثالثه رابع|رابعه|الرابع|الرابعه "
          "خامس|خامسه|الخامس|الخامسه سادس|سادسه|السادس|السادسه سابع|سابعه|السابع|السابعه ثامن|ثامنه|الثامن|الثامنه "
          "تاسع|تاسعه|التاسع|التاسعه عاشر|عاشره|العاشر|العاشره",
}  # fmt: skip
_DIGITS = {
    "en": r"(\d{1,2})(?:st|nd|rd|th)\b", "fr": r"(\d{1,2})(?:er|ere|e|eme)\b", "es": r"(\d{1,2})\.?[oaº]\b",
    "de": r"(?<![\d.,:])(\d{1,2})\.(?= [a-z])", "pt": r"(\d{1,2})\.?[oaº]\b",
}  # fmt: skip
# "For the first time", "on second thoughts", "a second ago": said of no rank. "Segunda-feira" is Monday.
_NOT_RANKS = re.compile(
    r"(?:for|at) (?:the )?first(?: time)?|first (?:time|ever)|(?:a|per|each) second|seconds?(?= (?:before|after|ago|later))|"
    r"second world war|premiere fois|en premier|par seconde|por primera vez|primera vez|por segundo|(?:en|al) primer lugar|"
    r"pela primeira vez|primeira vez|primeir[oa]s?[- ]ministr[oa]s?|premiers? ministres?|primer[oa]?s? ministr[oa]s?|"
    r"segunda-feira|terca-feira|quarta-feira|quinta-feira|sexta-feira|zum ersten mal|erste[nr]? mal|erstmals|"
    r"للمره الاولي|المره الاولي|لاول مره|الوزير الاول|(?:الثانيه|ثانيه|الرابعه|السابعه|الثامنه|التاسعه|العاشره|السادسه|الخامسه|"
    r"الثالثه)(?= (?:مساء|صباحا|عصرا|ليلا|ظهرا))|(?<=الساعه )\w+|zweiten weltkrieg\w*|seconde guerre|segunda guerra"
)


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claimed = _ordinals(sentence, context.claim_language)
    if not claimed:
        return []
    stated = _ordinals(span, context.language)
    objections: list[Objection] = []
    for rank, company in claimed.items():
        if rank in stated or not stated:
            continue
        rivals = {r: c for r, c in stated.items() if r not in claimed}
        if not rivals:
            continue
        same = [r for r, c in rivals.items() if company & c]
        if same or context.crosses_languages or len(stated) == 1:
            make = veto if same else doubt
            objections.append(
                make(
                    ErrorKind.NUMBER,
                    f"the story says {_shown((same or list(rivals))[0])}, not {_shown(rank)}",
                )
            )
    return objections


def _shown(rank: int) -> str:
    names = _WORDS["en"].split()
    return names[rank - 1] if rank <= len(names) else f"number {rank}"


@cache
def _patterns(language: str | None) -> tuple[tuple[int, re.Pattern[str]], ...]:
    listed = _WORDS.get(language or "", "").split(" ")
    front = "(?:[وفبلك]?)" if language == "ar" else ""
    return tuple(
        (rank, re.compile(rf"(?<!\w){front}(?:{forms})(?!\w)"))
        for rank, forms in enumerate((f for f in listed if f), start=1)
    )


@lru_cache(maxsize=8192)
def _ordinals(text: str, language: str | None) -> dict[int, frozenset[str]]:
    """Rank → the stems of the two words that follow each of its mentions."""
    folded = _NOT_RANKS.sub(lambda m: " " * len(m.group()), fold(text))
    dates = [(m.start, m.end) for m in find_moments(text, language) if m.day]
    found: dict[int, frozenset[str]] = {}
    places = [(rank, m) for rank, pattern in _patterns(language) for m in pattern.finditer(folded)]
    if digits := _DIGITS.get(language or ""):
        places += [(int(m[1]), m) for m in re.finditer(digits, folded)]
    for rank, match in places:
        if any(start < match.end() and match.start() < end for start, end in dates):
            continue
        follows = content_stems(folded[match.end() : match.end() + 28], language)[:2]
        found[rank] = found.get(rank, frozenset()) | frozenset(follows)
    return found
