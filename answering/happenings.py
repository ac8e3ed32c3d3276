"""What a question says happened, and the clauses of a story that tell of it as done.

The words stand in lexicons/happenings.toml: the forms in which a question names it, and those that tell it as a
fact. Infinitives and nouns are none of the second ("voted to leave", "the accession treaty"). Offsets are into
the folded text.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from answering.folding import fold
from answering.lexicon import compile_words, lexicon
from answering.questions import Asked
from answering.verify.moments import find_moments

_LEXICONS = Path(__file__).with_name("lexicons")
_EDGE = re.compile(r"[.;:!?\n()،؛]|,(?!\d)|(?<!\w)(?:and|et|y|e|und|but|mais|pero|aber|mas)(?!\w)| و(?=\w)")
_JOINED = re.compile(r",?\s*(?:(?:the|dem|den|le|el|dia|a|o)\s)?")  # "on Sunday, 8 March"
_NOT_DONE = ("planned", "possible", "alleged", "denied", "failed")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A kind of happening in one language."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    once: bool  # it comes but once to what it is told of
    one: bool  # it falls to one person alone


def happening_of(asked: Asked) -> Happening | None:
    """What the question says happened; None where that is nothing known here, or more than one thing."""
    folded = fold(asked.text)
    named = [h for h in happenings(asked.language) if h.asked.search(folded)]
    return named[0] if len(named) == 1 else None


def told_in(text: str, language: str | None, happening: Happening) -> tuple[Span, ...]:
    """The clauses that tell of it as done; none where the sentence speaks of plans, fears, charges or denials."""
    folded = fold(text)
    modality = lexicon(language).modality
    # "Arrested on suspicion of murder" is an arrest all the same.
    kept = [
        name for name in _NOT_DONE if name in modality and (name, happening.name) != ("alleged", "arrest")
    ]
    if any(modality[name].search(folded) for name in kept):
        return ()
    return tuple((a, b) for a, b in clauses(text, language) if happening.told.search(folded, a, b))


def clauses(text: str, language: str | None) -> tuple[Span, ...]:
    """The clauses of a sentence, cut at marks and at "and", never inside a date."""
    folded = fold(text)
    dates = _dates(folded, text, language)
    edges = [
        e.span() for e in _EDGE.finditer(folded) if not any(a < e.end() and e.start() < b for a, b in dates)
    ]
    cuts = [0, *(i for span in edges for i in span), len(folded)]
    return tuple((a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if folded[a:b].strip())


def _dates(folded: str, text: str, language: str | None) -> list[Span]:
    """Where dates stand; a weekday and its date are one, in German with the comma ahead of the verb
    ("ist am Sonntag, dem 4. April, gestorben")."""
    moments = find_moments(text, language)
    spans = [(m.start, m.end) for m in moments]
    for one, other in itertools.pairwise(moments):
        if one.weekday is not None and _JOINED.fullmatch(folded, one.end, other.start):
            closed = language == "de" and folded[other.end : other.end + 1] == ","
            spans.append((one.start, other.end + closed))
    return spans


@cache
def happenings(language: str) -> tuple[Happening, ...]:
    """All that are known, in the language's words."""
    raw = tomllib.loads((_LEXICONS / "happenings.toml").read_text("utf-8"))
    return tuple(
        Happening(
            name=name,
            asked=compile_words(held["asked"], language=language),
            told=compile_words(held["told"], language=language),
            once=held.get("once", False),
            one=held.get("one", False),
        )
        for name, held in raw.items()
    )


@cache
def dispute_words(language: str | None) -> Mapping[str, re.Pattern[str]]:
    """The words of lexicons/disputes.toml; patterns that find nothing for a language not held."""
    raw = tomllib.loads((_LEXICONS / "disputes.toml").read_text("utf-8"))
    code = language or ""
    return {
        name: compile_words(words[code], language=code) if code in words else re.compile(r"(?!)")
        for name, words in raw.items()
    }


@cache
def _offices(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw: dict[str, str] = tomllib.loads((_LEXICONS / "offices.toml").read_text("utf-8"))
    return tuple((name, compile_words(words, language=language)) for name, words in raw.items())


def offices_in(text: str, language: str | None) -> frozenset[str]:
    """The offices of one holder that the text names."""
    return frozenset(name for _, name in office_spans(text, language))


def office_spans(text: str, language: str | None) -> tuple[tuple[Span, str], ...]:
    """Where it names them, in the folded text; a longer name hides a shorter within it ("vice-president")."""
    folded = fold(text)
    found = [(m.span(), name) for name, p in _offices(language or "") for m in p.finditer(folded)]
    return tuple(
        ((a, b), name)
        for (a, b), name in found
        if not any(c <= a and b <= d and d - c > b - a for (c, d), _ in found)
    )
