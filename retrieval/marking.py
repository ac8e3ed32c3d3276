"""Where a text holds the words that were asked for, in whatever form: for marks in what is shown.

A word is marked where the index would have found it: by the terms of `retrieval.lexical.analysis`, so that
"dockers" marks "docker" and "élections" marks "ELECTION". A phrase is marked whole, and only as a phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from retrieval.lexical.analysis import placed_terms, terms, words
from retrieval.lexical.function_words import content_words, guess_language
from retrieval.lexical.question import MOST_WORDS
from retrieval.syntax import Sought, is_expression, words_sought

Span = tuple[int, int]
_Placed = tuple[int, int, str]
_Matches = Callable[[str], bool]


class Marker:
    """Marks one query's words in any number of texts. `languages`: those of the index, whose stems it tries."""

    def __init__(self, text: str, *, languages: Iterable[str]) -> None:
        self._wanted = [
            one for sought in _sought(text) if (one := _wanted(sought, list(languages))) is not None
        ]

    def spans(self, text: str, *, language: str | None, field: str = "body") -> list[Span]:
        """Sorted [start, end) places, none touching another. `field`: body or headline."""
        placed = list(placed_terms(text, language))
        found = [
            span
            for one in self._wanted
            if one.field in (None, field)
            for span in _places(placed, one.matchers, slop=one.slop)
        ]
        return _merged(found)


@dataclass(frozen=True, slots=True)
class _Wanted:
    matchers: tuple[_Matches, ...]
    slop: int
    field: str | None


def _sought(text: str) -> Iterable[Sought]:
    if is_expression(text):
        return words_sought(text)
    chosen = content_words(words(text), guess_language(text))[:MOST_WORDS]
    return [Sought(words=word) for word in dict.fromkeys(chosen)]


def _wanted(sought: Sought, languages: Sequence[str]) -> _Wanted | None:
    spoken = words(sought.words)
    if not spoken:
        return None
    matchers = [_same(word, languages) for word in spoken]
    if sought.is_prefix:
        begins = "".join(terms(spoken[-1], None))
        matchers[-1] = _either(matchers[-1], lambda term: term.startswith(begins))
    return _Wanted(tuple(matchers), sought.slop, sought.field)


def _same(word: str, languages: Sequence[str]) -> _Matches:
    variants = frozenset(term for language in (None, *languages) for term in terms(word, language))
    return variants.__contains__


def _either(first: _Matches, second: _Matches) -> _Matches:
    return lambda term: first(term) or second(term)


def _places(placed: Sequence[_Placed], matchers: Sequence[_Matches], *, slop: int) -> Iterable[Span]:
    """Of one word each place; of several those where they follow one another, at most `slop` others between."""
    for begin, (start, end, term) in enumerate(placed):
        if not matchers[0](term):
            continue
        spare, last, ends, parts = slop, begin, end, [(start, end)]
        for matches in matchers[1:]:
            near = range(last + 1, min(last + 2 + spare, len(placed)))
            found = next((place for place in near if matches(placed[place][2])), None)
            if found is None:
                break
            spare -= found - last - 1
            last, ends = found, placed[found][1]
            parts.append(placed[found][:2])
        else:
            # With other words between, those asked for are marked and the others are not.
            yield from parts if slop else [(start, ends)]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
