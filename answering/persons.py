"""The persons a sentence names, and whether two names are of one person.

A person is named by two parts and more, or by the last of them where the story has both. German writes every noun
with a capital: there it is the last two of a run of capitals, titles left out. None in scripts without capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from answering.evidence import EvidenceStory
from answering.folding import fold
from answering.happenings import dispute_words
from answering.lexicon import lexicon
from answering.verify.names import Name, find_names, place_lines
from answering.words import is_no_noun

_CAPITALS = re.compile(
    r"(?<![\w-])[^\W\d_a-zäöüß][\w'’-]*(?:\s(?:(?:von|van|de|zu|der|den)\s)*[^\W\d_a-zäöüß][\w'’-]*)*"
)
_TOKEN = re.compile(r"[^\s]+")
_PARTICLES = frozenset({"von", "van", "de", "zu", "der", "den"})


def persons(text: str, story: EvidenceStory) -> list[Name]:
    """The persons of the sentence, each as often as named."""
    whole = f"{story.hit.headline or ''}. {story.body}"
    return list(persons_in(text, story.hit.language, whole))


@lru_cache(maxsize=4096)
def persons_in(text: str, language: str | None, whole: str = "") -> tuple[Name, ...]:
    """The persons of a text; `whole` is where a last name alone has its first name."""
    named = _full_names(text, language)
    known = {n.parts[-1] for n in (*named, *_full_names(whole, language))}
    alone = [
        n
        for n in find_names(text, language)
        if n.parts[-1] in known and len(n.parts) == 1 and not n.placed and not n.text.isupper()
        and not any(p.start <= n.start and n.end <= p.end for p in named)
    ]  # fmt: skip
    return tuple(sorted((*named, *alone), key=lambda n: n.start))


def same_person(one: Name, other: Name) -> bool:
    """ "Brandt" is "Karl Brandt", and so is "Karl Brandt of Lund"; "Anna Brandt" is not."""
    short, long = sorted((one.parts, other.parts), key=len)
    return short[0] in long[1:] or short == long if len(short) == 1 else set(short) <= set(long)


def _full_names(text: str, language: str | None) -> tuple[Name, ...]:
    if language == "de":
        return tuple(_german(text))
    return tuple(
        n for n in find_names(text, language)
        if len(n.parts) > 1 and n.surely and not n.placed and not n.text.isupper()
    )  # fmt: skip


def _german(text: str) -> Iterator[Name]:
    """The pairs at the end of each run: "Bundeskanzler Helmut Kohl", "löste Angela Merkel Helmut Kohl ab"."""
    held = lexicon("de")
    no_names = held.stopwords | held.months.keys() | held.weekdays.keys()
    titles = dispute_words("de")["titles"]
    for run in _CAPITALS.finditer(text):
        tokens = [t for t in _TOKEN.finditer(text, run.start(), run.end()) if t.group() not in _PARTICLES]
        kept = [
            t for t in tokens if fold(t.group()) not in no_names and not titles.fullmatch(fold(t.group()))
        ]
        if len(kept) > 1 and kept[0].start() == run.start() and is_no_noun(kept[0].group()):
            kept = kept[1:]
        while len(kept) > 1:
            yield from _pair(text, kept[-2], kept[-1])
            kept = kept[:-2]


def _pair(text: str, first: re.Match[str], last: re.Match[str]) -> Iterator[Name]:
    parts = (fold(first.group()), fold(last.group()))
    said = text[first.start() : last.end()]
    if not any(w.isupper() for w in (first.group(), last.group())) and not place_lines(" ".join(parts)):
        yield Name(text=said, parts=parts, start=first.start(), end=last.end())
