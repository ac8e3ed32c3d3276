"""Words that carry no subject: left out of a question, and what tells its language when it is short.

"What", "did", "how many" would otherwise find the stories that ask questions. A question of
nothing but such words keeps them all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from retrieval.lexical.analysis import normalise, words

# Tantivy brings Snowball's lists of articles, pronouns and auxiliaries; these are the words
# of questions, which those lists leave out, and Arabic, for which it has none.
QUESTION_WORDS = {
    "en": "what which who whom whose when where why how many much did does do done was were is are be been "
    "has have had there about tell me give list name said say says according after before during since "
    "between from than his her its their they he she you we us your our can could would should may might "
    "any some most more first last",
    "fr": "qui que quoi quel quelle quels quelles quand où comment pourquoi combien lequel laquelle est-ce "
    "est sont était étaient été a ont avait avaient fut furent y il elle ils elles on ce cette ces cet se "
    "son sa ses leur leurs par pour avec dans sur depuis pendant avant après entre selon quelqu plus",
    "es": "quién quiénes qué cuál cuáles cuándo dónde cómo por cuánto cuánta cuántos cuántas es son era fue "
    "fueron ha han había habían hay su sus se según desde durante antes después entre más",
    "de": "wer wen wem wessen was welche welcher welches welchen welchem wann wo wie warum wieso weshalb "
    "viele viel wieviel ist sind war waren wurde wurden wird werden hat haben hatte hatten seit vor nach "
    "zwischen während laut gab gibt es mehr",
    "pt": "quem que qual quais quando onde como porque porquê quanto quanta quantos quantas é são era foi "
    "foram tem têm tinha houve há seu sua seus suas se segundo desde durante antes depois entre mais",
    "it": "chi che cosa quale quali quando dove come perché quanto quanta quanti quante è sono era fu furono "
    "ha hanno aveva secondo durante prima dopo tra fra più",
    "ar": "من ما ماذا متى أين كيف لماذا كم هل أي في على إلى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم "
    "كان كانت يكون تكون قد لقد أن إن لم لن لا ثم أو بين بعد قبل منذ خلال عند كل تم حسب وفقا",
    "nl": "wie wat welke welk wanneer waar hoe waarom hoeveel is zijn was waren werd werden heeft hebben",
}

_SNOWBALL = {
    "en": "english", "fr": "french", "es": "spanish", "de": "german", "pt": "portuguese", "it": "italian",
    "nl": "dutch", "ru": "russian", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish",
    "hu": "hungarian",
}  # fmt: skip

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),  # before Chinese: Japanese uses both
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)


def guess_language(text: str) -> str | None:
    """The language of a question by its script, else by whose function words it has most of; None in doubt.

    Good for questions in whole sentences; a few keywords have no language, and need none here.
    """
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    spoken = words(text)
    counts = {language: sum(is_function_word(word, language) for word in spoken) for language in _SNOWBALL}
    ranked = sorted(counts, key=lambda language: -counts[language])
    best, second = ranked[0], ranked[1]
    return best if counts[best] > counts[second] else None


def content_words(spoken: Sequence[str], language: str | None) -> list[str]:
    """The words that carry the subject, in order; all of them where none would be left."""
    if language is None:
        return list(spoken)
    kept = [word for word in spoken if not is_function_word(word, language)]
    return kept or list(spoken)


@cache
def is_function_word(word: str, language: str) -> bool:
    # Capitals inside a question are names: "US", "IS", "WHO" are not "us", "is", "who".
    if len(word) > 1 and word.isupper() and word.isascii():
        return False
    lowered = _bare(word)
    if lowered in _questions(language):
        return True
    filter_ = _stop_filter(language)
    return filter_ is not None and not filter_.analyze(word.lower())


@cache
def _questions(language: str) -> frozenset[str]:
    listed = QUESTION_WORDS.get(language, "")
    return frozenset(_bare(word) for word in words(normalise(listed)))


@cache
def _stop_filter(language: str) -> TextAnalyzer | None:
    name = _SNOWBALL.get(language)
    if name is None:
        return None
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(name)).build()


def _bare(word: str) -> str:
    """Lower case without accents: telex copy and hurried questions leave them out."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
