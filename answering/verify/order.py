"""What came first: "A before B" is not told of a story in which B came first, whatever words tell it.

The two events of the sentence are looked for in the story's clauses. Their order is known from dates or hours
that the story gives both, or from a word between them ("then", "puis", "danach"); where neither tells, nothing
is objected. Within one language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from answering.folding import fold
from answering.lexicon import compile_words
from answering.verify.moments import find_moments
from answering.verify.objection import Context, ErrorKind, Objection, doubt
from answering.words import stem_set
from domain.sentences import split_sentences

_FILE = Path(__file__).parents[1] / "lexicons" / "order.toml"
_CLAUSE = r"[,،;:()\n]|(?<!\w)(?:and|et|y|e|und|but|mais|pero|aber|mas)(?!\w)"
_HOUR = re.compile(r"(?<![\d.,:])(\d{1,2}) ?[:h] ?(\d{2})(?![\d:])")
_STOP = re.compile(r"[.;:!?\n]|, ")
_SPELL = re.compile(r"\s*(?:\w+\s+)?\d")  # "after 156 years", "after some 20 minutes": a time, no event
_LEAST_SHARE = 0.4  # of an event's words that a clause must have to tell of it

When = tuple[int, ...]  # year, month, day, hour, minute: as far as told, 0 for what is not


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    sentence: int
    stems: frozenset[str]
    when: When | None
    then: bool  # a word such as "then" says that it came after the clauses ahead of it
    after: bool | None  # it opens with "after" (its event is the earlier) or, False, with "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    before: re.Pattern[str]
    after: re.Pattern[str]
    then: re.Pattern[str]


@cache
def _words(language: str | None) -> _Words | None:
    raw = tomllib.loads(_FILE.read_text("utf-8"))
    if language is None or language not in raw:
        return None
    return _Words(
        **{name: compile_words(listed, language=language) for name, listed in raw[language].items()}
    )


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    if is_told(sentence, context) is not False:
        return []
    return [doubt(ErrorKind.DIRECTION, "by the story the two came in the other order")]


def is_told(sentence: str, context: Context) -> bool | None:
    """Whether the story has the sentence's two events in the sentence's order; None where it does not tell."""
    events = None if context.crosses_languages else _events(sentence, context.claim_language)
    if events is None:
        return None
    earlier, later = events
    clauses = _clauses(context.body, context.language, context.day)
    one, other = _telling(earlier - later, clauses), _telling(later - earlier, clauses)
    if one is None or other is None or one == other:
        return None
    return _comes_first(one, other, clauses)


@lru_cache(maxsize=4096)
def _events(sentence: str, language: str | None) -> tuple[frozenset[str], frozenset[str]] | None:
    """The stems of the sentence's earlier and later event, where a word puts one before the other."""
    words = _words(language)
    if words is None:
        return None
    folded = fold(sentence)
    marks = [(m, True) for m in words.before.finditer(folded)]
    marks += [(m, False) for m in words.after.finditer(folded) if not _SPELL.match(folded, m.end())]
    if len(marks) != 1:
        return None
    mark, before = marks[0]
    rest = folded[mark.end() :]
    ahead, behind = folded[: mark.start()], rest
    if not ahead.strip():  # "After the vote, he left"
        stop = _STOP.search(rest)
        if stop is None:
            return None
        behind, ahead = rest[: stop.start()], rest[stop.end() :]
    one, other = stem_set(ahead, language), stem_set(_STOP.split(behind)[0], language)
    if not one or not other:
        return None
    return (one, other) if before else (other, one)


def _telling(event: frozenset[str], clauses: tuple[_Clause, ...]) -> int | None:
    """The clause that tells of an event: the one with most of its words, if it has enough and is alone in it."""
    if not event:
        return None
    shares = [len(event & c.stems) for c in clauses]
    most = max(shares, default=0)
    if most < max(1, len(event) * _LEAST_SHARE) or shares.count(most) > 1:
        return None
    return shares.index(most)


def _comes_first(one: int, other: int, clauses: tuple[_Clause, ...]) -> bool | None:
    a, b = clauses[one], clauses[other]
    first, last = min(one, other), max(one, other)
    if a.sentence == b.sentence:
        for opening in (last, first):
            if clauses[opening].after is not None:
                return (one == opening) is clauses[opening].after
    if a.when is not None and b.when is not None:
        told = [(x, y) for x, y in zip(a.when, b.when, strict=True) if x and y]
        for x, y in told:
            if x != y:
                return x < y
    if abs(a.sentence - b.sentence) > 1:
        return None
    between = clauses[first + 1 : last + 1]
    if (
        a.sentence != b.sentence
    ):  # "Its last governor, Chris Patten, then left": anywhere in the later sentence
        between = tuple(c for c in clauses[first + 1 :] if c.sentence == clauses[last].sentence)
    if any(c.then for c in between):
        return one < other
    return None


@lru_cache(maxsize=512)
def _clauses(body: str, language: str | None, day: date) -> tuple[_Clause, ...]:
    return tuple(
        clause
        for number, (start, end) in enumerate(split_sentences(body))
        for clause in _of_sentence(body[start:end], number, language, day)
    )


def _of_sentence(text: str, number: int, language: str | None, day: date) -> Iterator[_Clause]:
    words = _words(language)
    folded = fold(text)
    edges = [0, *(i for m in re.finditer(_CLAUSE, folded) for i in m.span()), len(folded)]
    opening = _openings(folded, words)
    edges = sorted([*edges, *(at for at in opening for _ in range(2))])  # a mark opens a clause of its own
    places = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if folded[a:b].strip()]
    dated = _dates(text, folded, language, day)
    for start, end in places:
        own = [when for at, when in dated if start <= at < end]
        # "Denmark joined in 1973": a clause before the date shares it; one after the last date has that.
        following = [when for at, when in dated if at >= end]
        near = own or following or [when for _, when in dated][-1:]
        yield _Clause(
            sentence=number,
            stems=stem_set(folded[start:end], language),
            when=near[0] if near else None,
            then=bool(words and words.then.search(folded, start, end)),
            after=next((is_after for at, is_after in opening.items() if at - start in (0, 1)), None),
        )


def _openings(folded: str, words: _Words | None) -> dict[int, bool]:
    """Where "after" (True) or "before" stands."""
    if words is None:
        return {}
    found = {m.start(): False for m in words.before.finditer(folded)}
    return found | {
        m.start(): True for m in words.after.finditer(folded) if not _SPELL.match(folded, m.end())
    }


def _dates(text: str, folded: str, language: str | None, day: date) -> list[tuple[int, When]]:
    """Where a date or an hour stands, and which; one beside the other makes one."""
    found: list[tuple[int, When]] = [
        (m.start, (m.year or day.year, m.month or 0, m.day or 0, 0, 0))
        for m in find_moments(text, language, anchor=day)
        if m.surely and (m.year or m.month)
    ]
    found += [(m.start(), (0, 0, 0, int(m[1]) + 1, int(m[2]) + 1)) for m in _HOUR.finditer(folded)]
    return sorted(found)
