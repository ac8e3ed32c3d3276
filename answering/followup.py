"""A question that leans on the one before it, written out so that it can be searched by itself.

"and in 1991?" takes the earlier question with the new year; "and France?" with the new name; "when was
she born?" is given the name it speaks of. No model is asked: what cannot be told by these rules is left
as it was put. The result is shown to the reader before it is answered.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from answering.folding import fold
from answering.languages import question_language
from answering.questions import Asked, Kind, understand
from answering.verify.moments import Moment, find_moments
from answering.verify.names import Name, find_names

_FILE = Path(__file__).with_name("lexicons") / "followups.toml"
# A question longer than this stands by itself unless a pronoun says otherwise.
_SHORT = 6  # words behind "and"
_EDGES = " ?¿؟.!,:;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What was asked before, as it was understood, and what was answered (None: nothing was)."""

    question: str
    answer: str | None = None


def rewritten(question: str, before: Turn) -> str:
    """The question written out; the question itself where it does not lean on the one before."""
    language = question_language(question)
    if len(question.split()) <= _SHORT:  # "et en 1991 ?": too short to tell the language by
        language = question_language(f"{before.question} {question}")
    held = _held().get(language)
    if held is None:
        return question
    bare, leads = _without_lead(question, held["lead"])
    asked, earlier = understand(bare, language), understand(before.question, language)
    if leads and len(bare.split()) <= _SHORT and asked.kind is None:
        return _exchanged(bare, earlier)
    if asked.names or not (leads or _leans(bare, held["pronoun"])):
        return question
    things = _leans(bare, held["thing"]) and not _leans(before.question, held["thing_asked"])
    names = _spoken_of(earlier, before, things=things)
    if not names:
        return question
    years = "" if asked.years else "".join(f", {year}" for year in sorted(earlier.years)) if leads else ""
    mark = "؟" if language == "ar" else "?"
    return f"{_capital(bare.strip(_EDGES))} ({', '.join(names)}{years}){mark}"


def _without_lead(question: str, lead: str) -> tuple[str, bool]:
    text = question.strip(_EDGES)
    match = re.match(lead, fold(text)) if len(fold(text)) == len(text) else None
    return (text[match.end() :].strip(_EDGES), True) if match and match.end() else (text, False)


def _leans(text: str, words: str) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{words})(?!\w)", fold(text)))


def _exchanged(bare: str, earlier: Asked) -> str:
    """The earlier question with the new date in the place of its own, the new name in that of its last."""
    text, language = earlier.text.strip(), earlier.language
    moments, names = find_moments(bare, language), [n for n in find_names(f"x {bare}", language) if n.surely]
    if moments and len(fold(bare)) == len(bare):
        return _with_date(text, bare, moments[0], language)
    if names and (old := [n for n in find_names(text, language) if n.surely]):
        return f"{text[: old[-1].start]}{names[-1].text}{text[old[-1].end :]}"
    return _appended(text, bare)


def _with_date(text: str, bare: str, moment: Moment, language: str) -> str:
    old = find_moments(text, language)
    if not old or len(fold(text)) != len(text):
        return _appended(text, bare)
    new = bare[moment.start : moment.end]
    return f"{text[: old[-1].start]}{new}{text[old[-1].end :]}"


def _appended(text: str, more: str) -> str:
    mark = text[-1] if text and text[-1] in "?؟" else "?"
    space = " " if text.endswith(" ?") else ""
    return f"{text.rstrip(_EDGES)} {more}{space}{mark}"


def _spoken_of(earlier: Asked, before: Turn, *, things: bool) -> list[str]:
    """Whom a pronoun means: who was asked for and named in the answer, else whom the question named.

    `things`: the pronoun is "it", which no answer to "who" is: "Who commanded the Challenger?", "when did
    it explode?" is of the Challenger.
    """
    asked = [n.text for n in earlier.names]
    told = _named_in(before.answer, earlier) if earlier.kind is Kind.WHO else []
    if things and asked:
        return asked
    told = [name for name in told if " " in name] or told  # "Angela Merkel" before "Bundestag"
    return told[:1] or asked or _named_in(before.answer, earlier)[:1]


def _named_in(answer: str | None, earlier: Asked) -> list[str]:
    known = {part for name in earlier.names for part in name.parts}
    names: list[Name] = list(find_names(answer or "", earlier.language))
    # A first word alone may owe its capital to its place; two words together are a name.
    return [n.text for n in names if n.surely and not known & set(n.parts) and (n.start or len(n.parts) > 1)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _held() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))
