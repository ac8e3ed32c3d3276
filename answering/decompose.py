"""A question of two things is asked as two questions, each searched and read by itself.

"How many more … than …", "this or that?", "both this and that", "who …, and when …": `decompose`
finds the two parts by the patterns of lexicons/comparisons.toml, and puts each with what they have
in common. None where the question is of one thing, or where only one reading of it is certain.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from answering.questions import Asked, Kind, understand
from answering.verify.moments import FIRST_YEAR, LAST_YEAR
from answering.verify.names import find_names

_FILE = Path(__file__).with_name("lexicons") / "comparisons.toml"
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_EDGES = " ?¿؟.!,:;"


class Form(StrEnum):
    DIFFERENCE = "difference"  # how many more the one than the other
    CHOICE = "choice"  # which of the two has more
    BOTH = "both"  # what holds of the one and of the other
    SEVERAL = "several"  # two questions in one


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the two things, as the question names it, and the question that asks for it alone."""

    name: str
    question: str

    def asked(self, language: str) -> Asked:
        """Its question understood, of its own names alone: "House of Commons" may go without saying."""
        whole = understand(self.question, language)
        own = tuple(n for n in whole.names if n.text in self.name)
        return replace(whole, names=own or whole.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposed:
    form: Form
    parts: tuple[Part, Part]
    least: bool = False  # the choice is of the smaller


def decompose(asked: Asked) -> Decomposed | None:
    held = _held().get(asked.language)
    if held is None:
        return None
    text = asked.text.strip(_EDGES)
    readings = (_difference, _choice, _both, _several)
    return next((found for reading in readings if (found := reading(text, held, asked.language))), None)


def asks_for_synthesis(asked: Asked) -> bool:
    """Whether the answer is spread over many stories: a list, or how something went over time."""
    held = _held().get(asked.language)
    if asked.kind is Kind.LIST or asked.listed:
        return True
    return held is not None and bool(re.search(rf"\b(?:{held['synthesis']})", asked.text, re.IGNORECASE))


_Held = Mapping[str, str | Sequence[str]]


def _difference(text: str, held: _Held, language: str) -> Decomposed | None:
    match = _match("difference", text, held)
    if match is None:
        return None
    own = f"{match['left']} {match.groupdict().get('own') or ''}".strip()
    right = match["right"].strip(_EDGES)
    shared, apart = _without(own, right, language)
    left = Part(name=apart or own, question=f"{match['ask']} {own}?")
    return Decomposed(
        form=Form.DIFFERENCE, parts=(left, Part(name=right, question=f"{match['ask']} {shared} {right}?"))
    )


def _choice(text: str, held: _Held, language: str) -> Decomposed | None:
    match = _match("choice", text, held)
    if match is None or not re.search(rf"\b(?:{held['compared']})\b", match["rest"], re.IGNORECASE):
        return None
    rest, ask = match["rest"], _ask(match["rest"], held)
    if ask is None:
        return None
    names = (match["left"].strip(_EDGES), match["right"].strip(_EDGES))
    parts = tuple(Part(name=name, question=f"{ask} {rest} {name}?") for name in names)
    least = bool(re.search(rf"\b(?:{held['least']})\b", rest, re.IGNORECASE))
    return Decomposed(form=Form.CHOICE, parts=(parts[0], parts[1]), least=least)


def _both(text: str, held: _Held, language: str) -> Decomposed | None:
    match = _match("both", text, held)
    if match is None:
        return None
    left, right = match["left"].strip(_EDGES), match["right"].strip(_EDGES)
    shared = _words_that_lead(left, right)
    return Decomposed(
        form=Form.BOTH,
        parts=(
            Part(name=left, question=f"{match['rest']} {left}?"),
            Part(name=right, question=f"{match['rest']} {shared}{right}?"),
        ),
    )


def _several(text: str, held: _Held, language: str) -> Decomposed | None:
    """Two questions in one; the second has the first's names where it names nobody itself."""
    match = _match("several", text, held)
    if match is None or len(match["left"].split()) < _WORDS_OF_A_QUESTION:
        return None
    left, right = match["left"].strip(_EDGES), match["right"].strip(_EDGES)
    if len(right.split()) < _WORDS_OF_A_QUESTION:
        return None
    names = [n.text for n in find_names(left, language) if n.surely]
    if names and not any(n.surely for n in find_names(right, language)):
        right = f"{right} ({', '.join(names)})"
    return Decomposed(
        form=Form.SEVERAL,
        parts=(Part(name=left, question=f"{left}?"), Part(name=right, question=f"{right}?")),
    )


_WORDS_OF_A_QUESTION = 3


def _match(form: str, text: str, held: _Held) -> re.Match[str] | None:
    return next((m for p in held[form] if (m := re.match(p, text, re.IGNORECASE))), None)


def _ask(rest: str, held: _Held) -> str | None:
    """The words that ask for what is compared: "How many votes", "What percentage"; None: no number."""
    if re.search(rf"\b(?:{held['percent']})", rest, re.IGNORECASE):
        return str(held["ask_percent"])
    for pattern in held["measure"]:
        if match := re.search(pattern, rest, re.IGNORECASE):
            return str(held["ask"]).format(noun=match["noun"])
    return None


def _without(own: str, other: str, language: str) -> tuple[str, str]:
    """What the first part says that also holds of the second, and what is the first's alone: its years, and
    its last name where the second has one (who did it; the names of what is counted come first)."""
    alone: list[str] = []
    names = [n.text for n in find_names(own, language) if n.surely]
    if names and any(n.surely for n in find_names(f"x {other}", language)):  # x: no capital of a beginning
        # German names lose a first name that is a word of its own: "Angela Merkel" is found as "Merkel".
        first = (
            re.search(rf"(?<=[a-zäöüß] )[A-ZÄÖÜ][\w-]+ {re.escape(names[-1])}", own)
            if language == "de"
            else None
        )
        alone.append(first[0] if first else names[-1])
    if _YEAR.search(other):
        alone += [y for y in _YEAR.findall(own) if FIRST_YEAR <= int(y) < LAST_YEAR]
    shared = own
    for words in alone:
        shared = shared.replace(words, " ")
    return re.sub(r"\s+", " ", shared).strip(), " ".join(alone)


def _words_that_lead(left: str, right: str) -> str:
    """ "a final da Copa do Mundo de 1998" and "a do Euro 2016": the noun that the second leaves out."""
    words = left.split()
    short = len(right.split()) < len(words)
    return f"{' '.join(words[:2])} " if short and len(words) > 2 else ""


@cache
def _held() -> Mapping[str, _Held]:
    return tomllib.loads(_FILE.read_text("utf-8"))
