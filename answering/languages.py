"""The language an answer is written in, and what the program itself says in it."""

from __future__ import annotations

from collections.abc import Collection

from answering.lexicon import LANGUAGES, lexicon
from answering.words import words
from ingest.language import detect

ENGLISH_NAMES = {
    "en": "English", "fr": "French", "es": "Spanish", "de": "German", "pt": "Portuguese", "ar": "Arabic",
    "it": "Italian", "nl": "Dutch", "zh": "Chinese", "ja": "Japanese", "ru": "Russian", "sv": "Swedish",
    "pl": "Polish", "tr": "Turkish", "ko": "Korean", "hi": "Hindi", "el": "Greek", "ro": "Romanian",
    "th": "Thai", "vi": "Vietnamese",
}  # fmt: skip

NOT_IN_ARCHIVE = {
    "en": "The archive does not answer this question. The nearest stories are listed below.",
    "fr": "Les archives ne répondent pas à cette question. Les dépêches les plus proches suivent.",
    "es": "El archivo no responde a esta pregunta. A continuación figuran los despachos más cercanos.",
    "de": "Das Archiv beantwortet diese Frage nicht. Die nächstliegenden Meldungen stehen unten.",
    "pt": "O arquivo não responde a esta pergunta. Os despachos mais próximos estão abaixo.",
    "ar": "لا يجيب الأرشيف عن هذا السؤال. أقرب الأخبار مدرجة أدناه.",
}
NOTHING_FOUND = {
    "en": "The archive holds no story on this question.",
    "fr": "Les archives ne contiennent aucune dépêche sur cette question.",
    "es": "El archivo no contiene ningún despacho sobre esta pregunta.",
    "de": "Das Archiv enthält keine Meldung zu dieser Frage.",
    "pt": "O arquivo não contém nenhum despacho sobre esta pergunta.",
    "ar": "لا يحتوي الأرشيف على أي خبر يتعلق بهذا السؤال.",
}


def not_in_archive(language: str, *, nearest: bool) -> str:
    """What is said instead of an answer, in the question's language (English where it is not held)."""
    held = NOT_IN_ARCHIVE if nearest else NOTHING_FOUND
    return held.get(language, held["en"])


def question_language(question: str, *, filtered: Collection[str] = ()) -> str:
    """The language of a question; its little words decide before the detector, which needs length."""
    found = words(question)
    scores = {code: sum(w in lexicon(code).stopwords for w in found) for code in LANGUAGES}
    best = max(scores, key=lambda code: scores[code])
    rivals = [code for code in LANGUAGES if code != best and scores[code] >= scores[best] - 1]
    if scores[best] >= 2 and not rivals:
        return best
    detected = detect(question)
    if detected:
        return detected
    if scores[best]:
        return best
    return next(iter(filtered)) if len(filtered) == 1 else "en"
