"""Cloze questions: a sentence of a story with a figure or a year left out, asked with the story's date.

The sentence must be long enough to be recognised, hold the figure once, and stand in no other drawn story but
its copies, with whatever figure. An unanswerable one is the same with its story, and all copies, left out of
the corpus; no story that is left may hold the figure beside much of what the sentence says, nor, in another
language, within DAYS days of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from domain.sentences import split_sentences
from domain.story import Version
from evaluation.measures.answers import tokens
from evaluation.synthetic.items import Drawn, MadeQuery, Rarity

FIGURE, YEAR, REMOVED = "cloze_figure", "cloze_year", "cloze_removed"
GAP = "____"
_SHORTEST, _LONGEST = 60, 260  # characters
_TELLING = 6  # words that a sentence is chosen by
_SHARED = 0.4  # of the weight of a sentence's words: a story with so much of it may say the same
DAYS = 3  # between a story and its translation
_NUMBER = re.compile(
    r"(?<![\w.,:/-])\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?![\w:/-])|(?<![\w.,:/-])\d+(?:[.,]\d+)?(?![\w:/-])"
)
_IS_YEAR = re.compile(r"(?:18|19|20)\d\d")
_ASK = {
    "en": "What belongs in the gap, in the story of {day}? “{text}”",
    "fr": "Que manque-t-il dans la dépêche du {day} ? « {text} »",
    "es": "¿Qué falta en la noticia del {day}? «{text}»",
    "de": "Was fehlt in der Meldung vom {day}? „{text}“",
    "pt": "O que falta na notícia de {day}? “{text}”",
    "ar": "ما الناقص في خبر {day}؟ «{text}»",
}


def cloze(story: Version, drawn: Drawn) -> Iterator[MadeQuery]:
    """Questions that the story answers, the most telling first; those that cannot be told apart are left out."""
    for sentence, figure in sorted(_candidates(story), key=lambda pair: -_weight(pair[0], drawn.rarity)):
        halves = sentence.split(figure, 1)
        longer = max(halves, key=len)
        if any(drawn.says(other, longer) for other in drawn.others(story.guid)):
            continue
        yield MadeQuery(
            text=asked(GAP.join(halves), story.language, story.published),
            kind=YEAR if _IS_YEAR.fullmatch(figure) else FIGURE,
            language=story.language,
            relevant=tuple(sorted(drawn.family(story.guid))),
            answers=(figure,),
            answerable=True,
        )


def removed(query: MadeQuery, story: Version, drawn: Drawn) -> MadeQuery | None:
    """The same question with its support taken away; None where another story may still answer it."""
    said = {word for word in tokens(query.text) if word in drawn.words(story.guid)}  # not the question's own
    weight = sum(map(drawn.rarity.of, said))
    for other in drawn.others(story.guid):
        near = sum(map(drawn.rarity.of, said & drawn.words(other))) >= _SHARED * weight
        if (near or _may_translate(drawn.story(other), story)) and any(
            drawn.says(other, answer) for answer in query.answers
        ):
            return None
    return MadeQuery(
        text=query.text,
        kind=REMOVED,
        language=query.language,
        answerable=False,
        removed=tuple(sorted(drawn.family(story.guid))),
    )


def _may_translate(other: Version, story: Version) -> bool:
    """Words cannot tell across languages; the days can."""
    return other.language != story.language and abs((other.published - story.published).days) <= DAYS


def asked(masked: str, language: str | None, published: datetime) -> str:
    """In the story's language where its words are known here, otherwise the bare sentence."""
    template = _ASK.get(language or "")
    if template is None:
        return masked
    return template.format(day=_day(published, language or "en"), text=masked)


def _day(published: datetime, language: str) -> str:
    try:
        return str(format_date(published.date(), format="long", locale=Locale.parse(language)))
    except UnknownLocaleError:
        return published.date().isoformat()


def _candidates(story: Version) -> Iterator[tuple[str, str]]:
    for start, end in split_sentences(story.body):
        sentence = " ".join(story.body[start:end].split())
        if _SHORTEST <= len(sentence) <= _LONGEST:
            figures = _NUMBER.findall(sentence)
            for figure in figures:
                # A digit by itself stands in any text, and one that stands twice is given away.
                if len(figure) > 1 and sentence.count(figure) == 1:
                    yield sentence, figure
                    break


def _weight(sentence: str, rarity: Rarity) -> float:
    words = rarity.rarest(tokens(sentence), _TELLING)
    return sum(rarity.of(word) for word in words)
